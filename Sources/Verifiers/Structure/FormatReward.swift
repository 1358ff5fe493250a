import Rewards

/// 1 when the whole completion is the named tags in order, each exactly once, nothing but white space
/// between, before and after; else 0. With the default tags: `<think>...</think><answer>...</answer>`.
///
/// - Empty input scores 0. A tag repeated anywhere, also inside another tag's text, scores 0, so stuffing
///   tags does not pay. Unless ``allowsEmpty``, a tag around nothing but white space scores 0. Cost is
///   linear for any input.
/// - Range: {0, 1}.
public struct FormatReward: BytewiseReward {
  public let name: String
  public var maximum: Double? { 1 }
  public let tags: [String]
  /// The chat template has already written the first opening tag; the completion starts inside it.
  public let isPrefilled: Bool
  public let allowsEmpty: Bool
  private let marks: [[UInt8]]
  private static let opening: [UInt8] = [0x3C]

  /// - Throws: `ParameterError` when there are no tags, or one is repeated, empty or holds `<`, `>`, `/` or
  ///   blanks.
  public init(
    name: String = "format", tags: [String] = ["think", "answer"], isPrefilled: Bool = false,
    allowsEmpty: Bool = false
  ) throws(ParameterError) {
    let areNames = tags.allSatisfy {
      !$0.isEmpty && !$0.utf8.contains { [0x3C, 0x3E, 0x2F, 0x20].contains($0) }
    }
    guard !tags.isEmpty, areNames, Set(tags).count == tags.count else {
      throw ParameterError(parameter: "tags", "expected different tag names without <, >, / and blanks")
    }
    self.name = name
    self.tags = tags
    self.isPrefilled = isPrefilled
    self.allowsEmpty = allowsEmpty
    self.marks = tags.flatMap { [Array("<\($0)>".utf8), Array("</\($0)>".utf8)] }
  }

  public func outcome(of sample: SampleBytes) -> Outcome { .scored(matches(sample.completion) ? 1 : 0) }

  private func matches(_ text: UTF8Bytes) -> Bool {
    let text = ASCII.trimmed(text)
    var next = isPrefilled ? 1 : 0
    var position = 0
    var contentStart = 0
    // Walks from mark to mark: each one found must be the next expected, or the structure is broken.
    while let start = ASCII.find(Self.opening, in: text, from: position) {
      guard let mark = mark(in: text, at: start) else {
        position = start + 1
        continue
      }
      guard mark == next else { return false }
      let isBlank = ASCII.trimmed(UTF8Bytes(rebasing: text[contentStart..<start])).isEmpty
      if isBetween(mark) ? !isBlank : (isBlank && !allowsEmpty) { return false }
      position = start + marks[mark].count
      contentStart = position
      next += 1
    }
    return next == marks.count && contentStart == text.count
  }

  /// Before an opening mark only white space may stand.
  private func isBetween(_ mark: Int) -> Bool { mark % 2 == 0 }

  private func mark(in text: UTF8Bytes, at start: Int) -> Int? {
    search: for index in marks.indices {
      let mark = marks[index]
      guard start + mark.count <= text.count else { continue }
      for offset in 0..<mark.count where text[start + offset] != mark[offset] { continue search }
      return index
    }
    return nil
  }
}
