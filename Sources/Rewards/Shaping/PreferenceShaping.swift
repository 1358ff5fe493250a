import Foundation

/// A reward seen from reference responses: Preference As Reward and the shapers that its paper compares it with
/// (arXiv 2502.18770).
///
/// With a sample's score r and the scores q_1 ... q_M of its reference responses:
///
/// | form | r' | range |
/// |---|---|---|
/// | `sigmoid` (PAR) | mean of sigma(k (r - q_m)) | (0, 1); 1/2 at r = q |
/// | `centered` | mean of r - q_m | unbounded |
/// | `tanh` | mean of tanh(r - q_m) | (-1, 1) |
/// | `arctan` | mean of atan(r - q_m) | (-pi/2, pi/2) |
/// | `slow_fast` | mean of sigma(3 (r - 3 - q_m)) | (0, 1); 1/2 at r = q + 3 |
/// | `log_sigmoid` | log sigma(r - z), z the 85th percentile of a normal distribution fitted to q | below 0 |
///
/// The references are scored by the same reward, as scored: shapers before this one change r alone. Adding a
/// number to r and to every q changes nothing. `log_sigmoid` wants several references: with one its spread is 0.
public struct PreferenceShaping: Shaper {
  public enum Form: String, Sendable, CaseIterable {
    case sigmoid, centered, tanh, arctan
    case slowFast = "slow_fast"
    case logSigmoid = "log_sigmoid"
  }

  public var form: Form
  /// The steepness of `sigmoid`; its slope at r = q is k/4.
  public var k: Double
  public var responses: ReferenceResponses
  public var references: ReferenceResponses? { responses }

  public init(_ form: Form = .sigmoid, k: Double = 1, responses: ReferenceResponses) {
    self.form = form
    self.k = k
    self.responses = responses
  }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    column.enumerated().map { sample, value in
      guard let value, let references = context.references[sample], !references.isEmpty else { return nil }
      return shaped(value, references)
    }
  }

  func shaped(_ value: Double, _ references: [Double]) -> Double {
    func mean(_ map: (Double) -> Double) -> Double {
      finite(references.reduce(0) { $0 + map(finite(value - $1)) / Double(references.count) })
    }
    switch form {
    case .sigmoid: return mean { sigmoid(k * $0) }
    case .centered: return mean { $0 }
    case .tanh: return mean { Foundation.tanh($0) }
    case .arctan: return mean { atan($0) }
    case .slowFast: return mean { sigmoid(3 * ($0 - 3)) }
    case .logSigmoid:
      let moments = Moments(references)
      let quantile =
        (moments.mean + Self.quantile85 * (moments.deviation + 1e-5 * moments.factor)) / moments.factor
      return logSigmoid(finite(value - finite(quantile)))
    }
  }

  /// The 85 % quantile of the standard normal distribution.
  static let quantile85 = 1.0364333894937896
}

/// log(1 / (1 + e^-x)), without overflow; about x for large negative x.
func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }
