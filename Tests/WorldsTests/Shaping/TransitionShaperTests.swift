import Rewards
import Testing

@testable import Worlds

@Suite struct TransitionShaperTests {
  private static let grid = try! Gridworld(
    GridMap("S..#.\n..#..\n.L..G"), discount: 0.9, slip: 0.2, payment: .init(goal: 1, lava: -0.5))
  private var process: FiniteMDP { Self.grid.process }
  private var distance: [Double] { (0..<process.states).map { Double(Self.grid.manhattanDistance($0)) } }
  private func setting(lanes: Int = 1, discount: Double = 0.9, hasNextAction: Bool = false) -> ShapingSetting
  {
    ShapingSetting(
      lanes: lanes, observationSpace: .discrete(process.states), actionSpace: .discrete(4),
      discount: discount, hasNextAction: hasNextAction)
  }

  /// Q'(s, a) = Q(s, a) - Phi(s), also when Phi is not 0 at the goal in the table.
  @Test func aPotentialShiftsTheValuesAndNothingElse() throws {
    let potential = distance.map { 0.3 - 0.1 * $0 }
    let shaped = try process.shaped(by: PotentialShaping(TablePotential(potential)))
    let (before, after) = (process.optimalActionValues(), shaped.optimalActionValues())
    for state in 0..<process.states where !process.isTerminal[state] {
      for action in 0..<4 {
        #expect(abs(after[state, action] + potential[state] - before[state, action]) < 1e-10)
      }
    }
    let report = try process.invariance { state, _, next in
      (process.isTerminal[next] ? 0 : 0.9 * potential[next]) - potential[state]
    }
    #expect(report.isInvariant && report.loop == nil && abs(report.value - report.optimum) < 1e-12)
    for state in 0..<process.states where !process.isTerminal[state] && Self.grid.map.cells[state] != .wall {
      #expect(abs(report.fit.potential[state] - potential[state]) < 1e-9)
    }
  }

  @Test func threeWaysToSpoilAPotentialAreNoticed() throws {
    let potential = distance.map { 0.3 - 0.1 * $0 }
    // Phi at the goal is not 0; gamma is not the learner's; paid for approaching only.
    let spoilt: [(Int, Int, Int) -> Double] = [
      { 0.9 * potential[$2] - potential[$0] },
      { state, _, next in (process.isTerminal[next] ? 0 : 0.99 * potential[next]) - potential[state] },
      { state, _, next in distance[next] < distance[state] ? 0.1 : 0 },
    ]
    for (index, extra) in spoilt.enumerated() {
      let residual = process.fitPotential(extra).residual
      #expect(residual > 0.003, "case \(index): \(residual)")
    }
    let report = try process.invariance(of: spoilt[2])
    #expect(!report.isInvariant)
    let loop = try #require(report.loop)
    #expect(loop.gain > 0.01 && loop.states.count >= 2)
  }

  @Test func anotherDiscountIsRefused() {
    var shaper = PotentialShaping(TablePotential(distance), discount: 0.99)
    #expect(throws: ShapingError.discountMismatch(shaper: 0.99, learner: 0.9)) { try shaper.begin(setting()) }
    var short = PotentialShaping(TablePotential([1, 2]))
    #expect(throws: ShapingError.self) { try short.begin(setting()) }
    var deaf = PotentialAdvice(AdviceTable([]), form: .lookAhead)
    #expect(throws: ShapingError.needsNextAction) { try deaf.begin(setting()) }
    #expect(throws: ShapingError.notStationary) { try process.shaped(by: CountBonus()) }
  }

  /// The discounted sum of what is added over an episode that terminates, by the rule in use.
  private func added(by shaper: some TransitionShaper, seed: UInt64, truncateAt: Int? = nil) throws -> (
    sum: Double, start: Int, firstAction: Int, length: Int
  ) {
    var (shaper, random) = (shaper, PCG64(seed: seed))
    try shaper.begin(setting(hasNextAction: true))
    var (sum, weight, result) = (0.0, 1.0, (start: 0, action: 0))
    // The first episode only warms up what the shaper remembers.
    for episode in 0..<2 {
      var state = 5
      var action = random.integer(below: 4)
      result = (state, action)
      (sum, weight) = (0, 1)
      for step in 1... {
        let outcome = process.draw(state, action, random: &random)
        let next = random.integer(below: 4)
        let terminated = process.isTerminal[outcome.next]
        let truncated = !terminated && step == truncateAt
        let reward = shaper.shape(
          state: state, action: action, next: outcome.next, nextAction: next, reward: outcome.reward,
          terminated: terminated, truncated: truncated)
        sum += weight * (reward - outcome.reward)
        weight *= 0.9
        (state, action) = (outcome.next, next)
        if terminated || truncated {
          if episode == 1 { return (sum, result.start, result.action, step) }
          break
        }
      }
    }
    return (sum, result.start, result.action, 0)
  }

  private static let advice = AdviceTable([
    .init(5, 1, 0.4), .init(6, 3, 0.3), .init(12, 3, -0.2), .init(13, 0, 1),
  ])

  @Test func whatAdviceAndBonusesAddOverAnEpisodeTelescopes() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let back = try added(by: PotentialAdvice(Self.advice, form: .lookBack), seed: seed).sum
      #expect(abs(back) < 1e-9)
      let ahead = try added(by: PotentialAdvice(Self.advice, form: .lookAhead), seed: seed)
      #expect(abs(ahead.sum + (ahead.firstAction == 1 ? 0.4 : 0)) < 1e-9)
      let neutral = try added(by: EpisodeNeutral(CountBonus(scale: 0.5)), seed: seed).sum
      let cut = try added(by: EpisodeNeutral(CountBonus()), seed: seed, truncateAt: 7).sum
      #expect(abs(neutral) < 1e-9 && abs(cut) < 1e-9)
      let paid = try added(by: CountBonus(scale: 0.5), seed: seed).sum
      #expect(paid > 0.05)
      let once = try added(by: FirstVisitBonus(states: [5, 10, 14], bonus: 1), seed: seed).sum
      #expect(once > 0 && once <= 3)
    }
  }

  /// In the limit DPBA's shaping pays the advice itself.
  @Test func adviceAsPotentialComesToPayTheAdvice() throws {
    var (shaper, random) = (AdviceAsPotential(Self.advice, learningRate: 0.1), PCG64(seed: 7))
    try shaper.begin(setting(hasNextAction: true))
    var (paid, visits) = (StateActionTable(states: 15, actions: 4), StateActionTable(states: 15, actions: 4))
    for episode in 0..<6000 {
      var state = process.drawStart(random: &random)
      var action = random.integer(below: 4)
      for _ in 0..<100 {
        let outcome = process.draw(state, action, random: &random)
        let (next, terminated) = (random.integer(below: 4), process.isTerminal[outcome.next])
        let extra = shaper.shape(
          state: state, action: action, next: outcome.next, nextAction: next, reward: 0,
          terminated: terminated)
        if episode > 1000 {
          paid[state, action] += extra
          visits[state, action] += 1
        }
        (state, action) = (outcome.next, next)
        if terminated { break }
      }
      shaper.restart(lane: 0)
    }
    for entry in Self.advice.entries where visits[entry.state, entry.action] > 2000 {
      let mean = paid[entry.state, entry.action] / visits[entry.state, entry.action]
      #expect(abs(mean - entry.value) < 0.08, "\(entry): \(mean)")
    }
  }

  /// The same experience and random numbers: shaped Q-learning is unshaped Q-learning that starts at Q = Phi.
  @Test func shapedLearningEqualsAStartAtThePotential() throws {
    let potential = (0..<process.states).map { process.isTerminal[$0] ? 0 : -0.1 * distance[$0] }
    var shaper = PotentialShaping(TablePotential(potential))
    try shaper.begin(setting())
    let empty = StateActionTable(states: process.states, actions: 4)
    var shaped = QLearning(empty, learningRate: 0.3, discount: 0.9, exploration: 0.2, ties: .first)
    var initial = shaped
    initial.values = StateActionTable(states: process.states, actions: 4) { state, _ in potential[state] }
    var (first, second) = (PCG64(seed: 3), PCG64(seed: 3))
    for _ in 0..<50 {
      var state = 0
      for _ in 0..<60 {
        let action = shaped.act(state, random: &first)
        #expect(initial.act(state, random: &second) == action)
        let outcome = process.draw(state, action, random: &first)
        _ = process.draw(state, action, random: &second)
        let ended = process.isTerminal[outcome.next]
        shaped.learn(
          state, action,
          reward: shaper.shape(
            state: state, action: action, next: outcome.next, reward: outcome.reward, terminated: ended),
          next: outcome.next, terminated: ended)
        initial.learn(state, action, reward: outcome.reward, next: outcome.next, terminated: ended)
        state = outcome.next
        if ended { break }
      }
    }
    for state in 0..<process.states where !process.isTerminal[state] {
      for action in 0..<4 {
        #expect(abs(shaped.values[state, action] + potential[state] - initial.values[state, action]) < 1e-9)
      }
    }
  }

  @Test func annealedShapingFadesToNothing() throws {
    var shaper = AnnealedShaping(AffineReward(offset: 1), steps: 4)
    try shaper.begin(setting())
    let extra = (0..<6).map { _ in
      shaper.shape(state: 0, action: 0, next: 1, reward: 2, terminated: false) - 2
    }
    #expect(extra == [1, 0.75, 0.5, 0.25, 0, 0])
  }

  @Test func theDynamicPotentialTelescopesToo() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var (shaper, random) = (LearnedPotentialShaping(learningRate: 0.3), PCG64(seed: seed))
      try shaper.begin(setting())
      for episode in 0..<20 {
        var (state, sum, weight) = (0, 0.0, 1.0)
        var first: Double?
        for _ in 0..<500 {
          let action = random.integer(below: 4)
          let outcome = process.draw(state, action, random: &random)
          let ended = process.isTerminal[outcome.next]
          let extra =
            shaper.shape(
              state: state, action: action, next: outcome.next, reward: outcome.reward, terminated: ended)
            - outcome.reward
          sum += weight * extra
          weight *= 0.9
          if first == nil { first = extra }
          state = outcome.next
          if ended { break }
        }
        // The sum is -Phi(start) as it was when the episode began, whatever was learned meanwhile.
        if episode == 0 { #expect(abs(sum) < 1e-9) } else { #expect(sum.isFinite && abs(sum) < 1) }
        shaper.restart(lane: 0)
      }
    }
  }
}
