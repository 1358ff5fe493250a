import Foundation

/// The per-token part of every GRPO-family loss: a clipped surrogate with an optional penalty towards a reference.
///
/// loss_t = -min(ratio A, clip(ratio, 1 - epsilon, 1 + epsilonHigh) A) + beta KL_t, ratio = exp(log pi - log old)
/// (Schulman et al. 2017; DAPO's asymmetric clip, arXiv 2503.14476). Plain numbers in, plain numbers out.
public struct PolicyObjective: Sendable, Equatable {
  /// Estimators of KL(pi || reference) from one sample (Schulman 2020), with d = log reference - log pi.
  public enum KLEstimator: String, Sendable, CaseIterable {
    /// -d: unbiased, may be negative.
    case k1
    /// d^2 / 2: biased, low variance.
    case k2
    /// exp(d) - d - 1: unbiased and never negative (GRPO's).
    case k3
  }

  /// How token losses of a batch are averaged, with TRL's names.
  public enum Normalization: String, Sendable, CaseIterable {
    /// Mean over a completion's tokens, then over completions.
    case grpo
    /// Sum over all tokens of the batch divided by their number (DAPO).
    case dapo
    /// The same (TRL counts within the local batch; here they coincide).
    case bnpo
    /// Sum divided by completions times `max_completion_length`: no length bias (Dr. GRPO, arXiv 2503.20783).
    case drGRPO = "dr_grpo"
  }

  public var epsilon: Double
  /// Upper clip; TRL's `epsilon_high`.
  public var epsilonHigh: Double
  public var beta: Double
  public var kl: KLEstimator
  public var normalization: Normalization

  public init(
    epsilon: Double = 0.2, epsilonHigh: Double? = nil, beta: Double = 0, kl: KLEstimator = .k3,
    normalization: Normalization = .dapo
  ) {
    self.epsilon = epsilon
    self.epsilonHigh = epsilonHigh ?? epsilon
    self.beta = beta
    self.kl = kl
    self.normalization = normalization
  }

  /// What one token adds.
  public struct Token: Sendable, Equatable {
    public var loss: Double
    /// d loss / d log pi.
    public var gradient: Double
    public var isClipped: Bool
    public var kl: Double
  }

  /// - Parameters:
  ///   - logProbability: log pi of the token now.
  ///   - old: the same when it was drawn; nil in the first pass, where the ratio is exactly 1.
  ///   - reference: the same under the reference policy; nil without a KL term.
  public func token(logProbability: Double, old: Double?, reference: Double?, advantage: Double) -> Token {
    // exp overflows past 709; a ratio that large is clipped or meaningless long before.
    let ratio = old.map { exp(Swift.min(logProbability - $0, 80)) } ?? 1
    let clipped = Swift.min(Swift.max(ratio, 1 - epsilon), 1 + epsilonHigh)
    let isClipped = clipped * advantage < ratio * advantage
    var result = Token(
      loss: -Swift.min(ratio * advantage, clipped * advantage), gradient: isClipped ? 0 : -ratio * advantage,
      isClipped: isClipped, kl: 0)
    if let reference {
      let d = Swift.min(reference - logProbability, 80)
      switch kl {
      case .k1:
        result.kl = -d
        result.gradient += beta
      case .k2:
        result.kl = d * d / 2
        result.gradient -= beta * d
      case .k3:
        result.kl = exp(d) - d - 1
        result.gradient += beta * (1 - exp(d))
      }
      result.loss += beta * result.kl
    }
    return result
  }

  /// The weight of every token of each completion, so that the batch's loss is the weighted sum of token losses.
  /// - Parameter lengths: tokens of each completion of the whole batch (not of a micro-batch).
  public func weights(lengths: [Int], maxCompletionLength: Int) -> [Double] {
    let completions = Double(Swift.max(lengths.count, 1))
    let tokens = Double(Swift.max(lengths.reduce(0, +), 1))
    return lengths.map { length in
      switch normalization {
      case .grpo: length > 0 ? 1 / (completions * Double(length)) : 0
      case .dapo, .bnpo: 1 / tokens
      case .drGRPO: 1 / (completions * Double(Swift.max(maxCompletionLength, 1)))
      }
    }
  }
}
