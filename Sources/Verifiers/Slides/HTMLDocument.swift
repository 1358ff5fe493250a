import Rewards

/// HTML as a list of nodes in document order, read as browsers do where models differ from the book: void elements,
/// raw text, comments, missing end tags, stray end tags.
///
/// Not read: formatting elements that overlap, tables without rows, foreign content. Any bytes give a document; time
/// is linear in them, times a depth of at most ``maxDepth``.
struct HTMLDocument {
  struct Node {
    /// Lower case; empty for text.
    var element = ""
    var classes: [Substring] = []
    var text = ""
    /// The node after the last one inside this one.
    var end = 0
    /// The bytes that the node was read from, tags included.
    var source = 0..<0
    /// Not shown, by itself or for something around it: `hidden`, `display: none`, `visibility: hidden`, script, style.
    var isHidden = false

    var isText: Bool { element.isEmpty }

    func hasClass(_ name: String) -> Bool { classes.contains { $0 == name } }
  }

  /// Elements deeper than this stand beside each other.
  static let maxDepth = 256

  private(set) var nodes: [Node] = []

  init(_ source: String) {
    var reader = HTMLReader()
    var source = source
    nodes = source.withUTF8 { reader.read($0) }
  }

  /// What is shown of a node's text, words apart by single spaces.
  func visibleText(of range: Range<Int>) -> String { words(of: range).joined(separator: " ") }

  /// The words of the text shown in a range of nodes. What stands in one line without white space is one word.
  func words(of range: Range<Int>, except: (Node) -> Bool = { _ in false }) -> [String] {
    var words: [String] = []
    var open = ""
    func close() {
      if !open.isEmpty { words.append(open) }
      open = ""
    }
    var index = range.lowerBound
    // Where blocks that are open end: a word does not go on behind one.
    var ends: [Int] = []
    while index < range.upperBound {
      while let end = ends.last, end <= index {
        ends.removeLast()
        close()
      }
      let node = nodes[index]
      if node.isHidden || except(node) {
        if !node.isText, !HTMLReader.inline.contains(node.element) { close() }
        index = max(node.end, index + 1)
        continue
      }
      if node.isText {
        for character in node.text {
          if character.isWhitespace { close() } else { open.append(character) }
        }
      } else if !HTMLReader.inline.contains(node.element) {
        close()
        ends.append(node.end)
      }
      index += 1
    }
    close()
    return words
  }
}

/// Reads HTML; see ``HTMLDocument``.
struct HTMLReader {
  static let inline: Set<String> = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label",
    "mark", "q", "s", "samp", "small", "strong", "sub", "sup", "tt", "u", "var", "wbr",
  ]
  private static let void: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
  ]
  private static let raw: Set<String> = ["script", "style", "textarea", "title", "noscript", "iframe", "xmp"]
  private static let unseen: Set<String> = [
    "head", "script", "style", "title", "noscript", "template", "iframe", "datalist",
  ]
  /// These end a paragraph that is open.
  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3",
    "h4",
    "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
  ]

  private var nodes: [HTMLDocument.Node] = []
  /// The elements that are open.
  private var open: [Int] = []
  /// How far the bytes are read, and where what is read now starts.
  private var index = 0
  private var start = 0

  mutating func read(_ bytes: UTF8Bytes) -> [HTMLDocument.Node] {
    while index < bytes.count {
      start = index
      let next = index + 1 < bytes.count && bytes[index] == 0x3C ? bytes[index + 1] : 0
      switch next {
      case 0x21, 0x3F: skipDeclaration(bytes)
      case 0x2F where index + 2 < bytes.count && ASCII.isLetter(bytes[index + 2]): endTag(bytes)
      case let byte where ASCII.isLetter(byte): startTag(bytes)
      default:
        index += 1
        while index < bytes.count, bytes[index] != 0x3C { index += 1 }
        text(bytes[start..<index])
      }
    }
    close(to: 0, before: bytes.count)
    return nodes
  }

  private mutating func text(_ bytes: Slice<UTF8Bytes>) {
    var node = HTMLDocument.Node()
    node.source = bytes.startIndex..<bytes.endIndex
    node.text = HTMLEntities.decoded(String(decoding: bytes, as: UTF8.self))
    node.isHidden = open.last.map { nodes[$0].isHidden } ?? false
    node.end = nodes.count + 1
    nodes.append(node)
  }

  private mutating func skipDeclaration(_ bytes: UTF8Bytes) {
    if bytes[index...].starts(with: "<!--".utf8) {
      index += 4
      while index < bytes.count, !bytes[index...].starts(with: "-->".utf8) { index += 1 }
      index = min(index + 3, bytes.count)
    } else {
      while index < bytes.count, bytes[index] != 0x3E { index += 1 }
      index = min(index + 1, bytes.count)
    }
  }

  private mutating func endTag(_ bytes: UTF8Bytes) {
    index += 2
    let name = Self.name(bytes, &index)
    while index < bytes.count, bytes[index] != 0x3E { index += 1 }
    index = min(index + 1, bytes.count)
    guard let place = open.lastIndex(where: { nodes[$0].element == name }) else { return }
    close(to: place + 1, before: start)
    close(to: place, before: index)
  }

  /// Ends the elements that are open from a place on, and their bytes.
  private mutating func close(to place: Int, before offset: Int) {
    while open.count > place {
      let node = open.removeLast()
      nodes[node].end = nodes.count
      nodes[node].source = nodes[node].source.lowerBound..<offset
    }
  }

  private mutating func startTag(_ bytes: UTF8Bytes) {
    index += 1
    var node = HTMLDocument.Node()
    node.element = Self.name(bytes, &index)
    attributes(bytes, &node)
    if let last = open.last {
      let name = nodes[last].element
      if name == "p" && Self.blocks.contains(node.element) || name == "li" && node.element == "li"
        || name == "head" && node.element == "body"
      {
        close(to: open.count - 1, before: start)
      }
    }
    let isInside = open.last.map { nodes[$0].isHidden } ?? false
    node.isHidden = node.isHidden || isInside || Self.unseen.contains(node.element)
    node.end = nodes.count + 1
    node.source = start..<index
    let place = nodes.count
    nodes.append(node)
    if Self.void.contains(node.element) { return }
    if Self.raw.contains(node.element) {
      let inside = index
      let ending = Array("</\(node.element)".utf8)
      while index < bytes.count, !Self.startsIgnoringCase(bytes, index, ending) { index += 1 }
      open.append(place)
      text(bytes[inside..<index])
      while index < bytes.count, bytes[index] != 0x3E { index += 1 }
      index = min(index + 1, bytes.count)
      close(to: open.count - 1, before: index)
    } else if open.count < HTMLDocument.maxDepth {
      open.append(place)
    }
  }

  private static func startsIgnoringCase(_ bytes: UTF8Bytes, _ index: Int, _ word: [UInt8]) -> Bool {
    guard bytes.count - index >= word.count else { return false }
    for (offset, byte) in word.enumerated() where ASCII.lower(bytes[index + offset]) != byte { return false }
    return true
  }

  /// The name at `index`, in lower case.
  private static func name(_ bytes: UTF8Bytes, _ index: inout Int) -> String {
    let start = index
    while index < bytes.count, !ASCII.isSpace(bytes[index]), bytes[index] != 0x3E, bytes[index] != 0x2F {
      index += 1
    }
    return String(decoding: bytes[start..<index].map(ASCII.lower), as: UTF8.self)
  }

  /// Reads attributes up to and with the `>`.
  private mutating func attributes(_ bytes: UTF8Bytes, _ node: inout HTMLDocument.Node) {
    while index < bytes.count, bytes[index] != 0x3E {
      if ASCII.isSpace(bytes[index]) || bytes[index] == 0x2F {
        index += 1
        continue
      }
      let start = index
      index += 1
      while index < bytes.count, !ASCII.isSpace(bytes[index]), !"=>/".utf8.contains(bytes[index]) {
        index += 1
      }
      let name = String(decoding: bytes[start..<index].map(ASCII.lower), as: UTF8.self)
      while index < bytes.count, ASCII.isSpace(bytes[index]) { index += 1 }
      var value = ""
      if index < bytes.count, bytes[index] == 0x3D {
        index += 1
        value = Self.value(bytes, &index)
      }
      switch name {
      case "class" where node.classes.isEmpty: node.classes = value.split(whereSeparator: \.isWhitespace)
      case "hidden": node.isHidden = true
      case "style": node.isHidden = node.isHidden || Self.hides(value)
      default: break
      }
    }
    index = min(index + 1, bytes.count)
  }

  private static func value(_ bytes: UTF8Bytes, _ index: inout Int) -> String {
    while index < bytes.count, ASCII.isSpace(bytes[index]) { index += 1 }
    guard index < bytes.count else { return "" }
    let quote = bytes[index]
    let isQuoted = quote == 0x22 || quote == 0x27
    if isQuoted { index += 1 }
    let start = index
    while index < bytes.count,
      isQuoted ? bytes[index] != quote : !ASCII.isSpace(bytes[index]) && bytes[index] != 0x3E
    {
      index += 1
    }
    let value = String(decoding: bytes[start..<index], as: UTF8.self)
    if isQuoted { index = min(index + 1, bytes.count) }
    return HTMLEntities.decoded(value)
  }

  private static func hides(_ style: String) -> Bool {
    let style = style.lowercased().filter { !$0.isWhitespace }
    return style.contains("display:none") || style.contains("visibility:hidden")
  }
}

/// Character references.
enum HTMLEntities {
  private static let named = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "ndash": "\u{2013}",
    "mdash": "\u{2014}", "hellip": "\u{2026}", "bull": "\u{2022}", "middot": "\u{B7}", "copy": "\u{A9}",
    "rarr": "\u{2192}", "times": "\u{D7}",
  ]

  /// The text with numeric references and the most common named ones replaced; any other stays as it is.
  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(0x26) else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      rest = rest[mark...].dropFirst()
      guard let end = rest.prefix(12).firstIndex(of: ";"), let character = character(rest[..<end]) else {
        result += "&"
        continue
      }
      result += character
      rest = rest[end...].dropFirst()
    }
    return result + rest
  }

  private static func character(_ name: Substring) -> String? {
    guard name.first == "#" else { return named[String(name)] }
    let digits = name.dropFirst()
    let isHexadecimal = digits.first == "x" || digits.first == "X"
    return UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
      .flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }
}
