/// r' = min(max(r, low), high).
public struct Clip: Shaper {
  public var range: ClosedRange<Double>
  public init(_ range: ClosedRange<Double>) { self.range = range }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    column.map { $0.map { min(max($0, range.lowerBound), range.upperBound) } }
  }
}

/// r' = factor r + offset.
public struct Affine: Shaper {
  public var factor: Double
  public var offset: Double

  public init(factor: Double = 1, offset: Double = 0) {
    self.factor = factor
    self.offset = offset
  }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    column.map { $0.map { finite(factor * $0 + offset) } }
  }
}

/// r' = r - mean of r over the sample's group; exactly 0 in groups whose values are all equal.
public struct CenterInGroup: Shaper {
  public init() {}

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    let centred = groupRelativeAdvantages(column, groups: context.groups, scale: .none)
    return zip(column, centred).map { $0 == nil ? nil : $1 }
  }
}
