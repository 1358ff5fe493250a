import Foundation
import Rewards

/// Sentence BLEU of the completion against the references (Papineni et al. 2002), the number of sacrebleu 2.6
/// divided by 100.
///
/// exp(mean over n of ln p_n) times the brevity penalty min(1, exp(1 - r/c)), where p_n is the share of the
/// completion's n-grams that a reference holds (each counted at most as often as one reference has it), c the
/// completion's length and r the nearest reference's.
///
/// - Range: [0, 1]; 1 for a copy of a reference that is as long as the largest order (or any, with
///   ``effectiveOrder``). An empty completion, or one without a common word, scores 0.
/// - Any text can be scored, in linear time and memory. Repeating words of the reference earns nothing: counts are
///   clipped.
/// - A reference that is absent or not text is `failed`.
public struct BLEUReward: PointwiseReward {
  public typealias Subject = Sample

  /// How text becomes words.
  public enum Tokenizer: String, Sendable, CaseIterable {
    /// mteval-v13a, the WMT standard.
    case mteval13a = "13a"
    /// White space only.
    case none
    /// Every character that is not white space.
    case char
  }
  /// What an order without a match counts (Chen and Cherry 2014): nothing, a small number of matches, one more match
  /// of one more n-gram, or 1/2, 1/4, ... of a match.
  public enum Smoothing: String, Sendable, CaseIterable {
    case exp, floor, none
    case addK = "add-k"

    /// sacrebleu's default for ``BLEUReward/smoothValue``.
    public var defaultValue: Double { self == .floor ? 0.1 : 1 }
  }

  public let name: String
  public var maximum: Double? { 1 }
  public let tokenizer: Tokenizer
  public let smoothing: Smoothing
  /// The matches that `floor` assumes, the k of `add-k`; in [0, 1].
  public let smoothValue: Double
  /// The largest n.
  public let maxOrder: Int
  /// Orders longer than the completion are left out instead of making the score 0.
  public let effectiveOrder: Bool
  public let lowercase: Bool
  public let part: AnswerPart

  /// - Throws: `ParameterError` when the order is not in 1...16 or the smoothing value not in [0, 1].
  public init(
    name: String = "bleu", tokenizer: Tokenizer = .mteval13a, smoothing: Smoothing = .exp,
    smoothValue: Double? = nil, maxOrder: Int = 4, effectiveOrder: Bool = true, lowercase: Bool = false,
    part: AnswerPart = .whole
  ) throws(ParameterError) {
    guard 1...16 ~= maxOrder else {
      throw ParameterError(
        parameter: "max_ngram_order", expected: "an integer from 1 to 16", found: "\(maxOrder)")
    }
    let value = smoothValue ?? smoothing.defaultValue
    guard 0...1 ~= value else {
      throw ParameterError(parameter: "smooth_value", expected: "a number from 0 to 1", found: "\(value)")
    }
    self.name = name
    self.tokenizer = tokenizer
    self.smoothing = smoothing
    self.smoothValue = value
    self.maxOrder = maxOrder
    self.effectiveOrder = effectiveOrder
    self.lowercase = lowercase
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    TextReferences.score(sample, part) { Score(similarity(of: $0, to: $1)) }
  }

  /// Sentence BLEU in [0, 1].
  public func similarity(of hypothesis: String, to references: [String]) -> Double {
    var table = WordTable()
    let words = tokens(of: hypothesis, &table)
    let references = references.map { tokens(of: $0, &table) }
    let matches = GramMatches.clipped(words, in: references, orders: maxOrder)
    let lengths = references.map(\.count)
    let nearest = lengths.min { (abs($0 - words.count), $0) < (abs($1 - words.count), $1) } ?? 0
    return score(matches: matches, length: words.count, referenceLength: nearest)
  }

  private func tokens(of text: String, _ table: inout WordTable) -> [UInt32] {
    var text = lowercase ? UnicodeText.lowercased(text) : text
    return text.withUTF8 { bytes in
      if tokenizer == .char { return UnicodeText.scalars(of: bytes, keepsSpaces: false) }
      var words: [UInt32] = []
      if tokenizer == .none {
        UnicodeText.forEachWord(in: bytes) { words.append(table.number(of: $0)) }
        return words
      }
      // sacrebleu strips white space at the end first: a "-\n" there keeps its dash.
      let spaced = MTEvalTokenizer.spaced(Self.withoutTrailingSpace(bytes))
      spaced.withUnsafeBufferPointer { spaced in
        UnicodeText.forEachWord(in: spaced) { words.append(table.number(of: $0)) }
      }
      return words
    }
  }

  private static func withoutTrailingSpace(_ bytes: UTF8Bytes) -> UTF8Bytes {
    var end = bytes.count
    while end > 0 {
      let length = (1...3).first { $0 <= end && UnicodeText.spaceLength(bytes, at: end - $0) == $0 }
      guard let length else { break }
      end -= length
    }
    return UTF8Bytes(rebasing: bytes[..<end])
  }

  private func score(matches: [Int], length: Int, referenceLength: Int) -> Double {
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    var logarithms = 0.0
    var order = 0
    var discount = 1.0
    for index in 0..<maxOrder {
      let extra = smoothing == .addK && index > 0 ? smoothValue : 0
      let total = Double(max(0, length - index)) + extra
      guard total > 0 else { break }
      order = index + 1
      var matched = Double(matches[index]) + extra
      if matched == 0 {
        switch smoothing {
        case .exp:
          discount *= 2
          matched = 1 / discount
        case .floor: matched = smoothValue
        case .none, .addK: break
        }
      }
      if matched == 0 { return 0 }
      logarithms += log(matched / total)
    }
    if !effectiveOrder, order < maxOrder { return 0 }
    let brevity = length < referenceLength ? exp(1 - Double(referenceLength) / Double(length)) : 1
    return min(1, brevity * exp(logarithms / Double(order)))
  }
}

extension RewardKind {
  static let bleu = RewardKind(
    name: "bleu", help: "Sentence BLEU against the reference texts, from 0 to 1, as sacrebleu computes it.",
    parameters: [
      choice("tokenize", default: BLEUReward.Tokenizer.mteval13a, help: "how text becomes words"),
      choice(
        "smooth_method", default: BLEUReward.Smoothing.exp, help: "what an order without a match counts"),
      Parameter(
        "smooth_value", .number, default: .null, range: 0...1,
        help: "number of floor (0.1 when not given) and add-k (1 when not given)"),
      Parameter("max_ngram_order", .integer, default: .integer(4), range: 1...16, help: "the largest n"),
      Parameter(
        "effective_order", .bool, default: .bool(true),
        help: "leave out orders longer than the completion instead of scoring 0"),
      Parameter("lowercase", .bool, default: .bool(false), help: "capitals do not matter"),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      try BLEUReward(
        name: name, tokenizer: parameters.word("tokenize", or: .mteval13a),
        smoothing: parameters.word("smooth_method", or: .exp),
        smoothValue: parameters.optionalDouble("smooth_value"), maxOrder: parameters.int("max_ngram_order"),
        effectiveOrder: parameters.bool("effective_order"), lowercase: parameters.bool("lowercase"),
        part: parameters.answerPart())
    })
}
