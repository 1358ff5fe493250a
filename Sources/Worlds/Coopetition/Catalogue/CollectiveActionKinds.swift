import Rewards

extension Coopetition {
  private typealias Options = CoopetitionOptions

  private static let production: [Parameter] = [
    Options.number("omega", 25, 1e-6...1e6, "the team's productivity"),
    Options.number("beta", 0.7, 0.01...1, "returns to scale of the team's effort"),
  ]
  private static let cost = Options.number("c", 1, 1e-6...1e6, "what a unit of effort costs")
  private static let payoff = [
    Parameter(
      "payoff", .choice(TeamRule.Payoff.allCases.map(\.rawValue)), default: .string("release"),
      help: "release: TR-1 rewards times multipliers, as the original pays; theory: TR-3's loyal utilities"),
    Parameter(
      "welfare", .choice(TeamParameters.Welfare.allCases.map(\.rawValue)), default: .string("sum"),
      help: "whose payoffs a loyal member feels in theory: the sum of the teammates' or their mean"),
  ]

  private static func loyalty(_ benefit: Double, _ tolerance: Double) -> [Parameter] {
    [
      Options.number("phi_b", benefit, 0...1e6, "how much a loyal member feels the teammates' welfare"),
      Options.number("phi_c", tolerance, 0...0.999, "how much loyalty lightens the cost of effort"),
    ]
  }

  /// The game under all five.
  private static func game(_ count: Int, endowment: Double = 50) -> GameParameters {
    GameParameters(
      endowments: Array(repeating: endowment, count: count),
      baselines: Array(repeating: endowment * 0.4, count: count), synergyWeight: 0.65,
      dependence: GameParameters.uniform(0.55, count: count),
      trust: TrustDynamics(
        building: 0.10, erosion: 0.25, damage: 0.40, repair: 0.02, amplification: 0.50, initialTrust: 0.50),
      maximumSteps: 100)
  }

  private static func rule(
    _ given: Parameters, _ kind: TeamRule.Kind, productivity: Double, returns: Double, cost: Double = 1,
    benefit: Double, tolerance: Double, maximumEffort: Double = 50
  ) -> TeamRule {
    TeamRule(
      TeamParameters(
        productivity: productivity, returns: returns, cost: cost, benefit: benefit, tolerance: tolerance,
        maximumEffort: maximumEffort, welfare: TeamParameters.Welfare(rawValue: given.string("welfare"))!),
      kind: kind, payoff: TeamRule.Payoff(rawValue: given.string("payoff"))!)
  }

  /// TR-3.
  static let collectiveActionKinds: [WorldKind] = [
    .coopetition(
      "teamproduction", steps: 100, "free-riding in a team without loyalty",
      [Options.integer("n_agents", 4, 1...1000, "how many members")] + production + [cost] + payoff
    ) { given in
      let rule = rule(
        given, .production, productivity: given.double("omega"), returns: given.double("beta"),
        cost: given.double("c"), benefit: 0, tolerance: 0)
      return (game(given.int("n_agents")), { _ in rule })
    },
    .coopetition(
      "loyaltyteam", steps: 100, "a team whose members grow loyal by contributing",
      [Options.integer("n_agents", 4, 1...1000, "how many members")] + production + [cost] + loyalty(0.8, 0.3)
        + payoff
    ) { given in
      let rule = rule(
        given, .loyalty, productivity: given.double("omega"), returns: given.double("beta"),
        cost: given.double("c"), benefit: given.double("phi_b"), tolerance: given.double("phi_c"))
      return (game(given.int("n_agents")), { _ in rule })
    },
    .coopetition(
      "coalitionformation", steps: 150, "a coalition that disloyal members leave and may enter again",
      [
        Options.integer("n_agents", 6, 1...1000, "how many members"),
        Options.integer("min_coalition_size", 3, 1...1000, "below it the coalition is over"),
        Options.number("exit_threshold", 0.15, 0...1, "loyalty below it makes a member leave"),
        Options.integer("reentry_cooldown", 5, 0...1e6, "the steps before one may return"),
      ] + production + payoff
    ) { given throws(ParameterError) in
      let (count, least) = (given.int("n_agents"), given.int("min_coalition_size"))
      guard least <= count else {
        throw ParameterError(
          parameter: "min_coalition_size", "\(least) is more than there are agents (\(count))")
      }
      let rule = rule(
        given,
        .coalition(
          least: least, exit: given.double("exit_threshold"), cooldown: given.int("reentry_cooldown")),
        productivity: given.double("omega"), returns: given.double("beta"), benefit: 0.7, tolerance: 0.3)
      return (game(count), { _ in rule })
    },
    .coopetition(
      "apacheproject", steps: 60, "the Apache HTTP Server project in one of its phases (8 to 40 members)",
      [
        Parameter(
          "phase", .choice(ApachePhase.allCases.map(\.rawValue)), default: .string("maturity"),
          help: "emergence (8 members), growth (15), maturity (40) or evolution (35)")
      ] + payoff
    ) { given in
      let phase = ApachePhase(rawValue: given.string("phase"))!
      let rule = rule(
        given,
        .apache(
          phase: phase.rawValue, years: phase.years, ceiling: phase.loyalty, expectedEffort: phase.effort),
        productivity: phase.productivity, returns: 0.7, benefit: 0.75, tolerance: 0.25)
      return (game(phase.members), { _ in rule })
    },
    .coopetition(
      "publicgoods", steps: 100, "contributions to a public good that is shared by all",
      [
        Options.integer("n_agents", 5, 1...1000, "how many agents"),
        Options.number("multiplier", 2, 1e-6...1e6, "what a contribution becomes in the common pot"),
        Options.number("endowment", 50, 1e-6...1e6, "what each agent has to give"),
      ] + loyalty(0.6, 0.2) + payoff
    ) { given in
      let endowment = given.double("endowment")
      let rule = rule(
        given, .publicGoods(endowment: endowment), productivity: given.double("multiplier"), returns: 1,
        benefit: given.double("phi_b"), tolerance: given.double("phi_c"), maximumEffort: endowment)
      return (game(given.int("n_agents"), endowment: endowment), { _ in rule })
    },
  ]
}

/// The phases of the Apache environment (other numbers than those of the Apache case study).
enum ApachePhase: String, CaseIterable {
  case emergence, growth, maturity, evolution

  private var row: (Int, Double, Double, Double, String) {
    switch self {
    case .emergence: (8, 1.0, 20, 35, "1995-1999")
    case .growth: (15, 0.85, 25, 30, "2000-2005")
    case .maturity: (40, 0.70, 30, 22, "2006-2015")
    case .evolution: (35, 0.60, 28, 18, "2016-2023")
    }
  }

  var members: Int { row.0 }
  var loyalty: Double { row.1 }
  var productivity: Double { row.2 }
  var effort: Double { row.3 }
  var years: String { row.4 }
}
