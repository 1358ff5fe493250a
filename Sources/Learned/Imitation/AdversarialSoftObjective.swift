import Foundation

/// The loss of adversarial soft advantage fitting (ASAF, Barde et al. 2020, arXiv 2006.13258): the discriminator is
/// itself a policy, D(tau) = q_phi(tau) / (q_phi(tau) + q_G(tau)), where q is the product of the action probabilities
/// (the dynamics cancel), so its optimum is the expert's policy whatever the generator is.
public enum AdversarialSoftObjective {
  /// A window's log-probabilities under the policy being learned and the one that generates.
  public struct Window: Sendable, Equatable {
    public var logPolicy, logGenerator: Double
    /// Weights sum to 1 on each side.
    public var weight: Double

    public init(logPolicy: Double, logGenerator: Double, weight: Double) {
      self.logPolicy = logPolicy
      self.logGenerator = logGenerator
      self.weight = weight
    }

    /// log D - log(1 - D): the reward that the discriminator amounts to.
    public var reward: Double { logPolicy - logGenerator }
  }

  /// -sum over the expert's of w log D - sum over the generated of w log(1 - D).
  public static func loss(expert: [Window], generated: [Window]) -> Double {
    expert.reduce(0) { $0 + $1.weight * softplus(-$1.reward) }
      + generated.reduce(0) { $0 + $1.weight * softplus($1.reward) }
  }

  /// The derivative of the loss by a window's `logPolicy`.
  public static func gradient(_ window: Window, isExpert: Bool) -> Double {
    window.weight * (isExpert ? -sigmoid(-window.reward) : sigmoid(window.reward))
  }

  /// log(1 + e^x) without overflow.
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  private static func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }
}
