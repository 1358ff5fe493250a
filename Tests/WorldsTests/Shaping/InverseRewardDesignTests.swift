import Foundation
import Testing

@testable import Worlds

@Suite struct InverseRewardDesignTests {
  /// Two candidates and one alternative plan, by hand: P(w) ~ exp(w . phi~) / (exp(w . phi~) + exp(w . phi)).
  @Test func thePosteriorIsTheFormulas() {
    let design = InverseRewardDesign(
      candidates: [[1, 0], [0, 1]], proxyCounts: [2, 1], alternatives: [[0, 3]], beta: 0.5)
    let weight = { (own: Double, other: Double) in exp(0.5 * own) / (exp(0.5 * own) + exp(0.5 * other)) }
    let (first, second) = (weight(2, 0), weight(1, 3))
    #expect(abs(design.posterior[0] - first / (first + second)) < 1e-12)
    #expect(abs(design.posterior.reduce(0, +) - 1) < 1e-12)
    #expect(abs(design.mean[0] - design.posterior[0]) < 1e-12)
  }

  @Test func countsInTheThousandsDoNotOverflow() {
    let design = InverseRewardDesign(
      candidates: [[1, 0], [-1, 0]], proxyCounts: [5000, 0], alternatives: [[0, 5000]], beta: 10)
    #expect(abs(design.posterior[0] - 1) < 1e-12)
  }

  @Test func aFeatureThatTrainingNeverMeetsStaysUnknown() {
    var random = PCG64(seed: 1)
    let weights = (0..<4000).map { _ in (0..<3).map { _ in random.uniform(-1, 1) } }
    // The third feature is in no training plan.
    let design = InverseRewardDesign(
      candidates: weights, proxyCounts: [8, 1, 0], alternatives: [[0, 9, 0], [4, 5, 0], [2, 1, 0]])
    #expect(abs(design.mean[2]) < 0.05 && abs(design.deviations[2] - 1 / sqrt(3)) < 0.02)
    #expect(design.mean[0] > 0.3 && design.deviations[0] < 0.5)
    let samples = design.sample(50, random: &random)
    #expect(samples.count == 50 && samples.allSatisfy(weights.contains))
    // A plan through the unknown feature is worse in the worst case than one without it.
    #expect(design.riskAverseChoice([[8, 0, 5], [7, 1, 0]], samples: samples) == 1)
  }
}
