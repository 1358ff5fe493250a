import Foundation

/// Two-layer trust (TR-2, arXiv 2510.24909): immediate trust T_ij rises slowly towards a ceiling and falls about
/// three times as fast; reputation damage R_ij lowers the ceiling and heals slowly.
///
/// With s = tanh(sensitivity (a_j - b_j)), all values those before the step, and ceiling C from R_ij:
/// s > 0: T += building s max(0, min(1, C) - T);  s < 0: T += erosion s T (1 + amplification D_ij);
/// s < 0: R += damage |s| (1 - R);  s >= 0: R -= repair R.
public struct TrustDynamics: Sendable, Equatable {
  /// Where the ceiling of trust lies, and what T is clipped to afterwards.
  public enum Ceiling: Sendable, Equatable {
    /// C = 1 - R; T is clipped to [0, C]. The environments.
    case clipped
    /// C = 1 - R; T is clipped to [0, 1] only, so that it freezes above a fallen ceiling. TR-2's suite.
    case frozen
    /// C = max(0, min(0.90, 1 - 0.60 R)); T is clipped to [0, C]. TR-4's suite.
    case lenient
    /// The law printed in the reports: T += building s (1 - T) (1 - R), and R heals in every step, also in those
    /// that harm it; T is clipped to [0, 1]. TR-2's published table of 729 parameter sets comes from it, though the
    /// released code computes `frozen`.
    case multiplied
  }

  /// lambda_plus and lambda_minus, of (0, 1].
  public var building, erosion: Double
  /// mu_R and delta_R, of [0, 1].
  public var damage, repair: Double
  /// xi, at least 0: how much a dependent agent's trust falls faster.
  public var amplification: Double
  /// kappa, above 0, in units of actions: beyond two units of a - b the signal is its sign.
  public var sensitivity: Double
  public var initialTrust: Double
  public var initialReputation: Double
  public var ceiling: Ceiling

  public init(
    building: Double = 0.10, erosion: Double = 0.30, damage: Double = 0.60, repair: Double = 0.03,
    amplification: Double = 0.50, sensitivity: Double = 1, initialTrust: Double = 0.50,
    initialReputation: Double = 0, ceiling: Ceiling = .clipped
  ) {
    self.building = building
    self.erosion = erosion
    self.damage = damage
    self.repair = repair
    self.amplification = amplification
    self.sensitivity = sensitivity
    self.initialTrust = initialTrust
    self.initialReputation = initialReputation
    self.ceiling = ceiling
  }

  /// tanh(sensitivity * deviation). Beyond 20 the hyperbolic tangent is 1 to the last digit.
  public func signal(_ deviation: Double) -> Double { Self.tanh(sensitivity * deviation) }

  @inline(__always) static func tanh(_ x: Double) -> Double {
    x > 20 ? 1 : x < -20 ? -1 : Foundation.tanh(x)
  }

  public func ceiling(reputation: Double) -> Double {
    ceiling == .lenient ? max(0, min(0.90, 1 - 0.60 * reputation)) : 1 - reputation
  }

  /// One pair's step.
  /// - Parameters:
  ///   - signal: Of [-1, 1], from `signal(_:)`.
  ///   - dependence: D_ij of [0, 1].
  public func update(trust: inout Double, reputation: inout Double, signal: Double, dependence: Double) {
    let ceiling = ceiling(reputation: reputation)
    if signal > 0, self.ceiling == .multiplied {
      trust += building * signal * (1 - trust) * ceiling
    } else if signal > 0 {
      trust += building * signal * max(0, min(1, ceiling) - trust)
    } else {
      trust += erosion * signal * trust * (1 + amplification * dependence)
    }
    let isFree = self.ceiling == .frozen || self.ceiling == .multiplied
    trust = max(0, min(isFree ? 1 : ceiling, trust))
    let healing = signal < 0 && self.ceiling != .multiplied ? 0 : repair * reputation
    reputation += (signal < 0 ? damage * -signal * (1 - reputation) : 0) - healing
    reputation = max(0, min(1, reputation))
  }
}
