import Learned
import Rewards
import Worlds

extension ControlRunFile {
  /// The file with every default written out; reading it gives the same run.
  var resolvedYAML: String {
    var lines: [String] = []
    func put(_ key: String, _ value: JSONValue) { lines.append("\(key): \(value.flowYAML)") }
    func resolved(_ rules: JSONValue) -> JSONValue {
      guard case .array(let items) = rules else { return rules }
      return .array(items.map { (try? TransitionShapers.resolved($0)) ?? $0 })
    }
    put("name", .string(name))
    put("method", .string(methodName))
    let kind = WorldRegistry.complete.kind(named: worldName)
    let options = kind.flatMap { try? Parameters(worldOptions, of: $0.parameters).values } ?? worldOptions
    put(
      "world",
      options.keys.isEmpty ? .string(worldName) : .object(JSONObject([(worldName, .object(options))])))
    if !shapers.isEmpty { put("shaping", resolved(shaping)) }
    if let heron {
      let values = (try? Parameters(heron, of: HeronConfiguration.parameters).values) ?? heron
      put("reward", .object(JSONObject([("heron", .object(values))])))
    }
    put("seed", .integer(Int(seed)))
    for key in settings.values.keys where key != "seed" {
      // What has no value is left to the method.
      guard let value = settings.values[key], value != .null else { continue }
      put(key, key == "hint" ? resolved(value) : value)
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
