/// One step as a shaper sees it. The buffers belong to the caller and live as long as the call.
public struct ShapingTransition {
  public var observation: UnsafeBufferPointer<Float>
  public var action: UnsafeBufferPointer<Float>
  /// What was seen after the step; where the episode ended, its last observation, not the next episode's first.
  public var nextObservation: UnsafeBufferPointer<Float>
  /// What will be done next, where the learner has chosen it already (on-policy learners); nil elsewhere and at
  /// the end of an episode.
  public var nextAction: UnsafeBufferPointer<Float>?
  /// The policy's probability of every discrete action before the step, where the learner gives them.
  public var probabilities: UnsafeBufferPointer<Double>?
  /// The reward so far: the world's, or what an earlier shaper made of it.
  public var reward: Double
  /// Nothing follows: every potential is 0 there.
  public var terminated: Bool
  /// Cut off by time: potentials keep their value.
  public var truncated: Bool

  public init(
    observation: UnsafeBufferPointer<Float>, action: UnsafeBufferPointer<Float>,
    nextObservation: UnsafeBufferPointer<Float>, nextAction: UnsafeBufferPointer<Float>? = nil,
    probabilities: UnsafeBufferPointer<Double>? = nil, reward: Double, terminated: Bool, truncated: Bool
  ) {
    self.observation = observation
    self.action = action
    self.nextObservation = nextObservation
    self.nextAction = nextAction
    self.probabilities = probabilities
    self.reward = reward
    self.terminated = terminated
    self.truncated = truncated
  }

  public var isLast: Bool { terminated || truncated }
}

/// The steps of many lanes at once, as shapers and learned rewards see them: a vector environment's lanes, agent
/// after agent in each environment. The buffers belong to the caller and live as long as the call.
public struct TransitionBatch {
  public var lanes: Int
  /// `lanes` x observation width, before the step.
  public var observations: UnsafeBufferPointer<Float>
  /// `lanes` x action width.
  public var actions: UnsafeBufferPointer<Float>
  /// After the step. Where an episode ended, `finalObservations` holds instead (see `after`).
  public var nextObservations: UnsafeBufferPointer<Float>
  public var finalObservations: UnsafeBufferPointer<Float>
  /// What the world paid, one for each lane.
  public var rewards: UnsafeBufferPointer<Double>
  /// One for each environment.
  public var terminated: UnsafeBufferPointer<Bool>
  public var truncated: UnsafeBufferPointer<Bool>
  /// Lanes in each environment.
  public var agents: Int
  /// `lanes` x actions: the policy's probabilities before the step, where the learner gives them.
  public var probabilities: UnsafeBufferPointer<Double>?

  /// - Parameter finalObservations: nil where `nextObservations` never shows a new episode's beginning.
  public init(
    lanes: Int, observations: UnsafeBufferPointer<Float>, actions: UnsafeBufferPointer<Float>,
    nextObservations: UnsafeBufferPointer<Float>, finalObservations: UnsafeBufferPointer<Float>? = nil,
    rewards: UnsafeBufferPointer<Double>, terminated: UnsafeBufferPointer<Bool>,
    truncated: UnsafeBufferPointer<Bool>, agents: Int = 1
  ) {
    self.lanes = lanes
    self.observations = observations
    self.actions = actions
    self.nextObservations = nextObservations
    self.finalObservations = finalObservations ?? nextObservations
    self.rewards = rewards
    self.terminated = terminated
    self.truncated = truncated
    self.agents = agents
  }

  public var observationWidth: Int { observations.count / lanes }
  public var actionWidth: Int { actions.count / lanes }

  /// What a lane saw after the step, of the same episode.
  public func after(_ lane: Int) -> UnsafeBufferPointer<Float> {
    let environment = lane / agents
    let isLast = terminated[environment] || truncated[environment]
    let width = observationWidth
    return UnsafeBufferPointer(
      rebasing: (isLast ? finalObservations : nextObservations)[lane * width..<(lane + 1) * width])
  }

  /// The step of one lane.
  public func transition(_ lane: Int, reward: Double) -> ShapingTransition {
    let (width, wide) = (observationWidth, actionWidth)
    let environment = lane / agents
    return ShapingTransition(
      observation: UnsafeBufferPointer(rebasing: observations[lane * width..<(lane + 1) * width]),
      action: UnsafeBufferPointer(rebasing: actions[lane * wide..<(lane + 1) * wide]),
      nextObservation: after(lane),
      probabilities: probabilities.map { all in
        let actions = all.count / lanes
        return UnsafeBufferPointer(rebasing: all[lane * actions..<(lane + 1) * actions])
      },
      reward: reward, terminated: terminated[environment], truncated: truncated[environment])
  }
}

/// What shaping does to the optimal policies.
public enum PolicyGuarantee: Sendable, Equatable {
  /// Optimal policies stay optimal.
  case invariant
  /// They do under this condition.
  case conditional(String)
  /// They need not.
  case none
}

/// What a shaper is told before the first step.
public struct ShapingSetting: Sendable {
  /// How many episodes run side by side.
  public var lanes: Int
  public var observationSpace: Space
  public var actionSpace: Space
  /// The learner's gamma. Potential-based rules are invariant only with this very number.
  public var discount: Double
  /// Whether transitions carry the next action.
  public var hasNextAction: Bool
  /// Whether transitions carry the policy's probabilities.
  public var hasProbabilities: Bool
  /// The action space of every agent of an environment, where the shaper is given all of them together (batches of
  /// a learner or an environment); empty where it is given one transition at a time (inside another shaper).
  public var team: [Space]
  /// The world's states and outcomes, where they are known (a ``FiniteWorld``).
  public var process: FiniteMDP?

  public init(
    lanes: Int = 1, observationSpace: Space, actionSpace: Space, discount: Double,
    hasNextAction: Bool = false, hasProbabilities: Bool = false, team: [Space] = [],
    process: FiniteMDP? = nil
  ) {
    self.lanes = lanes
    self.observationSpace = observationSpace
    self.actionSpace = actionSpace
    self.discount = discount
    self.hasNextAction = hasNextAction
    self.hasProbabilities = hasProbabilities
    self.team = team
    self.process = process
  }

  /// As a shaper inside another one is told it: transitions come one at a time.
  var alone: ShapingSetting {
    var setting = self
    setting.team = []
    return setting
  }
}

/// Why a shaper does not go with a world or a learner.
public enum ShapingError: Error, Sendable, Equatable, CustomStringConvertible {
  case discountMismatch(shaper: Double, learner: Double)
  case observationWidth(needed: Int, found: Int)
  case notFinite(String)
  case needsNextAction
  case needsProbabilities
  case notStationary
  case parameter(String)

  public var description: String {
    switch self {
    case .discountMismatch(let shaper, let learner):
      "the shaper's discount \(shaper) is not the learner's \(learner): the shaped optimum would be another; "
        + "leave the shaper's discount out to take the learner's"
    case .observationWidth(let needed, let found):
      "the shaper reads \(needed) numbers of an observation that has \(found)"
    case .notFinite(let what): what
    case .needsNextAction:
      "this shaper needs the next action, which an environment does not know: use it in an on-policy learner, "
        + "or take the look-back form"
    case .needsProbabilities:
      "this shaper learns from the policy's action probabilities: use it in a learner that gives them (ppo with choices, "
        + "reinforce, actor_critic)"
    case .notStationary: "this shaper's reward depends on more than the transition"
    case .parameter(let message): message
    }
  }
}

/// A rule that changes an environment's rewards, transition by transition, for many lanes.
///
/// A shaper is a value; what it remembers (counts, the last potential of each lane) is in it. It allocates in
/// `begin` and not afterwards.
public protocol TransitionShaper: Sendable {
  var guarantee: PolicyGuarantee { get }
  /// Whether the shaped reward is a function of (s, a, s', reward, end) alone.
  var isStationary: Bool { get }
  /// What reports and metrics tell of it as it stands.
  var measurements: [(name: String, value: Double)] { get }
  /// What the user should know, a sentence each.
  var warnings: [String] { get }

  /// Makes room and forgets what was remembered.
  mutating func begin(_ setting: ShapingSetting) throws(ShapingError)

  /// A lane's episode was broken off, and another begins: forgets what is remembered of that episode.
  mutating func restart(lane: Int)

  /// The new reward of a transition. Calls of one lane come in the order of time.
  mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double

  /// Replaces the rewards of all lanes.
  mutating func shape(_ batch: TransitionBatch, rewards: UnsafeMutableBufferPointer<Double>)

  /// Keeps what is remembered. A shaper of the same settings that has begun and `restore`s it goes on as this one does.
  func save(in archive: inout StateArchive) throws(StateArchiveError)
  /// Goes on from what `save` kept, after `begin`.
  /// - Throws: `StateArchiveError` when it was kept of other settings or another world.
  mutating func restore(from archive: StateArchive) throws(StateArchiveError)
}

/// A shaper that remembers nothing from one transition to the next.
public protocol MemorylessShaper: TransitionShaper {}

extension MemorylessShaper {
  public func save(in archive: inout StateArchive) {}
  public mutating func restore(from archive: StateArchive) {}
}

extension TransitionShaper {
  public var measurements: [(name: String, value: Double)] { [] }
  public var warnings: [String] { [] }
  public mutating func restart(lane: Int) {}

  public mutating func shape(_ batch: TransitionBatch, rewards: UnsafeMutableBufferPointer<Double>) {
    for lane in 0..<batch.lanes {
      rewards[lane] = shape(batch.transition(lane, reward: rewards[lane]), lane: lane)
    }
  }

  /// The new reward of a transition between numbered states, for a world that shows the state's number.
  public mutating func shape(
    state: Int, action: Int, next: Int, nextAction: Int? = nil,
    probabilities: UnsafeBufferPointer<Double>? = nil, reward: Double, terminated: Bool,
    truncated: Bool = false, lane: Int = 0
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4) { numbers in
      numbers[0] = Float(state)
      numbers[1] = Float(action)
      numbers[2] = Float(next)
      numbers[3] = Float(nextAction ?? 0)
      func one(_ index: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: numbers[index..<index + 1])
      }
      return shape(
        ShapingTransition(
          observation: one(0), action: one(1), nextObservation: one(2),
          nextAction: nextAction == nil || terminated || truncated ? nil : one(3),
          probabilities: probabilities, reward: reward, terminated: terminated, truncated: truncated),
        lane: lane)
    }
  }
}

/// Several shapers, each given what the one before made.
public struct ShaperChain: TransitionShaper {
  public private(set) var shapers: [any TransitionShaper]

  public init(_ shapers: [any TransitionShaper]) { self.shapers = shapers }

  public var isStationary: Bool { shapers.allSatisfy(\.isStationary) }

  /// The weakest of the parts'.
  public var guarantee: PolicyGuarantee {
    var conditions: [String] = []
    for shaper in shapers {
      switch shaper.guarantee {
      case .invariant: break
      case .conditional(let condition): conditions.append(condition)
      case .none: return .none
      }
    }
    return conditions.isEmpty ? .invariant : .conditional(conditions.joined(separator: "; "))
  }

  public var measurements: [(name: String, value: Double)] { shapers.flatMap(\.measurements) }
  public var warnings: [String] { shapers.flatMap(\.warnings) }

  public mutating func begin(_ setting: ShapingSetting) throws(ShapingError) {
    for index in shapers.indices { try shapers[index].begin(setting) }
  }

  public mutating func restart(lane: Int) {
    for index in shapers.indices { shapers[index].restart(lane: lane) }
  }

  public mutating func shape(_ transition: ShapingTransition, lane: Int) -> Double {
    var transition = transition
    for index in shapers.indices { transition.reward = shapers[index].shape(transition, lane: lane) }
    return transition.reward
  }

  public mutating func shape(_ batch: TransitionBatch, rewards: UnsafeMutableBufferPointer<Double>) {
    for index in shapers.indices { shapers[index].shape(batch, rewards: rewards) }
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    for (index, shaper) in shapers.enumerated() { try archive.put(part: "\(index)", shaper.save) }
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    for index in shapers.indices { try shapers[index].restore(from: archive.part("\(index)")) }
  }
}
