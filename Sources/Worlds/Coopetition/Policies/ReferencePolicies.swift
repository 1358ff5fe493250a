/// The reference policies that need no learning, and how they are judged.
public enum ReferencePolicies {
  /// 101 constants, the oracles that the game's theory allows (up to seven) and two heuristics.
  public static func all(for world: CoopetitionGame, seed: UInt64 = 0) -> [any CoopetitionPolicy] {
    let game = world.parameters
    let constants: [any CoopetitionPolicy] = (0...100).map {
      ConstantPolicy(level: Double($0) / 100, of: game)
    }
    let oracles = CoopetitionOracle.allCases.compactMap { $0.policy(for: world) }
    return constants + oracles + [RandomPolicy(seed: seed, of: game), TitForTatPolicy(of: game)]
  }

  public struct Outcome: Sendable, Equatable {
    /// Each agent's mean return.
    public var returns: [Double]
    /// The mean number of steps.
    public var steps: Double
    /// Mean trust at the end of the last episode, and the mean of that over episodes.
    public var finalTrust: Double
    public var finalTrustMean = 0.0
    /// Each episode's return, summed over agents.
    public var totals: [Double] = []
    /// The mean share of the endowments that was contributed.
    public var cooperationRate = 0.0
    /// The actions of the first and of the last step of the last episode.
    public var firstActions, lastActions: [Float]

    /// The sum over agents: the figure of the paper's tables.
    public var total: Double { returns.reduce(0, +) }
  }

  /// Plays whole episodes. The policy is not told when one begins.
  public static func evaluate(
    _ policy: some CoopetitionPolicy, in world: CoopetitionGame, episodes: Int = 1, seed: UInt64 = 99
  ) -> Outcome {
    var policy = policy
    let environment = world.environment(seed: seed)
    let width = world.observationWidth
    let endowments = world.parameters.endowments
    var outcome = Outcome(
      returns: Array(repeating: 0, count: world.agents), steps: 0, finalTrust: 0, firstActions: [],
      lastActions: [])
    for episode in 0..<max(1, episodes) {
      var observation = environment.reset(seed: episode == 0 ? seed : nil)
      var total = 0.0
      while true {
        let actions = policy.act(observation[..<width])
        // Policies give finite actions of the right number.
        guard let transition = try? environment.step(actions, observers: 0..<1) else { break }
        observation = transition.observation
        for agent in 0..<world.agents {
          outcome.returns[agent] += transition.rewards[agent]
          total += transition.rewards[agent]
        }
        if let state = environment.state {
          outcome.cooperationRate += zip(state.actions, endowments).reduce(0) { $0 + $1.0 / $1.1 }
        }
        outcome.steps += 1
        outcome.lastActions = actions
        if environment.steps == 1 { outcome.firstActions = actions }
        if transition.isLast { break }
      }
      outcome.finalTrust = environment.state?.meanTrust ?? .nan
      outcome.finalTrustMean += outcome.finalTrust
      outcome.totals.append(total)
    }
    let number = Double(max(1, episodes))
    outcome.cooperationRate /= outcome.steps * Double(world.agents)
    outcome.finalTrustMean /= number
    outcome.returns = outcome.returns.map { $0 / number }
    outcome.steps /= number
    return outcome
  }

  /// The best of the constants: its level and its total return.
  /// - Parameter levels: 0, 0.01, ... 1 unless given.
  public static func bestConstant(
    in world: CoopetitionGame, levels: [Double] = (0...100).map { Double($0) / 100 }
  ) -> (level: Double, total: Double) {
    var best = (level: 0.0, total: -Double.infinity)
    for level in levels {
      let total = evaluate(ConstantPolicy(level: level, of: world.parameters), in: world).total
      if total > best.total { best = (level, total) }
    }
    return best
  }
}

/// The paper's measures on returns.
public enum CoopetitionMeasures {
  /// (R_integrated - R_private) / R_integrated: how much of the return is only shown by dependence.
  public static func dependenceContribution(integrated: Double, private alone: Double) -> Double {
    (integrated - alone) / integrated
  }

  /// 100 (R - R_ref) / |R_ref|, in per cent.
  public static func gap(_ value: Double, to reference: Double) -> Double {
    100 * (value - reference) / abs(reference)
  }

  /// Jain's index (sum r)^2 / (n sum r^2): 1 when all are paid the same, 1/n when one takes all.
  public static func fairness(_ returns: [Double]) -> Double {
    let squares = returns.reduce(0) { $0 + $1 * $1 }
    let sum = returns.reduce(0, +)
    return squares > 0 ? sum * sum / (Double(returns.count) * squares) : 1
  }

  /// The welfare at the optimum over that at the equilibrium.
  public static func priceOfAnarchy(optimum: Double, equilibrium: Double) -> Double { optimum / equilibrium }

  /// Whether training was unstable: the peak of |return| more than five times its median.
  public static func isUnstable(_ trainingReturns: [Double]) -> Bool {
    let sizes = trainingReturns.map(abs).sorted()
    guard let peak = sizes.last else { return false }
    let middle = sizes.count / 2
    let median = sizes.count % 2 == 1 ? sizes[middle] : (sizes[middle - 1] + sizes[middle]) / 2
    return peak > 5 * median
  }
}
