/// Learns a behaviour-alignment reward and a softmax policy together (BARFI: Gupta et al. 2023), for finite states.
///
/// The inner loop lets the policy follow r_phi on a buffer of recent episodes, without importance weights; the outer
/// loop changes phi by the implicit gradient of the primary return.
public struct BehaviourAlignment: Sendable {
  /// How the outer gradient is found.
  public enum Outer: Sendable, Equatable {
    /// phi stays: the plain sum of rewards, or the primary reward alone.
    case none
    /// The implicit gradient at the fixed point.
    case implicit
    /// Back through the last inner updates (at most 15).
    case unrolled(updates: Int)
  }

  public struct Settings: Sendable {
    public var outer = Outer.implicit
    /// gamma of the primary return.
    public var discount = 0.95
    /// gamma of the inner learner.
    public var innerDiscount = 0.95
    /// lambda_theta > 0: pulls the policy to uniform, so that the inner loop has a fixed point.
    public var decay = 0.01
    public var innerRate = 0.5
    public var innerUpdates = 15
    /// Batches of episodes kept.
    public var memory = 5
    public var neumannSteps = 30
    public var neumannRate = 0.2
    public var outerRate = 0.05
    /// Pulls phi back to its start (an L2 penalty in the outer objective).
    public var regularization = 0.0
    /// Subtracts the mean return of each time step in the outer gradient. Without it a policy that has learned the
    /// task is now and then lost again: RMSprop makes full steps of what is then noise.
    public var usesBaseline = true
    /// The largest change of a parameter in one outer step.
    public var largestStep = 0.05

    public init() {}
  }

  /// What one iteration did.
  public struct Report: Sendable, Equatable {
    /// The largest entry of the outer gradient.
    public var gradient: Double
    /// The Neumann series grew and was cut.
    public var diverged: Bool
    /// All outer gradients were 0 for 20 iterations: the primary reward is never seen.
    public var isDead: Bool
    /// Standard deviation of the hint over that of the primary reward in the buffer; nil while either is constant.
    public var hintScale: Double?
  }

  public let settings: Settings
  public internal(set) var reward: BehaviourAlignmentReward
  public internal(set) var preferences: StateActionTable
  public internal(set) var policy: StateActionTable
  var batches: [[[HintedStep]]] = []
  var squares: [Double]
  var silent = 0
  private let initial: [Double]

  /// - Precondition: `decay` > 0 where the reward is learned.
  public init(reward: BehaviourAlignmentReward, settings: Settings = Settings()) {
    precondition(
      settings.decay > 0 || settings.outer == .none, "without decay the inner loop has no fixed point")
    if case .unrolled(let updates) = settings.outer {
      precondition((1...15).contains(updates), "\(updates) unrolled updates, 1 to 15 are possible")
    }
    self.settings = settings
    self.reward = reward
    preferences = StateActionTable(states: reward.bias.states, actions: reward.bias.actions)
    policy = preferences.softmax()
    initial = reward.parameters
    squares = Array(repeating: 0, count: reward.parameters.count)
  }

  /// One outer iteration.
  /// - Parameters:
  ///   - episodes: New episodes of the present policy, for the inner loop.
  ///   - test: Gives episodes of the policy that the inner loop arrived at, for the outer gradient. Called in any
  ///     case; what it saw can be recorded.
  public mutating func iterate(
    _ episodes: [[HintedStep]], test: (StateActionTable) -> [[HintedStep]]
  ) -> Report {
    batches.append(episodes)
    batches = batches.suffix(settings.memory)
    let buffer = batches.flatMap { $0 }
    let sums = AlignmentSums(buffer, reward: reward, discount: settings.innerDiscount)
    var passed: [StateActionTable] = []
    for _ in 0..<settings.innerUpdates {
      passed.append(policy)
      let change = sums.innerChange(preferences, policy, decay: settings.decay)
      for index in change.indices { preferences.values[index] += settings.innerRate * change[index] }
      policy = preferences.softmax()
    }
    let trial = test(policy)
    var report = Report(gradient: 0, diverged: false, isDead: false, hintScale: Self.hintScale(buffer))
    guard settings.outer != .none else { return report }

    let v = Self.policyGradient(
      trial, policy, discount: settings.discount, usesBaseline: settings.usesBaseline)
    let gradient: [Double]
    switch settings.outer {
    case .none: return report
    case .implicit:
      let product = { (x: [Double]) in sums.hessian(policy, times: x, decay: settings.decay) }
      let bound = ImplicitGradient.normBound(size: v.count, product: product)
      let solution = ImplicitGradient.neumann(
        v, steps: settings.neumannSteps, rate: settings.neumannRate, bound: bound, product: product)
      report.diverged = solution.diverged
      gradient = sums.pull(policy, solution.x)
    case .unrolled(let updates):
      let last = Array(passed.suffix(updates))
      gradient = ImplicitGradient.unrolled(
        v, updates: last.count, rate: settings.innerRate,
        product: { sums.hessian(last[$0], times: $1, decay: settings.decay) },
        pull: { sums.pull(last[$0], $1) })
    }
    report.gradient = gradient.reduce(0) { max($0, abs($1)) }
    silent = report.gradient == 0 ? silent + 1 : 0
    report.isDead = silent >= 20
    step(gradient)
    return report
  }

  /// RMSprop with the largest step held: plain gradients change by orders of magnitude.
  private mutating func step(_ gradient: [Double]) {
    guard gradient.allSatisfy(\.isFinite) else { return }
    var parameters = reward.parameters
    var gradient = gradient
    for index in gradient.indices {
      gradient[index] -= settings.regularization * (parameters[index] - initial[index])
      squares[index] = 0.9 * squares[index] + 0.1 * gradient[index] * gradient[index]
      let change = settings.outerRate * gradient[index] / (squares[index].squareRoot() + 1e-6)
      parameters[index] += min(max(change, -settings.largestStep), settings.largestStep)
    }
    reward.parameters = parameters
  }

  /// dJ/dtheta of the primary return from on-policy episodes.
  static func policyGradient(
    _ episodes: [[HintedStep]], _ policy: StateActionTable, discount: Double, usesBaseline: Bool
  )
    -> [Double]
  {
    var gradient = [Double](repeating: 0, count: policy.values.count)
    let share = 1 / Double(max(episodes.count, 1))
    let returns = episodes.map { discountedReturns($0.map(\.primary), discount: discount) }
    let longest = usesBaseline ? returns.map(\.count).max() ?? 0 : 0
    let baselines = (0..<longest).map { time in
      returns.reduce(0) { $0 + (time < $1.count ? $1[time] : 0) }
        / Double(returns.count { time < $0.count })
    }
    for (episode, returns) in zip(episodes, returns) {
      var weight = share
      for (time, step) in episode.enumerated() {
        let value = returns[time] - (usesBaseline ? baselines[time] : 0)
        gradient[step.state * policy.actions + step.action] += weight * value
        for action in 0..<policy.actions {
          gradient[step.state * policy.actions + action] -= weight * value * policy[step.state, action]
        }
        weight *= discount
      }
    }
    return gradient
  }

  private static func hintScale(_ episodes: [[HintedStep]]) -> Double? {
    func deviation(_ value: (HintedStep) -> Double) -> Double {
      let all = episodes.joined().map(value)
      let mean = all.reduce(0, +) / Double(max(all.count, 1))
      return (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(all.count, 1))).squareRoot()
    }
    let (hint, primary) = (deviation(\.hint), deviation(\.primary))
    return hint > 0 && primary > 0 ? hint / primary : nil
  }
}

/// The sums over a buffer of episodes from which the inner update and its derivatives are made.
struct AlignmentSums {
  private let episodes: [[HintedStep]]
  private let discount: Double
  /// Mean over episodes of the summed returns at the visits of (s, a), and of s.
  private var pairs: StateActionTable
  private var states: [Double]

  init(_ episodes: [[HintedStep]], reward: BehaviourAlignmentReward, discount: Double) {
    self.episodes = episodes
    self.discount = discount
    pairs = StateActionTable(states: reward.bias.states, actions: reward.bias.actions)
    states = Array(repeating: 0, count: reward.bias.states)
    let share = 1 / Double(max(episodes.count, 1))
    for episode in episodes {
      let returns = discountedReturns(episode.map(reward.value), discount: discount)
      for (step, value) in zip(episode, returns) {
        pairs[step.state, step.action] += share * value
        states[step.state] += share * value
      }
    }
  }

  /// Delta = E_D[sum_t psi(s_t, a_t) G_t] - lambda theta.
  func innerChange(_ preferences: StateActionTable, _ policy: StateActionTable, decay: Double) -> [Double] {
    var change = pairs.values
    for state in states.indices {
      for action in 0..<policy.actions {
        let index = state * policy.actions + action
        change[index] -= policy.values[index] * states[state] + decay * preferences.values[index]
      }
    }
    return change
  }

  /// dDelta/dtheta times x: in each state -W (p x - p (p . x)) - lambda x. W is held at 0 from below: where r_phi
  /// makes returns negative, H would not be negative definite and the series would explode.
  func hessian(_ policy: StateActionTable, times x: [Double], decay: Double) -> [Double] {
    var product = [Double](repeating: 0, count: x.count)
    let actions = policy.actions
    for state in states.indices {
      let start = state * actions
      var mean = 0.0
      for action in 0..<actions { mean += policy.values[start + action] * x[start + action] }
      let weight = max(states[state], 0)
      for index in start..<start + actions {
        product[index] = -weight * policy.values[index] * (x[index] - mean) - decay * x[index]
      }
    }
    return product
  }

  /// x^T dDelta/dphi: with u_t = psi(s_t, a_t) . x and E_j = u_j + gamma E_{j-1}, the mean over episodes of
  /// sum_j E_j d r_phi(s_j, a_j) / dphi.
  func pull(_ policy: StateActionTable, _ x: [Double]) -> [Double] {
    let (actions, count) = (policy.actions, states.count)
    let means = (0..<count).map { state in
      (0..<actions).reduce(0) { $0 + policy.values[state * actions + $1] * x[state * actions + $1] }
    }
    var gradient = [Double](repeating: 0, count: count * actions + 2 * count)
    let share = 1 / Double(max(episodes.count, 1))
    for episode in episodes {
      var eligibility = 0.0
      for step in episode {
        let pair = step.state * actions + step.action
        eligibility = x[pair] - means[step.state] + discount * eligibility
        gradient[pair] += share * eligibility
        gradient[count * actions + step.state] += share * eligibility * step.primary
        gradient[count * actions + count + step.state] += share * eligibility * step.hint
      }
    }
    return gradient
  }
}
