import Worlds

/// One step of all lanes, as rewards see it. The buffers are valid during the call only.
public struct StepBatch {
  /// Environments times agents.
  public var lanes: Int
  /// lanes x observation width: before and after the step (after: the episode's last observation where it ended).
  public var observations, nextObservations: UnsafeBufferPointer<Float>
  /// lanes x action width.
  public var actions: UnsafeBufferPointer<Float>
  /// The world's own rewards.
  public var rewards: UnsafeBufferPointer<Double>
  public var terminated, truncated: UnsafeBufferPointer<Bool>
  public var observationWidth, actionWidth: Int

  public init(
    lanes: Int, observations: UnsafeBufferPointer<Float>, nextObservations: UnsafeBufferPointer<Float>,
    actions: UnsafeBufferPointer<Float>, rewards: UnsafeBufferPointer<Double>,
    terminated: UnsafeBufferPointer<Bool>, truncated: UnsafeBufferPointer<Bool>, observationWidth: Int,
    actionWidth: Int
  ) {
    self.lanes = lanes
    self.observations = observations
    self.nextObservations = nextObservations
    self.actions = actions
    self.rewards = rewards
    self.terminated = terminated
    self.truncated = truncated
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
  }
}

/// What a control learner is paid in place of the world's own reward: shaping, intrinsic and learned rewards.
///
/// The run's returns and reports keep telling the world's reward.
public protocol StepReward: AnyObject {
  /// Writes one reward for each lane; `rewards` begins as the world's.
  func pay(_ batch: StepBatch, into rewards: UnsafeMutableBufferPointer<Double>)
}
