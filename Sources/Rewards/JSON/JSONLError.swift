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

  /// The whole message: file, place, what is wrong and what to do about it.
  public func message(file: String) -> String { "\(file), \(self); \(remedy)" }

  /// What is wrong, without the place.
  public var explanation: String {
    switch reason {
    case .brokenJSON(let error): "broken JSON: expected \(error.expected), found \(error.found)"
    case .invalidUTF8(let error): "invalid UTF-8: \(error.found)"
    case .missingField(let name, let present):
      "no field '\(name)'\(Self.hint(name, present)); the row has "
        + (present.isEmpty ? "none" : present.joined(separator: ", "))
    case .wrongType(let field, let expected, let found): "'\(field)' is \(found), expected \(expected)"
    case .lineTooLong(let bytes, let limit): "the line has \(bytes) bytes, more than the limit of \(limit)"
    }
  }

  private static func hint(_ name: String, _ present: [String]) -> String {
    nearestName(to: name, in: present).map { " (did you mean '\($0)'?)" } ?? ""
  }

  /// What the user can do about it.
  public var remedy: String {
    switch reason {
    case .brokenJSON: "write one complete JSON object per line (in Python: json.dumps(row, allow_nan=False))"
    case .invalidUTF8: "save the file as UTF-8 (iconv -f LATIN1 -t UTF-8)"
    case .missingField(let name, _): "rename the column that holds it to '\(name)', or map the field to it"
    case .wrongType(_, let expected, _): "write \(expected) there, or map the field to another column"
    case .lineTooLong: "raise the line limit, or shorten the row"
    }
  }
}
