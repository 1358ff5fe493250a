/// Validated parameter values: every declared parameter is present and has its declared type.
///
/// The typed getters trust the declaration; asking for an undeclared name or another type is a mistake in the
/// program, not in the file, and stops it with a message.
public struct Parameters: Sendable, Equatable {
  /// The values, defaults filled in, in declaration order.
  public let values: JSONObject

  /// Checks `given` against `declared` and fills in the defaults.
  /// - Throws: `ParameterError` for an unknown or missing parameter, a wrong type or a value out of range.
  public init(_ given: JSONObject = JSONObject(), of declared: [Parameter]) throws(ParameterError) {
    let names = declared.map(\.name)
    for key in given.keys where !names.contains(key) {
      throw ParameterError(
        parameter: key, expected: names.isEmpty ? "no parameters" : names.joined(separator: ", "),
        found: "unknown parameter \"\(key)\"", suggestion: nearestName(to: key, in: names))
    }
    var values = JSONObject()
    for parameter in declared {
      if let value = given[parameter.name] {
        values[parameter.name] = try parameter.validate(value)
      } else if let value = parameter.default {
        values[parameter.name] = try parameter.validate(value)
      } else {
        throw ParameterError(
          parameter: parameter.name, expected: parameter.expectation, found: "nothing (it is required)")
      }
    }
    self.values = values
  }

  public static func == (a: Parameters, b: Parameters) -> Bool { .object(a.values) == .object(b.values) }

  public func double(_ name: String) -> Double { optionalDouble(name) ?? wrong(name, "a number") }
  public func int(_ name: String) -> Int { optionalInt(name) ?? wrong(name, "an integer") }
  public func bool(_ name: String) -> Bool { optionalBool(name) ?? wrong(name, "a bool") }
  public func string(_ name: String) -> String { optionalString(name) ?? wrong(name, "a string") }
  public func strings(_ name: String) -> [String] {
    optionalStrings(name) ?? wrong(name, "a list of strings")
  }

  /// The raw value; `.null` for an optional parameter without a value.
  public func json(_ name: String) -> JSONValue { values[name] ?? wrong(name, "a value") }

  /// The value, or nil for an optional parameter (default `.null`) that was left out.
  public func optionalDouble(_ name: String) -> Double? {
    switch json(name) {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .null: nil
    default: wrong(name, "a number")
    }
  }

  /// The value, or nil for an optional parameter (default `.null`) that was left out.
  public func optionalInt(_ name: String) -> Int? {
    switch json(name) {
    case .integer(let value): value
    case .null: nil
    default: wrong(name, "an integer")
    }
  }

  /// The value, or nil for an optional parameter (default `.null`) that was left out.
  public func optionalBool(_ name: String) -> Bool? {
    switch json(name) {
    case .bool(let value): value
    case .null: nil
    default: wrong(name, "a bool")
    }
  }

  /// The value, or nil for an optional parameter (default `.null`) that was left out.
  public func optionalString(_ name: String) -> String? {
    switch json(name) {
    case .string(let value): value
    case .null: nil
    default: wrong(name, "a string")
    }
  }

  /// The value, or nil for an optional parameter (default `.null`) that was left out.
  public func optionalStrings(_ name: String) -> [String]? {
    switch json(name) {
    case .array(let items):
      items.map { item in
        if case .string(let text) = item { text } else { wrong(name, "a list of strings") }
      }
    case .null: nil
    default: wrong(name, "a list of strings")
    }
  }

  private func wrong<Value>(_ name: String, _ type: String) -> Value {
    preconditionFailure("parameter \"\(name)\" is not declared as \(type), or has no value")
  }
}
