import Rewards

/// Requirements on behaviour as constraints with weights of their own (direct behaviour specification, arXiv
/// 2112.12228): w_0 r + sum_k sign_k lambda_k c_k in place of r, where c_k says whether a step does what constraint k
/// is about, and the lambdas follow the rates of late (`ConstraintMultipliers`).
///
/// The paper has one critic for each cost; here all go through the learner's one, with its discount. Off-policy
/// learners replay rewards with the weights of the time in which they were collected. Weights teach nothing that is
/// never tried: let episodes begin in many places, or shape the main reward first.
public struct BehaviourSpecification: TransitionShaper {
  /// One requirement.
  public struct Constraint: Sendable, Equatable {
    public var bound: ConstraintMultipliers.Bound
    public var cost: StepIndicator
    /// Counted once an episode, at its last step, and not at every step.
    public var isPerEpisode: Bool

    public init(_ bound: ConstraintMultipliers.Bound, cost: StepIndicator, isPerEpisode: Bool = false) {
      self.bound = bound
      self.cost = cost
      self.isPerEpisode = isPerEpisode
    }
  }

  public let constraints: [Constraint]
  public let learningRate: Double
  public let isNormalized: Bool
  /// Transitions between two updates of the weights.
  public let interval: Int
  /// Transitions over which rates are taken.
  public let window: Int
  public private(set) var multipliers: ConstraintMultipliers
  /// What the latest transitions answered, a ring for each constraint; nil where nothing was asked.
  var answers: [[Bool?]] = []
  var seen = 0

  public init(
    _ constraints: [Constraint], learningRate: Double = 0.01, isNormalized: Bool = true, interval: Int = 500,
    window: Int = 2000
  ) {
    precondition(interval >= 1 && window >= 1, "an interval of \(interval), a window of \(window)")
    self.constraints = constraints
    self.learningRate = learningRate
    self.isNormalized = isNormalized
    self.interval = interval
    self.window = window
    multipliers = ConstraintMultipliers(constraints.map(\.bound))
  }

  public var guarantee: PolicyGuarantee { .none }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    for constraint in constraints {
      let missing = constraint.cost.missing(
        observationWidth: setting.observationSpace.width, actionWidth: setting.actionSpace.width)
      if let missing {
        throw .parameter(
          "constraint \"\(constraint.bound.name)\" reads \(missing), which this world's steps do not have "
            + "(\(setting.observationSpace.width) observations, \(setting.actionSpace.width) actions)")
      }
    }
    multipliers = ConstraintMultipliers(
      constraints.map(\.bound), learningRate: learningRate, isNormalized: isNormalized)
    answers = constraints.map { _ in Array(repeating: nil, count: window) }
    seen = 0
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let weights = multipliers.weights
    var reward = weights.main * transition.reward
    for (index, constraint) in constraints.enumerated() {
      let isAsked = !constraint.isPerEpisode || transition.isLast
      let answer = isAsked ? constraint.cost.holds(transition) : nil
      answers[index][seen % window] = answer
      if answer == true { reward += weights.costs[index] }
    }
    seen += 1
    if seen % interval == 0 { multipliers.update(rates: rates) }
    return reward
  }

  /// How often each cost was 1 of late; nil where it was not asked.
  public var rates: [Double?] {
    answers.map { ring in
      let asked = ring.compactMap { $0 }
      return asked.isEmpty ? nil : Double(asked.count { $0 }) / Double(asked.count)
    }
  }

  /// Multipliers, and rates where something was observed.
  public var measurements: [(name: String, value: Double)] {
    let multipliers = multipliers.multipliers
    var measurements = [(name: "multiplier, main reward", value: multipliers[0])]
    for (index, constraint) in constraints.enumerated() {
      measurements.append(("multiplier, \(constraint.bound.name)", multipliers[index + 1]))
    }
    for (constraint, rate) in zip(constraints, rates) {
      if let rate { measurements.append(("rate, \(constraint.bound.name)", rate)) }
    }
    return measurements
  }

  public var warnings: [String] {
    var warnings = multipliers.warnings
    if seen < window { return warnings }
    for (constraint, rate) in zip(constraints, rates)
    where constraint.bound.direction == .atLeast && rate == 0 {
      warnings.append(
        "constraint \"\(constraint.bound.name)\" wants \"\(constraint.cost.text)\", which has not happened in the last "
          + "\(window) steps: nothing can be learned from it yet")
    }
    return warnings
  }
}
