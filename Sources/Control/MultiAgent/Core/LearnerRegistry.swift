import Rewards
import Worlds

/// One entry of the registry: all that a run file and `--keys` know of a multi-agent learner.
public struct LearnerKind: Sendable {
  /// Lower case.
  public var name: String
  /// One line.
  public var summary: String
  public var paper: String
  public var parameters: [Parameter]
  private let build: @Sendable (Parameters, any World) throws(ParameterError) -> any MultiAgentLearner

  init(
    _ name: String, summary: String, paper: String, parameters: [Parameter],
    build: @escaping @Sendable (Parameters, any World) throws(ParameterError) -> any MultiAgentLearner
  ) {
    self.name = name
    self.build = build
    self.summary = summary
    self.paper = paper
    self.parameters = parameters
  }

  /// The learner with these parameters.
  /// - Throws: `ParameterError` for an unknown parameter, a wrong type, or a world that does not suit.
  public func learner(_ given: JSONObject = JSONObject(), world: any World) throws(ParameterError)
    -> any MultiAgentLearner
  {
    try learner(Parameters(given, of: parameters), world: world)
  }

  /// - Parameter settings: Checked against `parameters`, as a run file's are.
  public func learner(_ settings: Parameters, world: any World) throws(ParameterError)
    -> any MultiAgentLearner
  {
    try build(settings, world)
  }
}

/// The multi-agent learners that a name can call up.
public struct LearnerRegistry: Sendable {
  /// In the order in which Coopetition-Gym lists them.
  public let kinds: [LearnerKind]

  /// The sixteen of Coopetition-Gym.
  public static let standard = LearnerRegistry(kinds: [
    IPPO.kind, IA2C.kind, ISAC.kind, IndependentREINFORCE.kind, LOLA.kind, SelfPlayPPO.kind, FCP.kind,
    MAPPO.kind,
    MADDPG.kind, MATD3.kind, M3DDPG.kind, MASAC.kind, QMIX.kind, VDN.kind, COMA.kind, MeanFieldAC.kind,
  ])

  /// The kind of that name; case does not matter.
  public func kind(named name: String) -> LearnerKind? { kinds.first { $0.name == name.lowercased() } }

  /// The learner of that name and these parameters.
  /// - Throws: `ParameterError`; for an unknown name it says the nearest one.
  public func learner(_ name: String, _ given: JSONObject = JSONObject(), world: any World)
    throws(ParameterError) -> any MultiAgentLearner
  {
    guard let kind = kind(named: name) else {
      throw ParameterError(
        parameter: "method", expected: "one of " + kinds.map(\.name).joined(separator: ", "),
        found: "\"\(name)\"", suggestion: nearestName(to: name.lowercased(), in: kinds.map(\.name)))
    }
    return try kind.learner(given, world: world)
  }
}
