import Rewards

/// Multi-agent soft actor-critic: SAC (Haarnoja et al. 2018, arXiv 1812.05905) with MADDPG's critics (Lowe et al. 2017),
/// two for each agent, that see the state and all actions; a temperature for each agent.
public final class MASAC: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try team.requireBoxes(for: "masac")
    return try SoftTeam(team, given, isCentral: true)
  }

  static let kind = LearnerKind(
    "masac", summary: "soft actor-critics whose critics see all actions",
    paper: "Haarnoja et al. 2018, arXiv 1812.05905; Lowe et al. 2017, arXiv 1706.02275",
    parameters: SoftTeam.parameters(actor: 3e-4, critic: 1e-3, every: 4, maxGradNorm: 1)
  ) { settings, world throws(ParameterError) in try MASAC(settings, world: world) }
}
