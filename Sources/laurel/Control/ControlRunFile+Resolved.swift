import Foundation
import Learned
import Numeric
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
    var options = kind.flatMap { try? Parameters(worldOptions, of: $0.parameters).values } ?? worldOptions
    for parameter in kind?.parameters ?? [] where parameter.namesFile {
      if let path = options[parameter.name]?.path { options[parameter.name] = .string(Self.absolute(path)) }
    }
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
      if key == "offline_share", offlineData == nil { continue }
      let path = key == "offline_data" ? value.path.map { JSONValue.string(Self.absolute($0)) } : nil
      put(key, key == "hint" ? resolved(value) : path ?? value)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What must be known to read the run's returns.
  var note: String? {
    guard let world = world as? ImaginedWorld else { return nil }
    let limit = world.maximumSteps.map { " of at most \($0) steps" } ?? ""
    return
      "These returns are imagined: episodes\(limit) in a model of recorded transitions, penalties included. Only the "
      + "environment tells what the policy earns (laurel evaluate RUN --world NAME)."
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }

  /// The files that the run reads.
  var inputFiles: [String] {
    let parameters = WorldRegistry.complete.kind(named: worldName)?.parameters ?? []
    let named = parameters.filter(\.namesFile).compactMap { worldOptions[$0.name]?.path }
    return (named + [settings.values["offline_data"]?.path].compactMap { $0 }).map(Self.absolute)
  }

  /// A line a file, its checksum and its path: whether a run goes on with what it began with.
  var inputs: String {
    inputFiles.map { path in
      let sum = (try? Data(contentsOf: URL(fileURLWithPath: path))).map(StateArchive.checksum) ?? 0
      return String(sum, radix: 16) + " " + path
    }.joined(separator: "\n")
  }
}

extension JSONValue {
  /// The text of a string.
  fileprivate var path: String? { if case .string(let path) = self { path } else { nil } }
}
