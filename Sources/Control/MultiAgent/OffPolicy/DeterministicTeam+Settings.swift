import Numeric
import Rewards

extension DeterministicTeam {
  struct Settings {
    var actorRate, criticRate, tau, maxGradNorm: Double
    /// Exploration in shares of half an action's range: its deviation, what it is multiplied by at every step, its
    /// least value.
    var noise, noiseDecay, noiseFloor: Double
    /// 2: the smaller of two critics counts, against overestimation.
    var nCritics = 1
    /// Updates of the critics between updates of the actors.
    var policyDelay = 1
    var targetNoise = 0.0
    var targetNoiseClip = 0.5
    /// How far, in shares of half an action's range, the others move to the agent's harm.
    var adversaryStep = 0.0
    var coordination: Coordination
    var hidden: [Int]
    var activation: DenseActivation
    var seed: UInt64

    init(_ given: Parameters, _ team: Team) throws(ParameterError) {
      actorRate = given.double("actor_lr")
      criticRate = given.double("critic_lr")
      tau = given.double("tau")
      maxGradNorm = given.double("max_grad_norm")
      noise = given.double("action_noise")
      noiseDecay = given.double("noise_decay")
      noiseFloor = given.double("noise_min")
      hidden = try given.widths()
      coordination = try Coordination(given, team, hidden: hidden)
      activation = given.activation
      seed = given.seed
    }

    static var parameters: [Parameter] {
      typealias P = LearnerParameters
      return P.common() + ReplaySettings.parameters(buffer: 100_000, batch: 256, starts: 1_000, every: 4) + [
        P.number("actor_lr", 1e-4, 0...1, "of the actors' Adam"),
        P.number("critic_lr", 1e-3, 0...1, "of the critics' Adam"),
        P.number("tau", 0.005, 0...1, "how far targets follow"), P.maxGradNorm(0.5),
        P.number("action_noise", 0.1, 0...10, "exploration at first, in shares of half the action's range"),
        P.number("noise_decay", 0.9999, 0...1, "factor of the exploration at every step"),
        P.number("noise_min", 0.01, 0...10, "least exploration"), P.teamReward(false),
      ] + Coordination.parameters
    }
  }
}
