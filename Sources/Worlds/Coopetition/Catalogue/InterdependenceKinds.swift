import Rewards

extension Coopetition {
  private typealias Options = CoopetitionOptions

  /// TR-1.
  static let interdependenceKinds: [WorldKind] = [
    .coopetition(
      "partnerholdup", steps: 100,
      "a strong and a weak partner; the weak one leaves when trust falls below 0.10",
      [
        Options.number(
          "strong_dependency", 0.35, 0...1, "how much the strong partner (agent 0) depends on the weak"),
        Options.number("weak_dependency", 0.85, 0...1, "how much the weak partner depends on the strong"),
      ]
    ) { given in
      let game = GameParameters(
        endowments: [120, 80], baselines: [42, 28], synergyWeight: 0.60, shares: [0.60, 0.40],
        dependence: [[0, given.double("strong_dependency")], [given.double("weak_dependency"), 0]],
        trust: TrustDynamics(
          building: 0.10, erosion: 0.35, damage: 0.55, repair: 0.025, amplification: 0.70, sensitivity: 1.2,
          initialTrust: 0.55), maximumSteps: 100)
      return (game, { _ in PartnerHoldUpRule() })
    },
    .coopetition(
      "platformecosystem", steps: 100,
      "a platform and its developers, who leave when they no longer trust it",
      [
        Options.integer("n_developers", 4, 1...1000, "the developers beside the platform (agent 0)"),
        Options.number("platform_share", 0.30, 0...1, "the platform's share of the synergy"),
        Options.number("platform_dependency", 0.25, 0...1, "how much the platform depends on each developer"),
        Options.number(
          "developer_dependency", 0.75, 0...1, "how much each developer depends on the platform"),
      ]
    ) { given in
      let developers = given.int("n_developers")
      let share = given.double("platform_share")
      let dependence = (0...developers).map { i in
        (0...developers).map { j in
          i == j || i > 0 && j > 0
            ? 0 : given.double(i == 0 ? "platform_dependency" : "developer_dependency")
        }
      }
      let game = GameParameters(
        endowments: [150] + Array(repeating: 80, count: developers),
        baselines: [45] + Array(repeating: 24, count: developers), valueScale: 25, synergyWeight: 0.75,
        shares: [share] + Array(repeating: (1 - share) / Double(developers), count: developers),
        dependence: dependence,
        trust: TrustDynamics(
          building: 0.08, erosion: 0.25, damage: 0.45, repair: 0.02, amplification: 0.40, initialTrust: 0.60),
        maximumSteps: 100)
      return (game, { _ in PlatformRule() })
    },
    .coopetition(
      "dynamicpartnerselection", steps: 50, "six partners who see each other's lasting reputation",
      [
        Options.integer("n_agents", 6, 1...1000, "how many partners"),
        Options.number("reputation_weight", 0.5, 0...1, "accepted, but without effect, as in the original"),
        Parameter(
          "reset_reputation", .bool, default: .bool(false), help: "forget reputations when an episode begins"),
      ]
    ) { given in
      let count = given.int("n_agents")
      let game = GameParameters(
        endowments: Array(repeating: 100, count: count), baselines: Array(repeating: 35, count: count),
        valueScale: 18, synergyWeight: 0.55, dependence: GameParameters.uniform(0.40, count: count),
        trust: TrustDynamics(
          building: 0.12, erosion: 0.35, damage: 0.60, repair: 0.015, amplification: 0.45, sensitivity: 1.2,
          initialTrust: 0.50), maximumSteps: 50)
      let rule = PartnerSelectionRule(resetsReputation: given.bool("reset_reputation"))
      return (game, { _ in rule })
    },
    .coopetition(
      "synergysearch", steps: 100, "two partners who do not know how much their synergy is worth",
      [
        Options.number("gamma_low", 0.20, 0...1, "the least weight of the synergy"),
        Options.number("gamma_high", 0.90, 0...1, "the greatest weight of the synergy"),
        Parameter(
          "gamma", .number, default: .null, range: 0...1, help: "the weight itself, instead of a draw"),
        Parameter(
          "reveal_gamma_in_obs", .bool, default: .bool(false), help: "append the weight to the observation"),
      ]
    ) { given throws(ParameterError) in
      let (low, high) = (given.double("gamma_low"), given.double("gamma_high"))
      guard low <= high else {
        throw ParameterError(parameter: "gamma_low", "\(low) is above gamma_high, \(high)")
      }
      let game = GameParameters(
        endowments: [100, 100], baselines: [40, 40], synergyWeight: 0.50,
        dependence: GameParameters.uniform(0.50, count: 2), trust: TrustDynamics(initialTrust: 0.55),
        maximumSteps: 100)
      let rule = SynergySearchRule(
        range: low...high, fixed: given.optionalDouble("gamma"), isRevealed: given.bool("reveal_gamma_in_obs")
      )
      return (game, { _ in rule })
    },
    .coopetition(
      "renaultnissan", steps: 100, "the Renault-Nissan alliance in one of its phases",
      [
        Parameter(
          "phase", .choice(AlliancePhase.allCases.map(\.rawValue)), default: .string("mature"),
          help: "formation (1999-2002), mature (2002-2018), crisis (2018-2020) or strained (2020-2025)")
      ]
    ) { given in
      let phase = AlliancePhase(rawValue: given.string("phase"))!
      let game = GameParameters(
        endowments: [90, 100], baselines: [27, 30], valueScale: 22, synergyWeight: 0.58,
        shares: [0.48, 0.52],
        dependence: phase.dependence,
        trust: TrustDynamics(
          building: 0.08, erosion: 0.25, damage: 0.55, repair: 0.02, initialTrust: phase.trust,
          initialReputation: phase.reputation), maximumSteps: 100)
      let rule = AllianceRule(names: ["Nissan", "Renault"], phase: (phase.rawValue, phase.years))
      return (game, { _ in rule })
    },
  ]
}

/// The phases of the Renault-Nissan alliance.
enum AlliancePhase: String, CaseIterable {
  case formation, mature, crisis, strained

  var years: String {
    switch self {
    case .formation: "1999-2002"
    case .mature: "2002-2018"
    case .crisis: "2018-2020"
    case .strained: "2020-2025"
    }
  }

  /// Rows Nissan, Renault.
  var dependence: [[Double]] {
    switch self {
    case .formation: [[0, 0.78], [0.66, 0]]
    case .mature: [[0, 0.51], [0.66, 0]]
    case .crisis: [[0, 0.35], [0.72, 0]]
    case .strained: [[0, 0.28], [0.65, 0]]
    }
  }

  var trust: Double {
    switch self {
    case .formation: 0.45
    case .mature: 0.70
    case .crisis: 0.30
    case .strained: 0.40
    }
  }

  var reputation: Double {
    switch self {
    case .formation: 0.05
    case .mature: 0.02
    case .crisis: 0.45
    case .strained: 0.35
    }
  }
}
