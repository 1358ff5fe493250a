/// A linear program with bounds on variables and rows:
/// minimise c x, where low <= x <= high and rowLow <= A x <= rowHigh (ends may be infinite).
///
/// Dense and small: every pivot costs rows x variables, so thousands of rows by hundreds of variables are the
/// limit. The method is the bounded simplex on a dictionary (Dantzig 1963; Chvatal 1983, chapters 8 and 10): the
/// dual simplex where the start is dual feasible, otherwise the dual simplex without costs, which finds a feasible
/// point, and then the primal simplex. After a stall both take Bland's rule (1977), under which they cannot cycle.
public struct LinearProgram: Sendable {
  /// What is minimised, one for each variable.
  public var costs: [Double]
  public var low: [Double]
  public var high: [Double]
  /// Row by row, each as long as `costs`.
  public private(set) var matrix: [Double] = []
  public private(set) var rowLow: [Double] = []
  public private(set) var rowHigh: [Double] = []

  public enum Outcome: Sendable, Equatable {
    case optimal(Solution)
    /// No point meets all conditions: these rows (from 0) contradict each other within the variables' bounds.
    case infeasible(rows: [Int])
    /// The costs fall without end.
    case unbounded
    /// The pivots did not come to an end, or rounding spoilt the point found.
    case failed(String)
  }

  public struct Solution: Sendable, Equatable {
    public var x: [Double]
    /// c x.
    public var objective: Double
    public var pivots: Int
  }

  /// Minimises `costs` over the box `low` ... `high`; rows are added with `add`.
  public init(minimising costs: [Double], low: [Double], high: [Double]) {
    precondition(low.count == costs.count && high.count == costs.count, "bounds and costs differ in length")
    precondition(zip(low, high).allSatisfy { $0 <= $1 }, "a variable's low end is above its high end")
    self.costs = costs
    self.low = low
    self.high = high
  }

  public var variables: Int { costs.count }
  public var rows: Int { rowLow.count }

  /// Adds the row `from` <= `row` x <= `to`.
  public mutating func add(_ row: [Double], from: Double = -.infinity, to: Double = .infinity) {
    precondition(row.count == variables, "a row of \(row.count) numbers for \(variables) variables")
    precondition(from <= to, "the row's low end is above its high end")
    precondition(row.allSatisfy(\.isFinite), "a coefficient is not finite")
    matrix += row
    rowLow.append(from)
    rowHigh.append(to)
  }

  /// - Parameters:
  ///   - tolerance: How far a condition may be missed.
  ///   - maximumPivots: nil allows 50 times (rows + variables).
  public func solve(tolerance: Double = 1e-9, maximumPivots: Int? = nil) -> Outcome {
    var dictionary = SimplexDictionary(self, tolerance: tolerance)
    let limit = maximumPivots ?? 50 * (rows + variables)
    if dictionary.startsDualFeasible {
      if let trouble = dictionary.dual(limit: limit) { return trouble }
    } else {
      dictionary.setCosts(nil)
      if let trouble = dictionary.dual(limit: limit) { return trouble }
      dictionary.setCosts(costs)
      if let trouble = dictionary.primal(limit: limit) { return trouble }
    }
    let x = dictionary.point
    let miss = worstMiss(of: x)
    if miss > 1e-6 {
      return .failed("rounding: a condition is missed by \(miss)")
    }
    return .optimal(
      Solution(x: x, objective: zip(costs, x).reduce(0) { $0 + $1.0 * $1.1 }, pivots: dictionary.pivots))
  }

  /// By how much the worst condition is missed, relative to the row's size.
  private func worstMiss(of x: [Double]) -> Double {
    var worst = 0.0
    for row in 0..<rows {
      var (sum, size) = (0.0, 1.0)
      for column in 0..<variables {
        let term = matrix[row * variables + column] * x[column]
        sum += term
        size = max(size, abs(term))
      }
      worst = max(worst, (rowLow[row] - sum) / size, (sum - rowHigh[row]) / size)
    }
    for column in 0..<variables { worst = max(worst, low[column] - x[column], x[column] - high[column]) }
    return worst
  }
}
