/// Tokens that are cut out of a text literally before anything else looks at it.
struct SpecialTokens: Sendable {
  struct Token: Sendable {
    var id: Int32
    var spelling: [UInt8]
    /// White space before or after the token belongs to it.
    var stripsLeft = false
    var stripsRight = false
  }

  /// Longest first, by first byte.
  private var byFirstByte: [[Token]] = Array(repeating: [], count: 256)
  private(set) var isEmpty = true

  init(_ tokens: [Token]) {
    for token in tokens.sorted(by: { $0.spelling.count > $1.spelling.count }) {
      guard let first = token.spelling.first else { continue }
      byFirstByte[Int(first)].append(token)
      isEmpty = false
    }
  }

  /// Calls `body` for each stretch of ordinary text and each token, from left to right; where several tokens
  /// begin at one place the longest wins.
  func forEachPart(
    of text: UnsafeBufferPointer<UInt8>, _ body: (_ text: Range<Int>?, _ token: Int32?) -> Void
  ) {
    var start = 0
    var index = 0
    while index < text.count, !isEmpty {
      guard let token = match(text, index) else {
        index += 1
        continue
      }
      var end = index
      while token.stripsLeft, end > start, let before = spaceBefore(text, end, start) { end = before }
      if start < end { body(start..<end, nil) }
      body(nil, token.id)
      index += token.spelling.count
      while token.stripsRight, index < text.count {
        let (classes, next) = text.characterClass(at: index)
        guard classes.contains(.space) else { break }
        index = next
      }
      start = index
    }
    if start < text.count { body(start..<text.count, nil) }
  }

  private func match(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Token? {
    byFirstByte[Int(text[index])].first { token in
      index + token.spelling.count <= text.count
        && token.spelling.indices.allSatisfy { text[index + $0] == token.spelling[$0] }
    }
  }

  /// Where the white-space scalar that ends at `end` begins; nil when another scalar ends there.
  private func spaceBefore(_ text: UnsafeBufferPointer<UInt8>, _ end: Int, _ start: Int) -> Int? {
    var index = end - 1
    while index > start, text[index] & 0xC0 == 0x80 { index -= 1 }
    return text.characterClass(at: index).classes.contains(.space) ? index : nil
  }
}
