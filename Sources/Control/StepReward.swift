import Worlds

/// What a control learner is paid in place of the world's own reward: shaping, intrinsic and learned rewards.
///
/// The run's returns and reports keep telling the world's reward.
public protocol StepReward: AnyObject {
  /// Writes one reward for each lane; `rewards` begins as the world's.
  func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>)

  /// Whether what it pays depends on what it was asked before. A learner is kept in a file only where it does not.
  var hasMemory: Bool { get }
}

extension StepReward {
  public var hasMemory: Bool { true }
}
