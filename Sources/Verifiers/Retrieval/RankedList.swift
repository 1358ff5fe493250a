import Rewards

/// A ranked list of document ids, best first, as a completion writes it.
public struct RankedList: Sendable, Equatable {
  /// The form that is read.
  public enum Form: String, Sendable, CaseIterable {
    /// A JSON list of ids (text or integers), or a JSON object from id to score, the whole text or in its last
    /// code fence. Equal scores are ordered by id, the larger one first, as trec_eval does.
    case json
    /// One id a line.
    case lines
    /// The lines that begin with a number (`1.`, `2)`) or a bullet (`-`, `*`); others are prose.
    case numbered
    /// Ids between `>` signs, with or without brackets: `[2] > [1] > [3]`.
    case arrows
  }

  /// In order; an id may occur again.
  public var ids: [String]

  public init(ids: [String]) { self.ids = ids }

  /// Reads `text`; nil when it has not the form. Linear time, but n log n for scores.
  public init?(_ text: String, form: Form) {
    switch form {
    case .json:
      guard let ids = Self.json(text) else { return nil }
      self.ids = ids
    case .lines: ids = text.split(whereSeparator: \.isNewline).compactMap { Self.id($0) }
    case .numbered:
      ids = text.split(whereSeparator: \.isNewline).compactMap {
        Self.withoutMarker($0).flatMap { Self.id($0) }
      }
    case .arrows: ids = text.split(separator: ">").compactMap { Self.id($0) }
    }
    if ids.isEmpty { return nil }
  }

  private static func json(_ text: String) -> [String]? {
    var text = text[...]
    if let close = lastFence(in: text), let open = lastFence(in: text[..<close]) {
      text = text[open..<close].drop { $0 == "`" }
      if text.first != "\n" { text = text.drop { $0.isLetter } }
    }
    guard let value = try? JSONParser().parse(String(text).utf8) else { return nil }
    switch value {
    case .array(let items):
      let ids = items.compactMap(id)
      return ids.count == items.count ? ids : nil
    case .object(let object):
      var scored: [(id: String, score: Double)] = []
      for (id, value) in zip(object.keys, object.values) {
        switch value {
        case .integer(let score): scored.append((id, Double(score)))
        case .number(let score): scored.append((id, score))
        default: return nil
        }
      }
      scored.sort {
        $0.score != $1.score ? $0.score > $1.score : $1.id.utf8.lexicographicallyPrecedes($0.id.utf8)
      }
      return scored.map(\.id)
    default: return nil
    }
  }

  /// Where the last three backticks of `text` begin.
  private static func lastFence(in text: Substring) -> Substring.Index? {
    var run = 0
    var index = text.utf8.endIndex
    while index > text.utf8.startIndex {
      index = text.utf8.index(before: index)
      run = text.utf8[index] == 0x60 ? run + 1 : 0
      if run == 3 { return index }
    }
    return nil
  }

  static func id(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  /// The id in a line: white space, quotes, brackets and emphasis around it removed.
  private static func id(_ line: Substring) -> String? {
    func isWrapping(_ character: Character) -> Bool {
      character.isWhitespace || "\"'`*[],".contains(character)
    }
    var line = line.drop(while: isWrapping)
    while let last = line.last, isWrapping(last) { line.removeLast() }
    return line.isEmpty ? nil : String(line)
  }

  private static func withoutMarker(_ line: Substring) -> Substring? {
    let line = line.drop(while: \.isWhitespace)
    let afterDigits = line.drop { $0.isASCII && $0.isNumber }
    if afterDigits.startIndex > line.startIndex {
      guard let mark = afterDigits.first, mark == "." || mark == ")" else { return nil }
      let rest = afterDigits.dropFirst()
      return rest.first?.isWhitespace == true ? rest : nil
    }
    guard let mark = line.first, mark == "-" || mark == "*" || mark == "\u{2022}" else { return nil }
    let rest = line.dropFirst()
    return rest.first?.isWhitespace == true ? rest : nil
  }
}
