/// What is wrong in a YAML file, and where.
public struct SpecificationError: Error, Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1.
  public var column: Int
  /// Where in the document, for example `rewards[0].format.weight`; empty at the top.
  public var keyPath: String
  /// What was expected and what was found, in words.
  public var message: String
  /// The nearest valid name, when one is near.
  public var suggestion: String?

  public init(
    file: String, line: Int, column: Int, keyPath: String, message: String, suggestion: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.keyPath = keyPath
    self.message = message
    self.suggestion = suggestion
  }

  /// `file:line:column: key path: message; did you mean "name"?`
  public var description: String {
    "\(file):\(line):\(column): " + (keyPath.isEmpty ? "" : "\(keyPath): ") + message
      + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
  }
}
