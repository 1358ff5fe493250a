import Rewards

/// Any environment with several agents, played in turns: PettingZoo's AEC semantics.
///
/// Agents act in the order of their numbers. Actions are kept until all have acted; then the round is played, and
/// everybody is rewarded at once. An agent sees what it saw at the end of the last round and, unless told otherwise,
/// what the agents before it have chosen in this one: its observation ends with a number for every agent's action
/// (as many as an action has), -1 where it has not been revealed yet.
///
/// When the episode ends, every agent is still selected once more, sees its last reward, and steps with no action; then
/// there is nobody left.
///
///     let game = TurnBasedEnvironment(world.anyEnvironment())
///     game.reset(seed: 7)
///     while let agent = game.selectedAgent {
///       let last = game.last()
///       try game.step(last.isOver ? nil : policies[agent].act(last.observation))
///     }
public final class TurnBasedEnvironment {
  /// What the selected agent is told: PettingZoo's `last()`.
  public struct Last: Sendable, Equatable {
    public var observation: [Float]
    /// What it was paid since it acted last.
    public var reward: Double
    public var terminated: Bool
    public var truncated: Bool
    /// The agent steps with no action now.
    public var isOver: Bool { terminated || truncated }
  }

  public let base: any Environment
  public let agents: Int
  /// Whether observations end with what has been chosen in this round.
  public let revealsActions: Bool
  /// Who acts next; nil before the first reset, and when everybody has left.
  public private(set) var selectedAgent: Int?
  /// Who has not left, in the order of their turns.
  public private(set) var remainingAgents: [Int] = []
  /// Of the round that has just been played: one for each agent; all 0 between.
  public private(set) var rewards: [Double]
  /// What each was paid since it acted last.
  public private(set) var cumulativeRewards: [Double]
  public private(set) var terminated = false
  public private(set) var truncated = false

  private let spaces: [Space]
  private let observationWidth, actionWidth: Int
  private var seen: [Float] = []
  private var chosen: [Float] = []

  public init(_ base: any Environment, revealsActions: Bool = true) {
    self.base = base
    self.revealsActions = revealsActions
    agents = base.agents
    spaces = (0..<base.agents).map { base.actionSpace(of: $0) }
    actionWidth = spaces[0].width
    observationWidth = base.observationSpace(of: 0).width
    rewards = Array(repeating: 0, count: agents)
    cumulativeRewards = rewards
  }

  /// The rounds played in this episode.
  public var rounds: Int { base.steps }
  public var info: JSONObject { base.info }
  public func actionSpace(of agent: Int) -> Space { spaces[agent] }

  /// The base's, with the revealed actions behind it.
  public func observationSpace(of agent: Int) -> Space {
    let own = base.observationSpace(of: agent)
    guard revealsActions else { return own }
    var (low, high) = own.ends
    for space in spaces {
      let ends = space.ends
      low += ends.low.map { min($0, -1) }
      high += ends.high
    }
    return .box(low: low, high: high)
  }

  /// Begins an episode; agent 0 is selected.
  public func reset(seed: UInt64? = nil) {
    seen = base.reset(seed: seed)
    chosen = Array(repeating: -1, count: agents * actionWidth)
    rewards = Array(repeating: 0, count: agents)
    cumulativeRewards = rewards
    (terminated, truncated) = (false, false)
    remainingAgents = Array(0..<agents)
    selectedAgent = 0
  }

  /// What an agent sees now; nothing before the first reset.
  public func observe(_ agent: Int) -> [Float] {
    guard !seen.isEmpty else { return [] }
    let own = seen[agent * observationWidth..<(agent + 1) * observationWidth]
    return revealsActions ? own + chosen : Array(own)
  }

  /// What the selected agent sees and was paid; nobody's turn gives nothing.
  public func last() -> Last {
    guard let agent = selectedAgent else {
      return Last(observation: [], reward: 0, terminated: terminated, truncated: truncated)
    }
    return Last(
      observation: observe(agent), reward: cumulativeRewards[agent], terminated: terminated,
      truncated: truncated)
  }

  /// The selected agent acts, or leaves with nil when the episode is over.
  /// - Throws: `EnvironmentError`; it is then still this agent's turn.
  public func step(_ action: [Float]?) throws(EnvironmentError) {
    guard let agent = selectedAgent else { throw .needsReset }
    if terminated || truncated {
      guard action == nil else { throw .hasEnded(agent: agent) }
      remainingAgents.removeFirst()
      selectedAgent = remainingAgents.first
      return
    }
    let action = action ?? []
    guard action.count == actionWidth else { throw .wrongActionCount(action.count, expected: actionWidth) }
    guard spaces[agent].takes(action) else {
      throw .invalidAction(agent: agent, action: action, space: spaces[agent])
    }
    // An agent that acts has taken note of what it was paid.
    cumulativeRewards[agent] = 0
    for place in 0..<actionWidth { chosen[agent * actionWidth + place] = action[place] }
    guard agent == agents - 1 else {
      rewards = Array(repeating: 0, count: agents)
      selectedAgent = agent + 1
      return
    }
    try playRound()
  }

  private func playRound() throws(EnvironmentError) {
    let transition = try base.step(chosen)
    seen = transition.observation
    chosen = Array(repeating: -1, count: agents * actionWidth)
    rewards = transition.rewards
    for agent in 0..<agents { cumulativeRewards[agent] += rewards[agent] }
    (terminated, truncated) = (transition.terminated, transition.truncated)
    selectedAgent = 0
  }
}

extension World {
  /// This world played in turns.
  public func turnBased(seed: UInt64 = 0, revealsActions: Bool = true) -> TurnBasedEnvironment {
    TurnBasedEnvironment(anyEnvironment(seed: seed), revealsActions: revealsActions)
  }
}

extension Space {
  /// The lowest and the highest value of each number.
  fileprivate var ends: (low: [Float], high: [Float]) {
    switch self {
    case .discrete(let count): ([0], [Float(count - 1)])
    case .box(let low, let high): (low, high)
    }
  }

  /// Whether an environment takes these numbers as an action: a choice that exists, or finite numbers.
  fileprivate func takes(_ action: [Float]) -> Bool {
    switch self {
    case .discrete(let count): action[0] >= 0 && action[0] < Float(count)
    case .box: action.allSatisfy(\.isFinite)
    }
  }
}
