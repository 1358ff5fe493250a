/// The type of a parameter that a YAML file may set.
public enum ParameterKind: Sendable, Equatable {
  /// A finite real number; an integer is accepted.
  case number
  case integer
  case bool
  case string
  /// A list of strings.
  case strings
  /// One of the listed words.
  case choice([String])
  /// Anything JSON can hold; the part that takes it checks it.
  case json

  /// The kind in words, as error messages say it ("expected ...").
  public var description: String {
    switch self {
    case .number: "a number"
    case .integer: "an integer"
    case .bool: "true or false"
    case .string: "a string"
    case .strings: "a list of strings"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .json: "a JSON value"
    }
  }
}

/// One parameter of a registered part: decoding, help and error messages all come from this declaration.
public struct Parameter: Sendable {
  public var name: String
  public var kind: ParameterKind
  /// The value used when the file is silent. `nil` makes the parameter required; `.null` makes it optional
  /// without a value.
  public var `default`: JSONValue?
  /// The closed interval for `number` and `integer`.
  public var range: ClosedRange<Double>?
  /// One line.
  public var help: String
  /// The value (`string` or `strings`) names rewards of the same specification; an unknown name is an error.
  public var namesReward: Bool
  /// The value is the path of a file that is read.
  public var namesFile: Bool

  public init(
    _ name: String, _ kind: ParameterKind, default: JSONValue? = nil, range: ClosedRange<Double>? = nil,
    help: String, namesReward: Bool = false, namesFile: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.default = `default`
    self.range = range
    self.help = help
    self.namesReward = namesReward
    self.namesFile = namesFile
  }

  /// What a valid value looks like, range included ("a number from 0 to 1").
  public var expectation: String {
    guard let range else { return kind.description }
    let low = Self.text(range.lowerBound)
    let high = Self.text(range.upperBound)
    if range.upperBound >= .greatestFiniteMagnitude { return "\(kind.description), at least \(low)" }
    if range.lowerBound <= -.greatestFiniteMagnitude { return "\(kind.description), at most \(high)" }
    return "\(kind.description) from \(low) to \(high)"
  }

  private static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  /// `value`, brought to the declared kind (an integer becomes a number where a number is asked for).
  /// - Throws: `ParameterError` when the type is wrong or the value lies outside `range`.
  public func validate(_ value: JSONValue) throws(ParameterError) -> JSONValue {
    if case .null = value, case .null? = self.default { return value }
    let wrong = ParameterError(parameter: name, expected: expectation, found: value.summary)
    switch (kind, value) {
    case (.number, .integer(let integer)):
      guard range?.contains(Double(integer)) ?? true else { throw wrong }
      return .number(Double(integer))
    case (.number, .number(let number)):
      guard number.isFinite, range?.contains(number) ?? true else { throw wrong }
    case (.integer, .integer(let integer)):
      guard range?.contains(Double(integer)) ?? true else { throw wrong }
    case (.bool, .bool), (.string, .string), (.json, _): break
    case (.strings, .array(let items)):
      for item in items {
        guard case .string = item else {
          throw ParameterError(
            parameter: name, expected: expectation, found: "a list with \(item.summary) in it")
        }
      }
    case (.choice(let words), .string(let word)):
      guard words.contains(word) else {
        throw ParameterError(
          parameter: name, expected: expectation, found: value.summary,
          suggestion: nearestName(to: word, in: words))
      }
    default: throw wrong
    }
    return value
  }
}

/// A parameter that is missing, unknown, of the wrong type, out of range, or does not go with the others.
public struct ParameterError: Error, Sendable, Equatable, CustomStringConvertible {
  public var parameter: String
  /// What was expected, and what came instead.
  public var message: String
  /// The nearest valid name, when one is near.
  public var suggestion: String?

  public init(parameter: String, _ message: String, suggestion: String? = nil) {
    self.parameter = parameter
    self.message = message
    self.suggestion = suggestion
  }

  public init(parameter: String, expected: String, found: String, suggestion: String? = nil) {
    self.init(parameter: parameter, "expected \(expected), found \(found)", suggestion: suggestion)
  }

  public var description: String {
    "\(parameter): \(message)" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
  }
}

extension JSONValue {
  /// The value as an error message shows it: short, strings quoted, containers by their kind.
  public var summary: String {
    switch self {
    case .null: "nothing"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"" + (value.count > 40 ? value.prefix(40) + "..." : value) + "\""
    case .array(let items): items.isEmpty ? "an empty list" : "a list"
    case .object(let object): object.keys.isEmpty ? "an empty mapping" : "a mapping"
    }
  }
}
