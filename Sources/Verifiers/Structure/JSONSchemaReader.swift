import Rewards

/// Turns a schema document into rules; every reference is resolved once, so that recursion is a cycle of
/// indices.
struct JSONSchemaReader {
  let root: JSONValue
  private(set) var rules: [[JSONSchema.Rule]] = []
  private var nodes: [String: Int] = [:]

  init(root: JSONValue) { self.root = root }

  private static let ignored: Set<String> = [
    "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
    "format",
  ]

  private func error(_ path: String, _ message: String) -> ParameterError {
    ParameterError(parameter: "schema", "\(path): \(message)")
  }

  /// The index of the node for the schema at `path`.
  mutating func node(_ schema: JSONValue, _ path: String) throws(ParameterError) -> Int {
    if let node = nodes[path] { return node }
    guard path.utf8.count < 10_000 else { throw error(path, "the schema is nested too deeply") }
    let node = rules.count
    nodes[path] = node
    rules.append([])
    switch schema {
    case .bool(true): break
    case .bool(false): rules[node] = [.never]
    case .object(let object):
      var result: [JSONSchema.Rule] = []
      for (key, value) in zip(object.keys, object.values) where !Self.ignored.contains(key) {
        if let rule = try rule(key, value, object, path) { result.append(rule) }
      }
      rules[node] = result
    default: throw error(path, "expected an object, true or false, found \(schema.summary)")
    }
    return node
  }

  private mutating func rule(
    _ key: String, _ value: JSONValue, _ schema: JSONObject, _ path: String
  ) throws(ParameterError) -> JSONSchema.Rule? {
    let here = path + "/" + Self.escaped(key)
    switch key {
    case "type":
      var types = [value]
      if case .array(let list) = value { types = list }
      let known = ["null", "boolean", "integer", "number", "string", "array", "object"]
      var names: [String] = []
      for type in types {
        guard case .string(let name) = type, known.contains(name) else {
          throw error(here, "expected " + known.joined(separator: ", ") + ", found \(type.summary)")
        }
        names.append(name)
      }
      return .type(names)
    case "properties":
      guard case .object(let object) = value else { throw error(here, "expected an object of schemas") }
      var found: [String: Int] = [:]
      for (name, schema) in zip(object.keys, object.values) {
        found[name] = try node(schema, here + "/" + Self.escaped(name))
      }
      return .properties(found)
    case "required": return .required(try strings(value, here))
    case "additionalProperties":
      var known: Set<String> = []
      if case .object(let properties)? = schema["properties"] { known = Set(properties.keys) }
      return .additional(node: try node(value, here), known: known)
    case "items": return .items(try node(value, here))
    case "enum":
      guard case .array(let values) = value, !values.isEmpty else {
        throw error(here, "expected a list of values")
      }
      return .oneOfValues(values)
    case "const": return .oneOfValues([value])
    case "minimum": return .range(minimum: try number(value, here), maximum: nil)
    case "maximum": return .range(minimum: nil, maximum: try number(value, here))
    case "minLength": return .length(minimum: try count(value, here), maximum: nil)
    case "maxLength": return .length(minimum: nil, maximum: try count(value, here))
    case "minItems": return .count(minimum: try count(value, here), maximum: nil)
    case "maxItems": return .count(minimum: nil, maximum: try count(value, here))
    case "pattern":
      guard case .string(let pattern) = value else { throw error(here, "expected a pattern") }
      do {
        return .pattern(try LinearPattern(pattern))
      } catch let problem {
        throw error(here, problem.message)
      }
    case "allOf": return .all(try list(value, here))
    case "anyOf": return .any(try list(value, here))
    case "oneOf": return .one(try list(value, here))
    case "not": return .not(try node(value, here))
    case "$ref":
      guard case .string(let reference) = value else { throw error(here, "expected text") }
      return .all([try node(try target(of: reference, here), reference)])
    default: throw error(here, "the keyword '\(key)' is not supported")
    }
  }

  private mutating func list(_ value: JSONValue, _ path: String) throws(ParameterError) -> [Int] {
    guard case .array(let schemas) = value, !schemas.isEmpty else {
      throw error(path, "expected a list of schemas")
    }
    var found: [Int] = []
    for (index, schema) in schemas.enumerated() { found.append(try node(schema, "\(path)/\(index)")) }
    return found
  }

  private func strings(_ value: JSONValue, _ path: String) throws(ParameterError) -> [String] {
    guard case .array(let list) = value else { throw error(path, "expected a list of names") }
    var names: [String] = []
    for element in list {
      guard case .string(let name) = element else { throw error(path, "expected a list of names") }
      names.append(name)
    }
    return names
  }

  private func number(_ value: JSONValue, _ path: String) throws(ParameterError) -> Double {
    guard let number = value.double else { throw error(path, "expected a number") }
    return number
  }

  private func count(_ value: JSONValue, _ path: String) throws(ParameterError) -> Int {
    guard case .integer(let count) = value, count >= 0 else {
      throw error(path, "expected an integer of at least 0")
    }
    return count
  }

  /// The schema a local reference names.
  private func target(of reference: String, _ path: String) throws(ParameterError) -> JSONValue {
    guard reference == "#" || reference.hasPrefix("#/") else {
      throw error(path, "only references into the same schema (#/...) are supported")
    }
    var value = root
    for part in reference.split(separator: "/").dropFirst() {
      let key = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
      switch value {
      case .object(let object):
        guard let next = object[key] else { throw error(path, "nothing stands at \(reference)") }
        value = next
      case .array(let elements):
        guard let index = Int(key), elements.indices.contains(index) else {
          throw error(path, "nothing stands at \(reference)")
        }
        value = elements[index]
      default: throw error(path, "nothing stands at \(reference)")
      }
    }
    return value
  }

  private static func escaped(_ key: String) -> String {
    key.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
