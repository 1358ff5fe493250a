import Foundation
import Numeric
import Testing
import Worlds

@testable import Control

@Suite struct NormalizationTests {
  /// (Q - c) / s obeys Bellman's equation with the scaled rewards, through ends of both kinds.
  @Test func scaledRewardsBelongToShiftedValues() {
    var scaler = RewardNormalizer(gamma: 0.9)
    let rewards = [5.0, 7, 4, 6, 9, 5.5]
    for (step, reward) in rewards.enumerated() {
      scaler.observe(reward, terminated: step == 2, truncated: step == 5)
    }
    // An episode of three steps that terminates: values by hand, then shifted.
    let values = [5 + 0.9 * (7 + 0.9 * 4), 7 + 0.9 * 4, 4.0]
    let shifted = values.map { ($0 - scaler.shift) / scaler.scale }
    for step in 0..<3 {
      let next = step < 2 ? 0.9 * shifted[step + 1] : 0
      let reward = Double(scaler.scaled(rewards[step], terminated: step == 2))
      #expect(abs(shifted[step] - reward - next) < 1e-5)
    }
  }

  @Test func theShiftIsTheMeanValueOfWhatEndsAtOnce() {
    var scaler = RewardNormalizer(gamma: 0.99)
    for reward in [1.0, 3, 5, 7] { scaler.observe(reward, terminated: true, truncated: false) }
    #expect(abs(scaler.shift - 4) < 1e-9)
    // The first deviations are around the means so far: 0, 1, 2 and 3.
    #expect(scaler.scale > 1 && scaler.scale < 2.5)
  }

  @Test func constantRewardsAreNotDividedByNothing() {
    var scaler = RewardNormalizer(gamma: 0.9)
    for _ in 0..<5 { scaler.observe(500, terminated: false, truncated: true) }
    #expect(scaler.scale == 1)
    #expect(abs(scaler.scaled(500, terminated: false)) < 1e-3)
  }

  @Test func observationsComeToMeanZeroAndDeviationOne() {
    var normalizer = ObservationNormalizer(width: 2)
    for value in [Float(1), 2, 3, 4] { normalizer.observe([value, 7]) }
    var seen = [Float](repeating: 0, count: 2)
    normalizer.normalize([2.5 + Float(1.25).squareRoot(), 7], into: &seen)
    #expect(abs(seen[0] - 1) < 1e-5 && seen[1] == 0)
    normalizer.normalize([1e9, 7], into: &seen)
    #expect(seen[0] == 10)
  }
}
