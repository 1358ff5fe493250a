import Rewards

/// One slide, as its HTML says: SlideForge's page of 1280 x 720 points with `.title` and `.section` elements.
public struct Slide: Sendable, Equatable {
  public var html: String
  /// The words of the first `.title`.
  public var title: [String]
  public var hasTitle: Bool
  /// The words of each `.section` that is not inside another, its icon left out.
  public var sections: [[String]]
  /// All words that are shown.
  public var words: [String]
  /// It holds an element.
  public var hasMarkup: Bool

  public init(_ html: String) {
    let document = HTMLDocument(html)
    let nodes = document.nodes
    self.html = html
    hasMarkup = nodes.contains { !$0.isText }
    words = document.words(of: nodes.indices)
    let place = nodes.firstIndex { $0.hasClass("title") && !$0.isHidden }
    hasTitle = place != nil
    title = place.map { document.words(of: $0 + 1..<nodes[$0].end) } ?? []
    sections = []
    var index = 0
    while index < nodes.count {
      if nodes[index].hasClass("section"), !nodes[index].isHidden {
        sections.append(document.words(of: index + 1..<nodes[index].end) { $0.hasClass("section-icon") })
        index = nodes[index].end
      } else {
        index += 1
      }
    }
  }

  /// It has a title and a section, whatever they hold.
  public var isValid: Bool { hasTitle && !sections.isEmpty }

  var text: String { words.joined(separator: " ") }
}

/// The slides of a completion, in order, blank ones left out.
public struct SlideDeck: Sendable, Equatable {
  public var slides: [Slide]

  public init(_ slides: [Slide]) { self.slides = slides }

  /// - Parameter limit: with more slides the deck is nil.
  ///
  /// In order of precedence: a JSON list of HTML texts, or an object with one under `slides`; fenced `html` blocks;
  /// several documents one after the other, each with its `<html>` tag; one document, in which every outermost element
  /// of class `slide` is a slide, or all of it.
  public init?(_ completion: String, limit: Int) {
    let pages = Self.pages(of: completion).filter { $0.contains { !$0.isWhitespace } }
    guard pages.count <= limit else { return nil }
    // Text without a tag is no slide.
    func made(_ pages: [String]) -> [Slide] { pages.map { Slide($0) }.filter(\.hasMarkup) }
    if pages.count == 1, let parts = Self.parts(of: pages[0]) {
      guard parts.count <= limit else { return nil }
      slides = made(parts)
    } else {
      slides = made(pages)
    }
  }

  private static func pages(of completion: String) -> [String] {
    let text = completion.drop(while: \.isWhitespace)
    if text.first == "[" || text.first == "{", let value = try? JSONParser().parse(Array(text.utf8)) {
      var list = value
      if case .object(let object) = value { list = object["slides"] ?? .null }
      if case .array(let items) = list {
        return items.map { if case .string(let html) = $0 { html } else { "" } }
      }
    }
    let fenced = fences(text)
    let whole = fenced.isEmpty ? [String(text)] : fenced
    return whole.flatMap(documents)
  }

  /// What stands between "```html" and the next fence.
  private static func fences(_ text: Substring) -> [String] {
    var found: [String] = []
    var isInside = false
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.trimmingPrefix(while: \.isWhitespace)
      guard bare.hasPrefix("```") else {
        if isInside { lines.append(line) }
        continue
      }
      if isInside { found.append(lines.joined(separator: "\n")) }
      isInside = !isInside && bare.dropFirst(3).lowercased().hasPrefix("html")
      lines = []
    }
    if isInside { found.append(lines.joined(separator: "\n")) }
    return found
  }

  /// A text cut before each `<html` but the first, a doctype in front of it included.
  private static func documents(_ text: String) -> [String] {
    var text = text
    return text.withUTF8 { bytes -> [String] in
      var starts: [Int] = []
      var doctype: Int?
      for index in bytes.indices where bytes[index] == 0x3C {
        let word = String(
          decoding: bytes[index..<min(index + 9, bytes.count)].map(ASCII.lower), as: UTF8.self)
        if word.hasPrefix("<!doctype") {
          doctype = index
        } else if word.hasPrefix("<html"), index + 5 >= bytes.count || !ASCII.isLetter(bytes[index + 5]) {
          starts.append(doctype ?? index)
          doctype = nil
        }
      }
      // What stands before the first document, such as a sentence, belongs to none.
      if starts.isEmpty { return [String(decoding: bytes, as: UTF8.self)] }
      return zip(starts, starts.dropFirst() + [bytes.count]).map {
        String(decoding: bytes[$0..<$1], as: UTF8.self)
      }
    }
  }

  /// The outermost elements of class `slide` of one document, each behind the document's styles; nil when there is none.
  private static func parts(of page: String) -> [String]? {
    let document = HTMLDocument(page)
    let bytes = Array(page.utf8)
    func source(_ node: HTMLDocument.Node) -> String { String(decoding: bytes[node.source], as: UTF8.self) }
    var parts: [String] = []
    var styles = ""
    var index = 0
    while index < document.nodes.count {
      let node = document.nodes[index]
      if node.element == "style" { styles += source(node) }
      if node.hasClass("slide") { parts.append(source(node)) }
      index = node.hasClass("slide") ? node.end : index + 1
    }
    return parts.isEmpty ? nil : parts.map { styles + $0 }
  }
}
