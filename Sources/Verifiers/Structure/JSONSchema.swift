import Rewards

/// A JSON schema, checked when it is built and then applied in bounded time.
///
/// Keywords (2020-12 meaning): `type`, `properties`, `required`, `additionalProperties`, `items`, `enum`,
/// `const`, `minimum`, `maximum`, `minLength`, `maxLength`, `pattern` (a ``LinearPattern``), `minItems`,
/// `maxItems`, `anyOf`, `oneOf`, `allOf`, `not`, local `$ref` (`#`, `#/$defs/name`, any pointer). Passed
/// over: `$schema`, `$id`, `$comment`, `$defs`, `definitions`, `title`, `description`, `default`,
/// `examples`, `format`. Any other keyword is an error, so that a rule is never silently ignored.
public struct JSONSchema: Sendable {
  /// What a validation found.
  public enum Verdict: Sendable, Equatable {
    case valid
    /// The first rule broken, as a path into the value and a sentence.
    case invalid(String)
    /// The schema asked for more than ``maxSteps`` rule checks, or refers to itself without end.
    case tooCostly
  }

  /// Rule checks that one validation may take.
  public static let maxSteps = 1_000_000

  private let rules: [[Rule]]

  /// - Throws: `ParameterError` with the path of the keyword at fault.
  public init(_ schema: JSONValue) throws(ParameterError) {
    var reader = JSONSchemaReader(root: schema)
    _ = try reader.node(schema, "#")
    rules = reader.rules
  }

  /// Applies the schema.
  public func validate(_ value: JSONValue) -> Verdict {
    var run = Run(rules: rules)
    do {
      try run.check(value, 0, "$", depth: 0)
      return .valid
    } catch Stop.broken(let path, let message) {
      return .invalid("\(path): \(message)")
    } catch {
      return .tooCostly
    }
  }

  /// One rule of a schema node; other nodes are named by index.
  indirect enum Rule: Sendable {
    case never
    case type([String])
    case properties([String: Int])
    case required([String])
    case additional(node: Int, known: Set<String>)
    case items(Int)
    case oneOfValues([JSONValue])
    case range(minimum: Double?, maximum: Double?)
    case length(minimum: Int?, maximum: Int?)
    case count(minimum: Int?, maximum: Int?)
    case pattern(LinearPattern)
    case all([Int])
    case any([Int])
    case one([Int])
    case not(Int)
  }

  private enum Stop: Error {
    case broken(String, String)
    case tooCostly
  }

  private struct Run {
    let rules: [[Rule]]
    var steps = 0

    mutating func holds(_ value: JSONValue, _ node: Int, _ path: String, depth: Int) throws(Stop) -> Bool {
      do throws(Stop) {
        try check(value, node, path, depth: depth)
        return true
      } catch {
        if case .broken = error { return false }
        throw error
      }
    }

    mutating func check(_ value: JSONValue, _ node: Int, _ path: String, depth: Int) throws(Stop) {
      guard depth < 1_000 else { throw .tooCostly }
      for rule in rules[node] {
        steps += 1
        guard steps <= JSONSchema.maxSteps else { throw .tooCostly }
        if let message = try broken(rule, value, path, depth: depth + 1) { throw .broken(path, message) }
      }
    }

    private mutating func broken(
      _ rule: Rule, _ value: JSONValue, _ path: String, depth: Int
    ) throws(Stop) -> String? {
      switch (rule, value) {
      case (.never, _): return "nothing is allowed here"
      case (.type(let types), _):
        return types.contains { JSONSchema.isType(value, $0) }
          ? nil : "expected " + types.joined(separator: " or ")
      case (.properties(let nodes), .object(let object)):
        for (key, element) in zip(object.keys, object.values) {
          if let node = nodes[key] { try check(element, node, path + "." + key, depth: depth) }
        }
      case (.required(let names), .object(let object)):
        for name in names where object[name] == nil { return "'\(name)' is missing" }
      case (.additional(let node, let known), .object(let object)):
        for (key, element) in zip(object.keys, object.values) where !known.contains(key) {
          try check(element, node, path + "." + key, depth: depth)
        }
      case (.items(let node), .array(let elements)):
        for (index, element) in elements.enumerated() {
          try check(element, node, "\(path)[\(index)]", depth: depth)
        }
      case (.oneOfValues(let values), _):
        return values.contains(value) ? nil : "is none of the allowed values"
      case (.range(let minimum, let maximum), _):
        guard let number = value.double else { return nil }
        if let minimum, number < minimum { return "is less than \(minimum)" }
        if let maximum, number > maximum { return "is more than \(maximum)" }
      case (.length(let minimum, let maximum), .string(let text)):
        return outside(text.unicodeScalars.count, minimum, maximum, "characters")
      case (.count(let minimum, let maximum), .array(let elements)):
        return outside(elements.count, minimum, maximum, "elements")
      case (.pattern(let pattern), .string(let text)):
        return pattern.matches(text) ? nil : "does not match \(pattern.source)"
      case (.all(let nodes), _):
        for node in nodes { try check(value, node, path, depth: depth) }
      case (.any(let nodes), _):
        for node in nodes where try holds(value, node, path, depth: depth) { return nil }
        return "fits none of anyOf"
      case (.one(let nodes), _):
        var count = 0
        for node in nodes where try holds(value, node, path, depth: depth) { count += 1 }
        return count == 1 ? nil : "fits \(count) of oneOf"
      case (.not(let node), _):
        return try holds(value, node, path, depth: depth) ? "fits what it must not" : nil
      default: return nil
      }
      return nil
    }

    private func outside(_ count: Int, _ minimum: Int?, _ maximum: Int?, _ unit: String) -> String? {
      if let minimum, count < minimum { return "has \(count) \(unit), fewer than \(minimum)" }
      if let maximum, count > maximum { return "has \(count) \(unit), more than \(maximum)" }
      return nil
    }
  }

  private static func isType(_ value: JSONValue, _ type: String) -> Bool {
    switch value {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .integer: type == "integer" || type == "number"
    case .number(let number): type == "number" || (type == "integer" && number == number.rounded())
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    }
  }
}
