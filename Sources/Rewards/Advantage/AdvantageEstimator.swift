/// What an advantage estimator reads.
public struct AdvantageBatch: Sendable {
  public var components: RewardComponents
  /// One total per sample; nil for a sample that takes no part.
  public var totals: [Double?]
  /// Completion lengths in tokens, where known.
  public var lengths: [Int]?

  public init(components: RewardComponents, totals: [Double?], lengths: [Int]? = nil) {
    self.components = components
    self.totals = totals
    self.lengths = lengths
  }

  /// A batch with one reward, which is the total.
  public init(rewards: [Double], groups: [Int], lengths: [Int]? = nil) {
    self.init(
      components: RewardComponents(names: ["reward"], groups: groups, values: rewards), totals: rewards,
      lengths: lengths)
  }
}

/// From rewards to advantages: how much better than its peers each sample was.
public protocol AdvantageEstimator: Sendable {
  /// True when the estimator reads the rewards one by one and not the combined total.
  var readsComponents: Bool { get }

  /// One finite advantage per sample. A sample without a total gets 0 and enters no statistic.
  /// - Throws: `AdvantageError` when the batch lacks what the estimator needs.
  func advantages(_ batch: AdvantageBatch) throws -> Advantages
}

/// Why advantages could not be computed.
public struct AdvantageError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
