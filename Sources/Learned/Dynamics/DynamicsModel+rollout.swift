import Numeric
import Rewards

/// One imagined transition.
public struct ImaginedTransition: Sendable, Equatable {
  /// The rollout it belongs to, and its step there, from 1.
  public var rollout, step: Int
  public var observation, action, nextObservation: [Float]
  /// What it pays; nil from a model that knows no rewards.
  public var reward: Double?
  /// Its dynamics reward; nil where the filter asked for none.
  public var dynamicsReward: Double?
  public var uncertainty: Double

  public var json: JSONObject {
    func list(_ values: [Float]) -> JSONValue { .array(values.map { .number(Double($0)) }) }
    var object = JSONObject([
      ("rollout", .integer(rollout)), ("step", .integer(step)), ("observation", list(observation)),
      ("action", list(action)),
    ])
    if let reward { object["reward"] = .number(reward) }
    object["next_observation"] = list(nextObservation)
    object["dynamics_reward"] = dynamicsReward.map(JSONValue.number) ?? .null
    object["uncertainty"] = .number(uncertainty)
    return object
  }
}

extension DynamicsModel {
  /// Imagines rollouts of the cloned policy, candidates chosen and rollouts stopped by the dynamics reward.
  /// - Parameters:
  ///   - starts: Rollouts begin in these observations (count x observation width).
  ///   - samples: Candidates of each elite.
  /// - Returns: All transitions, step after step; those of a step that ended a rollout by its low reward are left out.
  public func rollOut(
    from starts: [Float], horizon: Int, filter: TransitionFilter = TransitionFilter(), samples: Int = 2,
    seed: UInt64
  ) -> [ImaginedTransition] {
    let dynamics = FilteredDynamics(ensemble, reward: reward, filter: filter, samples: samples, seed: seed)
    var random = PCG64(seed: seed &+ 0xAC7)
    let (width, size) = (reward.normalizer.observationWidth, reward.normalizer.actionWidth)
    precondition(starts.count % width == 0, "\(starts.count) numbers are no observations of \(width)")
    var (states, alive) = (starts, Array(0..<starts.count / width))
    var imagined: [ImaginedTransition] = []
    for number in stride(from: 1, through: horizon, by: 1) where !alive.isEmpty {
      let actions = policy.draw(states, rows: alive.count, random: &random)
      let made = dynamics.step(states, actions, step: number)
      var (next, left) = ([Float](), [Int]())
      for (row, rollout) in alive.enumerated() where !made.stops[row] {
        let after = Array(made.nextObservations[row * width..<(row + 1) * width])
        imagined.append(
          ImaginedTransition(
            rollout: rollout, step: number, observation: Array(states[row * width..<(row + 1) * width]),
            action: Array(actions[row * size..<(row + 1) * size]), nextObservation: after,
            reward: made.payments.isEmpty ? nil : made.payments[row],
            dynamicsReward: filter.needsRewards ? made.rewards[row] : nil,
            uncertainty: made.uncertainties[row]))
        next += after
        left.append(rollout)
      }
      (states, alive) = (next, left)
    }
    return imagined
  }
}
