/// Potential-based shaping (Ng, Harada and Russell 1999): r + gamma Phi(s') - Phi(s), Phi = 0 where nothing follows.
///
/// Q'(s, a) = Q(s, a) - Phi(s), so optimal and near-optimal policies stay what they are. For tabular Q-learning
/// with the same experience it equals starting at Q = Phi (Wiewiora 2003).
public struct PotentialShaping<Phi: Potential>: MemorylessShaper {
  public var potential: Phi
  /// nil takes the learner's.
  public let discount: Double?
  private var gamma = 1.0

  public init(_ potential: Phi, discount: Double? = nil) {
    self.potential = potential
    self.discount = discount
  }

  public var guarantee: PolicyGuarantee { .invariant }
  public var isStationary: Bool { true }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    gamma = try agreed(discount, setting)
    try potential.check(setting.observationSpace)
  }

  public func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let after = transition.terminated ? 0 : potential.value(transition.nextObservation)
    return transition.reward + gamma * after - potential.value(transition.observation)
  }
}

/// The learner's discount, when the shaper's own does not contradict it.
func agreed(_ own: Double?, _ setting: ShapingSetting) throws(ShapingError) -> Double {
  if let own, abs(own - setting.discount) > 1e-12 {
    throw .discountMismatch(shaper: own, learner: setting.discount)
  }
  return setting.discount
}

/// Advice on actions as a potential Phi(s, a) (Wiewiora, Cottrell and Elkan 2003).
///
/// Look-ahead: r + gamma Phi(s', a') - Phi(s, a); the learner must act greedily on Q + Phi. Look-back:
/// r + Phi(s, a) - Phi(s_before, a_before) / gamma, which needs no next action and no correction of the policy,
/// because its discounted sum over an episode that terminates is 0.
public struct PotentialAdvice: TransitionShaper {
  public enum Form: String, Sendable, CaseIterable {
    case lookAhead = "look_ahead"
    case lookBack = "look_back"
  }

  public let advice: AdviceTable
  public let form: Form
  public let discount: Double?
  private var gamma = 1.0
  private var key: StateKey?
  private var table = StateActionTable(states: 0, actions: 0)
  /// The potential of the step before, of each lane.
  var last: [Double] = []

  public init(_ advice: AdviceTable, form: Form, discount: Double? = nil) {
    self.advice = advice
    self.form = form
    self.discount = discount
  }

  public var guarantee: PolicyGuarantee {
    form == .lookBack
      ? .conditional("the learner is on-policy and episodes terminate")
      : .conditional("the learner acts greedily on Q + Phi")
  }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    gamma = try agreed(discount, setting)
    if form == .lookAhead, !setting.hasNextAction { throw .needsNextAction }
    if form == .lookBack, gamma == 0 {
      throw .parameter("look-back advice divides by the discount, which is 0")
    }
    (key, table) = try advice.table(setting)
    last = Array(repeating: 0, count: setting.lanes)
  }

  public mutating func restart(lane: Int) { last[lane] = 0 }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let now = table[key(transition.observation), Int(transition.action[0])]
    switch form {
    case .lookAhead:
      let after = transition.nextAction.map { table[key(transition.nextObservation), Int($0[0])] } ?? 0
      return transition.reward + gamma * after - now
    case .lookBack:
      // At the end the potential that is still owed is taken back at once.
      let before = last[lane]
      last[lane] = transition.isLast ? 0 : now
      return transition.reward + (transition.terminated ? 0 : now) - before / gamma
    }
  }
}

/// Potential-based shaping with a potential that changes while the learner learns (Devlin and Kudenko 2012):
/// r + gamma Phi_t'(s') - Phi_t(s), each potential taken when its state was entered.
///
/// Here the potential is the learner's own estimate of how good a state is: V(s) += rate (r + gamma V(s') - V(s)),
/// learned from the unshaped rewards and scaled.
public struct LearnedPotentialShaping: TransitionShaper {
  public let learningRate: Double
  public let scale: Double
  public let bins: Int?
  public let discount: Double?
  private var gamma = 1.0
  private var key: StateKey?
  var values: [Double] = []
  /// The potential of the state in which each lane stands, from when it was entered; NaN at an episode's start.
  var entered: [Double] = []

  public init(learningRate: Double = 0.1, scale: Double = 1, bins: Int? = nil, discount: Double? = nil) {
    self.learningRate = learningRate
    self.scale = scale
    self.bins = bins
    self.discount = discount
  }

  public var guarantee: PolicyGuarantee { .invariant }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    gamma = try agreed(discount, setting)
    let key = try StateKey(setting.observationSpace, bins: bins)
    self.key = key
    values = Array(repeating: 0, count: key.count)
    entered = Array(repeating: .nan, count: setting.lanes)
  }

  public mutating func restart(lane: Int) { entered[lane] = .nan }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let (state, next) = (key(transition.observation), key(transition.nextObservation))
    let before = entered[lane].isNaN ? scale * values[state] : entered[lane]
    let future = transition.terminated ? 0 : values[next]
    values[state] += learningRate * (transition.reward + gamma * future - values[state])
    let after = transition.terminated ? 0 : scale * values[next]
    entered[lane] = transition.isLast ? .nan : after
    return transition.reward + gamma * after - before
  }
}

/// Any advice turned into potential-based shaping (Harutyunyan et al. 2015, DPBA): Phi(s, a) is learned by TD on
/// the reward -advice(s, a), with the on-policy next action, and used as a dynamic potential on state and action:
/// r + gamma Phi_t'(s', a') - Phi_t(s, a). In the limit the added reward is the advice itself.
public struct AdviceAsPotential: TransitionShaper {
  public let advice: AdviceTable
  /// Larger than the learner's own, so that the potential is ahead of it.
  public let learningRate: Double
  public let discount: Double?
  private var gamma = 1.0
  private var key: StateKey?
  private var table = StateActionTable(states: 0, actions: 0)
  /// Phi as learned so far; the learner must act greedily on Q + Phi.
  public internal(set) var potential = StateActionTable(states: 0, actions: 0)
  var entered: [Double] = []

  public init(_ advice: AdviceTable, learningRate: Double = 0.5, discount: Double? = nil) {
    self.advice = advice
    self.learningRate = learningRate
    self.discount = discount
  }

  public var guarantee: PolicyGuarantee { .conditional("the learner acts greedily on Q + Phi") }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    gamma = try agreed(discount, setting)
    guard setting.hasNextAction else { throw .needsNextAction }
    (key, table) = try advice.table(setting)
    potential = StateActionTable(states: table.states, actions: table.actions)
    entered = Array(repeating: .nan, count: setting.lanes)
  }

  public mutating func restart(lane: Int) { entered[lane] = .nan }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let (state, action) = (key(transition.observation), Int(transition.action[0]))
    let before = entered[lane].isNaN ? potential[state, action] : entered[lane]
    let next = transition.nextAction.map { (key(transition.nextObservation), Int($0[0])) }
    let future = next.map { potential[$0.0, $0.1] } ?? 0
    potential[state, action] +=
      learningRate * (gamma * future - table[state, action] - potential[state, action])
    let after = next.map { potential[$0.0, $0.1] } ?? 0
    entered[lane] = transition.isLast ? .nan : after
    return transition.reward + gamma * after - before
  }
}
