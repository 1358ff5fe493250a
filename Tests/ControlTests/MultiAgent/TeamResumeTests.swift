import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Control

/// A multi-agent run that is stopped, kept in a file and taken up by a fresh learner ends with the bits of one that was
/// never stopped: networks, optimisers, normalisers, buffers, partners, environments and generators.
@Suite struct TeamResumeTests {
  private static let total = 1_200

  private static func learner(_ name: String, _ world: some World, seed: Int = 1) throws
    -> any MultiAgentLearner
  {
    // Partners are kept several times, and the buffer is full before the end.
    try LearnerTests.learner(
      name, world,
      [
        "checkpoint_steps": .integer(70), "chunk_steps": .integer(300), "n_steps": .integer(30),
        "buffer_size": .integer(500), "seed": .integer(seed), "net_arch": .array([.integer(8)]),
      ])
  }

  /// Trains to the end.
  /// - Parameter kept: Collects the state at every report whose number is in `at`.
  private static func finish(
    _ learner: any MultiAgentLearner, _ told: inout [Double], keepAt: Set<Int> = [],
    kept: inout [(state: ArchivedState, told: Int)]
  ) throws {
    var reports = 0
    try learner.learn(
      totalTimesteps: total,
      progress: { report in
        told += [Double(report.steps), Double(report.episodes), report.meanReturn ?? 0]
        reports += 1
        if keepAt.contains(reports) { kept.append((try ArchivedState(learner.save), told.count)) }
      }, isCancelled: { false })
  }

  @Test(arguments: LearnerTests.names)
  func everyLearnerGoesOnBitForBitFromWhatItKeptOnTheWay(name: String) throws {
    let game = TargetGame(targets: LearnerTests.targets(name))
    let whole = try Self.learner(name, game)
    var expected: [Double] = []
    var (kept, none): ([(state: ArchivedState, told: Int)], [(state: ArchivedState, told: Int)]) = ([], [])
    try Self.finish(whole, &expected, keepAt: [1, 4, 9, 14, 19], kept: &kept)
    let end = try ArchivedState(whole.save)
    #expect(kept.count >= 4)
    for (state, told) in kept {
      let second = try Self.learner(name, game)
      try second.restore(from: state.archive)
      var rest: [Double] = []
      try Self.finish(second, &rest, kept: &none)
      #expect(Array(expected.prefix(told)) + rest == expected, "\(name)")
      #expect(try ArchivedState(second.save).bytes == end.bytes, "\(name)")
    }
  }

  @Test(arguments: LearnerTests.names)
  func everyLearnerGoesOnBitForBitFromWhereItWasCancelled(name: String) throws {
    let game = TargetGame(targets: LearnerTests.targets(name))
    let whole = try Self.learner(name, game)
    try whole.learn(totalTimesteps: Self.total)
    for stop in [1, 333, 901] {
      let first = try Self.learner(name, game)
      try first.learn(totalTimesteps: Self.total, progress: { _ in }, isCancelled: { first.steps >= stop })
      #expect(first.steps >= stop && first.steps < Self.total)
      let second = try Self.learner(name, game)
      try second.restore(from: ArchivedState(first.save).archive)
      #expect(second.steps == first.steps)
      try second.learn(totalTimesteps: Self.total)
      for (one, other) in zip(second.policies, whole.policies) {
        #expect(Array(one.network.parameters) == Array(other.network.parameters), "\(name), \(one.name)")
      }
      #expect(try ArchivedState(second.save).bytes == ArchivedState(whole.save).bytes, "\(name)")
    }
  }

  /// Its state is encoded; what all see alike is copied for each agent.
  @Test(arguments: ["ippo", "masac", "qmix"]) func gamesOfCoopetitionGoOnToo(name: String) throws {
    let game = try WorldRegistry.standard.world("teamproduction")
    func learner() throws -> any MultiAgentLearner { try Self.open(name, game) }
    let whole = try learner()
    try whole.learn(totalTimesteps: 600)
    let first = try learner()
    try first.learn(totalTimesteps: 600, progress: { _ in }, isCancelled: { first.steps >= 250 })
    let second = try learner()
    try second.restore(from: ArchivedState(first.save).archive)
    try second.learn(totalTimesteps: 600)
    #expect(try ArchivedState(second.save).bytes == ArchivedState(whole.save).bytes)
  }

  private static func open(_ name: String, _ world: some World) throws -> any MultiAgentLearner {
    try learner(name, world)
  }

  @Test(arguments: ["ippo", "lola", "coma", "fcp", "vdn"]) func otherSettingsAreRefused(name: String) throws {
    let game = TargetGame(targets: [1, 1])
    let state = try ArchivedState(Self.learner(name, game).save)
    #expect(throws: StateArchiveError.otherSettings("learner")) {
      try Self.learner(name, game, seed: 2).restore(from: state.archive)
    }
    #expect(throws: StateArchiveError.self) {
      try Self.learner(name, TargetGame(targets: [1, 1, 1])).restore(from: state.archive)
    }
  }
}
