import Rewards

/// QMIX (Rashid et al. 2018, arXiv 1803.11485): the team's value of the taken actions is a monotonic mixture of the
/// agents' values, with weights that depend on the state. Feed-forward agents: what they see is no memory's matter.
public final class QMIX: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try ValueTeam(team, given) { random in
      MonotonicMixer(
        agents: team.agents, stateWidth: team.stateWidth, width: given.int("mixing_embed_dim"),
        random: &random)
    }
  }

  static let kind = LearnerKind(
    "qmix", summary: "values of single agents, mixed monotonically to the team's; grid of actions",
    paper: "Rashid et al. 2018, arXiv 1803.11485",
    parameters: ValueTeam.parameters + [
      LearnerParameters.integer("mixing_embed_dim", 32, 1...4_096, "width of the mixer's hidden layer")
    ]
  ) { settings, world throws(ParameterError) in try QMIX(settings, world: world) }
}
