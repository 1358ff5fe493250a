/// What became of asking a reward about one subject. None of the cases is ever silently zero.
public enum Outcome: Sendable, Equatable {
  /// A finite number.
  case scored(Double)
  /// The reward does not apply to this subject (TRL's `None`).
  case abstained(String)
  /// The reward could not be computed; the text says why.
  case failed(String)
  /// The reward did not answer within this many seconds.
  case timedOut(seconds: Double)

  /// The number, when there is one.
  @inlinable public var value: Double? {
    if case .scored(let value) = self { value } else { nil }
  }
}

/// A reward's answer about one subject.
public struct Score: Sendable, Equatable {
  public var outcome: Outcome
  /// Named parts of the number, for the log only (for example `format`, `correctness`).
  public var parts: [String: Double]
  /// The scores of the completion's steps, in order, from a reward that judges steps; nil from any other.
  public var steps: [Double]?

  /// A non-finite value becomes `failed`: NaN and infinity never travel further.
  @inlinable public init(_ value: Double, parts: [String: Double] = [:]) {
    self.outcome = value.isFinite ? .scored(value) : .failed("the reward returned \(value)")
    self.parts = parts
  }

  /// The score of a reward that judges steps: their sum, `failed` when one is not finite.
  public init(steps: [Double]) {
    self.init(steps.contains { !$0.isFinite } ? .nan : finite(steps.reduce(0, +)))
    self.steps = steps
  }

  public init(_ outcome: Outcome, parts: [String: Double] = [:]) {
    if case .scored(let value) = outcome, !value.isFinite {
      self.outcome = .failed("the reward returned \(value)")
    } else {
      self.outcome = outcome
    }
    self.parts = parts
  }

  /// The score without a number that is not finite: values that were put in by hand are looked at here.
  package var checked: Score {
    var score = Score(outcome, parts: parts)
    if let steps {
      score.steps = steps
      if steps.contains(where: { !$0.isFinite }) { score.outcome = .failed("a step's score is not finite") }
    }
    return score
  }

  public static func abstained(_ reason: String) -> Score { Score(.abstained(reason)) }
  public static func failed(_ reason: String) -> Score { Score(.failed(reason)) }
}
