import Foundation

/// A bonus for states seen seldom: scale / sqrt((scale / maximum)^2 + N(s')), where N counts the visits before
/// (Strehl and Littman 2008; the bounded form is that of Devidze et al. 2022). Nothing at terminal states.
///
/// Visits of all lanes count together. A state is counted when it is left.
public struct CountBonus: TransitionShaper {
  public let scale: Double
  /// The bonus of a state never seen.
  public let maximum: Double
  public let bins: Int?
  private var key: StateKey?
  var visits: [Double] = []

  /// - Parameter maximum: nil takes `scale`, which gives scale / sqrt(1 + N).
  public init(scale: Double = 1, maximum: Double? = nil, bins: Int? = nil) {
    self.scale = scale
    self.maximum = maximum ?? scale
    self.bins = bins
  }

  public var guarantee: PolicyGuarantee {
    .conditional("every state is visited without end, so the bonus fades")
  }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    let key = try StateKey(setting.observationSpace, bins: bins)
    self.key = key
    visits = Array(repeating: 0, count: key.count)
  }

  /// The bonus of a state after `count` visits.
  public func bonus(visits count: Double) -> Double {
    let floor = scale / maximum
    return scale / (floor * floor + count).squareRoot()
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let extra = transition.terminated ? 0 : bonus(visits: visits[key(transition.nextObservation)])
    visits[key(transition.observation)] += 1
    return transition.reward + extra
  }
}

/// A bonus for reaching a subgoal for the first time in an episode. Paid again and again it would be the classic
/// loop to exploit; paid once it is invariant in the world whose state includes which subgoals were reached.
public struct FirstVisitBonus: TransitionShaper {
  public let states: [Int]
  public let bonus: Double
  public let bins: Int?
  private var key: StateKey?
  private var place: [Int: Int] = [:]
  /// Lane after lane, one flag a subgoal.
  var reached: [Bool] = []

  public init(states: [Int], bonus: Double = 0.1, bins: Int? = nil) {
    self.states = states
    self.bonus = bonus
    self.bins = bins
  }

  public var guarantee: PolicyGuarantee { .none }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    let key = try StateKey(setting.observationSpace, bins: bins)
    if let wrong = states.first(where: { !(0..<key.count).contains($0) }) {
      throw .parameter("subgoal \(wrong) is none of the \(key.count) states")
    }
    self.key = key
    place = Dictionary(states.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    reached = Array(repeating: false, count: setting.lanes * states.count)
  }

  public mutating func restart(lane: Int) {
    for subgoal in states.indices { reached[lane * states.count + subgoal] = false }
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    var reward = transition.reward
    if let subgoal = place[key(transition.nextObservation)], !reached[lane * states.count + subgoal] {
      reached[lane * states.count + subgoal] = true
      reward += bonus
    }
    if transition.isLast { restart(lane: lane) }
    return reward
  }
}

/// Makes any bonus harmless (PBIM: Forbes et al. 2024): what `inner` adds is given as it comes, and the last step
/// of an episode takes back as much as makes its discounted sum over the episode 0.
public struct EpisodeNeutral<Inner: TransitionShaper>: TransitionShaper {
  public internal(set) var inner: Inner
  public let discount: Double?
  private var gamma = 1.0
  /// What was added in the episode, in units of the present step.
  var owed: [Double] = []

  public init(_ inner: Inner, discount: Double? = nil) {
    self.inner = inner
    self.discount = discount
  }

  public var guarantee: PolicyGuarantee { .conditional("among policies that may see the history") }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    gamma = try agreed(discount, setting)
    guard gamma > 0 else { throw .parameter("the correction divides by the discount, which is 0") }
    try inner.begin(setting.alone)
    owed = Array(repeating: 0, count: setting.lanes)
  }

  public mutating func restart(lane: Int) {
    owed[lane] = 0
    inner.restart(lane: lane)
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let shaped = inner.shape(transition, lane: lane)
    let sum = owed[lane] / gamma + shaped - transition.reward
    owed[lane] = transition.isLast ? 0 : sum
    return transition.isLast ? shaped - sum : shaped
  }
}

/// Shaping that fades: r + k (shaped - r), where k falls from 1 to 0 over the first `steps` transitions.
public struct AnnealedShaping<Inner: TransitionShaper>: TransitionShaper {
  public enum Decay: String, Sendable, CaseIterable {
    /// k = 1 - n / steps, then 0.
    case linear
    /// k = 0.01^(n / steps).
    case exponential
  }

  public internal(set) var inner: Inner
  /// Transitions of all lanes together.
  public let steps: Int
  public let decay: Decay
  var seen = 0

  public init(_ inner: Inner, steps: Int, decay: Decay = .linear) {
    precondition(steps >= 1, "shaping that fades over \(steps) steps")
    self.inner = inner
    self.steps = steps
    self.decay = decay
  }

  public var guarantee: PolicyGuarantee {
    inner.guarantee == .invariant ? .conditional("after the fading") : .conditional("in the limit")
  }
  public var isStationary: Bool { false }

  /// The share of the shaping that is left.
  public var share: Double {
    let part = Double(seen) / Double(steps)
    return decay == .linear ? max(0, 1 - part) : exp(part * -4.605170185988091)
  }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    seen = 0
    try inner.begin(setting.alone)
  }

  public mutating func restart(lane: Int) { inner.restart(lane: lane) }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    let shaped = inner.shape(transition, lane: lane)
    let reward = transition.reward + share * (shaped - transition.reward)
    seen += 1
    return reward
  }
}
