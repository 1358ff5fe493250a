import Worlds

/// Shaping rules, one after the other, as what a learner is paid.
///
/// The rules remember lanes (the last potential, counts of an episode), so the steps must come in the order of time:
/// use `RewardTime.collected` with off-policy learners.
public final class ShapedReward: StepReward {
  private var shapers: [any TransitionShaper]

  /// - Throws: `ShapingError` when a rule does not go with the world or the discount.
  public init(
    _ shapers: [any TransitionShaper], world: some World, lanes: Int, discount: Double
  ) throws(ShapingError) {
    self.shapers = shapers
    let setting = ShapingSetting(
      lanes: lanes, observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
      discount: discount)
    for index in self.shapers.indices { try self.shapers[index].begin(setting) }
  }

  public func pay(_ batch: StepBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
    let transitions = TransitionBatch(
      lanes: batch.lanes, observations: batch.observations, actions: batch.actions,
      nextObservations: batch.nextObservations, finalObservations: batch.nextObservations,
      terminated: batch.terminated, truncated: batch.truncated, agents: 1)
    for index in shapers.indices { shapers[index].shape(transitions, rewards: rewards) }
  }
}
