import Numeric
import Worlds

/// The last transitions of a learner, the oldest replaced first, with what each was like to the world.
public final class ReplayBuffer {
  public let capacity, observationWidth, actionWidth: Int
  /// How many transitions it holds.
  public private(set) var count = 0
  private var next = 0
  private var observations, nextObservations, actions: [Float]
  private var rewards: [Double]
  private var terminated: [Bool]

  public init(capacity: Int, observationWidth: Int, actionWidth: Int) {
    precondition(capacity > 0, "a replay buffer of no room")
    self.capacity = capacity
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
    observations = Array(repeating: 0, count: capacity * observationWidth)
    nextObservations = observations
    actions = Array(repeating: 0, count: capacity * actionWidth)
    rewards = Array(repeating: 0, count: capacity)
    terminated = Array(repeating: false, count: capacity)
  }

  /// Keeps one transition.
  /// - Parameters:
  ///   - next: What was seen after the step, of the same episode.
  ///   - terminated: Whether what follows is worth 0; a truncated step is none.
  public func append(
    observation: UnsafePointer<Float>, action: UnsafePointer<Float>, reward: Double,
    next nextObservation: UnsafePointer<Float>, terminated isTerminal: Bool
  ) {
    for place in 0..<observationWidth {
      observations[next * observationWidth + place] = observation[place]
      nextObservations[next * observationWidth + place] = nextObservation[place]
    }
    for place in 0..<actionWidth { actions[next * actionWidth + place] = action[place] }
    rewards[next] = reward
    terminated[next] = isTerminal
    next = (next + 1) % capacity
    count = min(count + 1, capacity)
  }

  /// Everything that it holds as one batch, in no particular order, for rewards that learn from data. What it keeps
  /// as actions are numbers of [-1, 1].
  public func withBatch<Result>(_ body: (StepBatch) throws -> Result) rethrows -> Result {
    let truncated = [Bool](repeating: false, count: count)
    return try observations.withUnsafeBufferPointer { observations in
      try nextObservations.withUnsafeBufferPointer { next in
        try actions.withUnsafeBufferPointer { actions in
          try rewards.withUnsafeBufferPointer { rewards in
            try terminated.withUnsafeBufferPointer { terminated in
              try truncated.withUnsafeBufferPointer { truncated in
                try body(
                  StepBatch(
                    lanes: count, observations: observations, nextObservations: next, actions: actions,
                    rewards: rewards, terminated: terminated, truncated: truncated,
                    observationWidth: observationWidth, actionWidth: actionWidth))
              }
            }
          }
        }
      }
    }
  }

  /// Uniform rows, with replacement, into `sample`.
  public func draw(into sample: ReplaySample, random: inout PCG64) {
    precondition(count > 0, "nothing to draw from")
    for row in 0..<sample.rows {
      let index = random.integer(below: count)
      for place in 0..<observationWidth {
        sample.observations[row * observationWidth + place] = observations[index * observationWidth + place]
        sample.nextObservations[row * observationWidth + place] =
          nextObservations[index * observationWidth + place]
      }
      for place in 0..<actionWidth {
        sample.actions[row * actionWidth + place] = actions[index * actionWidth + place]
      }
      sample.rewards[row] = rewards[index]
      sample.terminated[row] = terminated[index]
    }
  }
}

/// Rows drawn from a replay buffer.
public final class ReplaySample {
  public let rows: Int
  /// rows x observation width.
  public internal(set) var observations, nextObservations: [Float]
  /// rows x action width.
  public internal(set) var actions: [Float]
  public internal(set) var rewards: [Double]
  public internal(set) var terminated: [Bool]
  private let truncated: [Bool]
  private let observationWidth, actionWidth: Int

  public init(rows: Int, observationWidth: Int, actionWidth: Int) {
    self.rows = rows
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
    observations = Array(repeating: 0, count: rows * observationWidth)
    nextObservations = observations
    actions = Array(repeating: 0, count: rows * actionWidth)
    rewards = Array(repeating: 0, count: rows)
    terminated = Array(repeating: false, count: rows)
    truncated = terminated
  }

  /// Replaces the rewards by what `reward` pays for these rows now.
  func repay(by reward: any StepReward) {
    var paid = rewards
    observations.withUnsafeBufferPointer { observations in
      nextObservations.withUnsafeBufferPointer { next in
        actions.withUnsafeBufferPointer { actions in
          rewards.withUnsafeBufferPointer { rewards in
            terminated.withUnsafeBufferPointer { terminated in
              truncated.withUnsafeBufferPointer { truncated in
                let batch = StepBatch(
                  lanes: rows, observations: observations, nextObservations: next, actions: actions,
                  rewards: rewards, terminated: terminated, truncated: truncated,
                  observationWidth: observationWidth, actionWidth: actionWidth)
                paid.withUnsafeMutableBufferPointer { reward.pay(batch, into: $0) }
              }
            }
          }
        }
      }
    }
    rewards = paid
  }
}
