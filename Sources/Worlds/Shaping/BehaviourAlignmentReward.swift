import Rewards

/// A step with a reward that is trusted and a hint that is not.
public struct HintedStep: Sendable, Equatable {
  public var state: Int
  public var action: Int
  /// The task's own reward.
  public var primary: Double
  /// The designer's hint.
  public var hint: Double

  public init(_ state: Int, _ action: Int, primary: Double, hint: Double) {
    self.state = state
    self.action = action
    self.primary = primary
    self.hint = hint
  }
}

/// r_phi(s, a) = phi1(s, a) + phi2(s) r_primary + phi3(s) r_hint (Gupta et al. 2023, BARFI). It starts as the plain
/// sum of both; where a hint misleads, learning lowers its weight or pays against it.
public struct BehaviourAlignmentReward: Sendable, Equatable {
  public var bias: StateActionTable
  public var primaryWeights: [Double]
  public var hintWeights: [Double]

  public init(states: Int, actions: Int, hintWeight: Double = 1) {
    bias = StateActionTable(states: states, actions: actions)
    primaryWeights = Array(repeating: 1, count: states)
    hintWeights = Array(repeating: hintWeight, count: states)
  }

  public func value(_ step: HintedStep) -> Double {
    bias[step.state, step.action] + primaryWeights[step.state] * step.primary
      + hintWeights[step.state] * step.hint
  }

  /// All parameters: phi1, phi2, phi3.
  public var parameters: [Double] {
    get { bias.values + primaryWeights + hintWeights }
    set {
      let (pairs, states) = (bias.values.count, primaryWeights.count)
      precondition(newValue.count == pairs + 2 * states, "\(newValue.count) parameters")
      bias.values = Array(newValue[..<pairs])
      primaryWeights = Array(newValue[pairs..<pairs + states])
      hintWeights = Array(newValue[(pairs + states)...])
    }
  }
}

extension BehaviourAlignmentReward {
  /// `bias` (phi1, one list a state), `primary` (phi2) and `hint` (phi3), one number a state.
  public var json: JSONValue {
    func list(_ values: some Sequence<Double>) -> JSONValue { .array(values.map(JSONValue.number)) }
    return .object(
      JSONObject([
        ("bias", .array((0..<bias.states).map { list(bias.row($0)) })), ("primary", list(primaryWeights)),
        ("hint", list(hintWeights)),
      ]))
  }

  /// - Throws: `ParameterError` when the parts do not have the lengths that belong together.
  public init(json: JSONValue) throws(ParameterError) {
    let error = ParameterError(
      parameter: "reward", expected: "bias (a list of numbers a state), primary and hint (a number a state)",
      found: json.summary)
    guard case .object(let object) = json, case .array(let rows)? = object["bias"],
      let primary = object["primary"]?.numbers, let hint = object["hint"]?.numbers
    else { throw error }
    let bias = rows.compactMap(\.numbers)
    guard let actions = bias.first?.count, actions > 0, bias.count == rows.count,
      bias.allSatisfy({ $0.count == actions }), primary.count == rows.count, hint.count == rows.count
    else { throw error }
    self.init(states: rows.count, actions: actions)
    self.bias.values = Array(bias.joined())
    (primaryWeights, hintWeights) = (primary, hint)
  }
}

/// A hint (what another shaper adds) weighted as a behaviour-alignment reward learned to.
public struct AlignedHint<Hint: TransitionShaper>: TransitionShaper {
  public internal(set) var hint: Hint
  public let reward: BehaviourAlignmentReward
  private let bins: Int?
  private var key: StateKey?

  public init(_ hint: Hint, reward: BehaviourAlignmentReward, bins: Int? = nil) {
    self.hint = hint
    self.reward = reward
    self.bins = bins
  }

  public var guarantee: PolicyGuarantee { .conditional("the reward was learned to convergence") }
  public var isStationary: Bool { hint.isStationary }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    let key = try StateKey(setting.observationSpace, bins: bins)
    guard key.count == reward.primaryWeights.count, case .discrete(reward.bias.actions) = setting.actionSpace
    else {
      throw .parameter(
        "the learned reward is for \(reward.primaryWeights.count) states and \(reward.bias.actions) actions")
    }
    self.key = key
    try hint.begin(setting)
  }

  public mutating func restart(lane: Int) { hint.restart(lane: lane) }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let extra = hint.shape(transition, lane: lane) - transition.reward
    return reward.value(
      HintedStep(
        key(transition.observation), Int(transition.action[0]), primary: transition.reward, hint: extra))
  }
}
