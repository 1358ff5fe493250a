import Control
import Foundation
import Rewards
import Shelf
import Worlds

/// Part C of card 12: direct behaviour specification on a grid with lava, by exact gradients.
extension EffectiveRewardSpecification {
  fileprivate enum ConstraintArm: Sendable, Equatable {
    case fixed(Double)
    case constraints

    var name: String {
      switch self {
      case .fixed(let weight): "fixed weight \(rounded(weight))"
      case .constraints: "constraints"
      }
    }
  }

  func constraints(_ context: RecipeContext) throws -> RecipeResult {
    let fixed: [ConstraintArm] = [.fixed(0), .fixed(0.05), .fixed(0.1), .fixed(1)]
    let arms = fixed + [.constraints]
    let isWrong = context.fault == "wrong-sign"
    @Sendable func learn(_ arm: ConstraintArm, _ seed: UInt64) throws -> LavaCrossing.Outcome {
      try LavaCrossing().learn(arm == .constraints ? nil : arm.weight, seed: seed, isWrong: isWrong)
    }
    // The gradients are exact, the seed only breaks ties at the start: once is enough for what is not judged.
    var runs = try context.map(fixed, seeds: context.seeds(1), name: \.name) { try learn($0, $1) }
    runs += try context.map([ConstraintArm.constraints], seeds: context.seeds(5), name: \.name) {
      try learn($0, $1)
    }
    let deep = try context.map(
      [false, true], seeds: context.seeds(3), name: { $0 ? "PPO, behaviour_specification" : "PPO" }
    ) { isConstrained, seed in
      try LavaCrossing.deep(isConstrained: isConstrained, seed: seed)
    }
    let ours = runs[arms.count - 1]
    let weights = (0..<3).map { index in mean(ours.map { $0.weights[index] }) }
    return RecipeResult(
      measurements: zip(arms, runs).flatMap { arm, results in
        [
          Measurement(arm.name, "share of time in lava", results.map(\.lava)),
          Measurement(arm.name, "success", results.map(\.success)),
          Measurement(arm.name, "steps", results.map(\.steps)),
        ]
      }
        + zip(["PPO", "PPO, behaviour_specification"], deep).flatMap { name, results in
          [
            Measurement(name, "share of time in lava", results.map(\.lava)),
            Measurement(name, "success", results.map(\.success)),
            Measurement(name, "steps", results.map(\.steps)),
          ]
        },
      checks: [
        Check("constraints: largest share of time in lava", ours.map(\.lava).max()!, .atMost, 0.01),
        Check("constraints: smallest success", ours.map(\.success).min()!, .atLeast, 0.95),
      ],
      findings: [
        "Fixed weights have a cliff: \(percent(mean(runs[1].map(\.lava)))) of the time in lava at 0.05, \(percent(mean(runs[2].map(\.lava)))) at 0.1. The learned weights end at \(rounded(weights[0])) (main reward), \(rounded(weights[1])) (lava), \(rounded(weights[2])) (success).",
        "PPO with the rule behaviour_specification, 150,000 steps from starts anywhere: \(percent(mean(deep[1].map(\.lava)))) of the time in lava, success \(percent(mean(deep[1].map(\.success)))); without it \(percent(mean(deep[0].map(\.lava)))) and \(percent(mean(deep[0].map(\.success)))).",
      ],
      plots: [
        .points(
          title: "Lava and success", x: "share of time in lava", y: "success",
          groups: zip(arms, runs).map { arm, results in
            Plot.PointGroup(arm.name, results.map { ($0.lava, $0.success) })
          })
      ])
  }
}

extension EffectiveRewardSpecification.ConstraintArm {
  fileprivate var weight: Double { if case .fixed(let weight) = self { weight } else { 0 } }
}

/// 7 x 7 cells, slip 0.1, from the middle of the top row to that of the bottom row; lava fills rows 2 to 4 but for the
/// last column. Every step costs 0.02, the goal pays 1.
private struct LavaCrossing {
  struct Outcome: Sendable {
    var lava, success, steps: Double
    var weights: [Double] = []
  }

  static let map = """
    ...S...
    .......
    LLLLLL.
    LLLLLL.
    LLLLLL.
    .......
    ...G...
    """
  static let horizon = 60
  let grid: Gridworld
  private let goal: Int
  private let isLava: [Bool]

  init() throws {
    grid = try Gridworld(
      GridMap(Self.map), discount: 0.95, slip: 0.1, payment: Gridworld.Payment(goal: 1, step: -0.02))
    goal = grid.map.cells.firstIndex(of: .goal)!
    isLava = grid.map.cells.map { $0 == .lava }
  }

  /// The share of the steps before the goal that are spent in lava, the probability of arriving in time, and the
  /// expected steps: exactly, by propagating the state's distribution.
  func outcome(_ policy: StateActionTable) -> Outcome {
    let process = grid.process
    var (distribution, lava, steps) = (process.start, 0.0, 0.0)
    for _ in 0..<Self.horizon {
      for state in 0..<process.states where state != goal {
        steps += distribution[state]
        if isLava[state] { lava += distribution[state] }
      }
      distribution = process.distribution(after: distribution, under: policy)
    }
    return Outcome(lava: lava / steps, success: distribution[goal], steps: steps)
  }

  /// 3000 exact policy gradients on a softmax table; states are weighted by where one comes from the start and from
  /// anywhere, half each.
  /// - Parameter fixed: The weight of lava; nil: constraints with learned weights.
  func learn(_ fixed: Double?, seed: UInt64, isWrong: Bool) throws -> Outcome {
    let process = grid.process
    let (states, actions) = (process.states, process.actions)
    var random = PCG64(seed: seed)
    var preferences = StateActionTable(states: states, actions: actions) { _, _ in 0.01 * random.normal() }
    let multipliers = ConstraintMultipliers(
      [
        .init("lava", isWrong ? .atLeast : .atMost, 0.01),
        .init("success", .atLeast, 0.95, isBootstrap: true),
      ], learningRate: 0.05)
    let main = process.rewards
    let arrives = StateActionTable(states: states, actions: actions) { state, action in
      process.outcomes(state, action).reduce(0) { $0 + ($1.next == goal ? $1.probability : 0) }
    }
    for iteration in 0..<3000 {
      let policy = preferences.softmax()
      var weights = (main: 1.0, costs: [-(fixed ?? 0), 0])
      if fixed == nil {
        if iteration % 10 == 0 {
          let outcome = outcome(policy)
          multipliers.update(rates: [outcome.lava, outcome.success])
        }
        weights = multipliers.weights
      }
      let rewards = StateActionTable(states: states, actions: actions) { state, action in
        weights.main * main[state, action] + (isLava[state] ? weights.costs[0] : 0)
          + weights.costs[1] * arrives[state, action]
      }
      let paid = process.withRewards(rewards)
      let values = try paid.values(of: policy)
      let table = paid.actionValues(of: values)
      let visits = try occupancy(policy)
      for state in 0..<states where state != goal {
        for action in 0..<actions {
          preferences[state, action] +=
            200 * visits[state] * policy[state, action] * (table[state, action] - values[state])
        }
      }
    }
    var result = outcome(preferences.softmax())
    result.weights = multipliers.multipliers
    return result
  }

  /// (1 - gamma) sum_t gamma^t Pr(s_t = s), begun half at the start and half anywhere.
  private func occupancy(_ policy: StateActionTable) throws -> [Double] {
    let process = grid.process
    let states = process.states
    var matrix = [Double](repeating: 0, count: states * states)
    for state in 0..<states {
      matrix[state * states + state] += 1
      for action in 0..<process.actions {
        for outcome in process.outcomes(state, action) {
          matrix[outcome.next * states + state] -=
            process.discount * policy[state, action] * outcome.probability
        }
      }
    }
    guard let system = LinearSystem(matrix, size: states) else { throw FiniteMDPError.neverEnds }
    return system.solution(
      process.start.map { (1 - process.discount) * (0.5 * $0 + 0.5 / Double(states)) })
  }

  /// PPO in the same grid, judged from the start, with the requirements as a control run's file states them.
  static func deep(isConstrained: Bool, seed: UInt64) throws -> Outcome {
    let crossing = try LavaCrossing()
    // Episodes begin anywhere outside the lava: from the one start a policy that shuns the lava waits above it.
    let anywhere = try Gridworld(
      GridMap(map.replacingOccurrences(of: ".", with: "S")), discount: 0.95, slip: 0.1,
      payment: Gridworld.Payment(goal: 1, step: -0.02))
    let world = anywhere.world(view: .position, maximumSteps: horizon)
    var settings = PPOConfiguration()
    settings.seed = seed
    settings.nSteps = 128
    settings.batchSize = 256
    settings.learningRate = 1e-3
    settings.entCoef = 0.01
    settings.gamma = 0.95
    let learner = PPO(world, settings)
    if isConstrained {
      let specification = try TransitionShapers.shaper("behaviour_specification", requirements)
      learner.reward = try ShapedReward(
        [specification], world: world, lanes: settings.nEnvs, discount: settings.gamma,
        hasProbabilities: true)
    }
    learner.learn(totalSteps: 150_000)
    let policy = StateActionTable(
      states: crossing.grid.process.states, actions: 4
    ) { state, action in
      let (row, column) = crossing.grid.position(state)
      return Int(learner.act([Float(row), Float(column)])[0]) == action ? 1 : 0
    }
    return crossing.outcome(policy)
  }

  private static let requirements = JSONObject([
    (
      "constraints",
      .array([
        .object(
          JSONObject([
            ("name", .string("lava")),
            ("cost", .string("observation[0] >= 2 and observation[0] <= 4 and observation[1] <= 5")),
            ("at_most", .number(0.01)),
          ])),
        .object(
          JSONObject([
            ("name", .string("goal")), ("cost", .string("terminated == 1")), ("at_least", .number(0.95)),
            ("per", .string("episode")), ("bootstrap", .bool(true)),
          ])),
      ])
    )
  ])
}
