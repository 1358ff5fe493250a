import Rewards

/// Token F1 or exact match against the nearest reference answer, as in SQuAD 2.0's evaluation script.
///
/// Both texts are normalised (lower case, no ASCII punctuation, no articles, single spaces). F1 is 2PR / (P + R) of
/// the multisets of words; exact match is 1 when the normalised texts are equal.
///
/// - Range: [0, 1] for F1, {0, 1} for exact match. With several references the largest value counts.
/// - Where the only reference is the empty text (a question without an answer) an empty completion scores 1 and
///   every other 0. Elsewhere an empty completion scores 0.
/// - A reference that is absent, not text, or nothing but articles and punctuation is `failed`: the script would
///   give "the" full marks for the answer "A". Set ``normalizes`` to false for such answers.
/// - Any text can be scored, in linear time. Repeating words earns nothing: counts are clipped and precision falls.
public struct AnswerOverlapReward: PointwiseReward {
  public typealias Subject = Sample

  public enum Measure: String, Sendable, CaseIterable {
    case tokenF1 = "token_f1"
    case exactMatch = "exact_match"
  }

  public let name: String
  public var maximum: Double? { 1 }
  public let measure: Measure
  /// False: texts are compared as they stand, words as white space separates them.
  public let normalizes: Bool
  public let part: AnswerPart

  public init(
    _ measure: Measure, name: String? = nil, normalizes: Bool = true, part: AnswerPart = .whole
  ) {
    self.name = name ?? measure.rawValue
    self.measure = measure
    self.normalizes = normalizes
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    switch TextReferences.read(sample.reference) {
    case .failure(let error): return .failed(error.description)
    case .success(let references):
      var usable = references.filter {
        !$0.isEmpty && (!normalizes || !SQuADNormalization.words(of: $0).isEmpty)
      }
      if usable.isEmpty {
        guard references.allSatisfy(\.isEmpty) else {
          return .failed("the reference is nothing but articles and punctuation")
        }
        usable = [""]
      }
      guard let text = part.text(in: sample.completion) else { return Score(0) }
      return Score(similarity(of: text, to: usable))
    }
  }

  /// The largest value over `references`.
  public func similarity(of text: String, to references: [String]) -> Double {
    if measure == .exactMatch, !normalizes {
      return references.contains { $0.unicodeScalars.elementsEqual(text.unicodeScalars) } ? 1 : 0
    }
    let words = words(of: text)
    return references.map { similarity(of: words, to: self.words(of: $0)) }.max() ?? 0
  }

  private func words(of text: String) -> [[UInt8]] {
    if normalizes { return SQuADNormalization.words(of: text).map { Array($0.utf8) } }
    var text = text
    return text.withUTF8 { bytes in
      var words: [[UInt8]] = []
      UnicodeText.forEachWord(in: bytes) { words.append(Array($0)) }
      return words
    }
  }

  private func similarity(of words: [[UInt8]], to reference: [[UInt8]]) -> Double {
    if measure == .exactMatch || words.isEmpty || reference.isEmpty { return words == reference ? 1 : 0 }
    var counts: [[UInt8]: Int] = [:]
    for word in reference { counts[word, default: 0] += 1 }
    var common = 0
    for word in words {
      guard let count = counts[word], count > 0 else { continue }
      common += 1
      counts[word] = count - 1
    }
    return 2 * Double(common) / Double(words.count + reference.count)
  }
}

extension RewardKind {
  static let tokenF1 = answerOverlap(
    .tokenF1, "F1 of the words shared with the reference answer, as in SQuAD.")
  static let exactMatch = answerOverlap(
    .exactMatch, "1 when the answer is a reference answer, as in SQuAD, else 0.")

  private static func answerOverlap(_ measure: AnswerOverlapReward.Measure, _ help: String) -> RewardKind {
    RewardKind(
      name: measure.rawValue, help: help,
      parameters: [
        Parameter(
          "normalize", .bool, default: .bool(true),
          help: "SQuAD's rules first: lower case, no punctuation, no articles"),
        AnswerPart.parameter,
      ],
      make: { name, parameters in
        AnswerOverlapReward(
          measure, name: name, normalizes: parameters.bool("normalize"), part: try parameters.answerPart())
      })
  }
}
