import Shelf
import Worlds

/// Card 53: shaping that keeps the optimum against shaping that does not, and a proxy reward read literally against
/// inverse reward design.
struct RewardEngineeringOverview: Recipe {
  let slug = "reward-engineering-overview"
  let standing = Standing.works
  let claim = """
    Potential-based shaping speeds Q-learning up and leaves the optimal policies as they are; a bonus for coming \
    nearer is farmed for ever. A planner that takes a proxy reward literally walks through lava that the designer \
    never thought of; inverse reward design with a risk-averse planner does not.
    """
  let rule = """
    Card 53. 12 x 12 grid: with the potential the optimal action sets are identical in all states, max |Q' + Phi - \
    Q| < 1e-9, 22 greedy steps; with the bonus the greedy agent has not arrived after 500 steps. Q-learning: the \
    potential's first 50 episodes <= 0.8 x none's, last 50 within 10% of none's, bonus's last 50 >= 2 x none's. \
    The card runs this with Phi = -0.1 x distance on 5 seeds; here the verdict is on Phi = scale x (22 - distance), \
    scaled to the return's range as the card advises, and on the mean of 40 seeds; the card's own Phi passes the \
    exact tests and is an arm beside it. fitPotential residual < 1e-9 (potential), > 0.01 (bonus). Shaped and Q-initialised agents act \
    identically. Lava grid: literal planner >= 5 lava steps, risk-averse 0, on every seed.
    """
  let arms = [
    "none", "approach bonus", "potential", "scaled potential", "literal", "posterior mean", "risk-averse",
  ]
  let scales = [Scale.quick]
  let scaledDown = "The survey runs no experiment; grids and constants are the card's."
  let faults = [
    Fault("discount", help: "the potential's discount is 0.9, not the learner's 0.99"),
    Fault("sign", help: "the potential points away from the goal"),
    Fault("certain", help: "the posterior of the true reward is the proxy alone"),
  ]

  func run(_ context: RecipeContext) throws -> RecipeResult {
    let seeds = context.seeds(5)
    let study = try ShapingStudy(fault: context.fault)
    let plans = try study.plans()
    let learned = try context.map(ShapingStudy.Arm.allCases, seeds: context.seeds(40), name: \.rawValue) {
      arm, seed in
      try study.learn(arm, seed: seed)
    }
    let equal = try seeds.map { try study.initialisationMatches(seed: $0) }
    let lava = try seeds.map { try LavaStudy(isCertain: context.fault == "certain").steps(seed: $0) }

    var measurements = zip(ShapingStudy.Arm.allCases, learned).flatMap { arm, runs in
      [
        Measurement(arm.rawValue, "steps, first 50 episodes", runs.map { mean($0.prefix(50)) }),
        Measurement(arm.rawValue, "steps, last 50 episodes", runs.map { mean($0.suffix(50)) }),
      ]
    }
    measurements += [
      Measurement("literal", "lava steps", lava.map(\.literal)),
      Measurement("posterior mean", "lava steps", lava.map(\.mean)),
      Measurement("risk-averse", "lava steps", lava.map(\.averse)),
    ]
    func value(_ arm: ShapingStudy.Arm, _ metric: String) -> Double {
      measurements.first { $0.arm == arm.rawValue && $0.metric == "steps, \(metric) 50 episodes" }?.mean
        ?? .nan
    }
    let last = value(.none, "last")
    let checks = [
      Check(
        "potential: share of states with the same optimal actions", plans.potential.agreement, .atLeast, 1),
      Check("potential: max |Q' + Phi - Q|", plans.shift, .below, 1e-9),
      Check("potential: greedy steps to the goal", Double(plans.potentialSteps), .atMost, 22),
      Check("bonus: greedy steps (500 is the limit)", Double(plans.bonusSteps), .atLeast, 500),
      Check("potential: residual of the fitted potential", plans.potential.fit.residual, .below, 1e-9),
      Check("bonus: residual of the fitted potential", plans.bonus.fit.residual, .above, 0.01),
      Check(
        "scaled potential: first 50 against none's", value(.scaled, "first") / value(.none, "first"), .atMost,
        0.8),
      Check(
        "scaled potential: last 50 away from none's", abs(value(.scaled, "last") / last - 1), .atMost, 0.1),
      Check("bonus: last 50 against none's", value(.bonus, "last") / last, .atLeast, 2),
      Check("shaped and initialised agents: share of equal actions", equal.map(\.share).min()!, .atLeast, 1),
      Check("shaped and initialised agents: max |Q + Phi - Q'|", equal.map(\.gap).max()!, .below, 1e-9),
      Check("literal planner: fewest lava steps", lava.map(\.literal).min()!, .atLeast, 5),
      Check("risk-averse planner: most lava steps", lava.map(\.averse).max()!, .atMost, 0),
    ]
    var findings = [
      "The bonus leaves the optimal action sets alone in \(percent(plans.bonus.agreement)) of the states and is "
        + "farmed all the same: comparing sets is no test, rolling the policy out is.",
      "The posterior's mean takes \(lava.map { Int($0.mean) }) lava steps: averaging over rewards is not safe.",
    ]
    if let loop = plans.bonus.loop {
      findings.append(
        "The loop search finds \(loop.states.count) states that pay \(rounded(loop.gain)) a turn beyond any potential."
      )
    }
    let trapped = learned[ShapingStudy.Arm.allCases.firstIndex(of: .potential)!].count {
      mean($0.suffix(50)) > 60
    }
    findings.append(
      "The card's Phi = -0.1 x distance needs \(rounded(value(.potential, "first") / value(.none, "first"))) of none's "
        + "steps at first and \(rounded(value(.potential, "last") / last)) times none's at last: it equals starting at "
        + "Q = Phi < 0, so an agent that has bumped into a wall once thinks that (worth 0) better than anything untried; "
        + "\(trapped) of \(learned[0].count) agents are still caught at the end. A potential from 0 to the best return cannot trap."
    )
    let x = (0..<30).map { Double($0 * 10 + 5) }
    return RecipeResult(
      measurements: measurements, checks: checks, findings: findings,
      plots: [
        .lines(
          title: "Steps to the goal while learning", x: "episode", y: "steps, mean of 10 episodes",
          series: zip(ShapingStudy.Arm.allCases, learned).map { arm, runs in
            Plot.Curve(
              arm.rawValue, x: x, runs: runs.map { run in (0..<30).map { mean(run[$0 * 10..<$0 * 10 + 10]) } }
            )
          })
      ])
  }
}

/// The 12 x 12 grid, corner to corner, reward 1 at the goal.
private struct ShapingStudy: Sendable {
  enum Arm: String, CaseIterable, Sendable {
    case none
    case bonus = "approach bonus"
    case potential
    /// From 0 at the start to the best return at the goal.
    case scaled = "scaled potential"
  }

  struct Plans {
    var potential: InvarianceReport
    var bonus: InvarianceReport
    var shift: Double
    var potentialSteps: Int
    var bonusSteps: Int
  }

  private let process: FiniteMDP
  /// Phi = -0.1 x Manhattan distance.
  private let closeness: [Double]
  private let shapers: [Arm: any TransitionShaper]
  private static let discount = 0.99

  init(fault: String?) throws {
    let grid = try Gridworld(GridMap(width: 12, height: 12), discount: Self.discount)
    process = grid.process
    closeness = (0..<process.states).map {
      (fault == "sign" ? 0.1 : -0.1) * Double(grid.manhattanDistance($0))
    }
    let honest = (0..<process.states).map { -0.1 * Double(grid.manhattanDistance($0)) }
    let wrong = fault == "discount"
    let farthest = closeness.min { abs($0) > abs($1) }!
    let scale = process.optimalActionValues().maximum(0) / abs(farthest)
    func shaper(_ values: [Double]) -> any TransitionShaper {
      let shaping = PotentialShaping(TablePotential(values))
      return wrong ? WrongDiscount(shaping) : shaping
    }
    shapers = [
      .none: AffineReward(),
      .bonus: DistanceReward(.approach, closeness: TablePotential(honest), bonus: 0.1),
      .potential: shaper(closeness), .scaled: shaper(closeness.map { ($0 - farthest) * scale }),
    ]
  }

  private func prepared(_ arm: Arm) throws -> any TransitionShaper {
    var shaper = shapers[arm]!
    try shaper.begin(
      ShapingSetting(
        observationSpace: .discrete(process.states), actionSpace: .discrete(4), discount: Self.discount))
    return shaper
  }

  /// What shaping makes of the optimum.
  func plans() throws -> Plans {
    func report(_ arm: Arm) throws -> (InvarianceReport, StateActionTable) {
      var shaper = try prepared(arm)
      let extra = { state, action, next in
        shaper.shape(
          state: state, action: action, next: next, reward: 0, terminated: process.isTerminal[next])
      }
      let values = process.adding(extra).optimalActionValues()
      return (try process.invariance(of: extra), values)
    }
    let original = process.optimalActionValues()
    let (potential, shaped) = try report(.potential)
    let (bonus, farmed) = try report(.bonus)
    var shift = 0.0
    for state in 0..<process.states where !process.isTerminal[state] {
      for action in 0..<4 {
        shift = max(shift, abs(shaped[state, action] + closeness[state] - original[state, action]))
      }
    }
    return Plans(
      potential: potential, bonus: bonus, shift: shift, potentialSteps: walk(shaped), bonusSteps: walk(farmed)
    )
  }

  /// The steps that the first best actions take to the goal; at most 500.
  private func walk(_ values: StateActionTable) -> Int {
    var (state, steps) = (0, 0)
    while !process.isTerminal[state], steps < 500 {
      state = process.outcomes(state, values.best(state)).first!.next
      steps += 1
    }
    return steps
  }

  /// The lengths of 300 episodes of Q-learning.
  func learn(_ arm: Arm, seed: UInt64) throws -> [Double] {
    var (random, shaper) = (PCG64(seed: seed), try prepared(arm))
    var agent = agent(StateActionTable(states: process.states, actions: 4), ties: .random)
    return (0..<300).map { _ in
      episode { state in
        agent.act(state, random: &random)
      } learn: { state, action, outcome, ended in
        let reward = shaper.shape(
          state: state, action: action, next: outcome.next, reward: outcome.reward, terminated: ended)
        agent.learn(state, action, reward: reward, next: outcome.next, terminated: ended)
      }
    }
  }

  private func agent(_ values: StateActionTable, ties: TieBreak) -> QLearning {
    QLearning(values, learningRate: 0.5, discount: Self.discount, exploration: 0.1, ties: ties)
  }

  private func episode(
    act: (Int) -> Int, learn: (Int, Int, FiniteMDP.Outcome, Bool) -> Void
  ) -> Double {
    var (state, steps) = (0, 0)
    while !process.isTerminal[state], steps < 400 {
      let action = act(state)
      let outcome = process.outcomes(state, action).first!
      learn(state, action, outcome, process.isTerminal[outcome.next])
      state = outcome.next
      steps += 1
    }
    return Double(steps)
  }

  /// Whether the shaped agent acts as the one that starts at Q = Phi, on the same random numbers; equal values are
  /// told apart by number after rounding to 1e-9, since the two agents' sums round differently.
  func initialisationMatches(seed: UInt64) throws -> (share: Double, gap: Double) {
    var shaper = try prepared(.potential)
    var shaped = agent(StateActionTable(states: process.states, actions: 4), ties: .first)
    var initial = agent(
      StateActionTable(states: process.states, actions: 4) { state, _ in
        process.isTerminal[state] ? 0 : closeness[state]
      }, ties: .first)
    var random = PCG64(seed: seed)
    func choose(_ values: StateActionTable, _ state: Int) -> Int {
      values.bestActions(state, tolerance: 1e-9).first!
    }
    var (same, all) = (0.0, 0.0)
    for _ in 0..<50 {
      _ = episode { state in
        let explores = random.uniform() < 0.1
        let explored = random.integer(below: 4)
        let (first, second) = (choose(shaped.values, state), choose(initial.values, state))
        all += 1
        same += first == second ? 1 : 0
        return explores ? explored : first
      } learn: { state, action, outcome, ended in
        let reward = shaper.shape(
          state: state, action: action, next: outcome.next, reward: outcome.reward, terminated: ended)
        shaped.learn(state, action, reward: reward, next: outcome.next, terminated: ended)
        initial.learn(state, action, reward: outcome.reward, next: outcome.next, terminated: ended)
      }
    }
    var gap = 0.0
    for state in 0..<process.states where !process.isTerminal[state] {
      for action in 0..<4 {
        gap = max(gap, abs(shaped.values[state, action] + closeness[state] - initial.values[state, action]))
      }
    }
    return (same / all, gap)
  }
}

/// The fault "discount": tells the shaper a discount of 0.9, whatever the learner's is.
private struct WrongDiscount<Inner: TransitionShaper>: TransitionShaper {
  var inner: Inner

  init(_ inner: Inner) { self.inner = inner }

  var guarantee: PolicyGuarantee { .none }
  var isStationary: Bool { inner.isStationary }
  mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    var setting = setting
    setting.discount = 0.9
    try inner.begin(setting)
  }
  mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    inner.shape(transition, lane: lane)
  }
  func save(in archive: inout StateArchive) throws(StateArchiveError) { try inner.save(in: &archive) }
  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try inner.restore(from: archive)
  }
}

/// The 6 x 6 lava grid, with the constants of card 53.
private struct LavaStudy {
  let isCertain: Bool

  func steps(seed: UInt64) throws -> (literal: Double, mean: Double, averse: Double) {
    var random = PCG64(seed: seed)
    let (training, test) = (try LavaGrid(field: .grass), try LavaGrid(field: .lava))
    let proxy = [-0.1, -0.2, 1, 0]
    let weights = (0..<3000).map { _ in
      (0..<4).map { $0 == 2 ? random.uniform(0, 1) : random.uniform(-1, 1) }
    }
    let alternatives = (0..<200).map { _ in (0..<4).map { _ in random.uniform(-1, 1) } }
    let design = InverseRewardDesign(
      candidates: isCertain ? [proxy] : weights, proxyCounts: training.featureCounts(weights: proxy),
      alternatives: alternatives.map(training.featureCounts), beta: 1)
    let samples = design.sample(50, random: &random)
    let plans = ([proxy] + weights.prefix(200)).map(test.featureCounts)
    return (
      plans[0][3], plans[design.meanChoice(plans)][3],
      plans[design.riskAverseChoice(plans, samples: samples)][3]
    )
  }
}
