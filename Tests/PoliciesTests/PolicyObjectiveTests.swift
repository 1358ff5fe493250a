import Foundation
import Testing

@testable import Policies

struct PolicyObjectiveTests {
  @Test(arguments: PolicyObjective.KLEstimator.allCases)
  func `the gradient is the loss's finite difference`(_ kl: PolicyObjective.KLEstimator) {
    let objective = PolicyObjective(epsilon: 0.2, epsilonHigh: 0.28, beta: 0.3, kl: kl)
    for advantage in [-1.5, 0, 0.7] {
      for old in [-2.0, -1.6, -1.3, -1.0] {
        func loss(_ x: Double) -> Double {
          objective.token(logProbability: x, old: old, reference: -1.1, advantage: advantage).loss
        }
        let token = objective.token(logProbability: -1.4, old: old, reference: -1.1, advantage: advantage)
        let difference = (loss(-1.4 + 1e-5) - loss(-1.4 - 1e-5)) / 2e-5
        #expect(abs(difference - token.gradient) < 1e-6)
      }
    }
  }

  @Test func `the clip is asymmetric and only binds against the advantage's direction`() {
    let objective = PolicyObjective(epsilon: 0.2, epsilonHigh: 0.5)
    func isClipped(ratio: Double, advantage: Double) -> Bool {
      objective.token(logProbability: log(ratio), old: 0, reference: nil, advantage: advantage).isClipped
    }
    #expect(!isClipped(ratio: 1.4, advantage: 1))
    #expect(isClipped(ratio: 1.6, advantage: 1))
    #expect(!isClipped(ratio: 1.6, advantage: -1))
    #expect(isClipped(ratio: 0.7, advantage: -1))
    #expect(!isClipped(ratio: 0.7, advantage: 1))
  }

  @Test func `each normalisation weighs tokens as its paper says`() {
    let lengths = [2, 6]
    func weights(_ kind: PolicyObjective.Normalization) -> [Double] {
      PolicyObjective(normalization: kind).weights(lengths: lengths, maxCompletionLength: 10)
    }
    #expect(weights(.grpo) == [0.25, 1.0 / 12])
    #expect(weights(.dapo) == [0.125, 0.125])
    #expect(weights(.drGRPO) == [0.05, 0.05])
  }
}
