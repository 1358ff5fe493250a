import Rewards
import Shelf
import Worlds

/// Card 08: what the reward mode does to the same games. That the engine is the original's is shown by the tests
/// (240 golden runs); the recipe shows what the paper says of it.
public struct CoopetitionGym: Recipe {
  public init() {}

  public let slug = "coopetition-gym"
  public let standing = Standing.works
  public let claim = """
    The same game under another reward mode ends otherwise: where each is paid its own payoff, or that plus its \
    partners' by trust, constant play loses all trust; where the reward is shared, trust becomes complete. Independent \
    learners confirm it. Oracles and scored cases come out as released.
    """
  public let rule = """
    Card 08. B: best responses over constants end at the card's actions, trust and returns in 3 games x 3 modes. C, 5 \
    seeds each: learners with shared reward reach 95% of the best constant (51,011) in SLCD, mean action above 30, \
    trust above .9; with private reward, and with integrated reward where they see nothing, trust ends below .1. D: the five anchors of the loyalty oracle. The rubrics' \
    released scores (58, 46, 49, 60, 45, 44 and 43 of 51), the 729-set studies of TR-2 and TR-4. E: constants beat \
    the published ISAC in all five TR-3 games. Summed rewards are the same integrated and cooperative.
    """
  public let arms = ["private", "integrated, seeing nothing", "integrated", "cooperative"]
  public let scales = [Scale.quick]
  public let scaledDown = """
    One learner (the library's ippo, 160,000 steps) in one game stands for 16 learners in 20 games at up to a million \
    steps; the other games are judged by constants and oracles. The published returns are not a target: the card \
    lists the defects of the released learners that they rest on.
    """
  public let faults = [
    Fault("trust-frozen", help: "trust and reputation never change"),
    Fault("modes-swapped", help: "private and cooperative rewards are exchanged"),
    Fault("transposed", help: "each agent's dependence on the other is exchanged"),
    Fault(
      "sum-of-payoffs", help: "the cooperative reward is the mean of the private payoffs, without dependence"),
  ]

  private static let iterations = 100
  private static let modes: [RewardMode] = [.private, .integrated, .cooperative]

  /// Learners of the ablation.
  private struct Arm: Sendable {
    var name: String
    var mode: RewardMode
    var isBlind = false
  }

  private static let learners = [
    Arm(name: "private", mode: .private),
    Arm(name: "integrated, seeing nothing", mode: .integrated, isBlind: true),
    Arm(name: "integrated", mode: .integrated), Arm(name: "cooperative", mode: .cooperative),
  ]

  public func run(_ context: RecipeContext) throws -> RecipeResult {
    let fault = context.fault
    try context.report(0, "best responses over constants")
    let exact = try ConstantStudy.run(fault: fault)
    try context.report(0.05, "oracles and constants")
    let anchors = try ReleaseStudy.oracleAnchors(fault: fault)
    let constants = try ReleaseStudy.constants(fault: fault)
    let cases = try ReleaseStudy.cases(fault: fault)
    let gap = try ReleaseStudy.largestModeGap(fault: fault)
    let seeds = context.seeds(5)
    let outcomes = try context.map(Self.learners, seeds: seeds, name: { $0.name }) { arm, seed in
      try LearnerStudy(
        Self.game("slcd", arm.mode, fault: fault, form: .realistic), isBlind: arm.isBlind, seed: seed
      ).learn(iterations: Self.iterations)
    }
    let summed = try context.map(
      [RewardMode.integrated, .cooperative], seeds: seeds, name: { "summed reward, \($0.rawValue)" }
    ) { mode, seed in
      try LearnerStudy(
        Self.game("slcd", mode, fault: fault, form: .realistic), isSummed: true, seed: seed
      ).learn(iterations: 30)
    }
    let best = try ReferencePolicies.bestConstant(in: Self.game("slcd", .cooperative, fault: nil))
    var measurements = zip(Self.learners, outcomes).flatMap { arm, outcomes in
      [
        Measurement(arm.name, "return", outcomes.map(\.total)),
        Measurement(arm.name, "final trust", outcomes.map(\.finalTrust)),
        Measurement(arm.name, "final trust while exploring", outcomes.map(\.exploringTrust)),
        Measurement(arm.name, "mean action", outcomes.map(\.meanAction)),
        Measurement(arm.name, "partner's action while agent 0 is held at 20", outcomes.map(\.answer)),
      ]
    }
    measurements.append(Measurement("cooperative", "return of the best constant", [best.total]))
    for row in exact { measurements += row.measurements }
    var checks = exact.flatMap(\.checks) + Self.learningChecks(outcomes, best: best.total)
    checks += anchors.map(\.check) + cases.map(\.check) + constants.map(\.check)
    checks.append(
      Check(
        "TR-3 games of 5 in which a constant beats the published ISAC",
        Double(constants.count { $0.value > ($0.rival ?? .infinity) }), .atLeast, 5))
    checks.append(
      Check("summed reward, integrated against cooperative: largest relative gap", gap, .atMost, 1e-5))
    return RecipeResult(
      measurements: measurements, checks: checks,
      findings: try Self.findings(constants, summed, cases, outcomes[2], outcomes[1], context),
      plots: [Self.plot(outcomes), Self.surface()])
  }

  /// A game, with the fault built in.
  static func game(
    _ name: String, _ mode: RewardMode, fault: String?, form: ObservationForm = .joint
  ) throws -> CoopetitionGame {
    var mode = mode
    if fault == "modes-swapped", mode != .integrated { mode = mode == .private ? .cooperative : .private }
    var given = JSONObject([
      ("reward_mode", .string(mode.rawValue)), ("observation", .string(form.rawValue)),
    ])
    if name == "synergysearch" { given["gamma"] = .number(0.5) }
    guard let world = try WorldRegistry.standard.world(name, given) as? CoopetitionGame else {
      throw ParameterError(parameter: "world", "\(name) is no coopetition game")
    }
    var parameters = world.parameters
    let dependence = parameters.payoff.dependence
    switch fault {
    case "trust-frozen":
      (parameters.trust.building, parameters.trust.erosion) = (0, 0)
      (parameters.trust.damage, parameters.trust.repair) = (0, 0)
    case "transposed":
      parameters.payoff.dependence = dependence.indices.map { i in
        dependence.indices.map { dependence[$0][i] }
      }
    case "sum-of-payoffs" where mode == .cooperative:
      parameters.payoff.dependence = dependence.map { $0.map { _ in 0 } }
    default: return world
    }
    return CoopetitionGame(parameters, rule: world.rule)
  }

  private static func learningChecks(_ outcomes: [[LearnerStudy.Outcome]], best: Double) -> [Check] {
    let (alone, blind, shared) = (outcomes[0], outcomes[1], outcomes[3])
    return [
      Check(
        "shared reward: worst seed's return over the best constant's",
        (shared.map(\.total).min() ?? 0) / best, .atLeast, 0.95),
      Check("shared reward: lowest final trust", shared.map(\.finalTrust).min() ?? 0, .above, 0.9),
      Check("shared reward: lowest mean action", shared.map(\.meanAction).min() ?? 0, .above, 30),
      Check("private reward: highest final trust", alone.map(\.finalTrust).max() ?? 1, .below, 0.1),
      Check(
        "integrated reward, seeing nothing: highest final trust", blind.map(\.finalTrust).max() ?? 1, .below,
        0.1),
    ]
  }

  private static func findings(
    _ constants: [ReleaseStudy.Anchor], _ summed: [[LearnerStudy.Outcome]],
    _ cases: [ReleaseStudy.Anchor], _ sighted: [LearnerStudy.Outcome],
    _ blind: [LearnerStudy.Outcome], _ context: RecipeContext
  ) throws -> [String] {
    let beaten = constants.count { $0.value > ($0.rival ?? .infinity) }
    let rivals = constants.compactMap { row in
      row.rival.map { "\(row.name.dropFirst(15)) \(Int(row.value)) against \(Int($0))" }
    }
    let pairs = zip(summed[0], summed[1])
    let betweenModes = pairs.map { abs($0.total - $1.total) }.max() ?? 0
    let totals = summed[0].map(\.total)
    let betweenSeeds = (totals.max() ?? 0) - (totals.min() ?? 0)
    let null = VentureCase.nullScores(draws: 2000, seed: context.seed)
    let (trusting, own) = (sighted.count { $0.finalTrust > 0.9 }, mean(sighted.map(\.partners)))
    return [
      "Published is that ISAC beats every constant on TR-3; here a constant beats what is published of it in \(beaten) of \(constants.count) games. Best constant against published ISAC: \(rivals.joined(separator: "; ")).",
      "A learner of the summed reward cannot tell integrated from cooperative: with the same seed its return differs by at most \(rounded(betweenModes)) between the modes, between seeds by \(rounded(betweenSeeds)). The published tables show up to 975 between the modes for such learners (ISAC, AppleAppStore).",
      "The rubrics count plausible bands, they do not measure fit: 2,000 random S-LCD parameter sets score \(rounded(null.logarithmic)) of 60 on average, the case itself \(Int(cases[0].value)); TR-2's 49 contains 10 points that are always given, and several of TR-4's cells are 1 by construction.",
      "TR-1's abstract gives 59/60, 49/60, 52/60 and 48/55; the released suites give 58 and 46, 49, 45 (60 with the sum form) and 43 of 51. The gates are the latter.",
      "Integrated rewards alone do not save trust between self-interested players: my violation lowers my partner's trust in me, which enters my partner's utility, not mine. Learners who see nothing end at a trust of at most \(rounded(blind.map(\.finalTrust).max() ?? .nan)). \(trusting) of \(sighted.count) pairs of learners who see trust keep it under integrated rewards all the same once they stop exploring (while they explore it ends at \(rounded(mean(sighted.map(\.exploringTrust)))) on average): when agent 0 is held at 20, its partner, who else does \(rounded(own)), does \(rounded(mean(sighted.map(\.answer)))); a partner who sees nothing cannot answer.",
    ]
  }

  // MARK: Pictures

  private static func plot(_ outcomes: [[LearnerStudy.Outcome]]) -> Plot {
    let length = outcomes[0][0].course.count
    return .lines(
      title: "Independent PPO in SLCD", x: "update (16 episodes)",
      y: "summed reward of an episode, mean of the last 100, under its own mode",
      series: zip(learners, outcomes).map { arm, outcomes in
        Plot.Curve(arm.name, x: (0..<length).map(Double.init), runs: outcomes.map(\.course))
      })
  }

  private static func surface() -> Plot {
    let x = (0...50).map { Double($0) / 50 }
    let curves = modes.compactMap { mode -> Plot.Curve? in
      guard let world = try? game("slcd", mode, fault: nil) else { return nil }
      return Plot.Curve(
        mode.rawValue, x: x,
        y: x.map {
          ReferencePolicies.evaluate(ConstantPolicy(level: $0, of: world.parameters), in: world).total
        })
    }
    return .lines(
      title: "Constant policies in SLCD", x: "level", y: "return, under its own mode", series: curves)
  }
}
