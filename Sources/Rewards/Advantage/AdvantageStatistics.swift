extension AdvantageStatistics {
  /// Counts and correlations of a batch, the same for every estimator.
  public init(_ batch: AdvantageBatch, readsComponents: Bool) {
    self.init()
    let components = batch.components
    let groups = groupMembers(components.groups) { batch.totals[$0] != nil }
    groupCount = groups.count
    leftOutSamples = batch.totals.count { $0 == nil }
    singletonGroups = groups.count { $0.count == 1 }
    deadGroups = groups.count { members in
      if members.count < 2 { return false }
      if !readsComponents { return allEqual(members.compactMap { batch.totals[$0] }) }
      return components.names.indices.allSatisfy { reward in
        components.weights[reward] == 0 || allEqual(members.compactMap { components[$0, reward] })
      }
    }
    for (reward, name) in components.names.enumerated() {
      let columns = groups.map { members in members.compactMap { components[$0, reward] } }.filter {
        $0.count > 1
      }
      let dead = columns.count(where: allEqual)
      zeroVarianceShare[name] = columns.isEmpty ? 0 : Double(dead) / Double(columns.count)
    }
    for first in components.names.indices {
      for second in components.names.indices where second > first {
        addCorrelation(first, second, components, groups)
      }
    }
  }

  private mutating func addCorrelation(
    _ first: Int, _ second: Int, _ components: RewardComponents, _ groups: [[Int]]
  ) {
    // Each column is brought to at most 1 in size, so that no product overflows.
    let scales = [first, second].map { reward in
      (0..<components.count).reduce(0) { max($0, abs(components[$1, reward] ?? 0)) }
    }
    if scales[0] == 0 || scales[1] == 0 { return }
    var products = 0.0
    var squares = (0.0, 0.0)
    for members in groups {
      let pairs = members.compactMap { sample -> (Double, Double)? in
        guard let a = components[sample, first], let b = components[sample, second] else { return nil }
        return (a / scales[0], b / scales[1])
      }
      if pairs.count < 2 { continue }
      let a =
        allEqual(pairs.map(\.0)) ? [Double](repeating: 0, count: pairs.count) : removingMean(pairs.map(\.0))
      let b =
        allEqual(pairs.map(\.1)) ? [Double](repeating: 0, count: pairs.count) : removingMean(pairs.map(\.1))
      for (x, y) in zip(a, b) {
        products += x * y
        squares.0 += x * x
        squares.1 += y * y
      }
    }
    let size = squares.0.squareRoot() * squares.1.squareRoot()
    guard size > 0 else { return }
    let value = min(max(products / size, -1), 1)
    let names = (components.names[first], components.names[second])
    correlations.append(RewardCorrelation(first: names.0, second: names.1, value: value))
    if value > 0.99 {
      warnings.append(
        "rewards \"\(names.0)\" and \"\(names.1)\" move together: the same thing is paid for twice")
    } else if value < -0.9 {
      warnings.append("rewards \"\(names.0)\" and \"\(names.1)\" oppose each other and cancel")
    }
  }

  private func removingMean(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }
}
