import Shelf
import Worlds

/// Part A of card 16: EXPRD in the four rooms.
extension RewardDesignThesis {
  private static let reference = [0.157874, 0.101264, 0.093896, 0.085526, 0.078799, 0.072073]

  func rooms(_ context: RecipeContext) throws -> RecipeResult {
    let process = try RoomsNav.process()
    let design = try ExplicableRewardDesign(process, limit: 10)
    let optimum = design.gaps.values.maximum(RoomsNav.start)
    let potential = process.adding { state, _, next in
      (process.isTerminal[next] ? 0 : process.discount * design.gaps.values.maximum(next))
        - design.gaps.values.maximum(state)
    }.rewards

    let steps: [(states: [Int], outcome: ExplicableRewardDesign.Outcome)] =
      if context.fault == "first-states" {
        (0...5).map { [RoomsNav.goal] + Array(0..<$0) }.map { ($0, design.design(on: $0)) }
      } else {
        try design.greedyDesign(start: [RoomsNav.goal], candidates: Array(0..<48), budget: 5) {
          options, solve in
          try context.map(options, seeds: [0], name: { "EXPRD on \($0)" }) { states, _ in solve(states) }
            .map { $0[0] }
        }
      }
    let objectives = steps.map { step -> Double in
      if case .design(_, let value) = step.outcome { -value } else { .infinity }
    }
    guard case .design(let few, _)? = steps.last?.outcome,
      case .design(let all, let best) = design.design(on: Array(0..<49))
    else { throw DesignFailed() }

    let arms = [
      ("rooms: original", process.rewards), ("rooms: potential", potential), ("rooms: EXPRD", few),
      ("rooms: all states", all),
    ]
    func learn(_ ties: TieBreak) throws -> [[Double]] {
      try context.map(arms, seeds: context.seeds(5), name: \.0) { arm, seed in
        try Self.firstGoodEpisode(process, rewards: arm.1, goal: 0.9 * optimum, ties: ties, seed: seed)
      }
    }
    let (learned, fair) = (try learn(.first), try learn(.random))
    let wrong = Set(steps.last!.states).symmetricDifference([48, 0, 9, 15, 19, 37]).count
    let miss = zip(objectives, Self.reference).map { abs($0 - $1) }.max() ?? .infinity
    let kept = design.gaps.smallestKept(few)
    return RecipeResult(
      measurements: zip(arms, zip(learned, fair)).flatMap { arm, runs in
        [
          Measurement(arm.0, "episodes to 0.9 V*", runs.0),
          Measurement(arm.0, "episodes to 0.9 V*, ties broken at random", runs.1),
        ]
      },
      checks: [
        Check("rooms: |V*(start) - 5.9995|", abs(optimum - 5.9995), .atMost, 1e-5),
        Check(
          "rooms: |I(original) + 0.157874|", abs(design.informativeness(of: process.rewards) + 0.157874),
          .atMost, 1e-5),
        Check("rooms: |I(potential)|", abs(design.informativeness(of: potential)), .atMost, 1e-9),
        Check("rooms: largest miss of the six objectives", miss, .atMost, 1e-5),
        Check("rooms: states chosen that are not 0, 9, 15, 19, 37", Double(wrong), .atMost, 0),
        Check("rooms: |I| of the all-states design", abs(best), .atMost, 1e-5),
        Check("rooms: smallest kept gap", kept, .atLeast, -1e-8),
        Check("rooms: EXPRD's slowest seed, episodes", learned[2].max() ?? .nan, .atMost, 600),
        Check(
          "rooms: EXPRD against the original, episodes", mean(learned[2]) / mean(learned[0]), .atMost, 0.2),
      ],
      findings: [
        "EXPRD pays on the states \(steps.last!.states.map(String.init).joined(separator: ", ")): the goal, the trap "
          + "and the cells at the doors.",
        "The gain in learning speed rests on how the learner breaks ties. Taking the first of equal actions (as the "
          + "card's prototype does) the original needs \(rounded(mean(learned[0]))) episodes and EXPRD "
          + "\(rounded(mean(learned[2]))); breaking ties at random, which is the better learner for a sparse reward, "
          + "\(rounded(mean(fair[0]))) and \(rounded(mean(fair[2]))).",
      ],
      plots: [
        .heatMap(
          title: "EXPRD: largest reward of each cell", rows: (0..<7).reversed().map { "y \($0)" },
          columns: (0..<7).map { "x \($0)" },
          values: (0..<7).reversed().map { y in
            (0..<7).map { x in few.row(7 * y + x).max { abs($0) < abs($1) } ?? 0 }
          }, unit: "reward")
      ])
  }

  struct DesignFailed: Error, CustomStringConvertible {
    var description: String { "the linear program has no solution" }
  }

  /// Q-learning (rate 0.5, 10% random, 50 steps): the first episode, looked at every tenth, at which the greedy
  /// policy is worth `goal` from the start; 3000 when there is none.
  private static func firstGoodEpisode(
    _ process: FiniteMDP, rewards: StateActionTable, goal: Double, ties: TieBreak, seed: UInt64
  ) throws -> Double {
    var random = PCG64(seed: seed)
    var agent = QLearning(
      StateActionTable(states: process.states, actions: process.actions), learningRate: 0.5,
      discount: process.discount, exploration: 0.1, ties: ties)
    for episode in 0..<3000 {
      if episode % 10 == 0, try process.values(of: agent.values.greedy)[RoomsNav.start] >= goal {
        return Double(episode)
      }
      var state = RoomsNav.start
      for _ in 0...50 {
        let action = agent.act(state, random: &random)
        let next = process.draw(state, action, random: &random).next
        agent.learn(
          state, action, reward: rewards[state, action], next: next, terminated: process.isTerminal[next])
        if process.isTerminal[next] { break }
        state = next
      }
    }
    return 3000
  }
}

extension OptimalityGaps {
  /// min over states of (gap under the designed reward - gap asked for), where the gap asked for is the original's
  /// divided by 1 + 1e-5, as the original code has it.
  fileprivate func smallestKept(_ rewards: StateActionTable) -> Double {
    (try? OptimalityGaps(process.withRewards(rewards)))
      .map { designed in
        zip(process.isTerminal.indices, gaps).filter { !process.isTerminal[$0.0] }.map { state, gap in
          let rest = (0..<process.actions).filter { !optimal[state].contains($0) }
          let loss = rest.map { designed.values.maximum(state) - designed.values[state, $0] }.min() ?? 0
          return loss - gap / (1 + 1e-5)
        }.min() ?? .nan
      } ?? .nan
  }
}
