import Shelf
import Worlds

/// Part C of card 16: ExploRS on the chain.
extension RewardDesignThesis {
  private enum Method: String, CaseIterable, Sendable {
    case original = "chain: original"
    case bonus = "chain: bonus"
    case own = "chain: SelfRS"
    case both = "chain: ExploRS"

    func shaper(fault: String?) -> ExplorationGuidedShaping {
      var settings = ExplorationGuidedShaping.Settings()
      settings.learns = self == .own || self == .both
      if self == .original || self == .own || (self == .both && fault == "no-bonus") { settings.bonus = nil }
      return ExplorationGuidedShaping(settings)
    }
  }

  func chain(_ context: RecipeContext) throws -> RecipeResult {
    let arms = Method.allCases.flatMap { method in [false, true].map { (method, $0) } }
    let fault = context.fault
    let returns = try context.map(
      arms, seeds: context.seeds(3), name: { $0.0.rawValue + ($0.1 ? " with a distractor" : "") }
    ) { arm, seed in
      let process = try ChainWorld.process(distractor: arm.1 ? (25, 0.01) : nil)
      return try Self.explore(process, arm.0.shaper(fault: fault), seed: seed)
    }
    let measurements = zip(arms, returns).map { arm, runs in
      Measurement(
        arm.0.rawValue, "return of the last 1000" + (arm.1 ? ", with a distractor" : ""),
        runs.map { mean($0.suffix(1000)) })
    }
    func last(_ method: Method) -> Double {
      measurements.first { $0.arm == method.rawValue && !$0.metric.hasSuffix("distractor") }?.mean ?? .nan
    }
    let blocks = { (run: [Double]) in (0..<10).map { mean(run[$0 * 1000..<($0 + 1) * 1000]) } }
    return RecipeResult(
      measurements: measurements,
      checks: [
        Check("chain: ExploRS", last(.both), .atLeast, 12),
        Check("chain: original", last(.original), .atMost, 1),
        Check("chain: bonus alone", last(.bonus), .atMost, 1),
        Check("chain: SelfRS against ExploRS", last(.own) - last(.both), .below, 0),
      ],
      plots: [
        .lines(
          title: "Chain", x: "episode", y: "discounted return, mean of 1000 episodes",
          series: zip(arms, returns).filter { !$0.0.1 }.map { arm, runs in
            Plot.Curve(arm.0.rawValue, x: (0..<10).map { Double($0 * 1000 + 500) }, runs: runs.map(blocks))
          })
      ])
  }

  /// REINFORCE on the shaped reward (rate 0.1, 40 steps, an update every 2 episodes on the last 5).
  /// - Returns: The discounted original return of each of 10,000 episodes.
  private static func explore(_ process: FiniteMDP, _ shaper: ExplorationGuidedShaping, seed: UInt64) throws
    -> [Double]
  {
    var (random, shaper) = (PCG64(seed: seed), shaper)
    try shaper.begin(
      ShapingSetting(
        observationSpace: .discrete(process.states), actionSpace: .discrete(2), discount: process.discount,
        hasProbabilities: true))
    var agent = SoftmaxReinforce(
      states: process.states, actions: 2, learningRate: 0.1, discount: process.discount)
    var memory: [(steps: [TabularStep], returns: [Double])] = []
    var history: [Double] = []
    let start = process.start.firstIndex(of: 1)!
    for episode in 1...10_000 {
      var (steps, original) = ([TabularStep](), [Double]())
      var state = start
      for step in 1...40 {
        let action = agent.act(state, random: &random)
        let outcome = process.draw(state, action, random: &random)
        let ended = process.isTerminal[outcome.next]
        let reward = Array(agent.policy.row(state)).withUnsafeBufferPointer {
          shaper.shape(
            state: state, action: action, next: outcome.next, probabilities: $0, reward: outcome.reward,
            terminated: ended, truncated: step == 40)
        }
        original.append(outcome.reward)
        steps.append(TabularStep(state, action, reward: reward, next: outcome.next, terminated: ended))
        if ended { break }
        state = outcome.next
      }
      memory.append((steps, discountedReturns(steps.map(\.reward), discount: process.discount)))
      memory = memory.suffix(5)
      history.append(discountedReturns(original, discount: process.discount)[0])
      if episode % 2 == 0 { agent.learn(memory.map(\.steps), returns: memory.map(\.returns)) }
    }
    return history
  }
}
