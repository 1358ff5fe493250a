import Control
import Foundation
import Numeric
import Rewards
import Worlds
import Testing

@testable import Learned

/// Rows with two observed numbers and one action, for rewards to look at.
struct Rows {
  var observations: [Float]
  var actions: [Float]
  var count: Int { actions.count }

  func withBatch<Result>(_ body: (TransitionBatch) throws -> Result) rethrows -> Result {
    let (rewards, ends) = ([Double](repeating: 0.5, count: count), [Bool](repeating: false, count: count))
    return try observations.withUnsafeBufferPointer { observations in
      try actions.withUnsafeBufferPointer { actions in
        try rewards.withUnsafeBufferPointer { rewards in
          try ends.withUnsafeBufferPointer { ends in
            try body(
              TransitionBatch(
                lanes: count, observations: observations, actions: actions, nextObservations: observations,
                rewards: rewards, terminated: ends, truncated: ends))
          }
        }
      }
    }
  }

  func paid(by reward: any StepReward) -> [Double] {
    var paid = [Double](repeating: 7, count: count)
    withBatch { batch in paid.withUnsafeMutableBufferPointer { reward.pay(batch, into: $0) } }
    return paid
  }

  static func random(_ count: Int, seed: UInt64) -> Rows {
    var random = PCG64(seed: seed)
    return Rows(
      observations: (0..<2 * count).map { _ in Float(random.normal()) },
      actions: (0..<count).map { _ in Float(random.uniform(-1, 1)) })
  }
}

@Suite struct HeronRewardTests {
  private func file(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try JSONParser().parse(text) else { fatalError("not a mapping") }
    return object
  }

  private let text = """
    {"signals": [{"name": "distance", "of": ["observation[0]", "observation[1]"], "transform": "norm",
                  "better": "lower"},
                 {"name": "effort", "of": "action[0]", "transform": "square", "better": "lower", "margin": 0}],
     "hidden": [32, 32], "learning_rate": 0.01}
    """

  @Test func learnsTheHierarchyThatAFileNames() throws {
    let reward = try HeronReward(try file(text), observationWidth: 2, actionWidth: 1)
    #expect(reward.hierarchy.levels.map(\.name) == ["distance", "effort"])
    #expect(reward.hierarchy.levels.map(\.marginMultiplier) == [1, 0])
    let data = Rows.random(400, seed: 1)
    #expect(data.paid(by: reward).allSatisfy { $0 == 0 }, "nothing is paid before the first fit")
    let report = data.withBatch { batch in
      reward.fit(on: batch, updates: 300)
      return reward.fit(on: batch, updates: 20)
    }
    // With margins the labels are no order, so no reward gets all of them right.
    #expect(report.pairAccuracy > 0.85)
    // Margin 0 on a number that varies decides every pair but that of a row with itself.
    #expect(report.diagnostics.discardRate < 0.01)
    let paid = data.paid(by: reward)
    let mean = paid.reduce(0, +) / 400
    let deviation = (paid.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
    #expect(abs(mean) < 0.15 && abs(deviation - 1) < 0.15, "normalised: \(mean), \(deviation)")
    // Near and at rest is better than far and at rest.
    let two = Rows(observations: [0, 0, 2, 2], actions: [0, 0]).paid(by: reward)
    #expect(two[0] > two[1] + 1)
  }

  @Test func theUnitOfASignalDoesNotChangeTheReward() throws {
    let data = Rows.random(300, seed: 2)
    let paid = [Float(1), 64].map { unit in
      let signals = StepSignals(width: 2) { batch, lane, target in
        target[0] = unit * abs(batch.observations[lane * 2])
        target[1] = abs(batch.actions[lane])
      }
      var configuration = HeronConfiguration()
      configuration.hidden = [16]
      let reward = HeronReward(
        SignalHierarchy([SignalLevel("a", better: .lower), SignalLevel("b", better: .lower)]),
        signals: signals, configuration: configuration)
      data.withBatch { _ = reward.fit(on: $0, updates: 40) }
      return data.paid(by: reward)
    }
    #expect(zip(paid[0], paid[1]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func aRowWithNaNIsPaidTheMeanAndNotLearnedFrom() throws {
    let reward = try HeronReward(try file(text), observationWidth: 2, actionWidth: 1)
    var data = Rows.random(100, seed: 3)
    data.observations[10] = .nan
    let report = data.withBatch { reward.fit(on: $0, updates: 10) }
    #expect(report.diagnostics.rejectedRows == 1 && report.pairAccuracy.isFinite)
    let paid = data.paid(by: reward)
    #expect(paid[5] == 0 && paid.allSatisfy { $0.isFinite })
    let bad = Rows(observations: [.nan, 0, .nan, 1], actions: [0, 0])
    #expect(bad.withBatch { reward.fit(on: $0, updates: 3) }.pairAccuracy.isNaN)
  }

  @Test func theWeightedSumIsBetaToTheLevelTimesTheSignal() {
    let signals = StepSignals([
      NamedSignal([.observation(0)]), NamedSignal([.observation(1)]), NamedSignal([.action(0)], .square),
    ])
    let sum = WeightedSumReward(
      SignalHierarchy([
        SignalLevel("a", better: .higher), SignalLevel("b", better: .lower), SignalLevel("c", better: .lower),
      ]), signals: signals, beta: 0.5)
    #expect(Rows(observations: [3, 2], actions: [4]).paid(by: sum) == [3 - 0.5 * 2 - 0.25 * 16])
  }

  @Test(arguments: [
    (#"{"signals": []}"#, "signals: expected a list of signals"),
    (
      #"{"signals": [{"name": "a", "of": "observation[2]", "better": "lower"}]}"#,
      "signals[0].of: expected observation[0...1]"
    ),
    (
      #"{"signals": [{"name": "a", "of": "reward", "better": "lowr"}]}"#,
      #"signals[0].better: expected one of higher, lower, found "lowr"; did you mean "lower"?"#
    ),
    (
      #"{"signals": [{"name": "a", "of": "reward", "better": "lower", "transform": "angle"}]}"#,
      "signals[0].of: expected the sine and the cosine"
    ),
    (
      #"{"signals": [{"name": "a", "of": "reward", "better": "lower"}], "hidden": [0]}"#,
      "hidden: expected widths from 1 to 4096, found 0"
    ),
    (#"{}"#, "signals: expected a JSON value, found nothing"),
  ])
  func aWrongFileIsAnsweredWithItsKey(text: String, message: String) throws {
    let given = try file(text)
    let error = #expect(throws: ParameterError.self) {
      try HeronReward(given, observationWidth: 2, actionWidth: 1)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func namedSignalsReadTheStep() {
    let rows = Rows(observations: [0.6, 0.8], actions: [-3])
    let found = rows.withBatch {
      StepSignals([
        NamedSignal([.observation(1)]), NamedSignal([.action(0)], .absolute), NamedSignal([.reward], .square),
        NamedSignal([.observation(0), .nextObservation(1)], .norm),
        NamedSignal([.observation(0), .observation(1)], .squaredNorm),
        NamedSignal([.observation(0), .observation(1)], .angle), NamedSignal([.terminated]),
      ])($0)
    }
    let expected: [Float] = [0.8, 3, 0.25, 1, 1, atan2(0.6, 0.8), 0]
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
