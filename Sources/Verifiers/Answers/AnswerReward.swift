import Rewards

/// 1 when the final answer of the completion is exactly the number of the reference, else 0.
///
/// The first rule of ``order`` whose mark occurs in the completion decides; what stands there must be one
/// number (a unit in words may follow), or the answer is wrong: `\boxed{x=6=5}` and "the answer is
/// definitely not 42" earn nothing. "the answer is 5 or 6" and "the answer is 5, 6, 7"
/// earn nothing either.
///
/// - Empty, huge, non-text and adversarial input: an empty completion is wrong (0). Cost is linear in the
///   completion plus a product of at most 1,000 digits; longer digit strings are no number. Unbalanced boxes
///   are wrong.
/// - A reference that is absent, or not one plain number (after `####` or in a box if it has one), is
///   `failed`: it never rewards anything.
/// - Range: {0, 1}.
public struct AnswerReward: BytewiseReward {
  /// Where the final answer may stand.
  public enum Rule: String, Sendable, CaseIterable {
    /// The last `\boxed{...}`, braces nested.
    case boxed
    /// What follows the last `####` on its line.
    case hashes
    /// What follows the last "answer is", "answer:" (case ignored).
    case phrase
    /// The last number of the completion.
    case last
  }
  /// How a percent sign counts: `either` accepts 50% for 50 as well as for 1/2.
  public enum Percent: String, Sendable, CaseIterable { case either, fraction, stripped }

  public let name: String
  public var maximum: Double? { 1 }
  public let order: [Rule]
  public let percent: Percent

  /// - Throws: `ParameterError` when `order` is empty or names a rule twice.
  public init(
    name: String = "answer", order: [Rule] = Rule.allCases, percent: Percent = .either
  ) throws(ParameterError) {
    guard !order.isEmpty, Set(order).count == order.count else {
      throw ParameterError(parameter: "order", "expected each of boxed, hashes, phrase, last at most once")
    }
    self.name = name
    self.order = order
    self.percent = percent
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    let reference: ExactNumber
    switch sample.reference {
    case .absent: return .failed("the sample has no reference answer")
    case .other: return .failed("the reference answer is neither text nor a number")
    case .number(let bytes), .text(let bytes):
      guard let number = Self.reference(bytes) else {
        return .failed("the reference answer is not a plain number")
      }
      reference = number
    }
    guard let answer = answer(in: sample.completion) else { return .scored(0) }
    return .scored(ExactNumber.areEqual(answer, reference, by: percent) ? 1 : 0)
  }

  static func reference(_ bytes: UTF8Bytes) -> ExactNumber? {
    if let start = ASCII.findLast("####", in: bytes) {
      return ExactNumber.whole(UTF8Bytes(rebasing: bytes[(start + 4)...]))
    }
    if let box = box(in: bytes) { return box.flatMap { ExactNumber.whole($0) } }
    return ExactNumber.whole(bytes)
  }

  func answer(in text: UTF8Bytes) -> ExactNumber? {
    for rule in order {
      switch rule {
      case .boxed:
        guard let box = Self.box(in: text) else { continue }
        return box.flatMap { ExactNumber.whole($0, allowsUnit: true) }
      case .hashes:
        guard let start = ASCII.findLast("####", in: text) else { continue }
        var end = start + 4
        while end < text.count, text[end] != 0x0A { end += 1 }
        return ExactNumber.whole(UTF8Bytes(rebasing: text[(start + 4)..<end]), allowsUnit: true)
      case .phrase:
        guard let start = Self.phraseEnd(in: text) else { continue }
        return Self.leading(text, from: start)
      case .last: return Self.last(in: text)
      }
    }
    return nil
  }

  /// The inside of the last box: nil when there is no box, `.some(nil)` when its braces do not close.
  private static func box(in text: UTF8Bytes) -> UTF8Bytes?? {
    guard let start = ASCII.findLast("\\boxed{", in: text) else { return nil }
    var depth = 1
    var index = start + 7
    while index < text.count {
      if text[index] == 0x7B { depth += 1 }
      if text[index] == 0x7D {
        depth -= 1
        if depth == 0 { return .some(UTF8Bytes(rebasing: text[(start + 7)..<index])) }
      }
      index += 1
    }
    return .some(nil)
  }

  private static func phraseEnd(in text: UTF8Bytes) -> Int? {
    var limit = text.count
    while let start = ASCII.findLast("answer", in: text, before: limit, ignoringCase: true) {
      var end = start + 6
      while end < text.count, text[end] == 0x20 || text[end] == 0x2A { end += 1 }
      if end < text.count, text[end] == 0x3A { return end + 1 }
      if ASCII.starts("is", in: text, at: end), end + 2 >= text.count || !ASCII.isWord(text[end + 2]) {
        end += 2
        return end < text.count && text[end] == 0x3A ? end + 1 : end
      }
      limit = start
    }
    return nil
  }

  /// The number right behind a phrase; nil when something else stands there, or another number is offered
  /// too.
  private static func leading(_ text: UTF8Bytes, from start: Int) -> ExactNumber? {
    var position = start
    ExactNumber.skipWrapping(text, &position)
    if position + 2 < text.count, ASCII.isLetter(text[position]) {
      var ahead = position + 1
      while ahead < text.count, text[ahead] == 0x20 { ahead += 1 }
      if ahead < text.count, text[ahead] == 0x3D { position = ahead + 1 }
    }
    ExactNumber.skipWrapping(text, &position)
    guard let number = ExactNumber.read(text, &position) else { return nil }
    ExactNumber.skipWrapping(text, &position)
    if position < text.count, [0x3D, 0x2B, 0x5E, 0x7C].contains(text[position]) { return nil }
    return offersMore(text, from: position) ? nil : number
  }

  /// Whether another number is offered behind the one that ends before `start`: "or 6", ", 6, 7.", "and 6". A
  /// number that a word follows ("5, 2 more than 3") is no second answer.
  private static func offersMore(_ text: UTF8Bytes, from start: Int) -> Bool {
    var position = start
    var isList = false
    while position < text.count, [0x20, 0x2C, 0x3B].contains(text[position]) {
      isList = isList || text[position] != 0x20
      position += 1
    }
    if ASCII.starts("or ", in: text, at: position) { return true }
    if ASCII.starts("and ", in: text, at: position) {
      isList = true
      position += 4
    }
    guard isList || position == start else { return false }
    let line = position
    guard ExactNumber.read(text, &position) != nil, position > line else { return false }
    // A list without marks must stand on the answer's own line: skipWrapping has passed over the break.
    if !isList, text[..<line].last.map({ $0 == 0x0A || $0 == 0x0D }) ?? false { return false }
    while position < text.count, text[position] == 0x20 { position += 1 }
    if ASCII.starts("or ", in: text, at: position) || ASCII.starts("and ", in: text, at: position) {
      return true
    }
    return position == text.count || !ASCII.isLetter(text[position])
  }

  private static func last(in text: UTF8Bytes) -> ExactNumber? {
    var end = text.count
    while end > 0, !ASCII.isDigit(text[end - 1]) { end -= 1 }
    guard end > 0 else { return nil }
    var start = end
    while start > 0 {
      let length = Self.continuation(text, before: start)
      if length == 0 { break }
      start -= length
    }
    var position = start
    var result: ExactNumber?
    while position < end {
      guard ASCII.isDigit(text[position]) else {
        position += 1
        continue
      }
      let first = position
      result = ExactNumber.read(text, &position)
      if position == first { position += 1 }
      if result == nil { while position < end, ASCII.isDigit(text[position]) { position += 1 } }
      if result != nil, isNegated(text, before: first) { result?.numerator.isNegative = true }
    }
    if result?.numerator.isZero == true { result?.numerator.isNegative = false }
    return result
  }

  /// Bytes right before `end` that may belong to the same number or list: digits, comma, point, slash,
  /// exponent.
  private static func continuation(_ text: UTF8Bytes, before end: Int) -> Int {
    let byte = text[end - 1]
    if ASCII.isDigit(byte) || (byte >= 0x2C && byte <= 0x2F && byte != 0x2D) { return 1 }
    let signs = byte == 0x2D || byte == 0x2B ? 1 : 0
    let mark = end - 1 - signs
    guard mark > 0, text[mark] | 0x20 == 0x65, ASCII.isDigit(text[mark - 1]) else { return 0 }
    return signs + 1
  }

  /// A minus before the number that is a sign: nothing, white space, or an opening or currency mark stands
  /// before it.
  private static func isNegated(_ text: UTF8Bytes, before first: Int) -> Bool {
    var index = first - 1
    while index >= 0, text[index] == 0x24 || text[index] == 0x5C { index -= 1 }
    guard index >= 0 else { return false }
    if text[index] == 0x2D {
      index -= 1
    } else if ASCII.starts("\u{2212}", in: text, at: index - 2) {
      index -= 3
    } else {
      return false
    }
    return index < 0 || ASCII.isSpace(text[index]) || [0x28, 0x24, 0x3D, 0x3A, 0x2A].contains(text[index])
  }
}
