/// The samples whose statistics a shaper takes together.
public enum ShapingScope: String, Sendable, CaseIterable {
  /// Samples that share a prompt.
  case group
  /// All samples scored together.
  case batch
}

/// r' = r - mean of r over the sample's group or the batch; exactly 0 where all values are equal.
public struct Center: Shaper {
  public var scope: ShapingScope

  public init(over scope: ShapingScope = .group) { self.scope = scope }

  public var readsGroups: Bool { true }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    normalized(column, context, scope) { $0.centred($1) }
  }
}

/// r' = (r - mean) / (s + epsilon), mean and unbiased standard deviation s over the sample's group or the batch;
/// exactly 0 where all values are equal, and for a single sample.
public struct Whiten: Shaper {
  public var scope: ShapingScope
  public var epsilon: Double

  public init(over scope: ShapingScope = .batch, epsilon: Double = 1e-4) {
    self.scope = scope
    self.epsilon = epsilon
  }

  public var readsGroups: Bool { true }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    normalized(column, context, scope) { $0.standardised($1, epsilon: epsilon) }
  }
}

/// Each present value mapped with the moments of its scope; 0 where the scope's values are all equal, decided
/// before any division.
private func normalized(
  _ column: [Double?], _ context: ShapingContext, _ scope: ShapingScope,
  _ map: (Moments, Double) -> Double
) -> [Double?] {
  let groups = scope == .group ? context.groups : [Int](repeating: 0, count: column.count)
  var result = column
  for members in groupMembers(groups, included: { column[$0] != nil }) {
    let values = members.compactMap { column[$0] }
    let moments = Moments(values)
    let isFlat = allEqual(values)
    for (sample, value) in zip(members, values) { result[sample] = isFlat ? 0 : map(moments, value) }
  }
  return result
}
