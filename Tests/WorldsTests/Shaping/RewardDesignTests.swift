import Testing

@testable import Worlds

@Suite struct RewardDesignTests {
  /// Objective values of card 16's prototype (NumPy and HiGHS).
  @Test func informativenessOfRoomsIsTheOriginals() throws {
    let process = try RoomsNav.process()
    let design = try ExplicableRewardDesign(process, limit: 10)
    #expect(abs(design.informativeness(of: process.rewards) + 0.157874) < 1e-6)
    let values = design.gaps.values
    let shaped = process.adding { state, _, next in
      (process.isTerminal[next] ? 0 : 0.95 * values.maximum(next)) - values.maximum(state)
    }
    #expect(abs(design.informativeness(of: shaped.rewards)) < 1e-9)
    guard case .design(let rewards, let value) = design.design(on: [48, 0, 15, 9]) else {
      Issue.record("no design")
      return
    }
    #expect(abs(value + 0.085526) < 1e-5)
    #expect(abs(design.informativeness(of: rewards) - value) < 1e-8)
    #expect(design.gaps.smallestMargin(of: rewards) > -1e-4)
  }

  @Test func aLimitThatIsTooSmallNamesTheStates() throws {
    let design = try ExplicableRewardDesign(RoomsNav.process(), limit: 0.5)
    guard case .infeasible(let states) = design.design(on: [48]) else {
      Issue.record("a design was found")
      return
    }
    #expect(!states.isEmpty)
  }

  /// The first design of the prototype for a learner that acts uniformly, leaf by leaf (left, right, pick).
  @Test func theFirstAdaptiveDesignIsTheOriginals() throws {
    let process = try LineKey.process()
    let design = try AdaptiveRewardDesign(
      process, features: (0..<21).map { LineKey.leaf($0).map { [$0] } ?? [] }, limit: 10)
    let uniform = StateActionTable(states: 21, actions: 3, repeating: 1.0 / 3)
    let rewards = try #require(try design.design(for: uniform))
    for (state, expected) in [(0, [10.0, -10, -10]), (1, [-10, -10, 10]), (10, [-10, 10, -10])] {
      #expect(zip(rewards.row(state), expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    #expect(abs(rewards[19, 0] + 10) < 1e-6 && abs(rewards[19, 1] - 10) < 1e-6)
    #expect(design.gaps.smallestMargin(of: rewards) > -1e-4)
    let smallest = try #require(design.smallestDesign())
    #expect(design.gaps.smallestMargin(of: smallest) > -1e-4)
    let (best, least) = (
      try design.informativeness(of: rewards, for: uniform),
      try design.informativeness(of: smallest, for: uniform)
    )
    #expect(best > least)
    #expect(try design.design(for: uniform.greedy) == nil)
  }

  @Test func theSelfDesignedRewardPraisesWhatPaid() throws {
    var shaper = ExplorationGuidedShaping()
    try shaper.begin(
      ShapingSetting(
        observationSpace: .discrete(3), actionSpace: .discrete(2), discount: 0.9, hasProbabilities: true))
    let half = [0.5, 0.5]
    for episode in 0..<20 {
      let action = episode % 2
      let reward = half.withUnsafeBufferPointer {
        shaper.shape(
          state: 0, action: action, next: 1, probabilities: $0, reward: Double(action), terminated: true)
      }
      #expect(reward.isFinite)
    }
    #expect(shaper.intrinsic[0, 1] > 0 && shaper.intrinsic[0, 0] < 0)
    #expect(abs(shaper.intrinsic[0, 1] + shaper.intrinsic[0, 0]) < 1e-12)
    #expect(shaper.values[0] > 0)
    var blind = ExplorationGuidedShaping()
    #expect(throws: ShapingError.needsProbabilities) {
      try blind.begin(
        ShapingSetting(observationSpace: .discrete(3), actionSpace: .discrete(2), discount: 0.9))
    }
  }
}
