/// TR-1's case: the S-LCD joint venture of Samsung and Sony, solved and scored by the report's rubric.
///
/// The score counts plausible bands, it does not measure accuracy: random parameters score 54 of 60 on average.
public struct VentureCase: Sendable {
  /// 60 points.
  public struct Score: Sendable, Equatable {
    /// 10, 15, 15, 10 and 10 points.
    public var convergence, cooperation, value, distribution, strategy: Int
    public var total: Int { convergence + cooperation + value + distribution + strategy }
  }

  public struct Outcome: Sendable {
    /// Nash equilibrium without dependence and synergy, and the coopetitive equilibrium.
    public var baseline, equilibrium: [Double]
    /// How much higher the mean action and total value are, in per cent.
    public var cooperationGain, valueGain: Double
    /// Agent 0's share of the payoffs; |a_0 - a_1| over the mean action.
    public var share, asymmetry: Double
    public var hasConverged: Bool
    /// The rubric line by line, and its sums.
    public var indicators: [CaseIndicator] = []
    public var score: Score {
      func sum(_ category: String) -> Int { Int(indicators.points(category)) }
      return Score(
        convergence: sum("convergence"), cooperation: sum("cooperation"), value: sum("value"),
        distribution: sum("distribution"), strategy: sum("strategy"))
    }
    /// Whether the gain of cooperation lies in the historical range, 15 to 50%.
    public var isHistorical: Bool { 15...50 ~= cooperationGain }
  }

  public var payoff: PayoffFunction

  public init(_ payoff: PayoffFunction) { self.payoff = payoff }

  /// S-LCD: agents Samsung, Sony.
  /// - Parameter synergyWeight: gamma; 0.65 goes with the logarithm, 0.5 with the power.
  public init(value: ValueFunction, synergyWeight: Double) {
    self.init(
      PayoffFunction(
        value: value, synergyWeight: synergyWeight, endowments: [100, 100], shares: [0.55, 0.45],
        dependence: [[0, 0.64], [0.86, 0]]))
  }

  /// The coopetitive equilibrium on [0.01, 100] from 10 each: every best response is the root of the falling slope
  /// -1 + f'(a_i) + (share_i + the sum over j of D_ij share_j) gamma g / (n a_i).
  public static func equilibrium(_ payoff: PayoffFunction) -> BestResponseSolver.Equilibrium {
    let weights = payoff.shares.indices.map { i in
      payoff.shares[i] + zip(payoff.dependence[i], payoff.shares).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let count = Double(payoff.shares.count)
    return BestResponseSolver(tolerance: 1e-9, sweeps: 1000).solve(
      from: payoff.shares.map { _ in 10 }
    ) { agent, actions in
      var (low, high) = (0.01, 100.0)
      var trial = actions
      for _ in 0..<60 {
        let middle = 0.5 * (low + high)
        trial[agent] = middle
        let synergy = payoff.synergyWeight * ValueFunction.synergy(trial)
        let slope = payoff.value.slope(middle) - 1 + weights[agent] * synergy / (count * middle)
        if slope > 0 { low = middle } else { high = middle }
      }
      return 0.5 * (low + high)
    }
  }

  /// Solves and scores.
  public func run() -> Outcome {
    var alone = payoff
    alone.synergyWeight = 0
    alone.dependence = payoff.dependence.map { $0.map { _ in 0 } }
    let baseline = Self.equilibrium(alone).actions
    let solution = Self.equilibrium(payoff)
    let actions = solution.actions
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let values = (payoff.totalValue(actions), payoff.totalValue(baseline))
    let payoffs = payoff.payoffs(actions)
    var outcome = Outcome(
      baseline: baseline, equilibrium: actions,
      cooperationGain: 100 * (mean(actions) - mean(baseline)) / mean(baseline),
      valueGain: 100 * (values.0 - values.1) / values.1, share: payoffs[0] / payoffs.reduce(0, +),
      asymmetry: abs(actions[0] - actions[1]) / mean(actions), hasConverged: solution.hasConverged)
    outcome.indicators = indicators(outcome, payoffs, payoff.payoffs(baseline), values)
    return outcome
  }

  /// What the rubric gives to no case in particular: means over random dependences (uniform of [0, 1]) and shares
  /// (the first agent's uniform of [0.3, 0.7]).
  public struct NullScores: Sendable {
    /// Mean scores, and how often the logarithmic value scores higher.
    public var logarithmic, power, logarithmicWins: Double
  }

  public static func nullScores(draws: Int, seed: UInt64) -> NullScores {
    var random = PCG64(seed: seed)
    var scores = NullScores(logarithmic: 0, power: 0, logarithmicWins: 0)
    for _ in 0..<draws {
      let dependence = [[0, random.uniform()], [random.uniform(), 0]]
      let share = random.uniform(0.3, 0.7)
      let totals = [
        VentureCase(value: .logarithmic(scale: 20), synergyWeight: 0.65),
        VentureCase(
          value: .power(exponent: 0.75), synergyWeight: 0.5),
      ].map { venture in
        var venture = venture
        venture.payoff.dependence = dependence
        venture.payoff.shares = [share, 1 - share]
        return Double(venture.run().score.total)
      }
      scores.logarithmic += totals[0] / Double(draws)
      scores.power += totals[1] / Double(draws)
      scores.logarithmicWins += totals[0] > totals[1] ? 1 / Double(draws) : 0
    }
    return scores
  }

  private func indicators(
    _ outcome: Outcome, _ payoffs: [Double], _ before: [Double], _ values: (Double, Double)
  ) -> [CaseIndicator] {
    let (actions, baseline) = (outcome.equilibrium, outcome.baseline)
    let (gain, value) = (outcome.cooperationGain, outcome.valueGain)
    func lines(_ category: String, _ rows: [(String, Bool, Int)]) -> [CaseIndicator] {
      rows.map { CaseIndicator(category, $0.0, $0.1, $0.2) }
    }
    return lines(
      "convergence",
      [
        ("solved", outcome.hasConverged, 2), ("actions above 0", actions.allSatisfy { $0 > 0 }, 2),
        ("actions below 100", actions.allSatisfy { $0 < 100 }, 2),
        ("payoffs finite", payoffs.allSatisfy(\.isFinite), 2), ("value finite", values.0.isFinite, 2),
      ])
      + lines(
        "cooperation",
        [
          ("gain above 0%", gain > 0, 1), ("gain above 10%", gain > 10, 2), ("gain above 15%", gain > 15, 2),
          ("gain below 100%", gain < 100, 3), ("gain below 80%", gain < 80, 2),
          ("gain from 15 to 60%", 15...60 ~= gain, 3),
          ("both above baseline", zip(actions, baseline).allSatisfy { $0 > $1 }, 2),
        ])
      + lines(
        "value",
        [
          ("gain above 0%", value > 0, 2), ("gain above 10%", value > 10, 2),
          ("gain above 15%", value > 15, 2),
          ("gain below 100%", value < 100, 3), ("gain from 10 to 50%", 10...50 ~= value, 3),
          ("above baseline", values.0 > values.1, 3),
        ])
      + lines(
        "distribution",
        [
          ("payoffs above 0", payoffs.allSatisfy { $0 > 0 }, 3),
          ("payoffs above baseline", zip(payoffs, before).allSatisfy { $0 > $1 }, 3),
          // Exact symmetry puts the share on the edge: rounding must not decide.
          ("first share from .50 to .65", 0.50 - 1e-9...0.65 + 1e-9 ~= outcome.share, 4),
        ])
      + lines(
        "strategy",
        [
          ("solved", outcome.hasConverged, 3),
          ("mean action above baseline", actions.reduce(0, +) > baseline.reduce(0, +), 3),
          ("asymmetry from .02 to .3", outcome.asymmetry > 0.02 && outcome.asymmetry < 0.3, 4),
        ])
  }
}
