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
      var table = WordTable()
      var answers = references.map { Answer($0, words: words(of: $0, &table)) }
      answers.removeAll { normalizes ? $0.words.isEmpty : $0.text.isEmpty }
      if answers.isEmpty {
        guard references.allSatisfy(\.isEmpty) else {
          return .failed("the reference is nothing but articles and punctuation")
        }
        answers = [Answer("", words: [])]
      }
      guard let text = part.text(in: sample.completion) else { return Score(0) }
      let answer = Answer(text, words: words(of: text, &table))
      return Score(answers.map { value(of: answer, against: $0, words: table.count) }.max() ?? 0)
    }
  }

  private struct Answer {
    var text: String
    var words: [UInt32]

    init(_ text: String, words: [UInt32]) {
      self.text = text
      self.words = words
    }
  }

  private func words(of text: String, _ table: inout WordTable) -> [UInt32] {
    if normalizes { return SQuADNormalization.words(of: text, &table) }
    var text = text
    return text.withUTF8 { bytes in
      var words: [UInt32] = []
      UnicodeText.forEachWord(in: bytes) { words.append(table.number(of: $0)) }
      return words
    }
  }

  private func value(of answer: Answer, against reference: Answer, words count: Int) -> Double {
    if measure == .exactMatch, !normalizes {
      return answer.text.unicodeScalars.elementsEqual(reference.text.unicodeScalars) ? 1 : 0
    }
    if measure == .exactMatch || answer.words.isEmpty || reference.words.isEmpty {
      return answer.words == reference.words ? 1 : 0
    }
    var left = Array(repeating: 0, count: count)
    for word in reference.words { left[Int(word)] += 1 }
    var common = 0
    for word in answer.words where left[Int(word)] > 0 {
      common += 1
      left[Int(word)] -= 1
    }
    return 2 * Double(common) / Double(answer.words.count + reference.words.count)
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
