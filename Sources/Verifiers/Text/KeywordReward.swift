import Rewards

/// Whether the completion holds given words or phrases.
///
/// - `all` and `any` give {0, 1}; `none` gives 1 when not one occurs; `fraction` gives the share that
///   occurs, [0, 1].
/// - Empty input holds no word. Repeating a word earns nothing more. Cost is linear in the completion for
///   each word. Without ``isCaseSensitive`` only ASCII letters are folded.
public struct KeywordReward: BytewiseReward {
  public enum Mode: String, Sendable, CaseIterable { case all, any, none, fraction }

  public let name: String
  public var maximum: Double? { 1 }
  public let words: [String]
  public let mode: Mode
  public let isCaseSensitive: Bool
  /// A word counts only where no letter, digit or underscore touches it.
  public let matchesWholeWords: Bool
  private let patterns: [[UInt8]]

  /// - Throws: `ParameterError` when there are no words, or one is empty.
  public init(
    name: String = "keywords", words: [String], mode: Mode = .all, isCaseSensitive: Bool = false,
    matchesWholeWords: Bool = false
  ) throws(ParameterError) {
    guard !words.isEmpty, !words.contains("") else {
      throw ParameterError(parameter: "words", "expected at least one word, none of them empty")
    }
    self.name = name
    self.words = words
    self.mode = mode
    self.isCaseSensitive = isCaseSensitive
    self.matchesWholeWords = matchesWholeWords
    self.patterns = words.map { word in
      isCaseSensitive ? Array(word.utf8) : word.utf8.map(ASCII.lower)
    }
  }

  public func outcome(of sample: SampleBytes) -> Outcome {
    var found = 0
    for pattern in patterns where contains(pattern, in: sample.completion) { found += 1 }
    switch mode {
    case .all: return .scored(found == patterns.count ? 1 : 0)
    case .any: return .scored(found > 0 ? 1 : 0)
    case .none: return .scored(found == 0 ? 1 : 0)
    case .fraction: return .scored(Double(found) / Double(patterns.count))
    }
  }

  private func contains(_ pattern: [UInt8], in text: UTF8Bytes) -> Bool {
    var position = 0
    while position + pattern.count <= text.count {
      if matches(pattern, text, at: position) { return true }
      position += 1
    }
    return false
  }

  @inline(__always) private func matches(_ pattern: [UInt8], _ text: UTF8Bytes, at start: Int) -> Bool {
    for index in 0..<pattern.count {
      let byte = text[start + index]
      if (isCaseSensitive ? byte : ASCII.lower(byte)) != pattern[index] { return false }
    }
    guard matchesWholeWords else { return true }
    let end = start + pattern.count
    return (start == 0 || !ASCII.isWord(text[start - 1])) && (end == text.count || !ASCII.isWord(text[end]))
  }
}
