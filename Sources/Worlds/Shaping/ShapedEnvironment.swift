import Rewards

/// An environment whose rewards a shaper changes. Observations, ends and spaces stay.
public final class ShapedEnvironment: Environment {
  public let base: any Environment
  public private(set) var shaper: any TransitionShaper
  /// What the world itself paid in the last step.
  public private(set) var originalRewards: [Double] = []
  private var observation: [Float] = []

  /// - Parameter discount: The learner's gamma.
  /// - Throws: `ShapingError` when the shaper does not go with the environment or the discount.
  public init(_ base: any Environment, shaper: any TransitionShaper, discount: Double) throws(ShapingError) {
    self.base = base
    self.shaper = shaper
    try self.shaper.begin(
      ShapingSetting(
        lanes: base.agents, observationSpace: base.observationSpace(of: 0),
        actionSpace: base.actionSpace(of: 0), discount: discount,
        team: (0..<base.agents).map { base.actionSpace(of: $0) }))
  }

  public var agents: Int { base.agents }
  public func observationSpace(of agent: Int) -> Space { base.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { base.actionSpace(of: agent) }
  public var steps: Int { base.steps }
  public var info: JSONObject { base.info }

  /// Begins an episode. What the shaper remembers of all episodes (counts, learned potentials) stays.
  public func reset(seed: UInt64?) -> [Float] {
    for lane in 0..<agents { shaper.restart(lane: lane) }
    observation = base.reset(seed: seed)
    return observation
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    try archive.put(part: "base", base.save)
    try archive.put(part: "shaper", shaper.save)
    archive.put("environment.observation", observation)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try base.restore(from: archive.part("base"))
    try shaper.restore(from: archive.part("shaper"))
    observation = try archive.floats("environment.observation")
  }

  public func step(_ actions: [Float]) throws(EnvironmentError) -> Transition {
    var transition = try base.step(actions)
    originalRewards = transition.rewards
    let (before, after) = (observation, transition.observation)
    let ends = ([transition.terminated], [transition.truncated])
    before.withUnsafeBufferPointer { before in
      after.withUnsafeBufferPointer { after in
        actions.withUnsafeBufferPointer { actions in
          ends.0.withUnsafeBufferPointer { terminated in
            ends.1.withUnsafeBufferPointer { truncated in
              transition.rewards.withUnsafeMutableBufferPointer { rewards in
                shaper.shape(
                  TransitionBatch(
                    lanes: agents, observations: before, actions: actions, nextObservations: after,
                    rewards: UnsafeBufferPointer(rewards), terminated: terminated, truncated: truncated,
                    agents: agents),
                  rewards: rewards)
              }
            }
          }
        }
      }
    }
    observation = after
    return transition
  }
}

/// A vector environment whose rewards a shaper changes. Stepping allocates nothing of its own.
public final class ShapedVectorEnvironment: VectorEnvironment {
  public let base: any VectorEnvironment
  public private(set) var shaper: any TransitionShaper
  private let before: UnsafeMutableBufferPointer<Float>
  private let shaped: UnsafeMutableBufferPointer<Double>

  /// - Parameter discount: The learner's gamma.
  /// - Throws: `ShapingError` when the shaper does not go with the environment or the discount.
  public init(_ base: any VectorEnvironment, shaper: any TransitionShaper, discount: Double)
    throws(ShapingError)
  {
    self.base = base
    var shaper = shaper
    try shaper.begin(
      ShapingSetting(
        lanes: base.count * base.agents, observationSpace: base.observationSpace(of: 0),
        actionSpace: base.actionSpace(of: 0), discount: discount,
        team: (0..<base.agents).map { base.actionSpace(of: $0) }))
    self.shaper = shaper
    before = .allocate(capacity: base.observations.count)
    before.initialize(repeating: 0)
    shaped = .allocate(capacity: base.rewards.count)
    shaped.initialize(repeating: 0)
  }

  deinit {
    before.deallocate()
    shaped.deallocate()
  }

  public var count: Int { base.count }
  public var agents: Int { base.agents }
  public func observationSpace(of agent: Int) -> Space { base.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { base.actionSpace(of: agent) }
  public var observations: UnsafeBufferPointer<Float> { base.observations }
  public var sharedObservations: UnsafeBufferPointer<Float>? { base.sharedObservations }
  public var finalObservations: UnsafeBufferPointer<Float> { base.finalObservations }
  /// The shaped rewards.
  public var rewards: UnsafeBufferPointer<Double> { UnsafeBufferPointer(shaped) }
  /// What the world itself paid.
  public var originalRewards: UnsafeBufferPointer<Double> { base.rewards }
  public var terminated: UnsafeBufferPointer<Bool> { base.terminated }
  public var truncated: UnsafeBufferPointer<Bool> { base.truncated }
  /// Sums of what the world itself paid: what the agent is judged by.
  public var episodeReturns: UnsafeBufferPointer<Double> { base.episodeReturns }
  public var episodeLengths: UnsafeBufferPointer<Int> { base.episodeLengths }

  /// Begins an episode everywhere. What the shaper remembers of all episodes stays.
  public func reset(seed: UInt64) {
    for lane in 0..<count * agents { shaper.restart(lane: lane) }
    base.reset(seed: seed)
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    try archive.put(part: "base", base.save)
    try archive.put(part: "shaper", shaper.save)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try base.restore(from: archive.part("base"))
    try shaper.restore(from: archive.part("shaper"))
  }

  public func step(_ actions: UnsafeBufferPointer<Float>) {
    _ = before.update(fromContentsOf: base.observations)
    base.step(actions)
    _ = shaped.update(fromContentsOf: base.rewards)
    shaper.shape(
      TransitionBatch(
        lanes: count * agents, observations: UnsafeBufferPointer(before), actions: actions,
        nextObservations: base.observations, finalObservations: base.finalObservations,
        rewards: base.rewards, terminated: base.terminated, truncated: base.truncated, agents: agents),
      rewards: shaped)
  }
}
