import Foundation
import Numeric
import Testing
import Worlds

@testable import Control

/// A run that is stopped, kept in a file and taken up by a fresh learner ends with the bits of one that was never
/// stopped.
@Suite struct ResumeTests {
  private func withCheckpoint<Value>(_ body: (inout ControlCheckpoint) throws -> Value) rethrows -> Value {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("control-\(UInt64.random(in: 0 ... .max)).state").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var checkpoint = ControlCheckpoint(path: path)
    return try body(&checkpoint)
  }

  private func ppo() -> PPOConfiguration {
    var settings = PPOConfiguration()
    (settings.nEnvs, settings.nSteps, settings.batchSize, settings.nEpochs) = (4, 32, 32, 2)
    (settings.netArch, settings.linearSchedule) = ([16], true)
    return settings
  }

  /// Learns whole, then in two halves through a file, and compares updates and parameters.
  private func comparePPO(_ world: some World, shapers: [any TransitionShaper] = []) throws {
    func learner() throws -> PPO {
      let ppo = PPO(world, ppo())
      if !shapers.isEmpty {
        ppo.reward = try ShapedReward(shapers, world: world, lanes: 4 * world.agents, discount: 0.99)
      }
      return ppo
    }
    func learn(_ learner: PPO, _ told: inout [Double], until: Int? = nil) {
      learner.learn(totalSteps: 1280) { update in
        told += [update.policyLoss, update.valueLoss, update.entropy, update.meanReturn ?? 0]
        return update.steps != until
      }
    }
    let whole = try learner()
    var (expected, found) = ([Double](), [Double]())
    learn(whole, &expected)
    try withCheckpoint { checkpoint in
      let first = try learner()
      learn(first, &found, until: 640)
      #expect(first.steps == 640)
      try checkpoint.write(RunRecord(name: "a", seed: 1), learner: first.save)
      let second = try learner()
      try second.restore(from: #require(try checkpoint.read()).archive)
      learn(second, &found)
      #expect(found == expected && second.episodes == whole.episodes)
      #expect(Array(second.policy.parameters) == Array(whole.policy.parameters))
      #expect(Array(second.value.parameters) == Array(whole.value.parameters))
    }
  }

  @Test func ppoGoesOnBitForBitOnChoices() throws { try comparePPO(CartPole(maximumSteps: 50)) }
  @Test func ppoGoesOnBitForBitOnBoxes() throws { try comparePPO(Pendulum()) }
  @Test func ppoGoesOnBitForBitWithStatesThatAreEncoded() throws { try comparePPO(Gems(size: 5)) }

  @Test func shapingRulesGoOnWithWhatTheyRemember() throws {
    try comparePPO(CartPole(maximumSteps: 50), shapers: [AffineReward(factor: 0.5, offset: 0.1)])
    try comparePPO(RoomsWithoutWalls(), shapers: [CountBonus(), AnnealedShaping(CountBonus(), steps: 900)])
  }

  @Test func aRewardThatKeepsNothingIsRefused() {
    final class Noisy: StepReward {
      var count = 0.0
      func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
        count += 1
        for lane in 0..<batch.lanes { rewards[lane] = count }
      }
    }
    let learner = PPO(CartPole(), ppo())
    learner.reward = Noisy()
    var archive = StateArchive(kind: "test", version: 1)
    let error = #expect(throws: StateArchiveError.self) { try learner.save(in: &archive) }
    #expect(error.map { "\($0)".contains("keeps its memory to itself") } == true)
  }

  /// Five numbered places in a row.
  private struct RoomsWithoutWalls: World {
    var maximumSteps: Int? { 10 }
    func observationSpace(of agent: Int) -> Space { .discrete(5) }
    func actionSpace(of agent: Int) -> Space { .discrete(2) }
    func initialState(after previous: Int?, random: inout PCG64) -> Int { random.integer(below: 5) }
    func step(
      _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
      random: inout PCG64
    ) -> Bool {
      state = min(max(state + (actions[0] > 0 ? 1 : -1), 0), 4)
      rewards[0] = state == 4 ? 1 : 0
      return false
    }
    func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
      target[0] = Float(state)
    }
  }

  private func small(_ start: OffPolicyConfiguration) -> OffPolicyConfiguration {
    var settings = start
    (settings.netArch, settings.batchSize, settings.learningStarts) = ([16], 16, 50)
    settings.bufferSize = 300  // full before the end: the oldest are replaced
    return settings
  }

  private func compareOffPolicy(_ make: () -> OffPolicyLearner) throws {
    let whole = make()
    let expected = whole.learn(totalSteps: 600)
    try withCheckpoint { checkpoint in
      let first = make()
      let begun = first.learn(totalSteps: 600) { $0.steps < 400 }
      #expect(first.steps == 400)
      try checkpoint.write(RunRecord(name: "a", seed: 1), learner: first.save)
      let second = make()
      try second.restore(from: #require(try checkpoint.read()).archive)
      let rest = second.learn(totalSteps: 600)
      #expect((begun + rest).map(\.worldReturn) == expected.map(\.worldReturn))
      #expect(second.updates == whole.updates)
      for ((name, one), (_, other)) in zip(second.networks, whole.networks) {
        #expect(Array(one.parameters) == Array(other.parameters), "\(name)")
      }
    }
  }

  @Test func sacGoesOnBitForBit() throws { try compareOffPolicy { SAC(Pendulum(), small(.sac)) } }
  @Test func td3GoesOnBitForBit() throws { try compareOffPolicy { TD3(Pendulum(), small(.td3)) } }
  @Test func ddpgGoesOnBitForBit() throws { try compareOffPolicy { TD3(Pendulum(), small(.ddpg)) } }

  @Test func otherSettingsAreRefused() throws {
    try withCheckpoint { checkpoint in
      #expect(try checkpoint.read()?.record == nil)
      let learner = PPO(CartPole(), ppo())
      try checkpoint.write(RunRecord(name: "a", seed: 1), learner: learner.save)
      let archive = try #require(try checkpoint.read()).archive
      var other = ppo()
      other.gamma = 0.9
      #expect(throws: StateArchiveError.otherSettings("learner")) {
        try PPO(CartPole(), other).restore(from: archive)
      }
      #expect(throws: StateArchiveError.self) { try PPO(Acrobot(), ppo()).restore(from: archive) }
      #expect(throws: StateArchiveError.otherSettings("learner")) {
        try SAC(Pendulum(), small(.sac)).restore(from: archive)
      }
      try Data("cut".utf8).write(to: URL(fileURLWithPath: checkpoint.path))
      #expect(throws: StateArchiveError.noArchive(checkpoint.path)) { try checkpoint.read() }
    }
  }

  @Test func theRecordComesBackAndAFailedWriteKeepsTheOldOne() throws {
    var record = RunRecord(name: "a", seed: 7)
    record.before = [1, 2]
    record.returns.append(10, 0.5)
    record.series["entropy", default: .init()].append(10, 1.5)
    (record.steps, record.episodes, record.metricsLength, record.seconds) = (10, 2, 99, 1.25)
    record.lastReturns = [3]
    try withCheckpoint { checkpoint in
      try checkpoint.write(record) { (_: inout StateArchive) in }
      #expect(try checkpoint.read()?.record == record)
      #expect(!checkpoint.isDue && ControlCheckpoint(path: checkpoint.path, interval: 0).isDue)
      #expect(throws: StateArchiveError.notKept("no")) {
        try checkpoint.write(RunRecord(name: "a", seed: 8)) {
          (_: inout StateArchive) throws(StateArchiveError) in
          throw .notKept("no")
        }
      }
      #expect(try checkpoint.read()?.record == record)
    }
  }
}
