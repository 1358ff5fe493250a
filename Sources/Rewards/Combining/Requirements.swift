/// total = 1 when every reward present is at least a threshold, else 0. Weights play no part.
public struct AllOf: Combiner {
  public var atLeast: Double
  public var usesWeights: Bool { false }

  public init(atLeast: Double = 1) { self.atLeast = atLeast }

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in row.allSatisfy { $0.value >= atLeast } ? 1 : 0 }
  }
}

/// total = 1 when one reward present is at least a threshold, else 0. Weights play no part.
public struct AnyOf: Combiner {
  public var atLeast: Double
  public var usesWeights: Bool { false }

  public init(atLeast: Double = 1) { self.atLeast = atLeast }

  public func totals(_ components: RewardComponents) -> [Double?] {
    components.rowTotals { row in row.contains { $0.value >= atLeast } ? 1 : 0 }
  }
}
