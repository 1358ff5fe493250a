import Numeric
import Testing
import Worlds

@testable import Control

@Suite struct ReplayBufferTests {
  @Test func forgetsTheOldestAndKeepsRowsTogether() {
    let buffer = ReplayBuffer(capacity: 4, observationWidth: 2, actionWidth: 1)
    for step in 0..<6 {
      let value = Float(step)
      buffer.append(
        observation: [value, -value], action: [value / 10], reward: Double(step), next: [value + 1, 0],
        terminated: step == 5)
    }
    #expect(buffer.count == 4)
    let sample = ReplaySample(rows: 200, observationWidth: 2, actionWidth: 1)
    var random = PCG64(seed: 1)
    buffer.draw(into: sample, random: &random)
    #expect(Set(sample.rewards) == [2, 3, 4, 5])
    for row in 0..<200 {
      let value = Float(sample.rewards[row])
      #expect(sample.observations[row * 2] == value && sample.observations[row * 2 + 1] == -value)
      #expect(sample.actions[row] == value / 10 && sample.nextObservations[row * 2] == value + 1)
      #expect(sample.terminated[row] == (value == 5))
    }
  }
}

/// One step: the reward is -(action - target)^2, and the target is seen.
private struct Aim: World {
  var maximumSteps: Int? { 1 }
  func observationSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }
  func actionSpace(of agent: Int) -> Space { .box(-2, 2, width: 1) }
  func initialState(after previous: Float?, random: inout PCG64) -> Float { Float(random.uniform(-1, 1)) }
  func step(
    _ state: inout Float, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    rewards[0] = -Double((actions[0] - state) * (actions[0] - state))
    return true
  }
  func observe(_ state: Float, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = state
  }
}

@Suite struct OffPolicyTests {
  @Test func recordedTransitionsTakeTheirShareOfEveryUpdate() throws {
    var settings = small(.sac)
    (settings.batchSize, settings.offlineShare, settings.learningStarts) = (8, 0.4, 10)
    let learner = SAC(Aim(), settings)
    for (action, last) in [(Float(3), true), (-1, false)] {
      learner.addOffline(observation: [0.3], action: [action], reward: 7, next: [0.1], terminated: last)
    }
    // In shares of the box -2 ... 2, cut to it.
    let kept = try #require(learner.offline?.rows)
    #expect(kept.actions == [1, -0.5] && kept.terminated == [true, false] && kept.rewards == [7, 7])
    #expect(kept.observations == [0.3, 0.3] && kept.nextObservations == [0.1, 0.1])
    learner.learn(totalSteps: 12)
    #expect(
      learner.sample.rewards.map { $0 == 7 } == [true, true, true] + [Bool](repeating: false, count: 5))
    // The share without recorded transitions is none.
    let plain = SAC(Aim(), settings)
    plain.learn(totalSteps: 12)
    #expect(plain.offline == nil && plain.sample.rewards.allSatisfy { $0 <= 0 })
  }

  private func small(_ start: OffPolicyConfiguration) -> OffPolicyConfiguration {
    var settings = start
    settings.netArch = [32, 32]
    settings.batchSize = 64
    settings.learningRate = 3e-3
    settings.learningStarts = 200
    settings.tau = 0.02
    return settings
  }

  private func error(_ learner: OffPolicyLearner) -> Float {
    [-0.8, -0.3, 0, 0.4, 0.9].map { abs(learner.act([$0])[0] - $0) }.max()!
  }

  @Test func everyLearnerHitsTheMarkItSees() {
    var soft = small(.sac)
    soft.entCoef = 0.001
    for learner in [
      TD3(Aim(), small(.td3)), TD3(Aim(), small(.ddpg)), SAC(Aim(), soft), SAC(Aim(), small(.sac)),
    ] as [OffPolicyLearner] {
      learner.learn(totalSteps: 1_500)
      // A learned temperature still spreads the actions, but around the mark.
      #expect(error(learner) < 0.25, "\(type(of: learner))")
    }
  }

  @Test func aLearnedRewardStandsInForTheWorlds() {
    /// Pays for the opposite of what the world pays for, asked anew whenever a step is drawn.
    final class Opposite: StepReward {
      func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
        for lane in 0..<batch.lanes {
          let distance = Double(2 * batch.actions[lane] + batch.observations[lane])
          rewards[lane] = -distance * distance
        }
      }
    }
    let learner = TD3(Aim(), small(.td3))
    learner.reward = Opposite()
    learner.learn(totalSteps: 1_500)
    #expect([-0.8, 0.4, 0.9].allSatisfy { abs(learner.act([$0])[0] + $0) < 0.25 })
  }

  @Test func theSameSeedLearnsTheSame() {
    let actions = (0..<2).map { _ in
      let learner = SAC(Aim(), small(.sac))
      learner.learn(totalSteps: 400)
      return learner.act([0.3])
    }
    #expect(actions[0] == actions[1])
  }
}
