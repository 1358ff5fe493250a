import Foundation
import Learned
import Numeric
import Shelf
import Worlds

/// Part A of card 12: ASAF on a bandit, exactly, and on a grid from demonstrations.
extension EffectiveRewardSpecification {
  private struct Arm: Sendable {
    var name: String
    var demonstrations: Int
    /// Nil: cloning.
    var window: Int?
  }

  func imitation(_ context: RecipeContext) throws -> RecipeResult {
    let isBlind = context.fault == "blind"
    let bandits = context.seeds(5).map { Self.bandit(seed: $0, isBlind: isBlind) }
    let arms = [
      Arm(name: "cloning, 10", demonstrations: 10), Arm(name: "ASAF, 10", demonstrations: 10, window: 0),
      Arm(name: "ASAF-1, 10", demonstrations: 10, window: 1), Arm(name: "cloning, 3", demonstrations: 3),
      Arm(name: "ASAF, 3", demonstrations: 3, window: 0),
    ]
    let runs = try context.map(arms, seeds: context.seeds(5), name: \.name) { arm, seed in
      try CornerGrid().imitate(arm.demonstrations, window: arm.window, seed: seed)
    }
    let corner = try CornerGrid()
    let uniform = corner.success(StateActionTable(states: 36, actions: 4, repeating: 0.25))
    return RecipeResult(
      measurements: [
        Measurement("ASAF, bandit", "total variation before", bandits.map(\.before)),
        Measurement("ASAF, bandit", "total variation after one round", bandits.map(\.after)),
        Measurement("uniform", "success", [uniform]),
      ] + zip(arms, runs).map { Measurement($0.name, "success", $1) },
      checks: [
        Check("ASAF: largest total variation after one round", bandits.map(\.after).max()!, .below, 1e-3),
        Check("ASAF: success with 10 demonstrations", mean(runs[1]), .atLeast, 0.85),
      ],
      findings: [
        "With 10 demonstrations cloning succeeds in \(percent(mean(runs[0]))), ASAF on whole episodes in \(percent(mean(runs[1]))), ASAF-1 in \(percent(mean(runs[2]))); with 3, cloning in \(percent(mean(runs[3]))), ASAF in \(percent(mean(runs[4])))."
      ])
  }

  /// One round of ASAF with exact expectations on six arms.
  private static func bandit(seed: UInt64, isBlind: Bool) -> (before: Double, after: Double) {
    var random = PCG64(seed: seed)
    // Dirichlet(1): exponential numbers, normalised.
    let draws = (0..<6).map { _ in -log(1 - random.uniform()) }
    let expert = draws.map { $0 / draws.reduce(0, +) }
    let generator = [Double](repeating: 1.0 / 6, count: 6)
    var logits = [Double](repeating: 0, count: 6)
    func policy() -> [Double] {
      let normalizer = logSumExp(logits)
      return logits.map { exp($0 - normalizer) }
    }
    func distance(_ policy: [Double]) -> Double {
      zip(policy, expert).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    }
    let before = distance(policy())
    for _ in 0..<3000 {
      let now = policy()
      let gradients = (0..<6).map { arm in
        func side(_ weight: Double, _ isExpert: Bool) -> Double {
          AdversarialSoftObjective.gradient(
            .init(logPolicy: log(now[arm]), logGenerator: log(generator[arm]), weight: weight),
            isExpert: isExpert)
        }
        return (isBlind ? 0 : side(expert[arm], true)) + side(generator[arm], false)
      }
      let sum = gradients.reduce(0, +)
      for arm in 0..<6 { logits[arm] -= 2 * (gradients[arm] - now[arm] * sum) }
    }
    return (before, distance(policy()))
  }
}

/// 6 x 6 cells, slip 0.1, from one corner to the opposite one within 40 steps.
private struct CornerGrid {
  static let horizon = 40
  let grid: Gridworld
  let world: FiniteWorld

  init() throws {
    grid = try Gridworld(GridMap(width: 6, height: 6), discount: 0.95, slip: 0.1)
    world = grid.world(view: .oneHot, maximumSteps: Self.horizon)
  }

  /// The probability of arriving in time, exactly.
  func success(_ policy: StateActionTable) -> Double {
    let process = grid.process
    var distribution = process.start
    for _ in 0..<Self.horizon { distribution = process.distribution(after: distribution, under: policy) }
    return distribution.indices.filter { process.isTerminal[$0] }.reduce(0) { $0 + distribution[$1] }
  }

  /// Learns from an optimal expert's episodes; 40 rounds of 20 steps of Adam, rate 0.05, a table.
  /// - Parameter window: Nil: cloning.
  func imitate(_ count: Int, window: Int?, seed: UInt64) throws -> Double {
    var random = PCG64(seed: seed)
    let best = grid.process.optimalActionValues().greedy(tolerance: 1e-9)
    var expert = ExpertEpisodes(observationWidth: 36, actionWidth: 1)
    let environment = world.environment(seed: seed)
    for episode in 0..<count {
      var observation = environment.reset(seed: seed &* 1000 &+ UInt64(episode))
      while true {
        let action = best.draw(environment.state!, random: &random)
        let step = try environment.step([Float(action)])
        expert.append(observation: observation, action: [Float(action)], ends: step.isLast)
        observation = step.observation
        if step.isLast { break }
      }
    }
    var settings = ImitationLearner.Settings()
    settings.window = window ?? 1
    settings.learningRate = 0.05
    settings.netArch = []
    settings.episodes = count
    let learner = ImitationLearner(world, expert: expert, settings, seed: seed)
    if window == nil { learner.clone() } else { try learner.learn() }
    let policy = StateActionTable(states: 36, actions: 4) { state, action in
      var observation = [Float](repeating: 0, count: 36)
      observation[state] = 1
      return learner.probabilities(observation)[action]
    }
    return success(policy)
  }
}
