import Rewards

/// How the agents of a deterministic team are brought to act together (Roy et al. 2020, arXiv 1908.02269).
enum Coordination: Sendable, Equatable {
  case none
  /// TeamReg: each agent predicts the others' actions, and is paid for being predictable.
  case team(TeamRegularizer)
  /// CoachReg: agents follow one of K sub-policies, and learn to agree on it.
  case coach(CoachRegularizer)

  private static let subPolicies = 3

  /// Left out where `coordination` does not use them; then null.
  static let parameters = [
    Parameter(
      "coordination", .choice(["none", "team", "coach"]), default: .string("none"),
      help: "team: agents predict each other (TeamReg); coach: agents agree on a sub-policy (CoachReg)"),
    Parameter(
      "predictor_weight", .number, default: .null, range: 0...1_000,
      help: "lambda_1: of the agents' predictions of actions (team) or sub-policies (coach); 0.1"),
    Parameter(
      "policy_weight", .number, default: .null, range: 0...1_000,
      help:
        "lambda_2: team: of being predictable, on the predicted agent; coach: of the value under the coach's choice; 0.1"
    ),
    Parameter(
      "sub_policies", .integer, default: .null, range: 2...1_000, help: "coach: K; \(subPolicies)"),
    Parameter(
      "coach_weight", .number, default: .null, range: 0...1_000,
      help: "coach: lambda_3, of being easy to predict; 0.1"),
  ]

  /// - Throws: `ParameterError` for keys that do not go with the choice, and for teams and networks that cannot.
  init(_ given: Parameters, _ team: Team, hidden: [Int]) throws(ParameterError) {
    let choice = given.string("coordination")
    let used: Set<String> =
      switch choice {
      case "team": ["predictor_weight", "policy_weight"]
      case "coach": ["predictor_weight", "policy_weight", "sub_policies", "coach_weight"]
      default: []
      }
    for parameter in Self.parameters.dropFirst() where !used.contains(parameter.name) {
      if given.json(parameter.name) != .null {
        throw ParameterError(
          parameter: parameter.name,
          "coordination: \(choice) does not use it: set coordination to \(parameter.help.hasPrefix("coach") ? "coach" : "team or coach"), or leave it out"
        )
      }
    }
    func weight(_ name: String) -> Double { given.optionalDouble(name) ?? 0.1 }
    guard choice != "none" else {
      self = .none
      return
    }
    guard team.agents > 1 else {
      throw ParameterError(
        parameter: "coordination", "coordination needs at least two agents; this world has \(team.agents)")
    }
    if choice == "team" {
      self = .team(
        TeamRegularizer(
          predictorWeight: weight("predictor_weight"), policyWeight: weight("policy_weight")))
      return
    }
    let count = given.optionalInt("sub_policies") ?? Self.subPolicies
    guard let units = hidden.first, units >= count else {
      throw ParameterError(
        parameter: "sub_policies",
        "\(count) sub-policies share out the units of the first hidden layer, and net_arch \(hidden) has \(hidden.first ?? 0) of them: take fewer, or a wider layer"
      )
    }
    self = .coach(
      CoachRegularizer(
        subPolicies: count, agentWeight: weight("predictor_weight"), coachWeight: weight("coach_weight"),
        policyWeight: weight("policy_weight")))
  }
}
