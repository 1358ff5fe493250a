/// Finds a few lists of one JSON object in a single walk, without building a tree: the hot path of the service,
/// whose requests hold one list per column of a batch.
///
/// The names are looked for at the top of the object and inside the object under ``nestedKey``. The whole text is
/// checked against the grammar, as by ``JSONRowScanner``; of two values for one name the last counts.
public struct JSONColumnScanner: Sendable {
  /// What stands under one name.
  public enum Column: Sendable, Equatable {
    case absent
    /// A list: the places of its elements in ``Columns/cells``.
    case list(Range<Int>)
    /// Anything but a list.
    case single(JSONRowScanner.Field)
  }

  /// The columns of one text.
  public struct Columns: Sendable, Equatable {
    /// In the order of the scanner's names.
    public fileprivate(set) var columns: [Column]
    public fileprivate(set) var cells: [JSONRowScanner.Field] = []
    /// Every name that occurs, in the text's order: for messages.
    public fileprivate(set) var keys: [String] = []
  }

  /// The names looked for, in the order of the result.
  public let names: [String]
  /// The key of the object that may hold columns too.
  public let nestedKey: String
  /// Elements that one list may have.
  public let maxCells: Int
  private let keys: [[UInt8]]
  private let maxDepth: Int

  public init(
    names: [String], nestedKey: String = "columns", maxCells: Int = 1 << 20, maxDepth: Int = 512
  ) {
    precondition(
      maxDepth > 2 && maxCells > 0, "limits of a column scanner are positive, its depth at least 3")
    self.names = names
    self.nestedKey = nestedKey
    self.maxCells = maxCells
    keys = (names + [nestedKey]).map { Array($0.utf8) }
    self.maxDepth = maxDepth
  }

  /// Scans one object.
  public func scan(_ text: UTF8Bytes) throws(JSONError) -> Columns {
    var result = Columns(columns: [Column](repeating: .absent, count: names.count))
    var cursor = JSONCursor(text, maxDepth: maxDepth)
    try cursor.expectObject()
    try members(&cursor, isNested: false, into: &result)
    try cursor.expectEnd()
    return result
  }

  private func members(
    _ cursor: inout JSONCursor, isNested: Bool, into result: inout Columns
  ) throws(JSONError) {
    cursor.position += 1
    cursor.skipWhitespace()
    if cursor.byte == 0x7D {
      cursor.position += 1
      return
    }
    repeat {
      try cursor.expectKey()
      let key = try cursor.scanString()
      try cursor.expectColon()
      if result.keys.count < Self.rememberedKeys {
        result.keys.append(JSONParser.string(key, in: cursor.bytes))
      }
      switch index(of: key, in: cursor.bytes) {
      case names.count? where !isNested && cursor.byte == 0x7B:
        try members(&cursor, isNested: true, into: &result)
      case let index? where index < names.count: result.columns[index] = try column(&cursor, &result.cells)
      default: try cursor.skipValue(depth: isNested ? 2 : 1)
      }
    } while try cursor.continues(closing: 0x7D)
  }

  /// Keys kept for messages.
  private static let rememberedKeys = 32

  private func column(
    _ cursor: inout JSONCursor, _ cells: inout [JSONRowScanner.Field]
  ) throws(JSONError) -> Column {
    guard cursor.byte == 0x5B else { return .single(try JSONRowScanner.field(&cursor)) }
    let start = cells.count
    cursor.position += 1
    cursor.skipWhitespace()
    if cursor.byte == 0x5D {
      cursor.position += 1
      return .list(start..<start)
    }
    repeat {
      guard cells.count - start < maxCells else {
        throw cursor.failure("at most \(maxCells) elements in a list", kind: .limit)
      }
      cursor.skipWhitespace()
      cells.append(try JSONRowScanner.field(&cursor))
    } while try cursor.continues(closing: 0x5D)
    return .list(start..<cells.count)
  }

  private func index(of token: JSONCursor.StringToken, in text: UTF8Bytes) -> Int? {
    if token.hasEscapes {
      let name = JSONParser.string(token, in: text)
      return name == nestedKey ? names.count : names.firstIndex(of: name)
    }
    let count = token.end - token.start
    search: for index in keys.indices where keys[index].count == count {
      for offset in 0..<count where keys[index][offset] != text[token.start + offset] { continue search }
      return index
    }
    return nil
  }
}
