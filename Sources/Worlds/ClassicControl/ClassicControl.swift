import Rewards

/// Gymnasium's classic control tasks: the same seed begins the same episode, the same actions make the same
/// trajectory.
public enum ClassicControl {
  static let kinds = [
    WorldKind(
      "cartpole", family: family, summary: "balance a pole on a cart (Gymnasium's CartPole-v1)",
      parameters: [.maxEpisodeSteps(500)]
    ) { CartPole(maximumSteps: $0.maxEpisodeSteps) },
    WorldKind(
      "mountaincar", family: family,
      summary: "rock a weak car out of a valley, three choices (Gymnasium's MountainCar-v0)",
      parameters: [goalVelocity, .maxEpisodeSteps(200)]
    ) { MountainCar(goalVelocity: $0.double("goal_velocity"), maximumSteps: $0.maxEpisodeSteps) },
    WorldKind(
      "mountaincar-continuous", family: family,
      summary:
        "rock a weak car out of a valley, force as a number (Gymnasium's MountainCarContinuous-v0)",
      parameters: [goalVelocity, .maxEpisodeSteps(999)]
    ) {
      MountainCarContinuous(
        goalVelocity: $0.double("goal_velocity"), maximumSteps: $0.maxEpisodeSteps)
    },
    WorldKind(
      "acrobot", family: family,
      summary: "swing two links above their own length (Gymnasium's Acrobot-v1)",
      parameters: [.maxEpisodeSteps(500)]
    ) { Acrobot(maximumSteps: $0.maxEpisodeSteps) },
    WorldKind(
      "pendulum", family: family,
      summary: "swing a pendulum up and hold it with little torque (Gymnasium's Pendulum-v1)",
      parameters: [
        Parameter("g", .number, default: .number(10), range: 0...1000, help: "Gravity, in m/s^2."),
        .maxEpisodeSteps(200),
      ]
    ) { Pendulum(gravity: $0.double("g"), maximumSteps: $0.maxEpisodeSteps) },
  ]

  private static let family = "classic control"
  private static let goalVelocity = Parameter(
    "goal_velocity", .number, default: .number(0), range: -0.07...0.07,
    help: "The velocity that the car must have at the flag.")
}

extension Parameter {
  /// The parameter of the worlds that count steps: when an episode is truncated.
  static func maxEpisodeSteps(_ steps: Int) -> Parameter {
    Parameter(
      "max_episode_steps", .integer, default: .integer(steps), range: 1...1e9,
      help: "The steps after which an episode is truncated.")
  }
}

extension Parameters {
  var maxEpisodeSteps: Int { int("max_episode_steps") }
}
