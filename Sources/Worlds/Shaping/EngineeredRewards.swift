/// Rewards stated from the distance to a goal.
///
/// `distance` adds -scale x distance after the step, which changes the optimum; `progress` adds
/// scale x (distance before - distance after), which is potential-based only when the learner's discount is 1;
/// `approach` adds scale whenever the distance fell, which can be farmed by going to and fro.
public struct DistanceReward: TransitionShaper {
  public enum Form: String, Sendable, CaseIterable {
    case distance
    case progress
    case approach
  }

  public let form: Form
  public let goal: GoalDistancePotential

  /// - Parameter goal: Its scale is the reward's.
  public init(_ form: Form, goal: GoalDistancePotential) {
    self.form = form
    self.goal = goal
  }

  public var guarantee: PolicyGuarantee {
    form == .progress ? .conditional("the discount is 1 and the goal ends the episode") : .none
  }
  public var isStationary: Bool { true }

  public func begin(_ setting: ShapingSetting) throws(ShapingError) {
    try goal.check(setting.observationSpace)
  }

  public func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let (before, after) = (goal.distance(transition.observation), goal.distance(transition.nextObservation))
    switch form {
    case .distance: return transition.reward - goal.scale * after
    case .progress: return transition.reward + goal.scale * (before - after)
    case .approach: return transition.reward + (after < before ? goal.scale : 0)
    }
  }
}

/// factor x reward + offset, then limited. An offset c changes the optimum of tasks that end (through the length
/// of an episode) and adds c / (1 - gamma) to every value in tasks that do not.
public struct AffineReward: TransitionShaper {
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
