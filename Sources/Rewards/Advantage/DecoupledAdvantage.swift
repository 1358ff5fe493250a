/// What GDPO's last step takes its mean and standard deviation over.
public enum BatchWhitening: String, Sendable, CaseIterable {
  /// Every sample counts once.
  case rollout
  /// Every sample counts as often as its completion has tokens.
  case token
  /// No whitening: the weighted sum of z-scores as it is.
  case none
}

/// GDPO: every reward is normalised inside its group on its own, then the z-scores are added, then the sum is
/// whitened over the batch (arXiv 2601.05242, equations 5 to 7).
///
///     Z_k = (r_k - mean_group) / (max(std_group, minimumDeviation) + epsilon)
///     S   = sum_k w_k Z_k
///     A   = (S - mean_batch S) / (std_batch S + epsilon)
///
/// Standard deviations are unbiased. A reward whose values are all equal in a group, decided by exact
/// comparison, adds exactly 0 there; a group in which that holds for every reward of non-zero weight has
/// advantage exactly 0 and takes no part in the batch statistics. An absent value enters no statistic and
/// adds 0. With one reward this is GRPO, as in the paper's code.
public struct DecoupledAdvantage: AdvantageEstimator {
  public var epsilon: Double
  public var whitening: BatchWhitening
  /// Subtract the batch mean when whitening.
  public var centerBatch: Bool
  /// A floor under each group's standard deviation, so that rare small differences are not blown up to
  /// z-scores of size G^0.5. 0 is the paper's method.
  public var minimumDeviation: Double
  public var readsComponents: Bool { true }

  public init(
    epsilon: Double = 1e-4, whitening: BatchWhitening = .rollout, centerBatch: Bool = true,
    minimumDeviation: Double = 0
  ) {
    self.epsilon = epsilon
    self.whitening = whitening
    self.centerBatch = centerBatch
    self.minimumDeviation = minimumDeviation
  }

  public func advantages(_ batch: AdvantageBatch) throws -> Advantages {
    Advantages(
      values: try decoupledAdvantages(batch.components, lengths: batch.lengths),
      statistics: AdvantageStatistics(batch, readsComponents: true))
  }

  /// The formula on arrays.
  /// - Throws: `AdvantageError` when token whitening has no length for each sample.
  public func decoupledAdvantages(_ components: RewardComponents, lengths: [Int]? = nil) throws -> [Double] {
    if components.names.count == 1 {
      let weighted = (0..<components.count).map { sample in
        components[sample, 0].map { finite($0 * components.weights[0]) }
      }
      return groupRelativeAdvantages(weighted, groups: components.groups, epsilon: epsilon)
    }
    let (sums, isAlive) = weightedScores(components)
    if whitening == .none { return sums }
    let alive = sums.indices.filter { isAlive[$0] }
    let moments: Moments
    if whitening == .token {
      guard let lengths, lengths.count == components.count else {
        throw AdvantageError("gdpo with whitening \"token\" needs the token count of every completion")
      }
      moments = Moments(alive.map { sums[$0] }, weights: alive.map { Double(max(lengths[$0], 0)) })
    } else {
      moments = Moments(alive.map { sums[$0] })
    }
    var result = [Double](repeating: 0, count: sums.count)
    for sample in alive {
      result[sample] = moments.standardised(sums[sample], epsilon: epsilon, centred: centerBatch)
    }
    return result
  }

  /// S, and whether the sample belongs to a group with a signal.
  private func weightedScores(_ components: RewardComponents) -> (sums: [Double], isAlive: [Bool]) {
    let rewards = components.names.count
    var scores = [Double](repeating: 0, count: components.values.count)
    var isAlive = [Bool](repeating: false, count: components.count)
    let groups = groupMembers(components.groups) { !components.isLeftOut[$0] }
    for members in groups {
      var groupIsAlive = false
      for reward in 0..<rewards where components.weights[reward] != 0 {
        let present = members.filter { components[$0, reward] != nil }
        let values = present.compactMap { components[$0, reward] }
        if allEqual(values) { continue }
        groupIsAlive = true
        var moments = Moments(values)
        moments.deviation = max(moments.deviation, minimumDeviation * moments.factor)
        for (sample, value) in zip(present, values) {
          scores[sample * rewards + reward] = moments.standardised(value, epsilon: epsilon)
        }
      }
      for sample in members where groupIsAlive {
        isAlive[sample] = (0..<rewards).contains { components[sample, $0] != nil }
      }
    }
    let sums = (0..<components.count).map { sample in
      finiteDot(components.weights, Array(scores[(sample * rewards)..<((sample + 1) * rewards)]))
    }
    return (sums, isAlive)
  }
}
