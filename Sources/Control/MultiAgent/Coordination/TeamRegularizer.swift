import Foundation
import Numeric

/// TeamReg (Roy et al. 2020, arXiv 1908.02269): each agent predicts each teammate's action from its own observation, and
/// teammates are paid for being predictable.
///
/// A loss provider: it takes what networks put out and gives back derivatives, one for the predictor's head and one for
/// the teammate's policy. Predictability alone is easiest for constant actions: watch the policies' entropy.
public struct TeamRegularizer: Sendable, Equatable {
  /// lambda_1, on the predictor, and lambda_2, on the teammate's policy.
  public var predictorWeight, policyWeight: Double

  public init(predictorWeight: Double, policyWeight: Double) {
    self.predictorWeight = predictorWeight
    self.policyWeight = policyWeight
  }

  /// A loss and its derivatives, weights applied.
  public struct Result: Sendable, Equatable {
    /// J_TS(i, j), without weights.
    public var loss: Double
    public var byPrediction, byActual: [Double]
  }

  /// Continuous actions: the mean squared error.
  public func continuous(predicted: [Double], actual: [Double]) -> Result {
    precondition(predicted.count == actual.count && !actual.isEmpty, "as many predictions as numbers")
    let count = Double(actual.count)
    let errors = zip(predicted, actual).map { $0 - $1 }
    return Result(
      loss: errors.reduce(0) { $0 + $1 * $1 } / count,
      byPrediction: errors.map { predictorWeight * 2 * $0 / count },
      byActual: errors.map { -policyWeight * 2 * $0 / count })
  }

  /// Choices: KL(actual || predicted) = sum_a p (log p - log q), both given as logits.
  public func discrete(predicted: [Double], actual: [Double]) -> Result {
    let (loss, byActual, byPrediction) = divergence(of: actual, from: predicted)
    return Result(
      loss: loss, byPrediction: byPrediction.map { predictorWeight * $0 },
      byActual: byActual.map { policyWeight * $0 })
  }
}

/// KL(p || q) of two softmax distributions and its derivatives by both logits.
func divergence(of p: [Double], from q: [Double]) -> (loss: Double, byP: [Double], byQ: [Double]) {
  precondition(p.count == q.count && !p.isEmpty, "as many logits on both sides")
  let (normP, normQ) = (logSumExp(p), logSumExp(q))
  let gaps = zip(p, q).map { ($0 - normP) - ($1 - normQ) }
  let (probP, probQ) = (p.map { exp($0 - normP) }, q.map { exp($0 - normQ) })
  let loss = zip(probP, gaps).reduce(0) { $0 + $1.0 * $1.1 }
  return (loss, zip(probP, gaps).map { $0 * ($1 - loss) }, zip(probQ, probP).map { $0 - $1 })
}
