/// r' = min(max(r, low), high).
public struct Clip: Shaper {
  public var low: Double
  public var high: Double

  public init(_ range: ClosedRange<Double>) { (low, high) = (range.lowerBound, range.upperBound) }

  /// r' = max(r, low).
  public init(_ range: PartialRangeFrom<Double>) { (low, high) = (range.lowerBound, .infinity) }

  /// r' = min(r, high): the ceiling of arXiv 2502.18770.
  public init(_ range: PartialRangeThrough<Double>) { (low, high) = (-.infinity, range.upperBound) }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    column.map { $0.map { min(max($0, low), high) } }
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

/// r' = s(t) r with a schedule s over training, for example ToolRL's rewards of changing scale (arXiv
/// 2504.13958, section 5.2).
///
/// An estimator that normalises each reward (`gdpo`) undoes any scale: schedule the `weight` there.
public struct ScheduledScale: Shaper {
  public var schedule: Schedule

  public init(_ schedule: Schedule) { self.schedule = schedule }

  public func shape(_ column: [Double?], context: ShapingContext) -> [Double?] {
    let factor = schedule.value(at: context.state)
    return column.map { $0.map { finite(factor * $0) } }
  }
}
