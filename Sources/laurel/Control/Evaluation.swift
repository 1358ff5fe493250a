import Foundation
import Rewards
import Worlds

/// Episodes that measure a policy. The return is the sum of all agents' rewards.
struct Evaluation {
  var returns: [Double]
  /// An agent after the other, their returns episode by episode; empty when only the sums are known.
  private(set) var agentReturns: [[Double]] = []
  private(set) var lengths: [Int] = []
  /// Episodes that the rules ended; the others ran out of time.
  private(set) var terminated = 0

  /// What `returns` are, and of what.
  private var words = (quantity: "return", trials: "episodes")

  init(returns: [Double]) { self.returns = returns }

  /// Rewards of objects that were drawn, in place of returns of episodes.
  init(rewards: [Double]) {
    returns = rewards
    words = ("reward", "objects")
  }

  var mean: Double { returns.mean }
  var deviation: Double { returns.deviation }

  /// Plays episodes on seeds that training never used.
  /// - Parameter onStep: Told of every step: the episode, what was seen before it, what was done, what came of it.
  init(
    of policy: WorldPolicy, in world: some World, episodes: Int, seed: UInt64 = 0,
    onStep: (Int, [Float], [Float], Transition) throws -> Void = { _, _, _, _ in }
  ) throws {
    let environment = world.environment()
    returns = []
    agentReturns = Array(repeating: [], count: world.agents)
    for episode in 0..<episodes {
      var observations = environment.reset(
        seed: 0xE7A1_0000 &+ seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(episode))
      policy.begin()
      var totals = [Double](repeating: 0, count: world.agents)
      var isTerminated = false
      // A world without an end of its own is cut off.
      for _ in 0..<100_000 {
        let actions = try policy.act(observations)
        guard actions.allSatisfy(\.isFinite) else {
          throw ValidationFailure(
            "the policy's action is no finite number: training diverged. Lower learning_rate, or scale the rewards"
          )
        }
        let transition = try environment.step(actions)
        try onStep(episode, observations, actions, transition)
        for agent in totals.indices { totals[agent] += transition.rewards[agent] }
        observations = transition.observation
        isTerminated = transition.terminated
        if transition.isLast { break }
      }
      returns.append(totals.reduce(0, +))
      for agent in totals.indices { agentReturns[agent].append(totals[agent]) }
      lengths.append(environment.steps)
      terminated += isTerminated ? 1 : 0
    }
  }

  var line: String {
    String(
      format: "%@ %.2f ± %.2f over %d %@", words.quantity, mean, deviation, returns.count, words.trials)
  }

  var json: JSONObject {
    JSONObject([
      ("total", .number(mean)), ("deviation", .number(deviation)), ("episodes", .integer(returns.count)),
    ])
  }
}

extension [Double] {
  var mean: Double { reduce(0, +) / Double(Swift.max(count, 1)) }

  /// The sample's standard deviation; 0 of fewer than two numbers, and of numbers that differ by rounding alone.
  var deviation: Double {
    let center = mean
    let squares = reduce(0) { $0 + ($1 - center) * ($1 - center) }
    guard count > 1 else { return 0 }
    let deviation = (squares / Double(count - 1)).squareRoot()
    return deviation > 1e-12 * abs(center) ? deviation : 0
  }
}
