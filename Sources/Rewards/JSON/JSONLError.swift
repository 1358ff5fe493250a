/// Why one line of a JSONL file cannot be used. The file's other lines are not touched by it.
public struct JSONLError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Error, Sendable, Equatable {
    case brokenJSON(JSONError)
    case invalidUTF8(JSONError)
    /// The row lacks a field that is needed; `present` names the fields it has.
    case missingField(String, present: [String])
    case wrongType(field: String, expected: String, found: String)
    case lineTooLong(bytes: Int, limit: Int)
  }

  /// Line number from 1; blank lines count.
  public var line: Int
  /// Byte offset in the file: of the mistake where it is known, else of the line's start.
  public var offset: Int
  public var reason: Reason

  public init(line: Int, offset: Int, reason: Reason) {
    self.line = line
    self.offset = offset
    self.reason = reason
  }

  /// A JSON mistake on a line that starts at byte `lineOffset` of its file.
  public init(line: Int, lineOffset: Int, _ error: JSONError) {
    self.line = line
    self.offset = lineOffset + error.offset
    self.reason = error.kind == .invalidUTF8 ? .invalidUTF8(error) : .brokenJSON(error)
  }

  public var description: String { "line \(line), byte \(offset): \(explanation)" }

  /// What is wrong, without the place.
  public var explanation: String {
    switch reason {
    case .brokenJSON(let error): "broken JSON: expected \(error.expected), found \(error.found)"
    case .invalidUTF8(let error): "invalid UTF-8: \(error.found)"
    case .missingField(let name, let present):
      "no field '\(name)'; the row has " + (present.isEmpty ? "none" : present.joined(separator: ", "))
    case .wrongType(let field, let expected, let found): "'\(field)' is \(found), expected \(expected)"
    case .lineTooLong(let bytes, let limit): "the line has \(bytes) bytes, more than the limit of \(limit)"
    }
  }

  /// What the user can do about it.
  public var remedy: String {
    switch reason {
    case .brokenJSON: "write one complete JSON object per line (in Python: json.dumps(row, allow_nan=False))"
    case .invalidUTF8: "save the file as UTF-8 (iconv -f LATIN1 -t UTF-8)"
    case .missingField: "map the field to the column that holds it"
    case .wrongType(_, let expected, _): "write \(expected) there, or map the field to another column"
    case .lineTooLong: "raise the line limit, or shorten the row"
    }
  }
}

/// A file that could not be opened or read.
public struct JSONLFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// The system's error number.
  public var code: Int32
  public var message: String

  public init(path: String, code: Int32, message: String) {
    self.path = path
    self.code = code
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
