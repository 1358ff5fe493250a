import Numeric
import Worlds

/// The last transitions of a learner, the oldest replaced first, with what each was like to the world.
public final class ReplayBuffer {
  public let capacity, observationWidth, actionWidth: Int
  /// Rewards of one transition: 1, or one for each agent.
  public let rewardWidth: Int
  /// How many transitions it holds.
  public private(set) var count = 0
  private var next = 0
  private var observations, nextObservations, actions: [Float]
  private var rewards: [Double]
  private var terminated: [Bool]

  /// Memory is taken as transitions come, up to `capacity` of them.
  public init(capacity: Int, observationWidth: Int, actionWidth: Int, rewardWidth: Int = 1) {
    precondition(capacity > 0, "a replay buffer of no room")
    self.capacity = capacity
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
    self.rewardWidth = rewardWidth
    (observations, nextObservations, actions, rewards, terminated) = ([], [], [], [], [])
  }

  /// Keeps one transition.
  /// - Parameters:
  ///   - next: What was seen after the step, of the same episode.
  ///   - terminated: Whether what follows is worth 0; a truncated step is none.
  public func append(
    observation: UnsafePointer<Float>, action: UnsafePointer<Float>, reward: Double,
    next nextObservation: UnsafePointer<Float>, terminated isTerminal: Bool
  ) {
    withUnsafePointer(to: reward) {
      append(
        observation: observation, action: action, rewards: $0, next: nextObservation, terminated: isTerminal)
    }
  }

  /// Keeps one transition with `rewardWidth` rewards.
  public func append(
    observation: UnsafePointer<Float>, action: UnsafePointer<Float>, rewards paid: UnsafePointer<Double>,
    next nextObservation: UnsafePointer<Float>, terminated isTerminal: Bool
  ) {
    if next == count { makeRoom() }
    for place in 0..<observationWidth {
      observations[next * observationWidth + place] = observation[place]
      nextObservations[next * observationWidth + place] = nextObservation[place]
    }
    for place in 0..<actionWidth { actions[next * actionWidth + place] = action[place] }
    for place in 0..<rewardWidth { rewards[next * rewardWidth + place] = paid[place] }
    terminated[next] = isTerminal
    next = (next + 1) % capacity
    count = min(count + 1, capacity)
  }

  private func makeRoom() {
    observations.append(contentsOf: repeatElement(0, count: observationWidth))
    nextObservations.append(contentsOf: repeatElement(0, count: observationWidth))
    actions.append(contentsOf: repeatElement(0, count: actionWidth))
    rewards.append(contentsOf: repeatElement(0, count: rewardWidth))
    terminated.append(false)
  }

  /// What it holds, for files.
  struct Rows {
    var count, next: Int
    var observations, nextObservations, actions: [Float]
    var rewards: [Double]
    var terminated: [Bool]
  }

  var rows: Rows {
    get {
      Rows(
        count: count, next: next, observations: observations, nextObservations: nextObservations,
        actions: actions, rewards: rewards, terminated: terminated)
    }
    set {
      (count, next) = (newValue.count, newValue.next)
      (observations, nextObservations) = (newValue.observations, newValue.nextObservations)
      (actions, rewards, terminated) = (newValue.actions, newValue.rewards, newValue.terminated)
    }
  }

  /// Everything that it holds as one batch, in no particular order, for rewards that learn from data (of one
  /// reward a transition). What it keeps
  /// as actions are numbers of [-1, 1].
  public func withBatch<Result>(_ body: (TransitionBatch) throws -> Result) rethrows -> Result {
    try TransitionRows(
      lanes: count, observationWidth: observationWidth, actionWidth: actionWidth, observations: observations,
      nextObservations: nextObservations, actions: actions, rewards: rewards, terminated: terminated
    ).withBatch(body)
  }

  /// Uniform rows, with replacement, into `sample`.
  public func draw(into sample: ReplaySample, random: inout PCG64) {
    draw(into: sample, rows: 0..<sample.rows, random: &random)
  }

  /// Uniform rows, with replacement, into some rows of `sample`.
  func draw(into sample: ReplaySample, rows: Range<Int>, random: inout PCG64) {
    precondition(count > 0 || rows.isEmpty, "nothing to draw from")
    for row in rows {
      let index = random.integer(below: count)
      for place in 0..<observationWidth {
        sample.observations[row * observationWidth + place] = observations[index * observationWidth + place]
        sample.nextObservations[row * observationWidth + place] =
          nextObservations[index * observationWidth + place]
      }
      for place in 0..<actionWidth {
        sample.actions[row * actionWidth + place] = actions[index * actionWidth + place]
      }
      for place in 0..<rewardWidth {
        sample.rewards[row * rewardWidth + place] = rewards[index * rewardWidth + place]
      }
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
  /// rows x reward width.
  public internal(set) var rewards: [Double]
  public internal(set) var terminated: [Bool]
  private let observationWidth, actionWidth: Int

  public init(rows: Int, observationWidth: Int, actionWidth: Int, rewardWidth: Int = 1) {
    self.rows = rows
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
    observations = Array(repeating: 0, count: rows * observationWidth)
    nextObservations = observations
    actions = Array(repeating: 0, count: rows * actionWidth)
    rewards = Array(repeating: 0, count: rows * rewardWidth)
    terminated = Array(repeating: false, count: rows)
  }

  /// Replaces the rewards by what `reward` pays for these rows now.
  func repay(by reward: any StepReward) {
    var paid = rewards
    TransitionRows(
      lanes: rows, observationWidth: observationWidth, actionWidth: actionWidth, observations: observations,
      nextObservations: nextObservations, actions: actions, rewards: rewards, terminated: terminated
    ).withBatch { batch in paid.withUnsafeMutableBufferPointer { reward.pay(batch, into: $0) } }
    rewards = paid
  }
}

/// Transitions in arrays, of which the first `lanes` rows are meant, to be seen as one batch.
private struct TransitionRows {
  var lanes, observationWidth, actionWidth: Int
  var observations, nextObservations, actions: [Float]
  var rewards: [Double]
  var terminated: [Bool]

  func withBatch<Result>(_ body: (TransitionBatch) throws -> Result) rethrows -> Result {
    let truncated = [Bool](repeating: false, count: lanes)
    return try observations.withUnsafeBufferPointer { observations in
      try nextObservations.withUnsafeBufferPointer { next in
        try actions.withUnsafeBufferPointer { actions in
          try rewards.withUnsafeBufferPointer { rewards in
            try terminated.withUnsafeBufferPointer { terminated in
              try truncated.withUnsafeBufferPointer { truncated in
                try body(
                  TransitionBatch(
                    lanes: lanes,
                    observations: UnsafeBufferPointer(rebasing: observations[..<(lanes * observationWidth)]),
                    actions: UnsafeBufferPointer(rebasing: actions[..<(lanes * actionWidth)]),
                    nextObservations: UnsafeBufferPointer(rebasing: next[..<(lanes * observationWidth)]),
                    rewards: UnsafeBufferPointer(rebasing: rewards[..<lanes]),
                    terminated: UnsafeBufferPointer(rebasing: terminated[..<lanes]), truncated: truncated))
              }
            }
          }
        }
      }
    }
  }
}
