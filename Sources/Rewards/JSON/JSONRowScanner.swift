/// Finds a few top-level fields of one JSON object without building a tree: the hot path of bulk scoring.
///
/// The whole row is still checked against the grammar, so a row that this scanner accepts is exactly a row
/// that ``JSONParser`` accepts (but for its limit on keys and on the range of numbers). Nothing is allocated
/// per row.
public struct JSONRowScanner: Sendable {
  /// Where the value of a field stands in its row.
  public struct Field: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
      case absent, null, bool, number, string, array, object
    }
    public var kind: Kind = .absent
    /// For a string: the bytes between its quotes. For everything else: the whole JSON text of the value.
    public var range: Range<Int> = 0..<0
    /// The string holds escapes: read it through ``JSONScratch``.
    public var hasEscapes = false

    public init() {}
  }

  /// The fields looked for, in the order of the result.
  public let names: [String]
  private let keys: [[UInt8]]
  private let maxDepth: Int

  public init(names: [String], maxDepth: Int = 512) {
    precondition(maxDepth > 0, "the depth limit of a row scanner is positive")
    self.names = names
    self.keys = names.map { Array($0.utf8) }
    self.maxDepth = maxDepth
  }

  /// Scans one row. `fields` must hold ``names``.count elements; the last of duplicate keys wins.
  public func scan(_ row: UTF8Bytes, into fields: inout [Field]) throws(JSONError) {
    precondition(fields.count == names.count, "one slot per field name")
    for index in fields.indices { fields[index] = Field() }
    var cursor = JSONCursor(row, maxDepth: maxDepth)
    try cursor.expectObject()
    cursor.position += 1
    cursor.skipWhitespace()
    if cursor.byte == 0x7D {
      cursor.position += 1
      return try cursor.expectEnd()
    }
    repeat {
      try cursor.expectKey()
      let key = try cursor.scanString()
      try cursor.expectColon()
      if let index = index(of: key, in: row) {
        fields[index] = try Self.field(&cursor)
      } else {
        try cursor.skipValue(depth: 1)
      }
    } while try cursor.continues(closing: 0x7D)
    try cursor.expectEnd()
  }

  private func index(of token: JSONCursor.StringToken, in row: UTF8Bytes) -> Int? {
    if token.hasEscapes {
      return names.firstIndex(of: JSONParser.string(token, in: row))
    }
    let count = token.end - token.start
    search: for index in keys.indices where keys[index].count == count {
      for offset in 0..<count where keys[index][offset] != row[token.start + offset] { continue search }
      return index
    }
    return nil
  }

  /// Moves past one value and says where it stands.
  static func field(_ cursor: inout JSONCursor) throws(JSONError) -> Field {
    var field = Field()
    if cursor.byte == 0x22 {
      let token = try cursor.scanString()
      field.kind = .string
      field.range = token.start..<token.end
      field.hasEscapes = token.hasEscapes
      return field
    }
    switch cursor.byte {
    case 0x7B: field.kind = .object
    case 0x5B: field.kind = .array
    case 0x6E: field.kind = .null
    case 0x74, 0x66: field.kind = .bool
    default: field.kind = .number
    }
    let start = cursor.position
    try cursor.skipValue(depth: 1)
    field.range = start..<cursor.position
    return field
  }
}

/// Reusable memory for the texts of one row: reading a row's strings allocates nothing once it has grown.
public final class JSONScratch {
  private var memory: UnsafeMutableBufferPointer<UInt8>
  private var used = 0

  public init() { memory = .allocate(capacity: 4096) }

  deinit { memory.deallocate() }

  /// Forgets the texts of the last row and makes room for all strings of a row of `capacity` bytes. Texts
  /// handed out before are invalid from here on.
  public func prepare(capacity: Int) {
    used = 0
    if capacity > memory.count {
      memory.deallocate()
      memory = .allocate(capacity: max(capacity, memory.count * 2))
    }
  }

  /// The text of a string field that ``JSONRowScanner`` found in `row`. Valid until the next
  /// ``prepare(capacity:)`` and no longer than `row` itself.
  public func text(of field: JSONRowScanner.Field, in row: UTF8Bytes) -> UTF8Bytes {
    let raw = UTF8Bytes(rebasing: row[field.range])
    guard field.hasEscapes else { return raw }
    let target = reserve(raw.count)
    let count = JSONUnescaper.unescape(raw, into: target)
    used -= raw.count - count
    return UTF8Bytes(rebasing: UTF8Bytes(target)[0..<count])
  }

  /// A copy of `text` in this memory, with the life time of ``text(of:in:)``.
  public func copy(_ text: String) -> UTF8Bytes {
    let target = reserve(text.utf8.count)
    _ = target.initialize(from: text.utf8)
    return UTF8Bytes(target)
  }

  private func reserve(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
    precondition(used + count <= memory.count, "prepare(capacity:) was not called for this row")
    defer { used += count }
    return UnsafeMutableBufferPointer(rebasing: memory[used..<used + count])
  }
}
