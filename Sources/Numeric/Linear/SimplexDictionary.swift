/// The simplex method's dictionary: the basic variables as linear functions of the others.
///
/// Variables 0 ..< m are the rows' activities, m ..< m + n the program's own. Basic variable i is
/// sum_j entries[i, j] x_j over the nonbasic j, each of which stands at one of its bounds (a free one at 0).
struct SimplexDictionary {
  private let rows: Int
  private let columns: Int
  private let low: [Double]
  private let high: [Double]
  private let tolerance: Double
  private let originalCosts: [Double]
  private var entries: [Double]
  private var basic: [Int]
  private var nonbasic: [Int]
  /// The value of every variable.
  private var value: [Double]
  /// Reduced costs of the nonbasic variables.
  private var reduced: [Double]
  private(set) var pivots = 0
  private let pivotTolerance = 1e-9

  init(_ program: LinearProgram, tolerance: Double) {
    rows = program.rows
    columns = program.variables
    low = program.rowLow + program.low
    high = program.rowHigh + program.high
    self.tolerance = tolerance
    originalCosts = program.costs
    entries = program.matrix
    basic = Array(0..<rows)
    nonbasic = Array(rows..<rows + columns)
    reduced = program.costs
    value = Array(repeating: 0, count: rows + columns)
    for column in 0..<columns { value[rows + column] = rest(column) }
    refreshBasics()
  }

  /// The bound at which a nonbasic variable stands so that its reduced cost cannot help, if there is one.
  private func rest(_ column: Int) -> Double {
    let variable = nonbasic[column]
    let (from, to) = (low[variable], high[variable])
    if reduced[column] < 0, to.isFinite { return to }
    if from.isFinite, reduced[column] >= 0 || !to.isFinite { return from }
    if to.isFinite { return to }
    return 0
  }

  /// Whether every nonbasic variable stands where its cost keeps it.
  var startsDualFeasible: Bool {
    (0..<columns).allSatisfy { column in
      let variable = nonbasic[column]
      return low[variable] == high[variable] || abs(reduced[column]) <= tolerance
        || (reduced[column] > 0 ? value[variable] == low[variable] : value[variable] == high[variable])
    }
  }

  /// The program's own variables.
  var point: [Double] { Array(value[rows...]) }

  private mutating func refreshBasics() {
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<columns { sum += entries[row * columns + column] * value[nonbasic[column]] }
      value[basic[row]] = sum
    }
  }

  /// Reduced costs for other costs (nil: none at all).
  mutating func setCosts(_ costs: [Double]?) {
    guard let costs else {
      reduced = Array(repeating: 0, count: columns)
      return
    }
    for column in 0..<columns {
      let variable = nonbasic[column]
      reduced[column] = variable >= rows ? costs[variable - rows] : 0
    }
    for row in 0..<rows where basic[row] >= rows {
      let cost = costs[basic[row] - rows]
      if cost == 0 { continue }
      for column in 0..<columns { reduced[column] += cost * entries[row * columns + column] }
    }
  }

  // MARK: Dual simplex

  /// Pivots until every basic variable is within its bounds.
  /// - Returns: What went wrong; nil when the point is feasible (and optimal for the costs in use).
  mutating func dual(limit: Int) -> LinearProgram.Outcome? {
    let start = pivots
    var isBland = false
    while pivots - start < limit {
      isBland = pivots - start > limit / 2
      guard let (row, target) = worstRow(isBland) else { return nil }
      let leaving = basic[row]
      let rises = value[leaving] < target
      guard let column = dualEntering(row, rises: rises, isBland) else {
        let others = (0..<columns).filter { abs(entries[row * columns + $0]) > pivotTolerance }
        return .infeasible(rows: (others.map { nonbasic[$0] } + [leaving]).filter { $0 < rows }.sorted())
      }
      let delta = (target - value[leaving]) / entries[row * columns + column]
      move(column, by: delta)
      value[leaving] = target
      pivot(row, column)
    }
    return .failed("no end after \(limit) pivots")
  }

  private func worstRow(_ isBland: Bool) -> (row: Int, target: Double)? {
    var best: (row: Int, target: Double)?
    var worst = 0.0
    for row in 0..<rows {
      let variable = basic[row]
      let x = value[variable]
      let slack = tolerance * max(1, abs(x))
      let (target, miss) =
        if x < low[variable] - slack { (low[variable], low[variable] - x) } else if x > high[variable] + slack
        {
          (high[variable], x - high[variable])
        } else { (0.0, 0.0) }
      if miss == 0 { continue }
      if isBland ? (best == nil || variable < basic[best!.row]) : miss > worst {
        worst = miss
        best = (row, target)
      }
    }
    return best
  }

  /// The nonbasic variable with the smallest ratio of reduced cost to entry among those that can move the right way.
  private func dualEntering(_ row: Int, rises: Bool, _ isBland: Bool) -> Int? {
    var best: Int?
    var bestRatio = Double.infinity
    for column in 0..<columns {
      let entry = entries[row * columns + column]
      let variable = nonbasic[column]
      if abs(entry) <= pivotTolerance || low[variable] == high[variable] { continue }
      let wantsUp = (entry > 0) == rises
      let x = value[variable]
      let canMove = wantsUp ? x < high[variable] : x > low[variable]
      if !canMove { continue }
      let ratio = abs(reduced[column]) / abs(entry)
      guard let known = best else {
        (best, bestRatio) = (column, ratio)
        continue
      }
      let isSmaller = ratio < bestRatio - 1e-12
      let ties = abs(ratio - bestRatio) <= 1e-12
      let wins =
        isBland
        ? variable < nonbasic[known] : abs(entry) > abs(entries[row * columns + known])
      if isSmaller || (ties && wins) { (best, bestRatio) = (column, min(ratio, bestRatio)) }
    }
    return best
  }

  // MARK: Primal simplex

  /// Pivots from a feasible point until no reduced cost helps.
  /// - Returns: What went wrong; nil when the point is optimal.
  mutating func primal(limit: Int) -> LinearProgram.Outcome? {
    let start = pivots
    var stalled = 0
    var steps = 0
    while pivots - start < limit, steps < 4 * limit {
      steps += 1
      let isBland = stalled > 50
      guard let (column, rises) = primalEntering(isBland) else { return nil }
      let (row, length) = ratioTest(column, rises: rises, isBland)
      guard length.isFinite else { return .unbounded }
      stalled = length > tolerance ? 0 : stalled + 1
      let target = nonbasic[column]
      move(column, by: rises ? length : -length)
      if let row {
        let variable = basic[row]
        value[variable] =
          value[variable] - low[variable] < high[variable] - value[variable]
          ? low[variable] : high[variable]
        pivot(row, column)
      } else {
        value[target] = rises ? high[target] : low[target]
      }
    }
    return .failed("no end after \(limit) pivots")
  }

  private func primalEntering(_ isBland: Bool) -> (column: Int, rises: Bool)? {
    var best: (column: Int, rises: Bool)?
    var gain = tolerance
    for column in 0..<columns {
      let variable = nonbasic[column]
      let cost = reduced[column]
      if abs(cost) <= tolerance || low[variable] == high[variable] { continue }
      let rises = cost < 0
      guard rises ? value[variable] < high[variable] : value[variable] > low[variable] else { continue }
      if isBland ? (best == nil || variable < nonbasic[best!.column]) : abs(cost) > gain {
        gain = abs(cost)
        best = (column, rises)
      }
    }
    return best
  }

  /// How far the variable may move and which row stops it (nil: its own other bound does).
  private func ratioTest(_ column: Int, rises: Bool, _ isBland: Bool) -> (row: Int?, length: Double) {
    let variable = nonbasic[column]
    var length = high[variable] - low[variable]
    var stop: Int?
    for row in 0..<rows {
      let entry = entries[row * columns + column] * (rises ? 1 : -1)
      if abs(entry) <= pivotTolerance { continue }
      let x = value[basic[row]]
      let room = max(0, entry > 0 ? high[basic[row]] - x : x - low[basic[row]]) / abs(entry)
      guard room.isFinite else { continue }
      let ties = stop != nil && abs(room - length) <= 1e-12
      let wins =
        ties
        && (isBland
          ? basic[row] < basic[stop!]
          : abs(entry) > abs(entries[stop! * columns + column]))
      if room < length - 1e-12 || wins { (length, stop) = (min(room, length), row) }
    }
    return (stop, length)
  }

  // MARK: Pivoting

  private mutating func move(_ column: Int, by delta: Double) {
    value[nonbasic[column]] += delta
    for row in 0..<rows { value[basic[row]] += entries[row * columns + column] * delta }
  }

  /// Exchanges the basic variable of `row` with the nonbasic one of `column`.
  private mutating func pivot(_ row: Int, _ column: Int) {
    let (m, n) = (rows, columns)
    entries.withUnsafeMutableBufferPointer { entries in
      let top = row * n
      let inverse = 1 / entries[top + column]
      for k in 0..<n { entries[top + k] *= -inverse }
      entries[top + column] = inverse
      for other in 0..<m where other != row {
        let start = other * n
        let factor = entries[start + column]
        if factor == 0 { continue }
        entries[start + column] = 0
        for k in 0..<n { entries[start + k] += factor * entries[top + k] }
      }
      reduced.withUnsafeMutableBufferPointer { reduced in
        let factor = reduced[column]
        if factor == 0 { return }
        reduced[column] = 0
        for k in 0..<n { reduced[k] += factor * entries[top + k] }
      }
    }
    swap(&basic[row], &nonbasic[column])
    pivots += 1
    if pivots % 50 == 0 { refreshBasics() }
  }
}
