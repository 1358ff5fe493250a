import Rewards

/// The parameters that all twenty environments share.
enum CoopetitionOptions {
  static func common(maximumSteps: Int) -> [Parameter] {
    [
      Parameter(
        "max_steps", .integer, default: .integer(maximumSteps), range: 1...1e9,
        help: "the steps after which an episode is truncated"),
      Parameter(
        "reward_mode", .choice(RewardMode.allCases.map(\.rawValue)), default: .string("integrated"),
        help:
          "private: own payoff; integrated: plus the partners' by dependence and trust; cooperative: the mean"
      ),
      Parameter(
        "strict_compatibility", .bool, default: .bool(true),
        help: "keep the known defects of the original (docs/coopetition.md lists them)"),
      Parameter(
        "observation", .choice(ObservationForm.allCases.map(\.rawValue)), default: .string("joint"),
        help: "joint: all see the whole board; full, realistic, minimal: the original's parallel forms"),
      Parameter(
        "normalize_rewards", .bool, default: .bool(false), help: "divide rewards by the largest endowment"),
      Parameter("reward_scale", .number, default: .number(1), help: "multiplies all rewards"),
    ]
  }

  static func number(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ help: String)
    -> Parameter
  {
    Parameter(name, .number, default: .number(value), range: range, help: help)
  }

  static func integer(_ name: String, _ value: Int, _ range: ClosedRange<Double>, _ help: String) -> Parameter
  {
    Parameter(name, .integer, default: .integer(value), range: range, help: help)
  }
}

extension WorldKind {
  /// A coopetition environment.
  /// - Parameter build: The game as the original ships it; what all environments share is set afterwards.
  static func coopetition<Rule: CoopetitionRule>(
    _ name: String, steps: Int, _ summary: String, _ parameters: [Parameter] = [],
    build:
      @escaping @Sendable (Parameters) throws(ParameterError) -> (GameParameters, (GameParameters) -> Rule)
  ) -> WorldKind {
    WorldKind(
      name, family: "coopetition", summary: summary,
      parameters: parameters + CoopetitionOptions.common(maximumSteps: steps)
    ) { given throws(ParameterError) in
      var (game, rule) = try build(given)
      game.maximumSteps = given.int("max_steps")
      game.mode = RewardMode(rawValue: given.string("reward_mode"))!
      game.isStrict = given.bool("strict_compatibility")
      game.observation = ObservationForm(rawValue: given.string("observation"))!
      game.normalizesRewards = given.bool("normalize_rewards")
      game.rewardScale = given.double("reward_scale")
      if let (parameter, message) = game.problem { throw ParameterError(parameter: parameter, message) }
      return CoopetitionGame(game, rule: rule(game))
    }
  }
}
