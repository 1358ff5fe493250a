import Numeric
import Rewards
import Testing
import Worlds

@testable import Control

/// A run of a table learner that is stopped and taken up ends with the bits of one that was never stopped.
@Suite struct TabularResumeTests {
  @Test(arguments: TabularConfiguration.Method.allCases)
  func everyMethodGoesOnBitForBit(_ method: TabularConfiguration.Method) throws {
    let world = try TabularTrainerTests.grid()
    func trainer() throws -> TabularTrainer {
      var configuration = TabularConfiguration(method)
      (configuration.gamma, configuration.seed, configuration.batchEpisodes) = (0.9, 3, 3)
      return try TabularTrainer(world, configuration, shapers: [CountBonus(scale: 0.1)])
    }
    let whole = try trainer()
    var (expected, returns, kept): ([Double], [Double], ArchivedState?) = ([], [], nil)
    try whole.learn(totalSteps: 3_000) { episode in
      expected.append(episode.worldReturn)
      // In the middle of a batch of three episodes.
      if expected.count == 8 { kept = try ArchivedState(whole.save) }
      return true
    }
    let second = try trainer()
    try second.restore(from: #require(kept).archive)
    try second.learn(totalSteps: 3_000) {
      returns.append($0.worldReturn)
      return true
    }
    #expect(Array(expected.prefix(8)) + returns == expected && expected.count > 20)
    #expect(second.table == whole.table)
    #expect(try ArchivedState(second.save).bytes == ArchivedState(whole.save).bytes)

    var other = TabularConfiguration(method)
    other.gamma = 0.8
    #expect(throws: StateArchiveError.otherSettings("learner")) {
      try TabularTrainer(world, other).restore(from: #require(kept).archive)
    }
  }

  @Test(arguments: [BehaviourAlignment.Outer.implicit, .unrolled(updates: 3), .none])
  func barfiGoesOnBitForBitFromTheMiddleOfAnIteration(_ outer: BehaviourAlignment.Outer) throws {
    let world = try TabularTrainerTests.grid()
    func trainer() throws -> AlignmentTrainer {
      var settings = BehaviourAlignment.Settings()
      (settings.outer, settings.memory, settings.discount) = (outer, 2, 0.9)
      return try AlignmentTrainer(
        world, hint: [CountBonus(scale: 0.1)], settings: settings, batchEpisodes: 4, seed: 2)
    }
    let whole = try trainer()
    var (expected, returns, kept): ([Double], [Double], ArchivedState?) = ([], [], nil)
    try whole.learn(
      totalSteps: 3_000,
      onEpisode: { episode in
        expected.append(episode.worldReturn)
        if expected.count == 10 { kept = try ArchivedState(whole.save) }
        return true
      })
    let second = try trainer()
    try second.restore(from: #require(kept).archive)
    try second.learn(
      totalSteps: 3_000,
      onEpisode: {
        returns.append($0.worldReturn)
        return true
      })
    #expect(Array(expected.prefix(10)) + returns == expected && expected.count > 12)
    #expect(second.table == whole.table && second.reward == whole.reward)
    #expect(try ArchivedState(second.save).bytes == ArchivedState(whole.save).bytes)
  }
}
