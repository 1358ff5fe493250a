/// Rewards stated from how near a state is, Phi = -(distance in units of reward).
///
/// `distance` adds Phi(s'), which changes the optimum; `progress` adds Phi(s') - Phi(s), which is potential-based
/// only when the learner's discount is 1; `approach` adds `bonus` whenever Phi rose, which can be farmed by going
/// to and fro.
public struct DistanceReward<Phi: Potential>: MemorylessShaper {
  public let form: DistanceRewardForm
  public let closeness: Phi
  /// What `approach` pays.
  public let bonus: Double

  public init(_ form: DistanceRewardForm, closeness: Phi, bonus: Double = 0.1) {
    self.form = form
    self.closeness = closeness
    self.bonus = bonus
  }

  public var guarantee: PolicyGuarantee {
    form == .progress ? .conditional("the discount is 1 and the goal ends the episode") : .none
  }
  public var isStationary: Bool { true }

  public func begin(_ setting: ShapingSetting) throws(ShapingError) {
    try closeness.check(setting.observationSpace)
  }

  public func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let before = closeness.value(transition.observation)
    let after = closeness.value(transition.nextObservation)
    switch form {
    case .distance: return transition.reward + after
    case .progress: return transition.reward + after - before
    case .approach: return transition.reward + (after > before ? bonus : 0)
    }
  }
}

/// What of a distance is paid.
public enum DistanceRewardForm: String, Sendable, CaseIterable {
  case distance
  case progress
  case approach
}

/// factor x reward + offset, then limited. An offset c changes the optimum of tasks that end (through the length
/// of an episode) and adds c / (1 - gamma) to every value in tasks that do not.
public struct AffineReward: MemorylessShaper {
  public let factor: Double
  public let offset: Double
  public let limits: ClosedRange<Double>?

  public init(factor: Double = 1, offset: Double = 0, limits: ClosedRange<Double>? = nil) {
    self.factor = factor
    self.offset = offset
    self.limits = limits
  }

  public var guarantee: PolicyGuarantee {
    if limits != nil { return .none }
    return offset == 0 && factor > 0 ? .invariant : offset == 0 ? .none : .conditional("no episode ends")
  }
  public var isStationary: Bool { true }

  public func begin(_ setting: ShapingSetting) throws(ShapingError) {
    guard factor.isFinite, offset.isFinite else { throw .notFinite("factor and offset must be finite") }
  }

  public func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let value = factor * transition.reward + offset
    return limits.map { min(max(value, $0.lowerBound), $0.upperBound) } ?? value
  }
}
