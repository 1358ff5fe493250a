import Numeric
import Worlds

/// What a control learner is paid in place of the world's own reward: shaping, intrinsic and learned rewards.
///
/// The run's returns and reports keep telling the world's reward.
public protocol StepReward: AnyObject {
  /// Writes one reward for each lane; `rewards` begins as the world's.
  func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>)

  /// Keeps what later pay depends on.
  /// - Throws: `StateArchiveError.notKept` by a reward that cannot: its run keeps no checkpoints.
  func save(in archive: inout StateArchive) throws(StateArchiveError)
  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` when it was kept of another reward or world.
  func restore(from archive: StateArchive) throws(StateArchiveError)
}

extension StepReward {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    throw .notKept(
      "a reward in place of the world's keeps its memory to itself: such a run cannot be resumed")
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    throw .notKept(
      "a reward in place of the world's keeps its memory to itself: such a run cannot be resumed")
  }
}
