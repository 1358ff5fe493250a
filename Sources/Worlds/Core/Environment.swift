import Rewards

/// What a step did: Gymnasium's `observation, reward, terminated, truncated, info`.
public struct Transition: Sendable {
  /// `agents` times the observation's width, agent after agent.
  public var observation: [Float]
  /// One for each agent.
  public var rewards: [Double]
  /// The rules ended the episode: what follows is worth 0.
  public var terminated: Bool
  /// Time is up: what follows is cut off, not worthless.
  public var truncated: Bool

  /// The first agent's reward.
  public var reward: Double { rewards[0] }
  /// Whether the episode is over, for either reason.
  public var isLast: Bool { terminated || truncated }
}

/// Why a step was refused.
public enum EnvironmentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `step` before the first `reset` or after the episode's end.
  case needsReset
  /// Not a value of the agent's action space.
  case invalidAction(agent: Int, action: [Float], space: Space)
  case wrongActionCount(Int, expected: Int)
  /// Turn-based play: the episode is over, and the agent can only leave.
  case hasEnded(agent: Int)

  public var description: String {
    switch self {
    case .needsReset: "the episode is over or has not begun: call reset before step"
    case .invalidAction(let agent, let action, let space):
      "agent \(agent): \(action) is not an action of \(space)"
    case .wrongActionCount(let count, let expected):
      "\(count) numbers were given as actions, \(expected) are needed (agents times the action's width)"
    case .hasEnded(let agent): "agent \(agent): the episode is over: step with no action (nil)"
    }
  }
}

/// One running environment, whatever its world: Gymnasium's `Env`, PettingZoo's `ParallelEnv`.
public protocol Environment: AnyObject {
  var agents: Int { get }
  func observationSpace(of agent: Int) -> Space
  func actionSpace(of agent: Int) -> Space
  /// The steps taken in this episode.
  var steps: Int { get }
  /// Facts of the last step (`World.info`).
  var info: JSONObject { get }

  /// Begins an episode.
  /// - Parameter seed: Starts anew, as if nothing had happened before; nil lets the random generator run on.
  /// - Returns: What all agents see.
  func reset(seed: UInt64?) -> [Float]

  /// One step of all agents.
  /// - Parameter actions: `agents` times the action's width, agent after agent. Values outside a box are the
  ///   world's matter (most clip them); NaN and choices that do not exist are refused.
  /// - Throws: `EnvironmentError`; the episode goes on unchanged.
  func step(_ actions: [Float]) throws(EnvironmentError) -> Transition

  /// Keeps the running episode in sections that begin with "environment".
  /// - Throws: `StateArchiveError.notKept` when something in it cannot be kept.
  func save(in archive: inout StateArchive) throws(StateArchiveError)
  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` when it was kept of another world.
  func restore(from archive: StateArchive) throws(StateArchiveError)
}

/// One running environment of a known world.
public final class SingleEnvironment<W: World>: Environment {
  public let world: W
  /// The state of the running episode; nil before the first reset.
  public private(set) var state: W.State?
  public private(set) var steps = 0
  public let agents: Int
  private(set) var random: PCG64
  private(set) var isOver = true
  private let observationWidth: Int
  private let actionWidth: Int
  private let sharesObservation: Bool
  /// For each agent the number of its choices; 0 where its action is real numbers.
  private let choices: [Int]

  public init(_ world: W, seed: UInt64 = 0) {
    self.world = world
    agents = world.agents
    observationWidth = world.observationWidth
    actionWidth = world.actionWidth
    sharesObservation = world.sharesObservation
    choices = (0..<world.agents).map { agent in
      if case .discrete(let count) = world.actionSpace(of: agent) { count } else { 0 }
    }
    random = PCG64(seed: seed)
  }

  public func observationSpace(of agent: Int) -> Space { world.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { world.actionSpace(of: agent) }
  public var info: JSONObject { state.map(world.info) ?? JSONObject() }

  @discardableResult
  public func reset(seed: UInt64? = nil) -> [Float] {
    guard let seed else { return begin(world.initialState(after: state, random: &random)) }
    random = PCG64(seed: seed)
    return begin(world.initialState(after: nil, random: &random))
  }

  /// Begins an episode in a state of your own, as tests and planners do.
  @discardableResult
  public func reset(to state: W.State) -> [Float] { begin(state) }

  private func begin(_ state: W.State) -> [Float] {
    self.state = state
    steps = 0
    isOver = false
    return observation(of: state)
  }

  /// Takes the place of the running episode.
  func resume(_ state: W.State?, steps: Int, isOver: Bool, random: PCG64) {
    (self.state, self.steps, self.isOver, self.random) = (state, steps, isOver, random)
  }

  private func observation(of state: W.State) -> [Float] { observation(of: state, 0..<agents) }

  private func observation(of state: W.State, _ observers: Range<Int>) -> [Float] {
    let width = observationWidth
    return [Float](unsafeUninitializedCapacity: observers.count * width) { buffer, count in
      for (row, agent) in observers.enumerated() {
        let place = UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width])
        if row > 0, sharesObservation {
          place.baseAddress!.update(from: buffer.baseAddress!, count: width)
        } else {
          world.observe(state, agent: agent, into: place)
        }
      }
      count = observers.count * width
    }
  }

  @discardableResult
  public func step(_ actions: [Float]) throws(EnvironmentError) -> Transition {
    try step(actions, observers: 0..<agents)
  }

  /// One step of all agents, of which only these look: games of many agents who all see the whole board spend most of
  /// their time on copies of it.
  public func step(_ actions: [Float], observers: Range<Int>) throws(EnvironmentError) -> Transition {
    guard !isOver, var state else { throw .needsReset }
    try check(actions)
    self.state = nil  // the only reference: changed in place
    var rewards = [Double](repeating: 0, count: agents)
    let terminated = actions.withUnsafeBufferPointer { actions in
      rewards.withUnsafeMutableBufferPointer {
        world.step(&state, actions: actions, rewards: $0, random: &random)
      }
    }
    steps += 1
    let truncated = world.maximumSteps.map { steps >= $0 } ?? false
    isOver = terminated || truncated
    let observation = observation(of: state, observers)
    self.state = state
    return Transition(
      observation: observation, rewards: rewards, terminated: terminated, truncated: truncated)
  }

  private func check(_ actions: [Float]) throws(EnvironmentError) {
    guard actions.count == agents * actionWidth else {
      throw .wrongActionCount(actions.count, expected: agents * actionWidth)
    }
    for agent in 0..<agents {
      let start = agent * actionWidth
      let count = choices[agent]
      let isValid =
        if count > 0 {
          actions[start] >= 0 && actions[start] < Float(count)
        } else {
          (start..<start + actionWidth).allSatisfy { actions[$0].isFinite }
        }
      if !isValid {
        throw .invalidAction(
          agent: agent, action: Array(actions[start..<start + actionWidth]),
          space: world.actionSpace(of: agent))
      }
    }
  }
}
