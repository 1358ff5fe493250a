import Rewards

/// Decides whether two mathematical answers are equal.
///
/// Answers may be LaTeX, plain text or a mixture, with or without `\boxed{}`, `$`, units and words around them.
/// Values are compared exactly (Calcium and FLINT), never by floating point: 0.33 is not 1/3. Values without
/// meaning (`1/0`, `log 0`) equal nothing and count as unparsable.
///
/// What is a matter of convention, and decided like this:
/// - a name does not count (`x = 5` is 5), a unit counts only where both sides have one;
/// - 50% is 50 and 1/2 (see ``MathOptions/percent``), 30° is 30 and π/6;
/// - `log` without a base may be natural or decimal; `\sqrt[3]{-8}` is -2;
/// - lists and sets have no order, tuples and vectors have one; `1, 2` equals `(1, 2)` in this order;
/// - `(1, 2)` is an interval beside an inequality or a union, and a point beside a vector;
/// - equations are equal up to a factor, inequalities up to a positive one.
///
/// Time: at most about ``MathOptions/seconds`` for each check; texts of more than 4,000 bytes are not read.
public struct MathVerifier: Sendable {
  /// A verdict, and why where it is not `equal`.
  public struct Result: Sendable, Equatable {
    public var verdict: MathVerdict
    public var reason: String
    /// The limit on time ended the check.
    public var isOutOfTime = false
  }

  public let options: MathOptions

  /// The exact engine's library and version; nil where the package was built without it.
  public static var engine: String? { ExactEngine.version.map { "FLINT \($0)" } }

  /// - Throws: `ParameterError` when the exact engine is missing.
  public init(options: MathOptions = MathOptions()) throws(ParameterError) {
    guard ExactEngine.isAvailable else { throw ParameterError(parameter: "math", ExactEngine.remedy) }
    self.options = options
  }

  /// Whether two answers are equal. The order of the two does not matter.
  public func compare(_ first: String, _ second: String) -> Result {
    if let isEqual = plainNumbers(first, second) {
      return Result(verdict: isEqual ? .equal : .different, reason: isEqual ? "" : "the values differ")
    }
    return compare(MathAnswer(first), MathAnswer(second))
  }

  /// Equality of two plain numbers (see ``ExactNumber``), what most answers are; nil where one is anything else.
  private func plainNumbers(_ first: String, _ second: String) -> Bool? {
    guard options.tolerance == 0, let a = ExactNumber(plain: first), let b = ExactNumber(plain: second) else {
      return nil
    }
    return ExactNumber.areEqual(a, b, by: options.percent)
  }

  func compare(_ a: MathAnswer, _ b: MathAnswer) -> Result {
    if let truth = choices(a, b) {
      return Result(verdict: truth ? .equal : .different, reason: truth ? "" : "another choice")
    }
    // `(B) 12` beside `12`.
    if let choice = a.choice, !choice.isAlone, b.choice == nil { return compare(MathAnswer(choice.text), b) }
    if let choice = b.choice, !choice.isAlone, a.choice == nil { return compare(a, MathAnswer(choice.text)) }
    switch (a.reading, b.reading) {
    case (.success(let x), .success(let y)):
      var comparison = MathComparison(options)
      switch comparison.areEqual(x, y) {
      case .yes: return Result(verdict: .equal, reason: "")
      case .no:
        let isSameText = a.hasSameWords(as: b, x, y)
        if !isSameText, comparison.hasMetUndefined, let side = [a, b].first(where: lacksValue) {
          return Result(verdict: .unparsable, reason: "\(MathAnswer.shown(side.text)) has no value")
        }
        return Result(
          verdict: isSameText ? .equal : .different, reason: isSameText ? "" : "the values differ")
      case .unknown:
        if x == y, x.isStatement || a.spelling == b.spelling && !(x.isScalar || x.hasScalars) {
          return Result(verdict: .equal, reason: "")
        }
        return Result(
          verdict: .undecided,
          reason: comparison.isOutOfTime ? "not decided in time" : "neither proved nor refuted",
          isOutOfTime: comparison.isOutOfTime)
      }
    case (.failure(let error), _): return unread(a, b, error)
    case (_, .failure(let error)): return unread(b, a, error)
    }
  }

  /// The answer, or a part of it, is an expression without a value, such as `1/0`.
  func lacksValue(_ answer: MathAnswer) -> Bool {
    guard case .success(let node) = answer.reading else { return false }
    var comparison = MathComparison(options)
    return comparison.lacksValue(node.normalized)
  }

  private func unread(_ a: MathAnswer, _ b: MathAnswer, _ error: MathSyntaxError) -> Result {
    if !a.spelling.isEmpty, a.spelling == b.spelling { return Result(verdict: .equal, reason: "") }
    return Result(verdict: .unparsable, reason: "\(MathAnswer.shown(a.text)): \(error)")
  }

  /// Multiple-choice letters; nil when this is no matter of choices.
  private func choices(_ a: MathAnswer, _ b: MathAnswer) -> Bool? {
    guard let x = a.choice, let y = b.choice, x.isAlone || y.isAlone else {
      if let x = a.letters, let y = b.letters, x.count > 1 || y.count > 1 { return x == y }
      return nil
    }
    return x.letter == y.letter
  }
}

/// One answer: its text, and what it was read as.
struct MathAnswer {
  let text: String
  let reading: Swift.Result<MathNode, MathSyntaxError>

  init(_ text: String) {
    let text = AnswerText.bare(text)
    self.text = text
    do { reading = .success(try MathParser.parse(text)) } catch { reading = .failure(error) }
  }

  var spelling: String { MathText.spelling(text) }

  var choice: MathText.Choice? { text.utf8.count > 200 ? nil : MathText.choice(text) }

  /// The letters of an answer that names several choices (`A, C`, `AC`); nil when it is none.
  var letters: Set<Character>? {
    guard text.utf8.count < 80, text.utf8.contains(where: { $0 >= 0x41 && $0 <= 0x48 }) else { return nil }
    let text = text.replacing("\\text", with: "").replacing("and", with: ",")
    var rest = MathText.spelling(text)
    rest.removeAll { ",;() ".contains($0) }
    let isUpper =
      text.contains { $0.isUppercase } && !text.contains { $0.isLowercase && $0.isASCII } || rest.count == 1
    guard isUpper, !rest.isEmpty, rest.count <= 8, rest.allSatisfy({ ("a"..."h").contains($0) }),
      Set(rest).count == rest.count
    else { return nil }
    return Set(rest)
  }

  /// Both are, or hold, words, and are spelled alike. Products of letters that are words in truth (`Tom`) come here.
  func hasSameWords(as other: MathAnswer, _ x: MathNode, _ y: MathNode) -> Bool {
    guard !x.isNumeric, !y.isNumeric, x.shape == .words || y.shape == .words else { return false }
    return !spelling.isEmpty && spelling == other.spelling
  }

  static func shown(_ text: String) -> String {
    text.count > 60 ? "\"\(text.prefix(60))...\"" : "\"\(text)\""
  }
}

extension MathNode {
  var isStatement: Bool { if case .relation = self { !hasUndefinedRisk } else { false } }
  private var hasUndefinedRisk: Bool {
    children.contains { $0.isScalar && $0.freeNames.isEmpty && !$0.isCertainlyDefined }
  }
  var hasScalars: Bool { children.contains { $0.isScalar || $0.hasScalars } }
  var isNumeric: Bool { isScalar && freeNames.isEmpty }
}
