import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Learned

@Suite struct TransitionDataTests {
  private func read(_ text: String) throws -> TransitionData {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("transitions-\(UInt64.random(in: 0 ... .max)).jsonl").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try TransitionData(path: path)
  }

  @Test func readsOneTransitionALine() throws {
    let data = try read(
      """
      {"observation": [1, 2.5], "action": 0, "next_observation": [3, 4], "reward": 1, "done": 0}

      {"action": [0.5], "next_observation": [5, 6], "observation": [3, 4], "reward": -2.5, "terminated": true}
      """)
    #expect(data.count == 2 && data.observationWidth == 2 && data.actionWidth == 1)
    #expect(data.observations == [1, 2.5, 3, 4] && data.actions == [0, 0.5])
    #expect(data.nextObservations == [3, 4, 5, 6])
    #expect(data.rewards == [1, -2.5] && data.terminated == [false, true] && data.hasRewards)
    let plain = try read(#"{"observation": [1], "action": 0, "next_observation": [1]}"#)
    #expect(plain.rewards.isEmpty && plain.terminated == [false] && !plain.hasRewards)
  }

  @Test(arguments: [
    (#"{"observation": [1], "action": 0}"#, "line 1, byte 0: no field 'next_observation'"),
    (#"{"observation": 1, "action": 0, "next_observation": [1]}"#, "'observation' is 1, expected a list"),
    (#"{"observation": [], "action": 0, "next_observation": [1]}"#, "'observation' is an empty list"),
    (
      #"{"observation": ["a"], "action": 0, "next_observation": [1]}"#,
      #"'observation' is a list with "a" in it"#
    ),
    (#"{"observation": [NaN]}"#, "broken JSON"),
    (#"{"observation": [1], "action": "up", "next_observation": [1]}"#, "'action' is \"up\""),
    (
      #"{"observation": [1], "action": 0, "next_observation": [1]}"# + "\n"
        + #"{"observation": [1], "action": 0, "next_observation": [1, 2]}"#,
      "line 2: 'next_observation' has 2 numbers, 1 are expected"
    ),
    (
      #"{"observation": [1], "action": 0, "next_observation": [1, 2]}"#,
      "line 1: 'next_observation' has 2 numbers, 1 are expected"
    ),
    (
      """
      {"observation": [1], "action": 0, "next_observation": [1], "reward": 1}
      {"observation": [1], "action": 0, "next_observation": [1]}
      """, "line 2: 'reward' is missing, and the lines before have it"
    ),
    (
      """
      {"observation": [1], "action": 0, "next_observation": [1]}
      {"observation": [1], "action": 0, "next_observation": [1], "reward": 1}
      """, "line 2: 'reward' is here, but not in the lines before"
    ),
    (#"{"observation": [1], "action": 0, "next_observation": [1], "reward": "1"}"#, "'reward' is \"1\""),
    (#"{"observation": [1], "action": 0, "next_observation": [1], "terminated": 1}"#, "'terminated' is 1"),
    ("\n", "no transition"),
  ])
  func aWrongFileIsAnsweredWithItsLine(text: String, message: String) {
    let error = #expect(throws: (any Error).self) { try read(text) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func aMissingFileIsNamed() {
    #expect(throws: FileError.self) { try TransitionData(path: "/nowhere/transitions.jsonl") }
  }
}

@Suite struct DynamicsFitTests {
  /// A point that moves by its action, with noise 0.05.
  private func line(_ count: Int) -> TransitionData {
    var random = PCG64(seed: 11)
    var data = TransitionData(observationWidth: 1, actionWidth: 1)
    for _ in 0..<count {
      let (x, a) = (Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1)))
      data.append([x], [a], next: [x + 0.5 * a + 0.05 * Float(random.normal())])
    }
    return data
  }

  private func small() -> (GaussianEnsembleConfiguration, DynamicsRewardConfiguration) {
    var ensemble = GaussianEnsembleConfiguration()
    ensemble.members = 3
    ensemble.elites = 2
    ensemble.hidden = [16]
    ensemble.batchSize = 32
    ensemble.learningRate = 1e-2
    ensemble.maximumEpochs = 30
    ensemble.weightDecay = 0
    var reward = DynamicsRewardConfiguration()
    reward.hidden = [16]
    reward.learnerHidden = [16]
    reward.learnerFitSteps = 14
    reward.rounds = 200
    reward.rollouts = 16
    reward.horizon = 4
    reward.batchSize = 64
    reward.learningRate = 3e-3
    return (ensemble, reward)
  }

  @Test func elitesAreTheBestOnHeldOutRowsAndTheNoiseIsFound() throws {
    let models = try GaussianEnsemble(line(300), configuration: small().0)
    #expect(models.elites.count == 2)
    #expect(models.errors[models.elites[0]] == models.errors.min())
    #expect(!models.elites.contains(models.errors.firstIndex(of: models.errors.max()!)!))
    var (means, deviations): ([Float], [Float]) = ([0], [0])
    let normalizer = models.normalizer
    var input: [Float] = [0, 0]
    normalizer.input([0.2], [0.4], into: &input)
    models.models[models.elites[0]].predict(input, rows: 1, means: &means, deviations: &deviations)
    let change = means[0] * normalizer.changeDeviations[0] + normalizer.changeMeans[0]
    let noise = deviations[0] * normalizer.changeDeviations[0]
    #expect(abs(change - 0.2) < 0.03 && 0.03...0.08 ~= noise, "change \(change), noise \(noise)")
  }

  @Test func theRewardKnowsRealTransitionsAndStopsRolloutsThatAreNone() throws {
    let (ensemble, reward) = small()
    let fit = try FilteredDynamics.fit(line(300), ensemble: ensemble, reward: reward)
    #expect(fit.trainer.snapshots.count == 20)
    #expect(fit.separation.shuffled > 0.8 && fit.separation.learner < 0.9, "\(fit.separation)")
    #expect(fit.warnings.contains { $0.contains("300 transitions are few") })
    var (good, bad) = (TransitionData(observationWidth: 1, actionWidth: 1), line(0))
    good.append([0.1], [0.5], next: [0.35])
    bad.append([0.1], [0.5], next: [-0.4])
    let dynamics = fit.dynamics
    #expect(dynamics.reward!.rewards(good)[0] > dynamics.reward!.rewards(bad)[0])

    dynamics.filter = TransitionFilter(.best, stopsBelow: nil)
    let whole = dynamics.rollOut(from: [0, 0.1, 0.2], horizon: 5, policy: { $0.map { -$0 } })
    #expect(whole.count == 15)
    dynamics.filter = TransitionFilter(.best, stopsBelow: .infinity, minimumSteps: 2)
    #expect(dynamics.rollOut(from: [0, 0.1, 0.2], horizon: 5, policy: { $0.map { -$0 } }).count == 6)
    dynamics.filter = TransitionFilter(.random, stopsBelow: nil)
    let ended = dynamics.rollOut(
      from: [0, 0.1], horizon: 5, policy: { $0.map { _ in 0 } }, isTerminal: { _ in true })
    #expect(ended.count == 2)
    #expect(dynamics.rollOut(from: [0], horizon: 0, policy: { $0 }).count == 0)
  }

  @Test func theFilterChoosesAmongTheCandidatesThatCanBeSeen() throws {
    var (ensemble, reward) = small()
    ensemble.maximumEpochs = 3
    reward.rounds = 20
    let fitted = try FilteredDynamics.fit(line(100), ensemble: ensemble, reward: reward).dynamics
    func fresh(_ reward: DynamicsReward?, _ selection: TransitionFilter.Selection) -> FilteredDynamics {
      FilteredDynamics(
        fitted.ensemble, reward: reward, filter: TransitionFilter(selection, stopsBelow: nil), samples: 3,
        seed: 4)
    }
    let (states, actions): ([Float], [Float]) = ([0.1, -0.4, 0.9], [0.5, -1, 0.2])
    let made = fresh(fitted.reward, .random).candidates(states, actions)
    let kept = fresh(fitted.reward, .best).step(states, actions)
    let agreed = fresh(nil, .consensus).step(states, actions)
    #expect(made.nextObservations.count == 6 && made.rewards.count == 6)
    for row in 0..<3 {
      let best = (0..<6).max { made.rewards[$0][row] < made.rewards[$1][row] }!
      #expect(kept.nextObservations[row] == made.nextObservations[best][row])
      #expect(kept.rewards[row] == made.rewards[best][row])
      let drawn = made.nextObservations.map { $0[row] }
      let nearest = drawn.min { abs($0 - made.consensus[row]) < abs($1 - made.consensus[row]) }
      #expect(agreed.nextObservations[row] == nearest)
      #expect(drawn.min()! - 0.3 < made.consensus[row] && made.consensus[row] < drawn.max()! + 0.3)
    }
    // The mean over a great many draws is the consensus.
    let many = FilteredDynamics(
      fitted.ensemble, reward: nil, filter: TransitionFilter(.random, stopsBelow: nil), samples: 4000, seed: 5
    ).candidates([0.1], [0.5])
    let mean = many.nextObservations.reduce(0) { $0 + $1[0] } / Float(many.nextObservations.count)
    #expect(abs(mean - many.consensus[0]) < 0.03, "\(mean), \(many.consensus[0])")
    #expect(many.rewards.allSatisfy { $0 == [0] })
  }

  @Test func tooFewTransitionsAreRefused() {
    #expect(throws: DynamicsDataError.tooFewTransitions(4, needed: 10)) {
      try FilteredDynamics.fit(line(4))
    }
  }

  @Test func theAreaUnderTheCurveCountsPairs() {
    #expect(areaUnderCurve(positives: [3, 4], negatives: [1, 2]) == 1)
    #expect(areaUnderCurve(positives: [1, 3], negatives: [2, 2]) == 0.5)
    #expect(areaUnderCurve(positives: [2], negatives: [2, 1]) == 0.75)
    #expect(areaUnderCurve(positives: [], negatives: [1]).isNaN)
  }
}
