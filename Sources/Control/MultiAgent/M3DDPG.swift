import Rewards

/// Minimax MADDPG (Li et al. 2019, AAAI): every agent learns as if the others moved against him, by one gradient step
/// on their actions down his critic, in the critic's target and in the actor's update.
public final class M3DDPG: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try team.requireBoxes(for: "m3ddpg")
    var settings = try DeterministicTeam.Settings(given, team)
    settings.adversaryStep = given.double("adversary_step")
    return DeterministicTeam(team, settings)
  }

  static let kind = LearnerKind(
    "m3ddpg", summary: "MADDPG that expects the others to move a little against it",
    paper: "Li et al. 2019, AAAI 33(1)",
    parameters: DeterministicTeam.Settings.parameters + [
      LearnerParameters.number(
        "adversary_step", 0.1, 0...2, "how far the others move, in shares of half the action's range")
    ]
  ) { settings, world throws(ParameterError) in try M3DDPG(settings, world: world) }
}
