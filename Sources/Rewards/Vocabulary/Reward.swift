/// Where the run stands when a reward is asked (schedules read it).
public struct RunState: Sendable, Equatable {
  /// The optimiser step, from 0.
  public var step: Int
  public var maxSteps: Int
  public var seed: UInt64
  /// True on held-out prompts.
  public var isEvaluation: Bool

  public init(step: Int = 0, maxSteps: Int = 0, seed: UInt64 = 0, isEvaluation: Bool = false) {
    self.step = step
    self.maxSteps = maxSteps
    self.seed = seed
    self.isEvaluation = isEvaluation
  }
}

/// A reward: what one subject (a text sample, a trajectory, a picture) is worth.
public protocol Reward<Subject>: Sendable {
  associatedtype Subject: Sendable

  /// The name under which scores are logged.
  var name: String { get }
  /// The largest score that a subject can get; nil when it is unbounded, unknown or changes over a run.
  var maximum: Double? { get }

  /// True when a subject's score depends on the others of its group, so that a group is never asked about in
  /// parts.
  var readsGroups: Bool { get }

  /// Scores a batch: one score per subject, in order. A broken subject yields a `failed` score. A call that
  /// throws or takes too long is repeated for each subject alone (each group, when `readsGroups`): the error is
  /// then recorded where it occurs again.
  func score(_ batch: [Subject], state: RunState) async throws -> [Score]
}

extension Reward {
  public var maximum: Double? { nil }
  public var readsGroups: Bool { false }
}

/// A reward that is a plain function of one subject. It is asked subject by subject, on a thread of its own
/// that it may block; the time limit holds for each subject.
public protocol PointwiseReward<Subject>: Reward {
  func score(_ subject: Subject, state: RunState) throws -> Score
}

extension PointwiseReward {
  public func score(_ batch: [Subject], state: RunState) async throws -> [Score] {
    batch.map { subject in
      do { return try score(subject, state: state) } catch { return .failed("\(error)") }
    }
  }
}
