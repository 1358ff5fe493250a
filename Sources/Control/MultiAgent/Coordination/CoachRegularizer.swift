import Foundation
import Numeric

/// CoachReg (Roy et al. 2020, arXiv 1908.02269): a coach sees everything and names one of K sub-policies; agents learn to
/// name the same from what they see themselves. A sub-policy is a group of units of the first hidden layer.
///
/// A loss provider, like `TeamRegularizer`. In use each agent follows its own choice of sub-policy.
public struct CoachRegularizer: Sendable, Equatable {
  /// K.
  public let subPolicies: Int
  /// lambda_1 on the agents, lambda_3 on the coach, both of J_E; lambda_2 on J_PGE.
  public var agentWeight, coachWeight, policyWeight: Double

  public init(subPolicies: Int, agentWeight: Double, coachWeight: Double, policyWeight: Double) {
    precondition(subPolicies >= 1, "\(subPolicies) sub-policies")
    self.subPolicies = subPolicies
    self.agentWeight = agentWeight
    self.coachWeight = coachWeight
    self.policyWeight = policyWeight
  }

  public struct Agreement: Sendable, Equatable {
    /// J_E, without weights.
    public var loss: Double
    public var byCoach: [Double]
    public var byAgents: [[Double]]
  }

  /// J_E = mean over the agents of KL(coach || agent), by the logits of both.
  public func agreement(coach: [Double], agents: [[Double]]) -> Agreement {
    precondition(coach.count == subPolicies && !agents.isEmpty, "\(subPolicies) logits of the coach, agents")
    let share = 1 / Double(agents.count)
    var result = Agreement(loss: 0, byCoach: Array(repeating: 0, count: subPolicies), byAgents: [])
    for agent in agents {
      let (loss, byCoach, byAgent) = divergence(of: coach, from: agent)
      result.loss += share * loss
      for index in byCoach.indices { result.byCoach[index] += coachWeight * share * byCoach[index] }
      result.byAgents.append(byAgent.map { agentWeight * share * $0 })
    }
    return result
  }

  /// The mask of a sub-policy on `units` hidden units, which are dealt to the groups in turn: unit u is of group u mod K.
  public func mask(_ subPolicy: Int, units: Int) -> [Double] {
    (0..<units).map { $0 % subPolicies == subPolicy ? 1 : 0 }
  }

  /// The derivative of J_PGE = -Q by the coach's logits, through a sampled choice: what Q changes by each unit of the
  /// first hidden layer's mask is gathered by group and passed through the sample.
  public func policyGradient(byMask: [Double], sample: GumbelSample) -> [Double] {
    var byChoice = [Double](repeating: 0, count: subPolicies)
    for (unit, slope) in byMask.enumerated() { byChoice[unit % subPolicies] -= slope }
    return sample.backward(byChoice).map { policyWeight * $0 }
  }
}

/// A choice drawn from logits by the Gumbel-softmax trick, straight through: a one-hot vector forward, the softmax's
/// derivative backward (Jang et al. 2017).
public struct GumbelSample: Sendable, Equatable {
  /// The number drawn.
  public let choice: Int
  /// softmax((logits + noise) / temperature).
  public let soft: [Double]
  public let temperature: Double

  public init(_ logits: [Double], temperature: Double = 1, random: inout PCG64) {
    precondition(temperature > 0 && !logits.isEmpty, "logits, and a temperature above 0")
    let noisy = logits.map { ($0 - log(-log(1 - random.uniform() + 1e-300) + 1e-300)) / temperature }
    let normalizer = logSumExp(noisy)
    let soft = noisy.map { exp($0 - normalizer) }
    self.soft = soft
    choice = soft.indices.max { soft[$0] < soft[$1] } ?? 0
    self.temperature = temperature
  }

  public var oneHot: [Double] { soft.indices.map { $0 == choice ? 1 : 0 } }

  /// From the derivative by the one-hot vector to that by the logits.
  public func backward(_ gradient: [Double]) -> [Double] {
    let mean = zip(soft, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(soft, gradient).map { $0 * ($1 - mean) / temperature }
  }
}
