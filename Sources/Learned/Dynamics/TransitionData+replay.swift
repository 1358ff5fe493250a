import Control

extension TransitionData {
  /// Gives all transitions to a learner (see `OffPolicyLearner.addOffline`).
  /// - Precondition: Rewards are known, and the widths are the learner's.
  public func add(to learner: OffPolicyLearner) {
    precondition(hasRewards, "transitions without rewards")
    for row in 0..<count {
      let seen = row * observationWidth..<(row + 1) * observationWidth
      learner.addOffline(
        observation: Array(observations[seen]),
        action: Array(actions[row * actionWidth..<(row + 1) * actionWidth]),
        reward: Double(rewards[row]), next: Array(nextObservations[seen]), terminated: terminated[row])
    }
  }
}
