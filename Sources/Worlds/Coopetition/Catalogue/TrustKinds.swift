import Rewards

extension Coopetition {
  private typealias Options = CoopetitionOptions

  /// TR-2.
  static let trustKinds: [WorldKind] = [
    .coopetition(
      "trustdilemma", steps: 100,
      "a continuous prisoner's dilemma that ends when mean trust falls below 0.05",
      [
        Options.number(
          "trust_sensitivity", 1.5, 1e-6...1e6, "kappa: how sharply trust answers to a contribution"),
        Options.number("trust_building_rate", 0.15, 1e-6...1, "how fast trust rises"),
        Options.number("trust_erosion_rate", 0.45, 1e-6...1, "how fast trust falls"),
      ]
    ) { given in
      let game = GameParameters(
        endowments: [100, 100], baselines: [40, 40], synergyWeight: 0.70,
        dependence: GameParameters.uniform(0.60, count: 2),
        trust: TrustDynamics(
          building: given.double("trust_building_rate"), erosion: given.double("trust_erosion_rate"),
          damage: 0.50,
          repair: 0.02, amplification: 0.60, sensitivity: given.double("trust_sensitivity"),
          initialTrust: 0.50),
        maximumSteps: 100)
      return (game, { _ in TrustDilemmaRule() })
    },
    .coopetition(
      "recoveryrace", steps: 150, "two partners who must rebuild damaged trust",
      [
        Options.number("initial_trust", 0.25, 0...1, "trust at the start"),
        Options.number("initial_reputation_damage", 0.50, 0...1, "reputation damage at the start"),
        Parameter(
          "recovery_target", .number, default: .null, range: 0...1,
          help:
            "the mean trust that ends the race: 0.90 in strict mode (out of reach in 150 steps), else 0.85"),
      ]
    ) { given in
      let game = GameParameters(
        endowments: [100, 100], baselines: [35, 35], synergyWeight: 0.60,
        dependence: GameParameters.uniform(0.55, count: 2),
        trust: TrustDynamics(
          building: 0.08, erosion: 0.35, damage: 0.70, repair: 0.01, amplification: 0.40,
          initialTrust: given.double("initial_trust"),
          initialReputation: given.double("initial_reputation_damage")), maximumSteps: 150)
      let target = given.optionalDouble("recovery_target")
      return (game, { game in RecoveryRaceRule(target: target ?? (game.isStrict ? 0.90 : 0.85)) })
    },
    .coopetition(
      "slcd", steps: 100, "Samsung's and Sony's joint LCD venture",
      [
        Parameter(
          "trust_enabled", .bool, default: .bool(true), help: "off: partners are weighed by dependence alone")
      ]
    ) { given in
      var game = GameParameters(
        endowments: [100, 100], baselines: [30, 30], synergyWeight: 0.65, shares: [0.55, 0.45],
        dependence: [[0, 0.64], [0.86, 0]],
        trust: TrustDynamics(
          building: 0.08, erosion: 0.28, damage: 0.50, repair: 0.02, amplification: 0.45, initialTrust: 0.65),
        maximumSteps: 100)
      game.usesTrust = given.bool("trust_enabled")
      return (game, { _ in AllianceRule(names: ["Samsung", "Sony"]) })
    },
    .coopetition(
      "cooperativenegotiation", steps: 100,
      "near-equal contributions become an agreement, and breaking it costs",
      [
        Options.number("agreement_threshold", 10, 0...1e6, "how near contributions must be"),
        Options.number("breach_penalty_multiplier", 3, 0...1e6, "what a unit of deviation costs"),
        Options.integer(
          "negotiation_rounds", 5, 1...1e6,
          "how long an agreement stands before it may be replaced; strict mode ignores it, as the original does"
        ),
      ]
    ) { given in
      let game = GameParameters(
        endowments: [100, 100], baselines: [35, 35], synergyWeight: 0.60,
        dependence: GameParameters.uniform(0.55, count: 2),
        trust: TrustDynamics(
          building: 0.12, erosion: 0.40, damage: 0.65, repair: 0.02, amplification: 0.55, sensitivity: 1.2,
          initialTrust: 0.50), maximumSteps: 100)
      let (threshold, penalty) = (
        given.double("agreement_threshold"), given.double("breach_penalty_multiplier")
      )
      let rounds = given.int("negotiation_rounds")
      return (
        game,
        { game in
          NegotiationRule(threshold: threshold, penalty: penalty, rounds: rounds, isCorrected: !game.isStrict)
        }
      )
    },
    .coopetition(
      "reputationmarket", steps: 100, "a public reputation in four tiers multiplies the rewards",
      [
        Options.integer("n_agents", 5, 1...1000, "how many agents"),
        Options.number(
          "reputation_visibility", 1, 0...1, "1: reputations are seen exactly; below: with noise"),
        Parameter("tier_enabled", .bool, default: .bool(true), help: "off: reputation pays nothing"),
      ]
    ) { given in
      let count = given.int("n_agents")
      let game = GameParameters(
        endowments: Array(repeating: 100, count: count), baselines: Array(repeating: 35, count: count),
        valueScale: 18, synergyWeight: 0.50, dependence: GameParameters.uniform(0.35, count: count),
        trust: TrustDynamics(
          building: 0.10, erosion: 0.30, damage: 0.55, repair: 0.015, amplification: 0.45, initialTrust: 0.50),
        maximumSteps: 100)
      let rule = ReputationMarketRule(
        visibility: given.double("reputation_visibility"), hasTiers: given.bool("tier_enabled"))
      return (game, { _ in rule })
    },
  ]
}
