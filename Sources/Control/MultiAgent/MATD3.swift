import Rewards

/// MADDPG with TD3's three repairs (Ackermann et al. 2019, arXiv 1910.01465): the smaller of two critics, noise on the
/// targets' actions, actors that learn half as often.
public final class MATD3: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try team.requireBoxes(for: "matd3")
    var settings = try DeterministicTeam.Settings(given, team)
    settings.nCritics = 2
    settings.policyDelay = given.int("policy_delay")
    settings.targetNoise = given.double("target_policy_noise")
    settings.targetNoiseClip = given.double("target_noise_clip")
    return DeterministicTeam(team, settings)
  }

  static let kind = LearnerKind(
    "matd3", summary: "MADDPG with two critics, smoothed targets and slower actors",
    paper: "Ackermann et al. 2019, arXiv 1910.01465",
    parameters: DeterministicTeam.Settings.parameters + [
      LearnerParameters.integer("policy_delay", 2, 1...1_000, "updates of critics between updates of actors"),
      LearnerParameters.number("target_policy_noise", 0.2, 0...10, "noise on the targets' actions"),
      LearnerParameters.number("target_noise_clip", 0.5, 0...10, "its largest size"),
    ]
  ) { settings, world throws(ParameterError) in try MATD3(settings, world: world) }
}
