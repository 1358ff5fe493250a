import Shelf
import Worlds

/// Part B of card 16: ExpAdaRD on the line with the key.
extension RewardDesignThesis {
  private enum Teaching: String, CaseIterable, Sendable {
    case original = "line: original"
    case invariance = "line: invariance only"
    case fixed = "line: EXPRD"
    case adaptive = "line: ExpAdaRD"
  }

  func line(_ context: RecipeContext) throws -> RecipeResult {
    let process = try LineKey.process()
    let design = try AdaptiveRewardDesign(
      process, features: (0..<process.states).map { LineKey.leaf($0).map { [$0] } ?? [] }, limit: 10)
    guard let smallest = design.smallestDesign(), let fixed = design.staticDesign() else {
      throw DesignFailed()
    }
    let isAgainst = context.fault == "against-learner"
    let episodes = 5000
    let curves = try context.map(Teaching.allCases, seeds: context.seeds(2), name: \.rawValue) { arm, seed in
      let start: StateActionTable
      var redesign: ((StateActionTable) throws -> StateActionTable?)?
      switch arm {
      case .original: start = process.rewards
      case .invariance: start = smallest
      case .fixed: start = fixed
      case .adaptive:
        start = StateActionTable(states: process.states, actions: process.actions)
        redesign = { isAgainst ? try design.worstDesign(for: $0) : try design.design(for: $0) }
      }
      return try Self.teach(process, rewards: start, episodes: episodes, seed: seed, redesign: redesign)
    }
    // One value every 100 episodes, before the first.
    let at = { (arm: Int, episode: Int) in curves[arm].map { $0[episode / 100] } }
    return RecipeResult(
      measurements: zip(Teaching.allCases.indices, Teaching.allCases).flatMap { index, arm in
        [
          Measurement(arm.rawValue, "value at episode 1000", at(index, 1000)),
          Measurement(arm.rawValue, "value at episode 5000", at(index, 5000)),
        ]
      },
      checks: [
        Check("line: ExpAdaRD by episode 1000", curves[3].map { $0.prefix(11).max()! }.min()!, .atLeast, 3.5),
        Check("line: original after 5000 episodes", at(0, 5000).max()!, .atMost, 0.3),
      ],
      findings: ["V* of the line is \(rounded(design.gaps.values.maximum(LineKey.start)))."],
      plots: [
        .lines(
          title: "Line with a key", x: "episode", y: "value of the policy in the original reward",
          series: zip(Teaching.allCases, curves).map { arm, runs in
            Plot.Curve(arm.rawValue, x: (0...episodes / 100).map { Double($0 * 100) }, runs: runs)
          })
      ])
  }

  /// REINFORCE on designed rewards only (rate 0.1, 30 steps, an update every 2 episodes on the last 5, the reward
  /// re-designed every 5).
  /// - Parameter redesign: The next reward for a policy; nil keeps the one in use.
  /// - Returns: The policy's value in the original reward, every 100 episodes.
  private static func teach(
    _ process: FiniteMDP, rewards: StateActionTable, episodes: Int, seed: UInt64,
    redesign: ((StateActionTable) throws -> StateActionTable?)?
  ) throws -> [Double] {
    var (random, rewards) = (PCG64(seed: seed), rewards)
    var agent = SoftmaxReinforce(
      states: process.states, actions: process.actions, learningRate: 0.1, discount: process.discount)
    var curve = [try process.values(of: agent.policy)[LineKey.start]]
    var memory: [(steps: [TabularStep], returns: [Double])] = []
    for episode in 1...episodes {
      var steps: [TabularStep] = []
      var state = LineKey.start
      for _ in 0..<30 {
        let action = agent.act(state, random: &random)
        let next = process.draw(state, action, random: &random).next
        steps.append(
          TabularStep(
            state, action, reward: rewards[state, action], next: next, terminated: process.isTerminal[next]))
        if process.isTerminal[next] { break }
        state = next
      }
      memory.append((steps, discountedReturns(steps.map(\.reward), discount: process.discount)))
      memory = memory.suffix(10)
      if episode % 5 == 0, let designed = try redesign?(agent.policy) { rewards = designed }
      if episode % 2 == 0 {
        let recent = memory.suffix(5)
        agent.learn(recent.map(\.steps), returns: recent.map(\.returns))
      }
      if episode % 100 == 0 { curve.append(try process.values(of: agent.policy)[LineKey.start]) }
    }
    return curve
  }
}
