import Worlds

/// Policies as tables of probabilities, state after state.
public enum PolicyTable {
  /// Behaviour cloning: what each agent did, counted, with `smoothing` added to every count.
  public static func cloned(_ demonstrations: JointDemonstrations, smoothing: Double = 1e-3) -> [[Double]] {
    demonstrations.actionCounts.enumerated().map { agent, actions in
      var counts = [Double](repeating: smoothing, count: demonstrations.stateCount * actions)
      for row in 0..<demonstrations.count {
        counts[
          demonstrations.states[row] * actions + demonstrations.actions[row * demonstrations.agents + agent]] +=
          1
      }
      for state in 0..<demonstrations.stateCount {
        let range = state * actions..<(state + 1) * actions
        let sum = counts[range].reduce(0, +)
        for index in range { counts[index] /= sum }
      }
      return counts
    }
  }

  /// Plays one episode in a world whose agents observe the number of the state.
  /// - Returns: What happened, and the sum of all agents' rewards.
  static func episode<W: World>(
    in world: W, _ states: Int, _ actions: [Int], _ policies: [[Double]], limit: Int, random: inout PCG64
  ) -> (transitions: JointDemonstrations, reward: Double) {
    var transitions = JointDemonstrations(states: states, actions: actions)
    var state = world.initialState(after: nil, random: &random)
    var (seen, next) = ([Float(0)], [Float(0)])
    var rewards = [Double](repeating: 0, count: world.agents)
    var joint = [Int](repeating: 0, count: world.agents)
    var total = 0.0
    seen.withUnsafeMutableBufferPointer { world.observe(state, agent: 0, into: $0) }
    for _ in 0..<limit {
      for agent in joint.indices {
        joint[agent] = draw(policies[agent], Int(seen[0]), actions[agent], &random)
      }
      let end = joint.map { Float($0) }.withUnsafeBufferPointer { actions in
        rewards.withUnsafeMutableBufferPointer {
          world.step(&state, actions: actions, rewards: $0, random: &random)
        }
      }
      total += rewards.reduce(0, +)
      next.withUnsafeMutableBufferPointer { world.observe(state, agent: 0, into: $0) }
      transitions.append(state: Int(seen[0]), actions: joint, next: Int(next[0]), ends: end)
      if end { break }
      seen = next
    }
    return (transitions, total)
  }

  private static func draw(_ policy: [Double], _ state: Int, _ actions: Int, _ random: inout PCG64) -> Int {
    var left = random.uniform()
    for action in 0..<actions {
      left -= policy[state * actions + action]
      if left < 0 { return action }
    }
    return actions - 1
  }
}

extension PolicyTable {
  /// Episodes of a finite world, and the average of all agents' summed rewards.
  public static func play(
    _ policies: [[Double]], in game: FiniteGame, _ world: some World, episodes: Int, seed: UInt64
  ) -> (transitions: JointDemonstrations, reward: Double) {
    var random = PCG64(seed: seed)
    var all = JointDemonstrations(states: game.states, actions: game.actions)
    var total = 0.0
    for _ in 0..<episodes {
      let (transitions, reward) = episode(
        in: world, game.states, game.actions, policies, limit: world.maximumSteps ?? 1000, random: &random)
      all.append(transitions)
      total += reward
    }
    return (all, total / Double(episodes))
  }
}
