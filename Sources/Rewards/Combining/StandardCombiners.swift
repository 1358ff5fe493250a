/// total = sum_k w_k r_k over the rewards present.
public struct WeightedSum: Combiner {
  public var usesWeights: Bool { true }
  public init() {}

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in finiteDot(row.map(\.weight), row.map(\.value)) }
  }
}

/// total = product of the rewards present. Weights play no part: they would only change the unit.
public struct ProductOfRewards: Combiner {
  public var usesWeights: Bool { false }
  public init() {}

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in row.reduce(1) { finite($0 * $1.value) } }
  }
}

/// total = the smallest reward present. Weights play no part.
public struct MinimumOfRewards: Combiner {
  public var usesWeights: Bool { false }
  public init() {}

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in row.map(\.value).min() ?? 0 }
  }
}

/// total = the largest reward present. Weights play no part.
public struct MaximumOfRewards: Combiner {
  public var usesWeights: Bool { false }
  public init() {}

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in row.map(\.value).max() ?? 0 }
  }
}

/// total = sum_k w_k r_k / sum_k w_k over the rewards present, so an abstention does not lower the total; 0
/// where the weights present add up to 0.
public struct WeightedMean: Combiner {
  public var usesWeights: Bool { true }
  public init() {}

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in
      let weight = row.reduce(0) { $0 + $1.weight }
      return weight == 0 ? 0 : finiteDot(row.map { $0.weight / weight }, row.map(\.value))
    }
  }
}

/// The first reward decides, the second breaks its ties, and so on.
///
/// Inside each group samples are ranked in that order; total = rank / (number of distinct ranks - 1), so the
/// worst has 0, the best 1 and equal samples share a total; a group whose samples are all equal has 0. Totals
/// of different groups cannot be compared. An abstained reward ranks below every number.
public struct Lexicographic: Combiner {
  /// Rewards from the most important on; empty: the specification's order.
  public var order: [String]
  public var usesWeights: Bool { false }
  public var readsGroups: Bool { true }

  public init(order: [String] = []) { self.order = order }

  public func totals(_ components: RewardComponents) -> [Double?] {
    let columns =
      order.isEmpty
      ? Array(components.names.indices) : order.compactMap { components.names.firstIndex(of: $0) }
    var totals = components.rowTotals { _ in 0 }
    for members in groupMembers(components.groups, included: { totals[$0] != nil }) {
      let keys = members.map { sample in columns.map { components[sample, $0] ?? -.infinity } }
      var ranks: [[Double]] = []
      for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where ranks.last != key {
        ranks.append(key)
      }
      for (sample, key) in zip(members, keys) {
        let rank = ranks.firstIndex(of: key) ?? 0
        totals[sample] = ranks.count < 2 ? 0 : Double(rank) / Double(ranks.count - 1)
      }
    }
    return totals
  }
}

/// The weighted sum when one reward is at least a threshold, a fixed number when it is not.
///
/// The gate is open on samples for which its reward abstained: what does not apply cannot be required.
public struct Gate: Combiner {
  public var reward: String
  public var atLeast: Double
  /// The total of samples that do not pass.
  public var otherwise: Double
  public var usesWeights: Bool { true }

  public init(on reward: String, atLeast: Double, otherwise: Double = 0) {
    self.reward = reward
    self.atLeast = atLeast
    self.otherwise = otherwise
  }

  public func totals(_ components: RewardComponents) -> [Double?] {
    let sums = WeightedSum().totals(components)
    guard let column = components.names.firstIndex(of: reward) else { return sums }
    return sums.enumerated().map { sample, sum in
      guard let sum else { return nil }
      if let value = components[sample, column], value < atLeast { return otherwise }
      return sum
    }
  }
}

extension RewardComponents {
  /// One number per sample from the rewards present there; nil where the sample is left out or none is
  /// present.
  func rowTotals(_ total: ([(value: Double, weight: Double)]) -> Double) -> [Double?] {
    (0..<count).map { sample in
      let row = names.indices.compactMap { reward in
        self[sample, reward].map { (value: $0, weight: weights[reward]) }
      }
      return row.isEmpty ? nil : finite(total(row))
    }
  }
}
