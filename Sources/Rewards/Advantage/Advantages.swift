/// The advantages of a batch, and what is worth knowing about how they came about.
public struct Advantages: Sendable, Equatable {
  /// One per sample, in the batch's order; always finite. 0 for samples that take no part.
  public var values: [Double]
  public var statistics: AdvantageStatistics

  public init(values: [Double], statistics: AdvantageStatistics) {
    self.values = values
    self.statistics = statistics
  }
}

/// How much of a batch carried a signal.
public struct AdvantageStatistics: Sendable, Equatable {
  /// Groups with at least one sample that has a total.
  public var groupCount = 0
  /// Groups of two or more whose samples cannot be told apart: all totals equal, or for an estimator that
  /// reads the rewards one by one, all values of every reward equal. Decided by exact equality.
  public var deadGroups = 0
  /// Groups with exactly one sample that has a total; their advantage is 0 under a group-relative estimator.
  public var singletonGroups = 0
  /// Samples without a total.
  public var leftOutSamples = 0
  /// Per reward: the share, among groups with two or more values of that reward, of those whose values are
  /// all equal. 0 when there is no such group.
  public var zeroVarianceShare: [String: Double] = [:]
  /// Pairs of rewards and how they move together inside groups.
  public var correlations: [RewardCorrelation] = []
  /// Sentences for the log: duplicate rewards, opposed rewards.
  public var warnings: [String] = []

  public init() {}

  /// The share of groups that are dead; 0 for an empty batch.
  public var deadGroupShare: Double { groupCount == 0 ? 0 : Double(deadGroups) / Double(groupCount) }
}

/// Pearson's correlation of two rewards over all samples that have both, after each group's mean is removed.
public struct RewardCorrelation: Sendable, Equatable {
  public var first: String
  public var second: String
  /// In -1...1.
  public var value: Double

  public init(first: String, second: String, value: Double) {
    self.first = first
    self.second = second
    self.value = value
  }
}
