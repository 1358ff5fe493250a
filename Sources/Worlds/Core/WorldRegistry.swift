import Rewards

/// One entry of the registry: everything that `laurel world`, a run file and the Python client know of a world.
public struct WorldKind: Sendable {
  /// Lower case, words joined by hyphens ("mountain-car"); the coopetition games keep the original's names.
  public var name: String
  /// One line.
  public var summary: String
  /// "classic control", "gridworld", "bandit", "coopetition", ...
  public var family: String
  public var parameters: [Parameter]
  private let build: @Sendable (Parameters) throws(ParameterError) -> any World

  public init(
    _ name: String, family: String, summary: String, parameters: [Parameter] = [],
    build: @escaping @Sendable (Parameters) throws(ParameterError) -> any World
  ) {
    self.name = name
    self.family = family
    self.summary = summary
    self.parameters = parameters
    self.build = build
  }

  /// The world with these parameters.
  /// - Throws: `ParameterError` for an unknown parameter, a wrong type or values that do not go together.
  public func world(_ given: JSONObject = JSONObject()) throws(ParameterError) -> any World {
    try build(Parameters(given, of: parameters))
  }
}

/// The worlds that a name can call up.
public struct WorldRegistry: Sendable {
  /// In the order in which they are listed.
  public private(set) var kinds: [WorldKind]

  public init(_ kinds: [WorldKind] = []) {
    self.kinds = kinds
    precondition(Set(kinds.map(\.name)).count == kinds.count, "two worlds have the same name")
  }

  /// The kind of that name; case does not matter.
  public func kind(named name: String) -> WorldKind? {
    kinds.first { $0.name == name.lowercased() }
  }

  /// The world of that name and these parameters.
  /// - Throws: `ParameterError`; for an unknown name it says the nearest one.
  public func world(_ name: String, _ given: JSONObject = JSONObject()) throws(ParameterError) -> any World {
    guard let kind = kind(named: name) else {
      throw ParameterError(
        parameter: "world", "there is no world \"\(name)\"; `laurel world list` shows all of them",
        suggestion: nearestName(to: name, in: kinds.map(\.name)))
    }
    return try kind.world(given)
  }
}
