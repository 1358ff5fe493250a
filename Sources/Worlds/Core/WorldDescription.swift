import Rewards

extension WorldKind {
  /// What the kind is and takes, as `laurel world show --json` prints it; the Python client reads it too.
  public var json: JSONObject {
    JSONObject([
      ("name", .string(name)), ("family", .string(family)), ("summary", .string(summary)),
      ("parameters", .array(parameters.map { .object($0.json) })),
    ])
  }

  /// The kind with what a world of it has: agents, steps, whether all agents see the same, spaces.
  /// - Throws: `ParameterError` (see `world(_:)`).
  public func json(_ given: JSONObject) throws(ParameterError) -> JSONObject {
    let world = try world(given)
    var object = json
    object["agents"] = .integer(world.agents)
    object["max_episode_steps"] = world.maximumSteps.map { .integer($0) } ?? .null
    object["shares_observation"] = .bool(world.agents > 1 && world.sharesObservation)
    object["observation_spaces"] = .array(
      (0..<world.agents).map { world.observationSpace(of: $0).json })
    object["action_spaces"] = .array((0..<world.agents).map { world.actionSpace(of: $0).json })
    return object
  }
}

extension Parameter {
  /// Name, kind, default (absent when the parameter is required), range (absent without one, an open end null),
  /// choices (of `choice` only) and help.
  public var json: JSONObject {
    var object = JSONObject([("name", .string(name)), ("kind", .string(kind.name))])
    if let value = self.default { object["default"] = value }
    if let range {
      let ends = [range.lowerBound, range.upperBound]
      object["range"] = .array(
        ends.map { abs($0) < .greatestFiniteMagnitude ? .number($0) : .null })
    }
    if case .choice(let words) = kind { object["choices"] = .array(words.map { .string($0) }) }
    object["help"] = .string(help)
    return object
  }
}

extension ParameterKind {
  fileprivate var name: String {
    switch self {
    case .number: "number"
    case .integer: "integer"
    case .bool: "bool"
    case .string: "string"
    case .strings: "strings"
    case .choice: "choice"
    case .json: "json"
    }
  }
}
