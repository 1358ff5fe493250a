import Worlds

/// The last 100 episodes of a learner.
struct EpisodeLog {
  var episodes = 0
  var returns: [[Double]] = []
  var lengths: [Int] = []

  /// Books the episodes that have just ended.
  /// - Returns: Whether there were any.
  mutating func book(_ environment: any VectorEnvironment) -> Bool {
    let agents = environment.agents
    var hasEnded = false
    for index in 0..<environment.count where environment.terminated[index] || environment.truncated[index] {
      hasEnded = true
      episodes += 1
      returns.append(Array(environment.episodeReturns[index * agents..<(index + 1) * agents]))
      lengths.append(environment.episodeLengths[index])
    }
    returns.removeFirst(max(0, returns.count - 100))
    lengths.removeFirst(max(0, lengths.count - 100))
    return hasEnded
  }

  func progress(steps: Int) -> LearnerProgress {
    guard let first = returns.first else {
      return LearnerProgress(steps: steps, episodes: episodes, agentReturns: [], meanLength: nil)
    }
    let share = 1 / Double(returns.count)
    return LearnerProgress(
      steps: steps, episodes: episodes,
      agentReturns: first.indices.map { agent in returns.reduce(0) { $0 + $1[agent] } * share },
      meanLength: Double(lengths.reduce(0, +)) * share)
  }
}

extension VectorEnvironment {
  /// Worlds must give numbers; learners say so instead of learning NaN.
  func requireFinite(_ team: Team, steps: Int) throws(LearnerError) {
    guard rewards.allSatisfy(\.isFinite) else { throw .notFinite(what: "world's reward", steps: steps) }
    guard UnsafeBufferPointer(start: states(team), count: count * team.stateWidth).allSatisfy(\.isFinite)
    else { throw .notFinite(what: "world's observation", steps: steps) }
  }

  /// What the agents of all environments see now: environments x state width, without copies for each agent.
  func states(_ team: Team) -> UnsafePointer<Float> {
    guard team.sharesObservation, agents > 1 else { return observations.baseAddress! }
    guard let shared = sharedObservations else { preconditionFailure("what all see is kept once") }
    return UnsafePointer(shared.baseAddress!)
  }
}
