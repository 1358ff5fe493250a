import Foundation
import Numeric
import Testing

@testable import Learned

@Suite struct TransitionFilterTests {
  @Test func theBestOfPlantedRewardsIsKept() {
    var random = PCG64(seed: 1)
    let filter = TransitionFilter(.best)
    // Three candidates of two rows, candidate after candidate.
    let rewards = [0.1, 0.9, 0.8, 0.2, 0.3, 0.4]
    #expect(filter.choose(rewards, first: 0, stride: 2, count: 3, random: &random) == 1)
    #expect(filter.choose(rewards, first: 1, stride: 2, count: 3, random: &random) == 0)
    #expect(filter.choose([.nan, 0.1, .nan, 0.3], count: 4, random: &random) == 3)
  }

  @Test func softmaxDrawsWithItsProbabilities() {
    var random = PCG64(seed: 2)
    let rewards = [0.5, 0.7, 0.45, 0.62]
    let weights = rewards.map { exp(10 * $0) }
    let filter = TransitionFilter(.softmax(temperature: 0.1))
    var counts = [0, 0, 0, 0]
    for _ in 0..<100_000 { counts[filter.choose(rewards, count: 4, random: &random)] += 1 }
    for candidate in 0..<4 {
      let expected = weights[candidate] / weights.reduce(0, +)
      #expect(abs(Double(counts[candidate]) / 1e5 - expected) < 0.02 * max(expected, 0.2))
    }
    #expect(filter.choose([.nan, 0.4, .nan], count: 3, random: &random) == 1)
    #expect(0...2 ~= filter.choose([.nan, .nan, .nan], count: 3, random: &random))
    #expect(filter.choose([5000, -5000], count: 2, random: &random) == 0)
  }

  @Test func consensusNeedsNoRewardsAndKeepsTheNearest() {
    #expect(!TransitionFilter(.consensus, stopsBelow: nil).needsRewards)
    #expect(TransitionFilter(.consensus).needsRewards)
    var random = PCG64(seed: 1)
    let kept = TransitionFilter(.consensus).choose([-4, -0.5, -0.25, -9], count: 4, random: &random)
    #expect(kept == 2)
  }

  @Test func anyCandidateIsDrawnAlikeWithoutAFilter() {
    var random = PCG64(seed: 3)
    var counts = [0, 0, 0, 0, 0]
    for _ in 0..<50_000 {
      counts[TransitionFilter(.random).choose([9, 1, 1, 1, 1], count: 5, random: &random)] += 1
    }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
  }

  @Test func stopsBelowTheThresholdAfterTheMinimalLength() {
    let filter = TransitionFilter(.best, stopsBelow: 0.6, minimumSteps: 2)
    #expect(!filter.stops(reward: 0.1, step: 2) && filter.stops(reward: 0.1, step: 3))
    #expect(!filter.stops(reward: 0.6, step: 3) && filter.stops(reward: .nan, step: 3))
    #expect(!TransitionFilter(.best, stopsBelow: nil).stops(reward: -1, step: 9))
  }
}

@Suite struct DynamicsRewardTests {
  @Test func theThresholdOfTheCodeIsTheProbabilityOfTheCard() {
    #expect(abs(DynamicsReward.reward(probability: 0.4512) - 0.6) < 1e-3)
    #expect(DynamicsReward.reward(probability: 1).isFinite && DynamicsReward.reward(probability: 1) > 20)
    #expect(abs(DynamicsReward.reward(probability: 0.5) - log(2)) < 1e-8)
  }

  @Test func theRescaledLogitIsMinusOneAtTheLearnersMeanAndOneAtTheDatas() {
    #expect(DynamicsReward.rescaled(-0.4, real: 1.1, learner: -0.4) == -1)
    #expect(abs(DynamicsReward.rescaled(1.1, real: 1.1, learner: -0.4) - 1) < 1e-6)
    #expect(DynamicsReward.rescaled(-9, real: 1.1, learner: -0.4) == -1)
    #expect(abs(DynamicsReward.rescaled(9, real: 1.1, learner: -0.4) - 1) < 1e-6)
  }

  /// Discriminators whose logit is `weight` times the change plus `bias`.
  private func snapshot(_ weight: Float, _ bias: Float, real: Double, learner: Double)
    -> DynamicsReward.Snapshot
  {
    var random = PCG64(seed: 1)
    let network = DenseNetwork(widths: [3, 1], random: &random)
    for (index, value) in [0, 0, weight, bias].enumerated() { network.parameters[index] = value }
    return DynamicsReward.Snapshot(network, realLogit: real, learnerLogit: learner)
  }

  private func data() -> TransitionData {
    var data = TransitionData(observationWidth: 1, actionWidth: 1)
    // Changes -1 and 1: normalised by their own statistics they stay -1 and 1.
    data.append([0], [0], next: [-1])
    data.append([1], [1], next: [2])
    return data
  }

  @Test func snapshotsAreAveragedAsProbabilities() {
    let (data, snapshots) = (
      data(), [snapshot(1, 0, real: 1, learner: -1), snapshot(2, 0.5, real: 0, learner: 0.1)]
    )
    let normalizer = TransitionNormalizer(data)
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    let plain = DynamicsReward(normalizer, snapshots: snapshots).rewards(data)
    for (found, change) in zip(plain, [-1.0, 1]) {
      let probability = (sigmoid(change) + sigmoid(2 * change + 0.5)) / 2
      #expect(abs(found + log(1 - probability)) < 1e-4)
    }
    // Clamped: the second snapshot rates the learner above the data and is left out.
    let clamped = DynamicsReward(normalizer, snapshots: snapshots, formula: .clamped)
    #expect(clamped.snapshots.count == 1)
    for (found, z) in zip(clamped.rewards(data), [-1.0, 1]) {
      #expect(abs(found + log(1 - sigmoid(z))) < 1e-4)
    }
    let cut = DynamicsReward(
      normalizer, snapshots: [snapshot(0, 50, real: 1, learner: 0)], largestProbability: 0.999
    ).rewards(data)
    #expect(abs(cut[0] + log(0.001)) < 1e-4)
  }
}

@Suite struct GaussianTransitionModelTests {
  private func model() -> (GaussianTransitionModel, [Float], [Float]) {
    var random = PCG64(seed: 7)
    let model = GaussianTransitionModel(inputWidth: 3, width: 2, hidden: [8], random: &random)
    let input = (0..<15).map { _ in Float(random.normal()) }
    return (model, input, (0..<10).map { _ in Float(random.normal()) })
  }

  /// The largest distance of the gradients from finite differences of `loss`.
  private func distance(_ model: GaussianTransitionModel, loss: () -> Double) -> Double {
    let gradients = Array(model.network.gradients)
    var worst = 0.0
    for index in stride(from: 0, to: gradients.count, by: 3) {
      let value = model.network.parameters[index]
      let step: Float = 1e-2
      model.network.parameters[index] = value + step
      let up = loss()
      model.network.parameters[index] = value - step
      let down = loss()
      model.network.parameters[index] = value
      worst = max(worst, abs((up - down) / Double(2 * step) - Double(gradients[index])))
    }
    return worst
  }

  private func predictions(_ model: GaussianTransitionModel, _ input: [Float]) -> ([Float], [Float]) {
    var (means, deviations) = ([Float](repeating: 0, count: 10), [Float](repeating: 0, count: 10))
    model.predict(input, rows: 5, means: &means, deviations: &deviations)
    return (means, deviations)
  }

  @Test func theLikelihoodsGradientIsItsDerivative() {
    let (model, input, changes) = model()
    func loss() -> Double {
      let (means, deviations) = predictions(model, input)
      return (0..<10).reduce(0.0) { sum, index in
        let z = Double((changes[index] - means[index]) / deviations[index])
        return sum + z * z + 2 * log(Double(deviations[index]))
      } / 10
    }
    #expect(abs(model.addLikelihoodGradient(input, changes, rows: 5) - loss()) < 1e-4)
    #expect(distance(model, loss: loss) < 5e-3)
  }

  @Test func thePathwiseGradientIsTheDerivativeThroughTheDraw() {
    let (model, input, noise) = model()
    let byChange = (0..<10).map { Float($0) / 10 - 0.3 }
    func loss() -> Double {
      let (means, deviations) = predictions(model, input)
      return (0..<10).reduce(0.0) { sum, index in
        sum + Double(byChange[index] * (means[index] + deviations[index] * noise[index]))
      }
    }
    let output = model.network.forward(input, rows: 5)
    model.addPathGradient(input, rows: 5, output: output, noise: noise, byChange: byChange)
    #expect(distance(model, loss: loss) < 5e-3)
  }
}
