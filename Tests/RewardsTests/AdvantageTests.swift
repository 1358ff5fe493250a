import Foundation
import Rewards
import RewardsTestSupport
import Testing

private func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-4) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

@Suite struct AdvantageTests {
  /// Counts distinct sorted advantage vectors over all multisets of `size` binary reward vectors.
  private func distinct(
    rewards: Int, size: Int, _ advantages: (RewardComponents) throws -> [Double]
  ) throws -> Int {
    var seen: Set<[Int]> = []
    func extend(_ chosen: [Int], from start: Int) throws {
      if chosen.count == size {
        let values = chosen.flatMap { bits in (0..<rewards).map { Double((bits >> $0) & 1) } }
        let components = RewardComponents(
          names: (0..<rewards).map { "r\($0)" }, groups: [Int](repeating: 0, count: size), values: values)
        seen.insert(try advantages(components).sorted().map { Int(($0 * 1e4).rounded()) })
        return
      }
      for next in start..<(1 << rewards) { try extend(chosen + [next], from: next) }
    }
    try extend([], from: 0)
    return seen.count
  }

  private func counts(rewards: Int, size: Int) throws -> [Int] {
    let decoupled = DecoupledAdvantage(epsilon: 0, whitening: .none)
    return [
      try distinct(rewards: rewards, size: size) {
        groupRelativeAdvantages(WeightedSum().totals($0), groups: $0.groups, epsilon: 0)
      },
      try distinct(rewards: rewards, size: size) {
        groupRelativeAdvantages(WeightedSum().totals($0), groups: $0.groups, scale: .none)
      },
      try distinct(rewards: rewards, size: size) { try decoupled.decoupledAdvantages($0) },
    ]
  }

  @Test(
    "Two binary rewards give the published number of distinct advantage vectors",
    arguments: [
      (2, [2, 3, 3]), (3, [4, 6, 6]), (4, [7, 10, 14]), (5, [11, 15, 26]), (6, [16, 21, 38]),
      (7, [22, 28, 59]), (8, [29, 36, 81]),
    ])
  func combinatorialTable(size: Int, expected: [Int]) throws {
    #expect(try counts(rewards: 2, size: size) == expected)
  }

  @Test(
    "One to four binary rewards in groups of four give the published numbers",
    arguments: [(1, [4, 4, 4]), (2, [7, 10, 14]), (3, [14, 20, 45]), (4, [23, 35, 127])])
  func combinatorialTableByRewards(rewards: Int, expected: [Int]) throws {
    #expect(try counts(rewards: rewards, size: 4) == expected)
  }

  @Test("GRPO cannot tell (0, 1) from (0, 2); GDPO can")
  func pointValues() throws {
    #expect(close(groupRelativeAdvantages([0, 1], groups: [0, 0], epsilon: 0), [-0.7071, 0.7071]))
    #expect(close(groupRelativeAdvantages([0, 2], groups: [0, 0], epsilon: 0), [-0.7071, 0.7071]))
    let gdpo = DecoupledAdvantage(epsilon: 0, whitening: .none)
    let both = RewardComponents(names: ["a", "b"], groups: [0, 0], values: [0, 0, 1, 1])
    #expect(close(try gdpo.decoupledAdvantages(both), [-1.4142, 1.4142]))
    let one = RewardComponents(names: ["a", "b"], groups: [0, 0], values: [0, 1, 1, 1])
    #expect(close(try gdpo.decoupledAdvantages(one), [-0.7071, 0.7071]))
  }

  @Test("The estimators compute their formulas")
  func formulas() {
    let rewards = [0.0, 1, 2, 5]
    let groups = [0, 0, 0, 0]
    let deviation = (14.0 / 3).squareRoot()
    let scores = rewards.map { ($0 - 2) / (deviation + 1e-4) }
    #expect(close(groupRelativeAdvantages(rewards, groups: groups), scores, 1e-12))
    #expect(close(groupRelativeAdvantages(rewards, groups: groups, scale: .none), [-2, -1, 0, 3], 1e-12))
    #expect(close(leaveOneOutAdvantages(rewards, groups: groups), [-8.0 / 3, -4.0 / 3, 0, 4], 1e-12))
    #expect(close(reinforcePlusPlusAdvantages([0, 1], groups: [0, 1], epsilon: 0), [-0.7071, 0.7071]))
    let baseline = reinforcePlusPlusAdvantages(
      [0, 2, 7, 9], groups: [0, 0, 1, 1], baseline: true, epsilon: 0)
    #expect(close(baseline, [-1.0, 1, -1, 1].map { $0 / (4.0 / 3).squareRoot() }, 1e-12))
  }

  @Test("Samples are grouped by their group, not by their position")
  func interleavedGroups() {
    let values = groupRelativeAdvantages([0, 10, 1, 30], groups: [7, 2, 7, 2], scale: .none)
    #expect(values == [-0.5, -10, 0.5, 10])
  }

  @Test("Eight rewards of 0.7 have advantage exactly 0 under every estimator")
  func eightEqual() throws {
    let batch = AdvantageBatch(
      rewards: [Double](repeating: 0.7, count: 8), groups: [Int](repeating: 0, count: 8),
      lengths: Array(1...8))
    let estimators: [any AdvantageEstimator] = [
      GroupRelativeAdvantage(), GroupRelativeAdvantage(scale: .none), GroupRelativeAdvantage(scale: .batch),
      LeaveOneOutAdvantage(), ReinforcePlusPlusAdvantage(), ReinforcePlusPlusAdvantage(baseline: true),
      DecoupledAdvantage(), LengthSwitchedAdvantage(),
    ]
    for estimator in estimators {
      let result = try estimator.advantages(batch)
      #expect(result.values == [Double](repeating: 0, count: 8))
      #expect(result.statistics.deadGroups == 1)
      #expect(result.statistics.zeroVarianceShare == ["reward": 1])
    }
  }

  @Test("Under GDPO a reward that is 0.7 eight times adds exactly 0, whatever the other reward says")
  func eightEqualInOneComponent() throws {
    let other = [1.0, 0, 0, 1, 1, 0, 1, 0]
    func advantages(_ values: [Double], names: [String], _ whitening: BatchWhitening) throws -> Advantages {
      let components = RewardComponents(names: names, groups: [Int](repeating: 0, count: 8), values: values)
      return try DecoupledAdvantage(whitening: whitening).advantages(
        AdvantageBatch(
          components: components, totals: WeightedSum().totals(components), lengths: Array(1...8)))
    }
    for whitening in BatchWhitening.allCases {
      let both = try advantages(other.flatMap { [0.7, $0] }, names: ["equal", "other"], whitening)
      let zero = try advantages(other.flatMap { [0, $0] }, names: ["equal", "other"], whitening)
      #expect(both.values == zero.values)
      #expect(both.statistics.deadGroups == 0)
      #expect(both.statistics.zeroVarianceShare == ["equal": 1, "other": 0])
      let dead = try advantages(
        (0..<8).flatMap { _ in [0.7, 0.1] }, names: ["equal", "other"], whitening)
      #expect(dead.values == [Double](repeating: 0, count: 8))
      #expect(dead.statistics.deadGroups == 1)
      #expect(dead.statistics.zeroVarianceShare == ["equal": 1, "other": 1])
    }
  }

  @Test("A group of one has advantage exactly 0 under every group-relative estimator, and is counted")
  func groupOfOne() throws {
    let estimators: [any AdvantageEstimator] = [
      GroupRelativeAdvantage(), GroupRelativeAdvantage(scale: .none), GroupRelativeAdvantage(scale: .batch),
      LeaveOneOutAdvantage(), ReinforcePlusPlusAdvantage(baseline: true), DecoupledAdvantage(),
      LengthSwitchedAdvantage(correctAtLeast: 5),
    ]
    for estimator in estimators {
      let batch = AdvantageBatch(rewards: [3, 0, 1], groups: [0, 1, 1], lengths: [1, 2, 3])
      let result = try estimator.advantages(batch)
      #expect(result.values[0] == 0)
      #expect(result.statistics.singletonGroups == 1)
      #expect(result.statistics.deadGroups == 0)
      let alone = try estimator.advantages(AdvantageBatch(rewards: [0.7], groups: [0], lengths: [1]))
      #expect(alone.values == [0])
    }
    let components = RewardComponents(names: ["a", "b"], groups: [0, 1, 1], values: [0.7, 3, 0, 1, 1, 0.2])
    #expect(try DecoupledAdvantage(whitening: .none).decoupledAdvantages(components)[0] == 0)
  }

  @Test("Every estimator passes the checker")
  func checker() {
    #expect(checkAdvantageEstimator(GroupRelativeAdvantage(), scale: .invariant) == [])
    #expect(checkAdvantageEstimator(GroupRelativeAdvantage(scale: .batch), scale: .invariant) == [])
    #expect(checkAdvantageEstimator(GroupRelativeAdvantage(scale: .none), scale: .proportional) == [])
    #expect(checkAdvantageEstimator(LeaveOneOutAdvantage(), scale: .proportional) == [])
    #expect(
      checkAdvantageEstimator(ReinforcePlusPlusAdvantage(), scale: .invariant, isGroupRelative: false) == [])
    #expect(checkAdvantageEstimator(ReinforcePlusPlusAdvantage(baseline: true), scale: .invariant) == [])
    for whitening in BatchWhitening.allCases {
      #expect(checkAdvantageEstimator(DecoupledAdvantage(whitening: whitening), scale: .invariant) == [])
    }
    #expect(checkAdvantageEstimator(DecoupledAdvantage(centerBatch: false), scale: .invariant) == [])
    // Nothing reaches the threshold: what remains is GRPO.
    let switched = LengthSwitchedAdvantage(correctAtLeast: .greatestFiniteMagnitude)
    #expect(checkAdvantageEstimator(switched, scale: .invariant) == [])
  }

  @Test("A group that is dead in every reward keeps exactly 0 after whitening and moves no statistic")
  func deadGroupsAndWhitening() throws {
    let live = RewardComponents(
      names: ["a", "b"], weights: [1, 2], groups: [0, 0, 0], values: [0, 1, 1, 0, 1, 3])
    let mixed = RewardComponents(
      names: ["a", "b"], weights: [1, 2], groups: [0, 0, 0, 1, 1], values: live.values + [0.7, 3, 0.7, 3])
    let alone = try DecoupledAdvantage().decoupledAdvantages(live)
    #expect(try DecoupledAdvantage().decoupledAdvantages(mixed) == alone + [0, 0])
    let batch = AdvantageBatch(components: mixed, totals: WeightedSum().totals(mixed))
    let statistics = try DecoupledAdvantage().advantages(batch).statistics
    #expect(statistics.deadGroups == 1)
    #expect(statistics.groupCount == 2)
    #expect(statistics.zeroVarianceShare == ["a": 0.5, "b": 0.5])
  }

  @Test("GDPO's weights multiply normalised advantages, so a reward's unit does not matter")
  func weightsAfterNormalisation() throws {
    let gdpo = DecoupledAdvantage(epsilon: 0)
    let small = RewardComponents(
      names: ["a", "b"], weights: [3, 1], groups: [0, 0, 0], values: [0, 1, 1, 0, 0, 0])
    let large = RewardComponents(
      names: ["a", "b"], weights: [3, 1], groups: [0, 0, 0], values: [0, 1, 1000, 0, 0, 0])
    let values = try gdpo.decoupledAdvantages(small)
    #expect(close(values, try gdpo.decoupledAdvantages(large), 1e-12))
    #expect(values[1] > values[0])
  }

  @Test("Token whitening weighs a completion by its length")
  func tokenWhitening() throws {
    let components = RewardComponents(names: ["a", "b"], groups: [0, 0], values: [0, 0, 1, 1])
    let gdpo = DecoupledAdvantage(epsilon: 0, whitening: .token)
    // S = -2^0.5 and 2^0.5, one token and three: mean 2^0.5 / 2, variance (4.5 + 3 x 0.5) / 3 = 2.
    #expect(close(try gdpo.decoupledAdvantages(components, lengths: [1, 3]), [-1.5, 0.5], 1e-12))
    #expect(throws: AdvantageError.self) { try gdpo.decoupledAdvantages(components) }
  }

  @Test("A floor under the standard deviation keeps rare small differences small")
  func deviationFloor() throws {
    let components = RewardComponents(names: ["a", "b"], groups: [0, 0], values: [0, 0, 0.01, 0])
    let gdpo = DecoupledAdvantage(epsilon: 0, whitening: .none, minimumDeviation: 0.1)
    #expect(close(try gdpo.decoupledAdvantages(components), [-0.05, 0.05], 1e-12))
  }

  @Test("Duplicate and opposed rewards are reported")
  func correlations() throws {
    let components = RewardComponents(
      names: ["a", "b", "c"], groups: [0, 0, 0], values: [0, 0, 1, 1, 2, 0, 2, 4, -1])
    let batch = AdvantageBatch(components: components, totals: WeightedSum().totals(components))
    let statistics = try DecoupledAdvantage().advantages(batch).statistics
    #expect(close(statistics.correlations.map(\.value), [1, -1, -1], 1e-12))
    #expect(statistics.warnings.count == 3)
  }

  @Test("GRPO-lambda gives the published rewards")
  func lengthSwitch() throws {
    let batch = AdvantageBatch(rewards: [1, 1, 1, 0], groups: [0, 0, 0, 0], lengths: [100, 200, 300, 50])
    let totals = try LengthSwitchedAdvantage().switchedTotals(batch).totals.compactMap { $0 }
    #expect(close(totals, [0.9546, 0.9, 0.8454, 0]))
  }

  @Test("GRPO-lambda penalises the most accurate fifth of ten groups, ties to the first")
  func lengthSwitchSelection() throws {
    let groups = (0..<40).map { $0 / 4 }
    let right = [1, 2, 4, 0, 3, 4, 4, 1, 2, 3]
    let rewards = (0..<40).map { $0 % 4 < right[$0 / 4] ? 1.0 : 0 }
    let batch = AdvantageBatch(rewards: rewards, groups: groups, lengths: [Int](repeating: 9, count: 40))
    let selected = try LengthSwitchedAdvantage().switchedTotals(batch).isSelected
    #expect(Set(groups.indices.filter { selected[$0] }.map { groups[$0] }) == [2, 5])
    let all = try LengthSwitchedAdvantage(selection: .threshold(0.75)).switchedTotals(batch).isSelected
    #expect(Set(groups.indices.filter { all[$0] }.map { groups[$0] }) == [2, 4, 5, 6, 9])
  }

  @Test("In an all-correct group alpha does not matter; a selected group without a correct answer is all 0")
  func lengthSwitchEdges() throws {
    let right = AdvantageBatch(rewards: [1, 1, 1, 1], groups: [0, 0, 0, 0], lengths: [100, 150, 220, 300])
    let mild = try LengthSwitchedAdvantage(alpha: 0.2).advantages(right).values
    let strong = try LengthSwitchedAdvantage(alpha: 0.9).advantages(right).values
    #expect(close(mild, strong, 3e-3))
    #expect(mild[0] > 0 && mild[3] < 0)
    let wrong = AdvantageBatch(rewards: [0, 0], groups: [0, 0], lengths: [1, 1_000_000])
    #expect(try LengthSwitchedAdvantage().advantages(wrong).values == [0, 0])
    let single = AdvantageBatch(rewards: [1, 0], groups: [0, 0], lengths: [5, 5])
    #expect(try LengthSwitchedAdvantage().switchedTotals(single).totals == [0.9, 0])
    #expect(throws: AdvantageError.self) {
      try LengthSwitchedAdvantage().advantages(AdvantageBatch(rewards: [1, 0], groups: [0, 0]))
    }
  }
}
