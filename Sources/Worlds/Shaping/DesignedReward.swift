/// The world's reward replaced by a designed one that keeps the optimal policies and shows them sooner (EXPRD: Devidze
/// et al. 2021; see ``ExplicableRewardDesign``).
///
/// Needs a world whose states and outcomes are known (a ``FiniteWorld``: gridworlds, chains). Beginning costs a greedy
/// search over states, each trial a linear program.
public struct DesignedReward: MemorylessShaper {
  public struct Settings: Sendable, Equatable {
    /// |R| <= limit.
    public var limit = 10.0
    /// States chosen beside those that are paid anyway.
    public var budget = 5
    /// The states that may be paid, in place of a search; nil: search.
    public var states: [Int]?
    /// Steps after which a gap should show.
    public var horizons = [1, 4, 8, 16, 32]
    /// Of the best designs the one with the smallest rewards.
    public var isSmall = false

    public init() {}
  }

  public let settings: Settings
  /// R(s, a), once begun.
  public private(set) var rewards = StateActionTable(states: 0, actions: 0)
  /// The states that are paid, in the order in which they were chosen.
  public private(set) var states: [Int] = []
  /// I(R), at most 0.
  public private(set) var informativeness = 0.0
  private var key: StateKey?

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  public var guarantee: PolicyGuarantee { .invariant }
  public var isStationary: Bool { true }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    let (process, key) = try setting.knownProcess(for: "exprd")
    let design: ExplicableRewardDesign
    do {
      design = try ExplicableRewardDesign(process, limit: settings.limit, horizons: settings.horizons)
    } catch {
      throw .parameter("exprd: \(error)")
    }
    let paid = (0..<process.states).filter { state in
      (0..<process.actions).contains { process.outcomes(state, $0).contains { $0.reward != 0 } }
    }
    if let wrong = settings.states?.first(where: { !(0..<process.states).contains($0) }) {
      throw .parameter("exprd: there is no state \(wrong); the world has 0 to \(process.states - 1)")
    }
    let outcome: ExplicableRewardDesign.Outcome
    if let given = settings.states {
      (states, outcome) = (given, design.design(on: given, isSmall: settings.isSmall))
    } else {
      let open = (0..<process.states).filter { !process.isTerminal[$0] && !paid.contains($0) }
      let steps: [(states: [Int], outcome: ExplicableRewardDesign.Outcome)]
      do { steps = try design.greedyDesign(start: paid, candidates: open, budget: settings.budget) } catch {
        throw .parameter("exprd: \(error)")
      }
      states = steps.last?.states ?? paid
      outcome =
        settings.isSmall
        ? design.design(on: states, isSmall: true) : steps.last?.outcome ?? .failed("no step")
    }
    switch outcome {
    case .design(let rewards, let value): (self.rewards, informativeness) = (rewards, value)
    case .infeasible(let wrong):
      throw .parameter(
        "exprd: rewards up to \(settings.limit) on \(states.count) states cannot keep what is best in states "
          + "\(wrong.prefix(10).map(String.init).joined(separator: ", ")): raise limit or name more states")
    case .failed(let reason): throw .parameter("exprd: the linear program is \(reason)")
    }
    self.key = key
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    return rewards[key(transition.observation), Int(transition.action[0])]
  }
}

/// The world's reward replaced by one that is designed anew for the policy as it learns (ExpAdaRD: Devidze,
/// Kamalaruban and Singla 2024; see ``AdaptiveRewardDesign``).
///
/// The policy is what the learner's probabilities were where it was last; states never met count as uniform.
public struct AdaptiveDesignedReward: TransitionShaper {
  public struct Settings: Sendable, Equatable {
    /// |weight| <= limit.
    public var limit = 10.0
    /// Episodes between two designs.
    public var period = 5
    /// The teacher is the optimal policy with this share of random actions.
    public var teacherExploration = 0.4
    /// For every state its features, each with a weight an action; nil: every state is a feature of its own.
    public var features: [[Int]]?

    public init() {}
  }

  public let settings: Settings
  public internal(set) var rewards = StateActionTable(states: 0, actions: 0)
  /// How often it was designed.
  public internal(set) var designs = 0
  private var design: AdaptiveRewardDesign?
  var policy = StateActionTable(states: 0, actions: 0)
  var finished = 0
  private var key: StateKey?

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  public var guarantee: PolicyGuarantee {
    .conditional("each design keeps the optimum; the sequence need not settle")
  }
  public var isStationary: Bool { false }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    guard setting.hasProbabilities else { throw .needsProbabilities }
    let (process, key) = try setting.knownProcess(for: "expadard")
    let features = settings.features ?? (0..<process.states).map { [$0] }
    guard features.count == process.states, features.joined().allSatisfy({ $0 >= 0 }) else {
      throw .parameter(
        "expadard: features has \(features.count) lists; the world has \(process.states) states, and features are "
          + "numbered from 0")
    }
    let design: AdaptiveRewardDesign
    do {
      design = try AdaptiveRewardDesign(
        process, features: features, limit: settings.limit, teacherExploration: settings.teacherExploration)
    } catch { throw .parameter("expadard: \(error)") }
    self.key = key
    self.design = design
    policy = StateActionTable(states: process.states, actions: process.actions) { _, _ in
      1 / Double(process.actions)
    }
    rewards = StateActionTable(states: process.states, actions: process.actions)
    (finished, designs) = (0, 0)
    update()
    guard designs == 1 else {
      throw .parameter(
        "expadard: no reward of this structure keeps what is best within the limit \(settings.limit)")
    }
  }

  /// Designs for the policy as it is; keeps the reward in use where no other would help.
  private mutating func update() {
    guard let design, let next = try? design.design(for: policy) else { return }
    rewards = next
    designs += 1
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    guard let key else { preconditionFailure("shape before begin") }
    let state = key(transition.observation)
    if let probabilities = transition.probabilities {
      for action in 0..<policy.actions { policy[state, action] = probabilities[action] }
    }
    let reward = rewards[state, Int(transition.action[0])]
    if transition.isLast {
      finished += 1
      if finished % settings.period == 0 { update() }
    }
    return reward
  }
}

extension ShapingSetting {
  /// The process behind the world, with the learner's discount, and how its states are read off an observation.
  func knownProcess(for shaper: String) throws(ShapingError) -> (FiniteMDP, StateKey) {
    guard var process else {
      throw .parameter(
        "\(shaper) designs rewards for a world whose states and outcomes are known (a gridworld, a chain)")
    }
    process.discount = discount
    let key = try StateKey(observationSpace)
    guard key.count == process.states else {
      throw .parameter("\(shaper) needs observations that are the state's number or one-hot")
    }
    return (process, key)
  }
}
