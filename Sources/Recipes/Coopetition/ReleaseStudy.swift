import Shelf
import Worlds

/// Parts D and E of card 08, and the reports' studies: what the released package gives when run.
enum ReleaseStudy {
  /// A number that the release gives.
  struct Anchor {
    var name: String
    var value, expected, tolerance: Double
    /// What was published for a learner that is said to be better.
    var rival: Double?

    var check: Check {
      Check("\(name), distance from \(expected)", abs(value - expected), .atMost, tolerance)
    }
  }

  /// D: the published row Oracle_Loyalty.
  static func oracleAnchors(fault: String?) throws -> [Anchor] {
    try [
      ("teamproduction", 89_390.0), ("loyaltyteam", 123_359), ("coalitionformation", 421_152),
      ("publicgoods", 182_166), ("apacheproject", 5_484_826),
    ].map { name, expected in
      let world = try CoopetitionGym.game(name, .integrated, fault: fault)
      let value = CoopetitionOracle.loyalty.policy(for: world).map {
        ReferencePolicies.evaluate($0, in: world).total
      }
      return Anchor(
        name: "Oracle_Loyalty, \(name)", value: value ?? .nan, expected: expected, tolerance: 0.5)
    }
  }

  /// E: the best of the 101 constants (of steps of 5% in the game of 40 agents, as in the card), beside the published
  /// return of ISAC.
  static func constants(fault: String?) throws -> [Anchor] {
    try [
      ("teamproduction", 97_143.7, 90_548.0), ("loyaltyteam", 126_214.9, 124_120),
      ("coalitionformation", 436_587.8, 424_560), ("publicgoods", 187_799.1, 183_372),
      ("apacheproject", 5_821_439.9, 5_539_736),
    ].map { name, expected, rival in
      let world = try CoopetitionGym.game(name, .integrated, fault: fault)
      let step = name == "apacheproject" ? 5 : 1
      let best = ReferencePolicies.bestConstant(
        in: world, levels: stride(from: 0, through: 100, by: step).map { Double($0) / 100 })
      return Anchor(
        name: "best constant, \(name)", value: best.total, expected: expected, tolerance: 2e-5 * expected,
        rival: rival)
    }
  }

  /// The four cases by their rubrics, and the studies of TR-2 and TR-4 over 729 sets.
  static func cases(fault: String?) throws -> [Anchor] {
    var logarithmic = VentureCase(value: .logarithmic(scale: 20), synergyWeight: 0.65)
    if fault == "transposed" { logarithmic.payoff.dependence = [[0, 0.86], [0.64, 0]] }
    let venture = logarithmic.run()
    let power = VentureCase(value: .power(exponent: 0.75), synergyWeight: 0.5).run()
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let trust = TrustMetrics.grid.map { TrustMetrics(of: $0) }
    let sweep = ReciprocityStudy().run()
    let differences = zip(sweep.counts, [687, 729, 662, 729, 729, 729]).reduce(0) { $0 + abs($1.0 - $1.1) }
    let rows: [(String, Double, Double, Double)] = [
      ("S-LCD, logarithmic, of 60", Double(venture.score.total), 58, 0),
      ("S-LCD, power, of 60", Double(power.score.total), 46, 0),
      ("S-LCD, Samsung's action", venture.equilibrium[0], 26.6334, 1e-4),
      ("S-LCD, Sony's action", venture.equilibrium[1], 27.3991, 1e-4),
      ("Renault-Nissan, of 60", Double(AllianceCase().run().score.total), 49, 0),
      ("Apache, sum form, of 60", Double(try FoundationCase(welfare: .sum).run().total), 60, 0),
      ("Apache, averaged form, of 60", Double(try FoundationCase(welfare: .mean).run().total), 45, 0),
      ("App Store, of 51", StoreCase().run().total, 44, 0),
      (
        "App Store with the released noise, of 51", StoreCase().run(noise: StoreCase.releasedNoise).total, 43,
        0
      ),
      ("TR-2, median negativity ratio", median(trust.map(\.negativityRatio)), 3.0, 1e-9),
      ("TR-2, median hysteresis", median(trust.map(\.hysteresis35)), 1.1107, 1e-4),
      ("TR-2, median cumulative amplification", median(trust.map(\.cumulativeAmplification)), 1.9734, 1e-4),
      ("TR-2, mean dependency amplification", mean(trust.map(\.dependencyAmplification)), 1.2703, 1e-4),
      ("TR-4, sets of 729 that count otherwise", Double(differences), 0, 0),
    ]
    return rows.map { Anchor(name: $0.0, value: $0.1, expected: $0.2, tolerance: $0.3) }
  }

  /// The largest relative gap between the summed rewards of the two modes over the twenty games, everybody
  /// contributing half.
  static func largestModeGap(fault: String?) throws -> Double {
    try Coopetition.kinds.map { kind in
      let totals = try [RewardMode.integrated, .cooperative].map { mode in
        let world = try CoopetitionGym.game(kind.name, mode, fault: fault)
        let half = ConstantPolicy(name: "", actions: world.parameters.endowments.map { 0.5 * $0 })
        return ReferencePolicies.evaluate(half, in: world).total
      }
      return abs(totals[0] / totals[1] - 1)
    }.max() ?? .infinity
  }
}
