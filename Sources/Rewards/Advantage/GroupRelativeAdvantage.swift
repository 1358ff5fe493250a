/// What centred rewards are divided by (TRL's `scale_rewards`).
public enum RewardScale: String, Sendable, CaseIterable {
  /// The group's standard deviation (GRPO).
  case group
  /// The whole batch's standard deviation.
  case batch
  /// Nothing (Dr. GRPO).
  case none
}

/// A = (r - mean_group) / (std + epsilon), std unbiased (GRPO, arXiv 2402.03300; without the division Dr.
/// GRPO, arXiv 2503.20783).
///
/// Groups whose rewards are all equal, decided by exact comparison, and groups of one get exactly 0. A nil
/// reward enters no statistic and gets 0. Finite rewards of any size give finite advantages.
public func groupRelativeAdvantages(
  _ rewards: [Double?], groups: [Int], scale: RewardScale = .group, epsilon: Double = 1e-4
) -> [Double] {
  var result = [Double](repeating: 0, count: rewards.count)
  let batch = Moments(rewards.compactMap { $0 })
  for members in groupMembers(groups, included: { rewards[$0] != nil }) {
    let values = members.compactMap { rewards[$0] }
    if allEqual(values) { continue }
    let group = Moments(values)
    for (sample, value) in zip(members, values) {
      switch scale {
      case .group: result[sample] = group.standardised(value, epsilon: epsilon)
      case .none: result[sample] = group.centred(value)
      case .batch:
        let denominator = batch.deviation + epsilon * batch.factor
        result[sample] =
          denominator == 0
          ? 0 : finite((value * batch.factor - group.mean * batch.factor / group.factor) / denominator)
      }
    }
  }
  return result
}

/// A_i = r_i - mean of the other rewards of the group = G / (G - 1) (r_i - mean_group) (RLOO, arXiv
/// 2402.14740).
///
/// All-equal groups and groups of one get exactly 0; a nil reward enters no statistic and gets 0.
public func leaveOneOutAdvantages(_ rewards: [Double?], groups: [Int]) -> [Double] {
  var result = [Double](repeating: 0, count: rewards.count)
  for members in groupMembers(groups, included: { rewards[$0] != nil }) {
    let values = members.compactMap { rewards[$0] }
    if allEqual(values) { continue }
    let group = Moments(values)
    let count = Double(values.count)
    for (sample, value) in zip(members, values) {
      result[sample] = finite(group.centred(value) * (count / (count - 1)))
    }
  }
  return result
}

/// A = (r - mean_batch) / (std_batch + epsilon), std unbiased, over the whole batch (REINFORCE++, arXiv
/// 2501.03262).
///
/// With `baseline` the group's mean is removed first and nothing but the batch's standard deviation of these
/// centred rewards divides them, so that all-equal groups and groups of one get exactly 0. Without it groups
/// play no part: only a batch whose rewards are all equal gets 0 throughout.
public func reinforcePlusPlusAdvantages(
  _ rewards: [Double?], groups: [Int], baseline: Bool = false, epsilon: Double = 1e-4
) -> [Double] {
  let centred: [Double?]
  if baseline {
    let values = groupRelativeAdvantages(rewards, groups: groups, scale: .none)
    centred = zip(rewards, values).map { $0 == nil ? nil : $1 }
  } else {
    centred = rewards
  }
  let present = centred.compactMap { $0 }
  if allEqual(present) { return [Double](repeating: 0, count: rewards.count) }
  let batch = Moments(present)
  return centred.map { value in
    guard let value else { return 0 }
    return batch.standardised(value, epsilon: epsilon, centred: !baseline)
  }
}

/// GRPO and Dr. GRPO as an estimator; see `groupRelativeAdvantages`.
public struct GroupRelativeAdvantage: AdvantageEstimator {
  public var scale: RewardScale
  public var epsilon: Double
  public var readsComponents: Bool { false }

  public init(scale: RewardScale = .group, epsilon: Double = 1e-4) {
    self.scale = scale
    self.epsilon = epsilon
  }

  public func advantages(_ batch: AdvantageBatch) -> Advantages {
    Advantages(
      values: groupRelativeAdvantages(
        batch.totals, groups: batch.components.groups, scale: scale, epsilon: epsilon),
      statistics: AdvantageStatistics(batch, readsComponents: false))
  }
}

/// RLOO as an estimator; see `leaveOneOutAdvantages`.
public struct LeaveOneOutAdvantage: AdvantageEstimator {
  public var readsComponents: Bool { false }
  public init() {}

  public func advantages(_ batch: AdvantageBatch) -> Advantages {
    Advantages(
      values: leaveOneOutAdvantages(batch.totals, groups: batch.components.groups),
      statistics: AdvantageStatistics(batch, readsComponents: false))
  }
}

/// REINFORCE++ as an estimator; see `reinforcePlusPlusAdvantages`.
public struct ReinforcePlusPlusAdvantage: AdvantageEstimator {
  public var baseline: Bool
  public var epsilon: Double
  public var readsComponents: Bool { false }

  public init(baseline: Bool = false, epsilon: Double = 1e-4) {
    self.baseline = baseline
    self.epsilon = epsilon
  }

  public func advantages(_ batch: AdvantageBatch) -> Advantages {
    Advantages(
      values: reinforcePlusPlusAdvantages(
        batch.totals, groups: batch.components.groups, baseline: baseline, epsilon: epsilon),
      statistics: AdvantageStatistics(batch, readsComponents: false))
  }
}
