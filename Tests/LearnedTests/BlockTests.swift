import Testing
import Worlds

@testable import Learned

@Suite struct BlockTests {
  /// m* of card 68's table.
  @Test(arguments: [(1.0, 0.0), (2, 0.276), (5, 0.636), (10, 0.901), (20, 1.159), (50, 1.485)])
  func reservationIndexSolvesItsEquation(blockLength: Double, threshold: Double) {
    #expect(abs(ReservationIndex.threshold(blockLength: blockLength) - threshold) < 6e-4)
  }

  @Test func optimumBeatsMyopiaAndTryingEverything() {
    func reward(_ policy: BlockPolicy) -> Double {
      policy.averageReward(in: BlockBandit(), streams: 400, pulls: 200, seed: 1)
    }
    let best = reward(.reservation(threshold: ReservationIndex.threshold(blockLength: 10)))
    #expect(abs(best - 0.657) < 0.02)
    #expect(abs(reward(.reservation(threshold: 0)) - 0.560) < 0.02)
    #expect(abs(reward(.reservation(threshold: .infinity)) - 0.607) < 0.02)
  }

  @Test func blockWorldsFollowTheRulesOfWorlds() throws {
    #expect(WorldChecker.problems(of: BlockBandit(noise: 0.3)).isEmpty)
    // A pull is an episode that the rules end, not the clock.
    let environment = BlockBandit().environment()
    environment.reset(seed: 1)
    let pull = try environment.step([1])
    #expect(pull.terminated && !pull.truncated)
    #expect(WorldChecker.problems(of: BlockGridworld()).isEmpty)
  }

  @Test func blocksHaveTheirMeanLengthAndKeepTheirTask() {
    let world = BlockBandit(blockLength: 5)
    var random = PCG64(seed: 1)
    var state = world.initialState(after: nil, random: &random)
    var fresh = 0
    for _ in 0..<20_000 {
      let next = world.initialState(after: state, random: &random)
      #expect(next.isFresh || next.means == state.means)
      if next.isFresh { fresh += 1 }
      state = next
    }
    #expect(abs(Double(fresh) / 20_000 - 0.2) < 0.01)
  }

  @Test func withoutRecurrenceThereIsNothingToLearn() {
    var settings = GreedyMetaLearner.Settings()
    settings.streams = 64
    settings.steps = 200
    let agent = GreedyMetaLearner(BlockBandit(blockLength: 1), settings, seed: 1)
    let evaluation = agent.evaluate(streams: 200, pulls: 100, seed: 2)
    #expect(abs(evaluation.reward) < 0.03)
    #expect(evaluation.explorationIndex == 0)
  }

  @Test func aTrainingThatWasStoppedGoesOnBitForBit() throws {
    var settings = GreedyMetaLearner.Settings()
    (settings.streams, settings.steps) = (16, 90)
    let world = BlockBandit(blockLength: 5)
    let whole = GreedyMetaLearner(world, settings, seed: 3)
    var first = GreedyMetaLearner(untrained: world, settings, seed: 3)
    for _ in 0..<40 { _ = first.advance() }
    var archive = StateArchive(kind: "test", version: 1)
    first.save(in: &archive)
    var second = GreedyMetaLearner(untrained: world, settings, seed: 3)
    try second.restore(from: archive)
    #expect(second.steps == 40)
    while second.advance() != nil {}
    #expect(second.values == whole.values && second.values.contains { $0 != 0 })
    #expect(second.values != first.values)
    var other = settings
    other.episodeDiscount = 0
    var wrong = GreedyMetaLearner(untrained: world, other, seed: 3)
    #expect(throws: StateArchiveError.otherSettings("learner")) { try wrong.restore(from: archive) }
  }
}
