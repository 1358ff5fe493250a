import Rewards

/// ROUGE of the completion against the nearest reference (Lin 2004), as rouge-score 0.1.2 computes it.
///
/// Words are runs of ASCII letters and digits in lower case; everything else separates them. ROUGE-N counts shared
/// n-grams, ROUGE-L the longest common subsequence of words, ROUGE-Lsum (text split at line breaks) the union of
/// those of each reference sentence with every sentence of the completion. With several references the one with the
/// largest F-measure counts.
///
/// - Range: [0, 1]. An empty completion, or one without ASCII words, scores 0: the measure is blind to other
///   scripts, use ``ChrFReward`` there.
/// - ROUGE-N is linear in the texts. ROUGE-L and Lsum take words times words / 64 steps; past 2^28 pairs of words
///   (a completion of 268,000 words against a thousand), or 2^22 pairs of sentences, the score is `failed`.
/// - `recall` rewards saying everything: prefer the F-measure in training.
/// - A reference that is absent or not text is `failed`.
public struct ROUGEReward: PointwiseReward {
  public typealias Subject = Sample

  /// What is counted.
  public enum Variant: String, Sendable, CaseIterable {
    case unigrams = "rouge1"
    case bigrams = "rouge2"
    case trigrams = "rouge3"
    case subsequence = "rougeL"
    case summary = "rougeLsum"
  }
  public enum Measure: String, Sendable, CaseIterable { case fmeasure, precision, recall }

  /// One comparison.
  public struct Value: Sendable, Equatable {
    public var precision: Double
    public var recall: Double

    /// 2PR / (P + R), 0 where both are 0.
    public var fmeasure: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }
  }

  /// The texts are too long to be compared.
  public struct LimitError: Error, Sendable, CustomStringConvertible {
    public var description: String
  }

  public let name: String
  public var maximum: Double? { 1 }
  public let variant: Variant
  public let measure: Measure
  /// Words of more than three letters are compared by their Porter stem.
  public let usesStemmer: Bool
  public let part: AnswerPart

  public init(
    name: String = "rouge", variant: Variant = .subsequence, measure: Measure = .fmeasure,
    usesStemmer: Bool = false, part: AnswerPart = .whole
  ) {
    self.name = name
    self.variant = variant
    self.measure = measure
    self.usesStemmer = usesStemmer
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    TextReferences.score(sample, part) { text, references in
      do {
        let value = try compare(text, to: references)
        let parts = ["precision": value.precision, "recall": value.recall, "fmeasure": value.fmeasure]
        return Score(parts[measure.rawValue] ?? value.fmeasure, parts: parts)
      } catch {
        return .failed("\(error)")
      }
    }
  }

  /// Precision and recall against the reference with the largest F-measure, the first of equal ones.
  public func compare(_ text: String, to references: [String]) throws(LimitError) -> Value {
    var table = WordTable()
    var best = Value(precision: 0, recall: 0)
    let sentences = sentences(of: text, &table)
    for (index, reference) in references.enumerated() {
      let other = self.sentences(of: reference, &table)
      let value = try compare(sentences, other, words: table.count)
      if index == 0 || value.fmeasure > best.fmeasure { best = value }
    }
    return best
  }

  /// The words of each line (for Lsum) or of the whole text.
  private func sentences(of text: String, _ table: inout WordTable) -> [[UInt32]] {
    var text = text
    return text.withUTF8 { bytes in
      guard variant == .summary else { return [words(of: bytes, &table)] }
      return bytes.split(separator: 0x0A).map { words(of: UTF8Bytes(rebasing: $0), &table) }
    }
  }

  private func words(of bytes: UTF8Bytes, _ table: inout WordTable) -> [UInt32] {
    var words: [UInt32] = []
    words.reserveCapacity(bytes.count / 4)
    var word: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = ASCII.lower(bytes[index])
      index += 1
      if ASCII.isLetter(byte) || ASCII.isDigit(byte) {
        word.append(byte)
        continue
      }
      // The Kelvin sign is a k in lower case, the dotted capital I an i and a combining dot.
      if byte == 0xE2, ASCII.starts("\u{212A}", in: bytes, at: index - 1) {
        word.append(0x6B)
        index += 2
        continue
      }
      if byte == 0xC4, ASCII.starts("\u{130}", in: bytes, at: index - 1) {
        word.append(0x69)
        index += 1
      }
      add(&word, to: &words, &table)
    }
    add(&word, to: &words, &table)
    return words
  }

  /// Numbers the word, if there is one, and empties it.
  @inline(__always)
  private func add(_ word: inout [UInt8], to words: inout [UInt32], _ table: inout WordTable) {
    if word.isEmpty { return }
    if usesStemmer, word.count > 3 { word = PorterStemmer.stem(word) }
    if !word.isEmpty { words.append(word.withUnsafeBufferPointer { table.number(of: $0) }) }
    word.removeAll(keepingCapacity: true)
  }

  private func compare(
    _ text: [[UInt32]], _ reference: [[UInt32]], words: Int
  ) throws(LimitError) -> Value {
    let textCount = text.reduce(0) { $0 + $1.count }
    let referenceCount = reference.reduce(0) { $0 + $1.count }
    guard textCount > 0, referenceCount > 0 else { return Value(precision: 0, recall: 0) }
    func value(_ matches: Int, without missing: Int = 0) -> Value {
      Value(
        precision: Double(matches) / Double(max(textCount - missing, 1)),
        recall: Double(matches) / Double(max(referenceCount - missing, 1)))
    }
    let order: Int
    switch variant {
    case .unigrams: order = 1
    case .bigrams: order = 2
    case .trigrams: order = 3
    case .subsequence, .summary:
      guard textCount <= CommonSubsequence.maximumCells / referenceCount else {
        throw LimitError(description: "\(textCount) words against \(referenceCount) are too many to compare")
      }
      if variant == .summary { return value(try summaryMatches(text, reference, words: words)) }
      var common = CommonSubsequence(columns: text[0], count: words)
      return value(common.length(with: reference[0]))
    }
    let matches = GramMatches.clipped(text[0], in: [reference[0]], orders: order)[order - 1]
    return value(matches, without: order - 1)
  }

  /// Words of the reference that some sentence of the text has in order, each word at most as often as it occurs.
  private func summaryMatches(
    _ text: [[UInt32]], _ reference: [[UInt32]], words: Int
  ) throws(LimitError) -> Int {
    guard text.count <= 1 << 22, text.count * reference.count <= 1 << 22 else {
      throw LimitError(
        description: "\(text.count) sentences against \(reference.count) are too many to compare")
    }
    var left = Array(repeating: 0, count: words)
    for sentence in text { for word in sentence { left[Int(word)] += 1 } }
    var isCommon = reference.map { Array(repeating: false, count: $0.count) }
    // The words of the sentence at hand, numbered within it.
    var numbers = Array(repeating: UInt32.max, count: words)
    for sentence in text {
      var columns: [UInt32] = []
      var count: UInt32 = 0
      for word in sentence {
        if numbers[Int(word)] == .max {
          numbers[Int(word)] = count
          count += 1
        }
        columns.append(numbers[Int(word)])
      }
      var common = CommonSubsequence(columns: columns, count: Int(count))
      for (index, other) in reference.enumerated() {
        // Words that the sentence lacks change nothing.
        let places = other.indices.filter { numbers[Int(other[$0])] != .max }
        if places.isEmpty { continue }
        for row in common.indices(with: places.map { numbers[Int(other[$0])] }) {
          isCommon[index][places[row]] = true
        }
      }
      for word in sentence { numbers[Int(word)] = .max }
    }
    var matches = 0
    for (index, sentence) in reference.enumerated() {
      for (position, word) in sentence.enumerated() where isCommon[index][position] && left[Int(word)] > 0 {
        matches += 1
        left[Int(word)] -= 1
      }
    }
    return matches
  }
}

extension RewardKind {
  static let rouge = RewardKind(
    name: "rouge", help: "ROUGE against the reference texts, from 0 to 1, as rouge-score computes it.",
    parameters: [
      choice(
        "rouge_type", default: ROUGEReward.Variant.subsequence,
        help: "shared n-grams, longest common subsequence, or that by lines"),
      choice("measure", default: ROUGEReward.Measure.fmeasure, help: "the number that is the reward"),
      Parameter("use_stemmer", .bool, default: .bool(false), help: "compare words by their Porter stem"),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      ROUGEReward(
        name: name, variant: parameters.word("rouge_type", or: .subsequence),
        measure: parameters.word("measure", or: .fmeasure), usesStemmer: parameters.bool("use_stemmer"),
        part: try parameters.answerPart())
    })
}
