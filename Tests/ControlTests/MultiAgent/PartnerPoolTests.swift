import Numeric
import Testing
import Worlds

@testable import Control

@Suite struct PartnerPoolTests {
  private let team = Team(TargetGame(targets: [1.6, 0.4]))

  private func partner(_ random: inout PCG64) -> Partner {
    let actor = Actor(
      "shared", inputs: 4, space: team.spaces[0], hidden: [4], activation: .tanh, learningRate: 0.1,
      maxGradNorm: 1, logDeviation: -1, random: &random)
    return Partner(actor, normalizer: ObservationNormalizer(width: team.stateWidth), team: team)
  }

  @Test func newerAndOlderPartnersComeInTheirShares() {
    var random = PCG64(seed: 4)
    let (new, old) = ([partner(&random)], [partner(&random), partner(&random)])
    let pool = PartnerPool(recentProbability: 0.7, recent: new, older: old, includesLearner: true)
    var (own, recent, older) = (0, 0, 0)
    for _ in 0..<10_000 {
      guard let drawn = pool.draw(&random) else {
        own += 1
        continue
      }
      if drawn === new[0] { recent += 1 } else { older += 1 }
    }
    #expect(abs(Double(own) / 10_000 - 0.35) < 0.02)
    #expect(abs(Double(recent) / 10_000 - 0.35) < 0.02)
    #expect(abs(Double(older) / 10_000 - 0.3) < 0.02)
  }

  @Test func anEmptyGroupIsNotDrawnFrom() {
    var random = PCG64(seed: 4)
    let one = partner(&random)
    let newest = PartnerPool(recentProbability: 0, recent: [one], includesLearner: false)
    let oldest = PartnerPool(recentProbability: 1, older: [one], includesLearner: false)
    let learner = PartnerPool(recentProbability: 0, includesLearner: true)
    for _ in 0..<20 {
      #expect(newest.draw(&random) === one)
      #expect(oldest.draw(&random) === one)
      #expect(learner.draw(&random) == nil)
    }
  }

  /// Self-play learns from one seat at a time, another one from episode to episode.
  @Test func theLearnersSeatChanges() throws {
    let learner = try LearnerTests.learner("SelfPlay_PPO", TargetGame(targets: [1.6, 0.4]))
    let engine = try #require(learner as? SelfPlayPPO).engine
    try learner.learn(totalTimesteps: 128)
    let rollout = engine.rollouts[0]
    #expect(rollout.rewards.count == 128)
    // The one-hot seat follows the two numbers of the observation; it stays for an episode of five steps.
    let seats = (0..<128).map { rollout.inputs.values[$0 * 4 + 2] == 1 ? 0 : 1 }
    #expect(Set(seats) == [0, 1])
    for start in stride(from: 0, to: 125, by: 5) { #expect(Set(seats[start..<start + 5]).count == 1) }
  }
}
