/// Why a text is not the JSON it should be.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The family of the mistake, for callers that treat families apart.
  public enum Kind: Sendable, Equatable {
    /// The text breaks the grammar of RFC 8259.
    case syntax
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8
    /// The text goes past a limit of the parser (depth, number of keys, range of a number).
    case limit
  }

  public var kind: Kind
  /// Byte offset from the start of the text that was parsed.
  public var offset: Int
  /// What would have been right at that place.
  public var expected: String
  /// What stands there, in words.
  public var found: String

  public init(kind: Kind, offset: Int, expected: String, found: String) {
    self.kind = kind
    self.offset = offset
    self.expected = expected
    self.found = found
  }

  public var description: String { "byte \(offset): expected \(expected), found \(found)" }
}
