import Yams

/// A place in a YAML document that knows its file, line, column and key path; every error it makes says them.
///
/// Scalars follow the YAML 1.2 core schema: only `true` and `false` are booleans (`yes`, `on` are strings),
/// and a quoted scalar is a string.
public struct YAMLValue {
  public let node: Node
  public let file: String
  public let keyPath: String

  public init(_ node: Node, file: String, keyPath: String = "") {
    self.node = node
    self.file = file
    self.keyPath = keyPath
  }

  /// Parses one document.
  /// - Throws: `SpecificationError` for a syntax error or an empty document.
  public init(yaml: String, file: String) throws(SpecificationError) {
    do {
      guard let node = try Yams.compose(yaml: yaml) else {
        throw SpecificationError(file: file, line: 1, column: 1, keyPath: "", message: "the file is empty")
      }
      self.init(node, file: file)
    } catch let error as SpecificationError {
      throw error
    } catch {
      throw Self.syntaxError(error, file: file)
    }
  }

  /// Reads a file with one document.
  /// - Throws: `FileError` when it cannot be read; `SpecificationError` when it is not UTF-8 or not YAML.
  public init(contentsOf path: String) throws {
    let bytes = try FileError.contents(of: path)
    if let wrong = bytes.withUnsafeBufferPointer(UTF8Check.firstInvalid) {
      let before = bytes[..<wrong]
      let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      throw SpecificationError(
        file: path, line: before.count { $0 == 0x0A } + 1, column: wrong - lineStart + 1, keyPath: "",
        message:
          "byte 0x\(String(bytes[wrong], radix: 16, uppercase: true)) is not UTF-8; save the file as UTF-8")
    }
    try self.init(yaml: String(decoding: bytes, as: UTF8.self), file: path)
  }

  private static func syntaxError(_ error: any Error, file: String) -> SpecificationError {
    var (line, column, problem) = (1, 1, "\(error)")
    switch error as? YamlError {
    case .scanner(let context, let text, let mark, _)?, .parser(let context, let text, let mark, _)?,
      .composer(let context, let text, let mark, _)?:
      (line, column) = (mark.line, mark.column)
      problem = text + (context.map { " \($0.text)" } ?? "")
    case .duplicatedKeysInMapping(let keys, let context)?:
      (line, column) = (context.mark.line, context.mark.column)
      problem = "a key occurs twice: " + keys.map { "\"\($0)\"" }.sorted().joined(separator: ", ")
    default: break
    }
    return SpecificationError(
      file: file, line: line, column: column, keyPath: "", message: "not valid YAML: \(problem)")
  }

  /// An error at this place.
  public func error(_ message: String, suggestion: String? = nil) -> SpecificationError {
    SpecificationError(
      file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, keyPath: keyPath,
      message: message, suggestion: suggestion)
  }

  /// An error that says what was expected here and what was found.
  public func error(expected: String, suggestion: String? = nil) -> SpecificationError {
    error("expected \(expected), found \(json.summary)", suggestion: suggestion)
  }

  /// True for an empty or `null` scalar.
  public var isNull: Bool {
    if case .null = json { true } else { false }
  }

  /// The value as JSON; mapping keys become strings.
  public var json: JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(JSONObject(mapping.map { ($0.key.scalar?.string ?? "", YAMLValue($0.value, file: file).json) }))
    case .sequence(let sequence): .array(sequence.map { YAMLValue($0, file: file).json })
    case .scalar(let scalar):
      scalar.style == .plain || scalar.style == .any ? plain(scalar.string) : .string(scalar.string)
    case .alias: .null
    }
  }

  private func plain(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", "+.inf", ".Inf", "+.Inf": return .number(.infinity)
    case "-.inf", "-.Inf": return .number(-.infinity)
    case ".nan", ".NaN": return .number(.nan)
    default: break
    }
    guard let first = text.utf8.first, text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
      first != UInt8(ascii: "e"), first != UInt8(ascii: "E")
    else { return .string(text) }
    if let integer = Int(text) { return .integer(integer) }
    return Double(text).map { .number($0) } ?? .string(text)
  }

  /// The string here.
  public func string() throws(SpecificationError) -> String {
    if case .string(let text) = json { return text }
    let isScalar = node.scalar != nil && !isNull
    throw error("expected a string, found \(json.summary)" + (isScalar ? " (quote it)" : ""))
  }

  /// The items of the list here.
  public func items(_ expected: String = "a list") throws(SpecificationError) -> [YAMLValue] {
    guard case .sequence(let sequence) = node else { throw error(expected: expected) }
    return sequence.enumerated().map { YAMLValue($1, file: file, keyPath: "\(keyPath)[\($0)]") }
  }

  /// The mapping here; an empty value counts as an empty mapping.
  public func mapping(_ expected: String = "a mapping") throws(SpecificationError) -> YAMLMapping {
    if isNull { return YAMLMapping(self, entries: []) }
    guard case .mapping(let mapping) = node else { throw error(expected: expected) }
    var entries: [YAMLMapping.Entry] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw YAMLValue(key, file: file, keyPath: keyPath).error("expected a name as key")
      }
      let path = keyPath.isEmpty ? name : "\(keyPath).\(name)"
      entries.append(
        YAMLMapping.Entry(
          name: name, key: YAMLValue(key, file: file, keyPath: path),
          value: YAMLValue(value, file: file, keyPath: path)))
    }
    return YAMLMapping(self, entries: entries)
  }

  /// The value here, checked against a parameter's declaration.
  public func value(of parameter: Parameter) throws(SpecificationError) -> JSONValue {
    let found = json
    do {
      return try parameter.validate(found)
    } catch {
      var hint = ""
      if parameter.kind == .string || parameter.kind == .strings {
        if case .scalar = node, !isNull { hint = " (quote it)" }
        if case .string = found { hint = "" }
      }
      throw self.error(error.message + hint, suggestion: error.suggestion)
    }
  }
}

/// A YAML mapping with typed access by key.
///
/// Read a part of a file: check the keys with `requireKeys`, then take values with the getters; each getter
/// gives its default when the key is absent and throws at the value's place when it does not fit.
public struct YAMLMapping {
  public struct Entry {
    public let name: String
    public let key: YAMLValue
    public let value: YAMLValue
  }

  /// The mapping's own place.
  public let place: YAMLValue
  /// In file order.
  public let entries: [Entry]

  init(_ place: YAMLValue, entries: [Entry]) {
    self.place = place
    self.entries = entries
  }

  public subscript(name: String) -> YAMLValue? { entries.first { $0.name == name }?.value }

  /// - Throws: `SpecificationError` at the first key that is not among `known`, with the nearest of them.
  public func requireKeys(_ known: [String]) throws(SpecificationError) {
    for entry in entries where !known.contains(entry.name) {
      throw unknownKey(entry, known: known)
    }
  }

  /// The error for a key that nobody knows.
  public func unknownKey(_ entry: Entry, known: [String]) -> SpecificationError {
    let list = known.isEmpty ? "no keys are allowed here" : "expected one of " + known.joined(separator: ", ")
    return entry.key.error(
      "unknown key \"\(entry.name)\"; \(list)", suggestion: nearestName(to: entry.name, in: known))
  }

  /// The value of a required key.
  public func required(_ name: String) throws(SpecificationError) -> YAMLValue {
    guard let value = self[name] else { throw place.error("the key \"\(name)\" is missing") }
    return value
  }

  /// The value of `parameter` in this mapping, or its default.
  /// - Throws: `SpecificationError` when it does not fit, or is required and missing.
  public func value(of parameter: Parameter) throws(SpecificationError) -> JSONValue {
    if let value = self[parameter.name] { return try value.value(of: parameter) }
    if let value = parameter.default { return value }
    throw place.error("the key \"\(parameter.name)\" is missing: expected \(parameter.expectation)")
  }

  /// All of `declared`, read from this mapping; keys in `ignoring` are left to somebody else.
  public func parameters(
    _ declared: [Parameter], ignoring: [String] = []
  ) throws(SpecificationError) -> Parameters {
    let names = declared.map(\.name)
    for entry in entries where !names.contains(entry.name) && !ignoring.contains(entry.name) {
      throw unknownKey(entry, known: names + ignoring)
    }
    var values = JSONObject()
    for parameter in declared { values[parameter.name] = try value(of: parameter) }
    do { return try Parameters(values, of: declared) } catch { throw place.error("\(error)") }
  }

  public func double(
    _ name: String, default: Double? = nil, in range: ClosedRange<Double>? = nil
  ) throws(SpecificationError) -> Double {
    let parameter = Parameter(name, .number, default: `default`.map { .number($0) }, range: range, help: "")
    if case .number(let number) = try value(of: parameter) { return number }
    throw place.error("the key \"\(name)\" is missing")
  }

  public func int(
    _ name: String, default: Int? = nil, in range: ClosedRange<Int>? = nil
  ) throws(SpecificationError) -> Int {
    let bounds = range.map { Double($0.lowerBound)...Double($0.upperBound) }
    let parameter = Parameter(
      name, .integer, default: `default`.map { .integer($0) }, range: bounds, help: "")
    if case .integer(let integer) = try value(of: parameter) { return integer }
    throw place.error("the key \"\(name)\" is missing")
  }

  public func bool(_ name: String, default: Bool? = nil) throws(SpecificationError) -> Bool {
    let parameter = Parameter(name, .bool, default: `default`.map { .bool($0) }, help: "")
    if case .bool(let bool) = try value(of: parameter) { return bool }
    throw place.error("the key \"\(name)\" is missing")
  }

  public func string(_ name: String, default: String? = nil) throws(SpecificationError) -> String {
    let parameter = Parameter(name, .string, default: `default`.map { .string($0) }, help: "")
    if case .string(let text) = try value(of: parameter) { return text }
    throw place.error("the key \"\(name)\" is missing")
  }

  /// One of `words`.
  public func choice(
    _ name: String, of words: [String], default: String? = nil
  ) throws(SpecificationError) -> String {
    let parameter = Parameter(name, .choice(words), default: `default`.map { .string($0) }, help: "")
    if case .string(let text) = try value(of: parameter) { return text }
    throw place.error("the key \"\(name)\" is missing")
  }
}
