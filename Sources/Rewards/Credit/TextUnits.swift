/// What a response is cut into before credit is given to its parts.
public enum TextUnit: String, Sendable, CaseIterable {
  /// A run of letters and digits, or one other character.
  case token
  /// What stands between punctuation; where that is long, about five tokens.
  case span
  case sentence
}

/// What takes the place of a unit that is left out.
public enum TextBlank: String, Sendable, CaseIterable {
  /// Nothing: the rest moves together.
  case delete
  /// A space for every character; white space stays (SCAR).
  case space
}

/// A response cut into units that together are the whole text. White space belongs to the unit before it.
public struct TextUnits: Sendable {
  public struct Unit: Sendable, Equatable {
    public var text: String
    /// Offsets in Unicode scalars, as Python counts them: text == response[start..<end].
    public var start, end: Int
  }

  public let units: [Unit]
  /// The units of each sentence, or of each line where the units are sentences.
  public let groups: [[Int]]

  /// An empty response has one empty unit.
  public init(_ text: String, by unit: TextUnit) {
    let characters = Array(text)
    let sentences = Self.pieces(characters, endings: Self.sentenceEnds(characters))
    let (parts, wholes): ([Range<Int>], [Range<Int>]) =
      switch unit {
      case .token: (Self.tokens(characters), sentences)
      case .span: (sentences.flatMap { Self.spans(characters, $0) }, sentences)
      case .sentence:
        (sentences, Self.pieces(characters, endings: characters.indices.filter { characters[$0].isNewline }))
      }
    var (units, start): ([Unit], Int) = ([], 0)
    for part in parts.isEmpty ? [0..<0] : parts {
      let text = String(characters[part])
      let end = start + text.unicodeScalars.count
      units.append(Unit(text: text, start: start, end: end))
      start = end
    }
    self.units = units
    groups =
      parts.isEmpty
      ? [[0]]
      : wholes.map { whole in parts.indices.filter { whole.contains(parts[$0].lowerBound) } }
        .filter { !$0.isEmpty }
  }

  public var count: Int { units.count }

  /// The response with only these units. Deleting never joins words that white space parted.
  public func text(keeping coalition: Coalition, blank: TextBlank) -> String {
    var text = ""
    var lostSpace = false
    for (index, unit) in units.enumerated() {
      if coalition.contains(index) {
        if lostSpace, let last = text.last, !last.isWhitespace { text += " " }
        text += unit.text
        lostSpace = false
      } else if blank == .space {
        text += String(unit.text.map { $0.isWhitespace ? $0 : " " })
      } else {
        lostSpace = lostSpace || unit.text.contains(where: \.isWhitespace)
      }
    }
    return text
  }

  // MARK: Cutting

  /// The text cut behind each of the endings, white space going with what is before it.
  private static func pieces(_ text: [Character], endings: [Int]) -> [Range<Int>] {
    var (pieces, start): ([Range<Int>], Int) = ([], 0)
    for ending in endings where ending >= start {
      var end = ending + 1
      while end < text.count, text[end].isWhitespace { end += 1 }
      pieces.append(start..<end)
      start = end
    }
    if start < text.count { pieces.append(start..<text.count) }
    return pieces
  }

  private static func tokens(_ text: [Character], in range: Range<Int>? = nil) -> [Range<Int>] {
    let range = range ?? text.indices
    var endings: [Int] = []
    for index in range where !text[index].isWhitespace {
      let isWord = text[index].isLetter || text[index].isNumber
      let next = index + 1 < range.upperBound ? text[index + 1] : " "
      if !isWord || !(next.isLetter || next.isNumber) { endings.append(index) }
    }
    return pieces(Array(text[range]), endings: endings.map { $0 - range.lowerBound }).map {
      $0.lowerBound + range.lowerBound..<$0.upperBound + range.lowerBound
    }
  }

  /// Where sentences end: at . ! ? and closing marks behind them, before white space and no small letter; at the end
  /// of a line.
  private static func sentenceEnds(_ text: [Character]) -> [Int] {
    var ends: [Int] = []
    var index = 0
    while index < text.count {
      if text[index].isNewline {
        ends.append(index)
      } else if ".!?…。！？".contains(text[index]) {
        // Chinese and Japanese write no space behind their marks, which stand for nothing else.
        let isWide = "。！？".contains(text[index])
        while index + 1 < text.count, ".!?…。！？\"'”’)]」』）".contains(text[index + 1]) { index += 1 }
        let rest = text[(index + 1)...]
        let following = rest.first { !$0.isWhitespace }
        let isFree = (rest.first?.isWhitespace ?? true) && !(following?.isLowercase ?? false)
        if isWide || isFree { ends.append(index) }
      }
      index += 1
    }
    return ends
  }

  /// Longest span, in tokens, and how many a piece of a longer one has.
  private static let (longest, chunk) = (10, 5)

  private static func spans(_ text: [Character], _ sentence: Range<Int>) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var current: [Range<Int>] = []
    func close() {
      let pieces = current.count > longest ? max(2, (current.count + chunk / 2) / chunk) : 1
      for piece in 0..<pieces where !current.isEmpty {
        let (from, to) = (piece * current.count / pieces, (piece + 1) * current.count / pieces)
        spans.append(current[from].lowerBound..<current[to - 1].upperBound)
      }
      current = []
    }
    for token in tokens(text, in: sentence) {
      current.append(token)
      // A comma inside a number ends nothing: white space follows one that does.
      let isMark = ",;:.!?—–…。，；：！？".contains(text[token.lowerBound])
      if isMark, token.count > 1 || token.upperBound == sentence.upperBound { close() }
    }
    close()
    return spans
  }
}
