import Rewards

/// One test of a specification: samples, and what they must earn.
public struct RewardCase: Sendable {
  /// What a number, or its absence, must be.
  public enum Expectation: Sendable, Equatable {
    /// This number, within the case's tolerance.
    case number(Double)
    /// At least `low` and at most `high`, within the tolerance.
    case range(low: Double?, high: Double?)
    /// No number: the reward abstained, failed or timed out, or the sample has no total (any of them).
    case noNumber(OutcomeCode?)
  }

  /// An expectation about the total, a reward (`format`) or a part of one (`accuracy.format`).
  public struct Check: Sendable, Equatable {
    public var target: String
    public var expectation: Expectation
  }

  /// The name of the total in checks and orders.
  public static let total = "total"

  public var name: String
  /// Where the case stands in its file, from 1.
  public var line: Int
  /// Scored together, as completions of one prompt.
  public var samples: [Sample]
  /// The names of the samples, when there are several.
  public var sampleNames: [String]
  /// What the first sample must earn.
  public var checks: [Check]
  /// Samples from the best to the worst; each must earn more than the next by more than the tolerance.
  public var order: [Int]
  /// What the order compares.
  public var orderTarget: String
  public var tolerance: Double
  public var state: RunState
}

/// What came of one case.
public struct RewardCaseResult: Sendable {
  public var name: String
  public var line: Int
  /// One sentence for each expectation that does not hold; empty: passed.
  public var failures: [String]
  public var seconds: Double

  public init(name: String, line: Int, failures: [String], seconds: Double) {
    self.name = name
    self.line = line
    self.failures = failures
    self.seconds = seconds
  }
}
