import Foundation
import Numeric
import Testing
import Worlds

@testable import Control

@Suite struct GeneralizedAdvantageTests {
  /// The sum of eq. 16 written out, on two lanes of which one ends in the middle.
  @Test func isTheDiscountedSumOfErrors() {
    let rewards: [Float] = [1, 2, 3, 4, 5, 6]  // steps x lanes: 3 x 2
    let values: [Float] = [0.5, 1, 1.5, 2, 2.5, 3]
    let isLast = [false, false, true, false, false, false]
    let (gamma, lambda) = (0.9, 0.8)
    var advantages = [Float](repeating: 0, count: 6)
    var returns = advantages
    GeneralizedAdvantage.estimate(
      rewards: rewards, values: values, isLast: isLast, nextValues: [7, 8], gamma: gamma, lambda: lambda,
      advantages: &advantages, returns: &returns)
    func error(_ step: Int, _ lane: Int) -> Double {
      let next = step == 2 ? [7.0, 8.0][lane] : Double(values[(step + 1) * 2 + lane])
      let index = step * 2 + lane
      return Double(rewards[index]) + (isLast[index] ? 0 : gamma * next) - Double(values[index])
    }
    for lane in 0..<2 {
      for step in 0..<3 {
        var (sum, factor) = (0.0, 1.0)
        for later in step..<3 {
          sum += factor * error(later, lane)
          factor *= isLast[later * 2 + lane] ? 0 : gamma * lambda
        }
        #expect(abs(Double(advantages[step * 2 + lane]) - sum) < 1e-5)
        #expect(abs(Double(returns[step * 2 + lane]) - sum - Double(values[step * 2 + lane])) < 1e-5)
      }
    }
  }
}

@Suite struct ActionDistributionTests {
  @Test(arguments: [0, 1]) func gradientsAreFiniteDifferences(kind: Int) {
    let distribution: ActionDistribution =
      kind == 0 ? .categorical(4) : .gaussian(low: [-1, -1], high: [1, 1])
    let outputs: [Float] = kind == 0 ? [0.3, -1, 0.7, 0.1] : [0.4, -0.8]
    let action: [Float] = kind == 0 ? [2] : [0.9, -1.1]
    let deviations = ParameterVector([-0.3, 0.2])
    func loss(_ outputs: [Float]) -> Double {
      var outputs = outputs
      let (logProbability, entropy) = distribution.evaluate(
        &outputs, logDeviations: deviations.parameters, action: action)
      return Double(0.7 * logProbability + 0.4 * entropy)
    }
    var copy = outputs
    var gradient = [Float](repeating: 0, count: outputs.count)
    distribution.gradient(
      &copy, logDeviations: deviations.parameters, action: action, byLogProbability: 0.7, byEntropy: 0.4,
      into: &gradient, deviationGradients: deviations.gradients)
    for index in outputs.indices {
      var (above, below) = (outputs, outputs)
      above[index] += 0.01
      below[index] -= 0.01
      #expect(abs(Double(gradient[index]) - (loss(above) - loss(below)) / 0.02) < 1e-3)
    }
    guard kind == 1 else { return }
    for index in 0..<2 {
      deviations.parameters[index] += 0.01
      let above = loss(outputs)
      deviations.parameters[index] -= 0.02
      #expect(abs(Double(deviations.gradients[index]) - (above - loss(outputs)) / 0.02) < 1e-3)
      deviations.parameters[index] += 0.01
    }
  }

  @Test func drawsFollowTheProbabilities() {
    var random = PCG64(seed: 1)
    var outputs: [Float] = [log(0.2), log(0.5), log(0.3)]
    let none = ParameterVector([0])
    var counts = [0, 0, 0]
    for _ in 0..<20_000 {
      var action: [Float] = [0]
      let logProbability = ActionDistribution.categorical(3).sample(
        &outputs, logDeviations: none.parameters, into: &action, random: &random)
      #expect(abs(logProbability - outputs[Int(action[0])]) < 1e-5)
      counts[Int(action[0])] += 1
    }
    for (count, share) in zip(counts, [0.2, 0.5, 0.3]) {
      #expect(abs(Double(count) / 20_000 - share) < 0.015)
    }
  }
}

@Suite struct PPOTests {
  private var small: PPOConfiguration {
    var small = PPOConfiguration()
    small.learningRate = 2e-3
    small.nSteps = 64
    small.batchSize = 128
    small.nEpochs = 8
    small.netArch = [32]
    return small
  }

  @Test func learnsToBalanceAPole() {
    let ppo = PPO(CartPole(), small)
    let first = ppo.learn(totalSteps: 1_024)
    let last = ppo.learn(totalSteps: 16_384)
    #expect((first?.meanReturn ?? 0) < 40)
    #expect((last?.meanReturn ?? 0) > 80)
  }

  @Test func theSameSeedLearnsTheSame() {
    let updates = (0..<2).map { _ in PPO(CartPole(), small).learn(totalSteps: 2_048) }
    #expect(updates[0]?.policyLoss == updates[1]?.policyLoss)
    #expect(updates[0]?.meanReturn == updates[1]?.meanReturn)
  }

  /// Paid for moving left only, the policy learns to move left although the world pays for balance.
  @Test func learnsWhatItIsPaidFor() {
    final class Left: StepReward {
      func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
        for lane in 0..<batch.lanes { rewards[lane] = batch.actions[lane] == 0 ? 1 : 0 }
      }
    }
    // Without foresight, for with it a longer balance is worth more moves to the left.
    var blind = small
    blind.gamma = 0
    let ppo = PPO(CartPole(), blind)
    ppo.reward = Left()
    ppo.learn(totalSteps: 8_192)
    let choices = (0..<50).map { ppo.act([Float($0) / 500, 0.1, -0.01, 0])[0] }
    #expect(choices.filter { $0 == 0 }.count >= 48)
  }
}

@Suite struct ShapedRewardTests {
  /// A rule that learns from the policy's probabilities gets them from PPO, for every lane and summing to 1.
  @Test func ppoTellsItsProbabilities() throws {
    final class Listener: StepReward {
      var sums: [Double] = []
      func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
        guard let all = batch.probabilities else { return }
        for lane in 0..<batch.lanes { sums.append(all[lane * 2] + all[lane * 2 + 1]) }
      }
    }
    var settings = PPOConfiguration()
    (settings.nEnvs, settings.nSteps, settings.batchSize, settings.nEpochs) = (3, 5, 15, 1)
    let ppo = PPO(CartPole(), settings)
    let listener = Listener()
    ppo.reward = listener
    ppo.learn(totalSteps: 15)
    #expect(listener.sums.count == 15 && listener.sums.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func whereAnEpisodeEndsItsOwnLastObservationIsShown() {
    let (next, final): ([Float], [Float]) = ([1, 2, 3, 4], [9, 8, 7, 6])
    let (rewards, terminated, truncated) = ([0.0, 0], [false, true], [false, false])
    next.withUnsafeBufferPointer { next in
      final.withUnsafeBufferPointer { final in
        rewards.withUnsafeBufferPointer { rewards in
          terminated.withUnsafeBufferPointer { terminated in
            truncated.withUnsafeBufferPointer { truncated in
              let batch = TransitionBatch(
                lanes: 2, observations: next, actions: final, nextObservations: next,
                finalObservations: final,
                rewards: rewards, terminated: terminated, truncated: truncated)
              #expect(Array(batch.after(0)) == [1, 2])
              #expect(Array(batch.after(1)) == [7, 6])
            }
          }
        }
      }
    }
  }
}
