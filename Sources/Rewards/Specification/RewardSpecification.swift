/// What good behaviour is worth: the rewards, how they become one total, and how totals become advantages.
///
/// As YAML:
///
///     rewards:
///       - format: {tags: [think, answer], weight: 0.5}
///       - name: correct
///         tool_call: {}
///         timeout: 20
///         on_failure: penalty
///         penalty: -3
///       - length: {target: 200}
///         only_if: {reward: correct, at_least: 2}
///         shape:
///           - clip: {low: -1, high: 1}
///     combine: weighted_sum
///     advantage:
///       grpo_lambda: {fraction: 0.2, correct: correct}
///
/// Every entry of `rewards` names one registered kind, whose value holds the kind's parameters. The entry's
/// own settings stand beside the kind or among its parameters:
///
/// | setting | default | meaning |
/// |---|---|---|
/// | `name` | the kind | the column's name, unique |
/// | `weight` | 1 | factor of the reward (of its z-score under `gdpo`); or a schedule `{from, to, end}` |
/// | `timeout` | 60 | seconds for a sample (for a batch, when the reward is not pointwise) |
/// | `on_failure` | `leave_out` | `leave_out`, `penalty` or `stop`; covers failures and time-outs |
/// | `penalty` | required by `penalty` | what a failure counts as |
/// | `only_if` | none | `{reward, at_least}`: 0 where that reward, as scored, is less |
/// | `only_where` | none | `{column, equals}`: abstains where the data's column holds something else |
/// | `shape` | none | a list of shapers, applied in order |
///
/// An entry may be a group: a list of `rewards` with their own `combine` under one `name`. Its number is its
/// total, its parts are the numbers of the rewards inside, and it fails where one of them leaves the sample out.
/// Names inside are the group's own, and it has no `timeout` beside theirs:
///
///     - name: accuracy
///       rewards:
///         - answer
///         - format
///       combine: all_of
///       weight: 2
///
/// `combine` (default `weighted_sum`) and `advantage` (default `grpo`) are a name, or a name with parameters.
///
/// Rules, in order. A reward abstains where its `only_where` does not hold. A failed or timed-out cell follows `on_failure`. Shapers see the reward's column.
/// Conditions compare the numbers as scored (or the penalty); a condition whose reward abstained does not
/// apply. An abstained cell takes no part in its sample's total, and a sample on which every reward abstained
/// has none.
public struct RewardSpecification: Sendable {
  public var entries: [RewardEntry]
  public var combiner: NamedPart<any Combiner>
  public var estimator: NamedPart<any AdvantageEstimator>

  /// A specification made in code. Names must be unique, and conditions must refer to one of them.
  public init(
    _ entries: [RewardEntry],
    combiner: NamedPart<any Combiner> = NamedPart(kind: "weighted_sum", part: WeightedSum()),
    estimator: NamedPart<any AdvantageEstimator> = NamedPart(kind: "grpo", part: GroupRelativeAdvantage())
  ) {
    precondition(!entries.isEmpty, "a specification needs at least one reward")
    let names = entries.map(\.name)
    precondition(Set(names).count == names.count, "two rewards share a name")
    precondition(
      entries.allSatisfy { $0.condition.map { names.contains($0.reward) } ?? true },
      "a condition refers to a reward that is not there")
    self.entries = entries
    self.combiner = combiner
    self.estimator = estimator
  }

  /// The rewards' names, in order.
  public var names: [String] { entries.map(\.name) }

  /// The largest total that a sample can get: what the combiner makes of every reward at its maximum. nil when a
  /// reward has none, has shapers, or has a weight that is negative or scheduled.
  public var maximum: Double? {
    var values: [Double] = []
    for entry in entries {
      guard let maximum = entry.reward.maximum, entry.shapers.isEmpty, entry.weight >= 0,
        entry.weightSchedule == nil
      else { return nil }
      values.append(maximum)
    }
    let best = RewardComponents(names: names, weights: entries.map(\.weight), groups: [0], values: values)
    return combiner.part.totals(best).first ?? nil
  }

  /// The advantages of a scored batch.
  /// - Parameters:
  ///   - table: the batch, as `score` made it.
  ///   - lengths: completion lengths in tokens; the table's own when nil.
  /// - Throws: `AdvantageError` when the estimator lacks something.
  public func advantages(of table: RewardTable, lengths: [Int]? = nil) throws -> Advantages {
    try estimator.part.advantages(
      AdvantageBatch(components: table.components, totals: table.totals, lengths: lengths ?? table.lengths))
  }
}
