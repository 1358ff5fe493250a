import Rewards

/// Independent soft actor-critic (Haarnoja et al. 2018, arXiv 1812.05905): every agent alone, on his own row, action and
/// reward.
public final class ISAC: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try team.requireBoxes(for: "isac")
    return try SoftTeam(team, given, isCentral: false)
  }

  static let kind = LearnerKind(
    "isac", summary: "independent soft actor-critics", paper: "Haarnoja et al. 2018, arXiv 1812.05905",
    parameters: SoftTeam.parameters(actor: 3e-4, critic: 3e-4, every: 2, maxGradNorm: 10)
  ) { settings, world throws(ParameterError) in try ISAC(settings, world: world) }
}
