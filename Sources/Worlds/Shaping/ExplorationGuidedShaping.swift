/// Shaping that an agent designs for itself (ExploRS: Devidze, Kamalaruban and Singla 2022): the reward plus a
/// learned intrinsic reward r_phi(s, a) plus a count bonus that fades.
///
/// r_phi follows the gradient of what one policy-gradient step on it would gain in the original return G:
/// r_phi(s, .) += rate x sum over visits of pi(a|s) (G - V(s)) (onehot(a) - pi(.|s)), every few episodes over the
/// last ones; V(s) is the mean of G, learned beside it. The learner must be on-policy and give its probabilities.
public struct ExplorationGuidedShaping: TransitionShaper {
  public struct Settings: Sendable {
    /// Of r_phi and V.
    public var learningRate = 0.01
    /// r_phi is held within +- this; nil: not at all.
    public var limit: Double?
    /// Episodes between two updates.
    public var period = 5
    /// Episodes that an update looks at.
    public var memory = 10
    /// Whether r_phi is learned (off: the count bonus alone).
    public var learns = true
    /// Scale of the count bonus; nil: none (then the method is SelfRS).
    public var bonus: Double? = 1
    public var maximumBonus: Double? = 1
    public var bins: Int?

    public init() {}
  }

  struct Visit: Sendable {
    var state: Int
    var action: Int
    var reward: Double
    var value = 0.0
  }

  public let settings: Settings
  /// r_phi.
  public internal(set) var intrinsic = StateActionTable(states: 0, actions: 0)
  /// V of the original return.
  public internal(set) var values: [Double] = []
  var count: CountBonus?
  private var key: StateKey?
  private var gamma = 1.0
  var running: [[Visit]] = []
  var runningPolicies: [[Double]] = []
  var episodes: [(visits: [Visit], policies: [Double])] = []
  var finished = 0

  public init(_ settings: Settings = Settings()) {
    self.settings = settings
    count = settings.bonus.map {
      CountBonus(scale: $0, maximum: settings.maximumBonus, bins: settings.bins)
    }
  }

  public var guarantee: PolicyGuarantee { .none }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    guard setting.hasProbabilities || !settings.learns else { throw .needsProbabilities }
    guard case .discrete(let actions) = setting.actionSpace else {
      throw .parameter("a learned intrinsic reward needs a discrete action space")
    }
    let key = try StateKey(setting.observationSpace, bins: settings.bins)
    self.key = key
    gamma = setting.discount
    intrinsic = StateActionTable(states: key.count, actions: actions)
    values = Array(repeating: 0, count: key.count)
    running = Array(repeating: [], count: setting.lanes)
    runningPolicies = Array(repeating: [], count: setting.lanes)
    episodes = []
    finished = 0
    try count?.begin(setting)
  }

  public mutating func restart(lane: Int) {
    running[lane].removeAll(keepingCapacity: true)
    runningPolicies[lane].removeAll(keepingCapacity: true)
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let (state, action) = (key(transition.observation), Int(transition.action[0]))
    var reward = transition.reward + intrinsic[state, action]
    if let extra = count?.shape(transition, lane: lane) { reward += extra - transition.reward }
    if settings.learns, let probabilities = transition.probabilities {
      running[lane].append(Visit(state: state, action: action, reward: transition.reward))
      runningPolicies[lane].append(contentsOf: probabilities)
      if transition.isLast { finish(lane) }
    }
    return reward
  }

  /// Adds a lane's episode to the memory and learns when it is time.
  private mutating func finish(_ lane: Int) {
    var sum = 0.0
    for index in running[lane].indices.reversed() {
      sum = running[lane][index].reward + gamma * sum
      running[lane][index].value = sum
    }
    episodes.append((running[lane], runningPolicies[lane]))
    if episodes.count > settings.memory { episodes.removeFirst(episodes.count - settings.memory) }
    restart(lane: lane)
    finished += 1
    if finished % settings.period == 0 { learn() }
  }

  private mutating func learn() {
    let actions = intrinsic.actions
    var change = StateActionTable(states: intrinsic.states, actions: actions)
    var drift = [Double](repeating: 0, count: values.count)
    var visits = 0
    for (episode, policies) in episodes {
      for (index, visit) in episode.enumerated() {
        let policy = policies[index * actions..<(index + 1) * actions]
        let surprise = visit.value - values[visit.state]
        let weight = policy[policy.startIndex + visit.action] * surprise
        change[visit.state, visit.action] += weight
        for action in 0..<actions {
          change[visit.state, action] -= weight * policy[policy.startIndex + action]
        }
        drift[visit.state] += surprise
        visits += 1
      }
    }
    for index in intrinsic.values.indices {
      let value = intrinsic.values[index] + settings.learningRate * change.values[index]
      intrinsic.values[index] = settings.limit.map { min(max(value, -$0), $0) } ?? value
    }
    for state in values.indices { values[state] += settings.learningRate * drift[state] / Double(visits) }
  }
}
