import Foundation
import Numeric
import Testing

@testable import Control

/// The clipped surrogate on numbers worked out by hand: two agents, each with his own ratio, and one value.
@Suite struct PPOLossTests {
  /// A network of one input and no hidden layer that puts out `outputs` whatever it sees.
  private func constant(_ outputs: [Float]) -> DenseNetwork {
    var random = PCG64(seed: 1)
    let network = DenseNetwork(widths: [1, outputs.count], random: &random)
    for place in outputs.indices {
      network.parameters[place] = 0
      network.parameters[outputs.count + place] = outputs[place]
    }
    return network
  }

  private func batch(oldProbability: Double, advantage: Float, outputs: Int) -> Minibatch {
    var batch = Minibatch(rows: 1, width: 1, outputs: outputs, actionWidth: 1)
    batch.count = 1
    batch.observations = [1]
    batch.actions = [0]
    batch.logProbabilities = [Float(log(oldProbability))]
    batch.advantages = [advantage]
    batch.returns = [2]
    return batch
  }

  /// Now p(0) = 1/2. Before it was 1/4 for one agent (ratio 2, clipped to 1.2 where that is less) and 5/8 for the other
  /// (ratio 0.8): with A = 3 the losses are -3.6 and -2.4. A mean of the two log-probabilities would clip both.
  @Test func eachAgentHasHisOwnRatio() {
    let none = ParameterVector([0])
    for (old, loss, slope) in [(0.25, -3.6, 0.0), (0.625, -2.4, -0.8 * 3 * 0.5)] {
      let policy = constant([0, 0])
      var batch = batch(oldProbability: old, advantage: 3, outputs: 2)
      let terms = PPOLoss.addPolicyGradient(
        policy, none, .categorical(2), &batch, clip: 0.2, entCoef: 0)
      #expect(abs(Double(terms.loss) - loss) < 1e-5)
      #expect(abs(Double(terms.entropy) - log(2)) < 1e-5)
      // d loss / d logit 0 = -ratio A (1 - p), nothing where the clip holds.
      #expect(abs(Double(policy.gradients[2]) - slope) < 1e-5)
      #expect(abs(Double(policy.gradients[3]) + slope) < 1e-5)
    }
  }

  /// A = -3 and ratio 2: the minimum is the unclipped -6, so the gradient is alive.
  @Test func aBadActionThatBecameLikelierIsNotClipped() {
    let none = ParameterVector([0])
    let policy = constant([0, 0])
    var batch = batch(oldProbability: 0.25, advantage: -3, outputs: 2)
    let terms = PPOLoss.addPolicyGradient(policy, none, .categorical(2), &batch, clip: 0.2, entCoef: 0)
    #expect(abs(terms.loss - 6) < 1e-5)
    #expect(abs(policy.gradients[2] - 3) < 1e-5)
  }

  @Test func theCriticsLossIsTheSquaredError() {
    let value = constant([0.5])
    var batch = batch(oldProbability: 1, advantage: 0, outputs: 1)
    #expect(abs(PPOLoss.addValueGradient(value, &batch, coefficient: 0.5) - 2.25) < 1e-6)
    #expect(abs(value.gradients[1] + 1.5) < 1e-6)
  }
}
