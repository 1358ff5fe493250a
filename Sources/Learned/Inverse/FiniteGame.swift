import Worlds

/// A Markov game written out: what follows every joint action in every state, and each agent's reward for it.
///
/// Each agent's action is replaced by a uniform one with probability `slip`, independently.
public struct FiniteGame: Sendable {
  public let states: Int
  /// How many actions each agent has.
  public let actions: [Int]
  public let slip: Double
  /// By state and joint action (the last agent's action counts fastest), as carried out.
  let next: [Int]
  /// For each agent, by state and joint action, as carried out.
  let rewards: [[Double]]

  var jointActions: Int { actions.reduce(1, *) }

  /// The game of `MiniGems`.
  public init(_ world: MiniGems) {
    states = MiniGems.states
    actions = [5, 5]
    slip = world.slip
    var next: [Int] = []
    var rewards: [[Double]] = [[], []]
    for state in 0..<states {
      for first in 0..<5 {
        for second in 0..<5 {
          let outcome = MiniGems.outcome(
            MiniGems.State(first: state / 16, second: state % 16), first, second)
          next.append(outcome.next.number)
          rewards[0].append(outcome.rewards.0)
          rewards[1].append(outcome.rewards.1)
        }
      }
    }
    self.next = next
    self.rewards = rewards
  }

  /// The expectation of a function of what is carried out, given one agent's choice and the others' policies: by
  /// state and that agent's action.
  func marginal(
    _ values: (_ entry: Int) -> Double, agent: Int, policies: [[Double]]
  ) -> [Double] {
    let own = actions[agent]
    let joint = jointActions
    var result = [Double](repeating: 0, count: states * own)
    for state in 0..<states {
      for index in 0..<joint {
        var (rest, weight, chosen) = (index, 1.0, 0)
        for other in actions.indices.reversed() {
          let action = rest % actions[other]
          rest /= actions[other]
          if other == agent {
            chosen = action
          } else {
            weight *=
              (1 - slip) * policies[other][state * actions[other] + action] + slip / Double(actions[other])
          }
        }
        result[state * own + chosen] += weight * values(state * joint + index)
      }
      let row = state * own..<(state + 1) * own
      let mean = result[row].reduce(0, +) / Double(own)
      for index in row { result[index] = (1 - slip) * result[index] + slip * mean }
    }
    return result
  }

  /// The expected own reward of each action, by state.
  public func marginalReward(agent: Int, policies: [[Double]]) -> [Double] {
    marginal({ rewards[agent][$0] }, agent: agent, policies: policies)
  }

  /// Expected own reward plus discounted soft value of what follows, by state and own action.
  func backup(_ critic: MarginalCritic, agent: Int, policies: [[Double]], discount: Double) -> [Double] {
    let values = (0..<states).map(critic.value)
    return marginal(
      { rewards[agent][$0] + discount * values[next[$0]] }, agent: agent, policies: policies)
  }

  /// Q(s, a) - discount E V(s'): the reward that a critic stands for under these policies of the others.
  public func recoveredReward(
    _ critic: MarginalCritic, agent: Int, policies: [[Double]], discount: Double
  ) -> [Double] {
    let values = (0..<states).map(critic.value)
    let expected = marginal({ values[next[$0]] }, agent: agent, policies: policies)
    return zip(critic.values, expected).map { $0 - discount * $1 }
  }

  /// Damped soft best responses of all agents to each other.
  /// - Returns: The critics, and the largest marginal Bellman residual that is left.
  public func softEquilibrium(
    discount: Double, lambda: Double, damping: Double = 0.3, sweeps: Int = 600
  ) -> (critics: [MarginalCritic], residual: Double) {
    var critics = actions.map { MarginalCritic(states: states, actions: $0, lambda: lambda) }
    for _ in 0..<sweeps {
      let policies = critics.map(\.policy)
      let targets = critics.indices.map {
        backup(critics[$0], agent: $0, policies: policies, discount: discount)
      }
      for agent in critics.indices {
        for index in targets[agent].indices {
          critics[agent].values[index] += damping * (targets[agent][index] - critics[agent].values[index])
        }
      }
    }
    let policies = critics.map(\.policy)
    var residual = 0.0
    for agent in critics.indices {
      let target = backup(critics[agent], agent: agent, policies: policies, discount: discount)
      for (value, goal) in zip(critics[agent].values, target) { residual = max(residual, abs(value - goal)) }
    }
    return (critics, residual)
  }
}
