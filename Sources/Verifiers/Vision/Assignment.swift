/// One-to-one assignments in a table of values.
public enum Assignment {
  /// The assignment with the largest sum: for each row its column, or nil when there are more rows than columns and
  /// the row stays without one. As many pairs as the smaller side has.
  ///
  /// Hungarian method with shortest augmenting paths (Jonker and Volgenant 1987); min(r, c)^2 max(r, c) steps. The
  /// values are finite and the rows equally long.
  public static func largestSum(_ values: [[Double]]) -> [Int?] {
    guard let columns = values.first?.count, columns > 0 else { return values.map { _ in nil } }
    precondition(values.allSatisfy { $0.count == columns }, "the rows of an assignment are equally long")
    if values.count <= columns { return leastCost(values.map { $0.map { -$0 } }) }
    let turned = (0..<columns).map { column in values.map { -$0[column] } }
    var result = [Int?](repeating: nil, count: values.count)
    for (column, row) in leastCost(turned).enumerated() {
      if let row { result[row] = column }
    }
    return result
  }

  /// The cheapest assignment of every row, at most as many rows as columns.
  private static func leastCost(_ cost: [[Double]]) -> [Int?] {
    let columns = cost.first?.count ?? 0
    // Column 0 is the source of each augmenting path; row and column numbers are from 1 in the potentials.
    var rowPotential = Array(repeating: 0.0, count: cost.count + 1)
    var columnPotential = Array(repeating: 0.0, count: columns + 1)
    var rowOfColumn = Array(repeating: 0, count: columns + 1)
    for row in 1...cost.count {
      rowOfColumn[0] = row
      var distance = Array(repeating: Double.infinity, count: columns + 1)
      var previous = Array(repeating: 0, count: columns + 1)
      var isDone = Array(repeating: false, count: columns + 1)
      var column = 0
      repeat {
        isDone[column] = true
        let current = rowOfColumn[column]
        var (step, nearest) = (Double.infinity, 0)
        for other in 1...columns where !isDone[other] {
          let reduced = cost[current - 1][other - 1] - rowPotential[current] - columnPotential[other]
          if reduced < distance[other] {
            distance[other] = reduced
            previous[other] = column
          }
          if distance[other] < step { (step, nearest) = (distance[other], other) }
        }
        for other in 0...columns {
          if isDone[other] {
            rowPotential[rowOfColumn[other]] += step
            columnPotential[other] -= step
          } else {
            distance[other] -= step
          }
        }
        column = nearest
      } while rowOfColumn[column] != 0
      while column != 0 {
        rowOfColumn[column] = rowOfColumn[previous[column]]
        column = previous[column]
      }
    }
    var result = [Int?](repeating: nil, count: cost.count)
    for column in 1...columns where rowOfColumn[column] > 0 { result[rowOfColumn[column] - 1] = column - 1 }
    return result
  }

  /// Takes the largest value left in the table again and again (the first of equal ones, by row, then column).
  /// r c log(r c) steps.
  public static func greedy(_ values: [[Double]]) -> [Int?] {
    var cells: [(value: Double, row: Int, column: Int)] = []
    for (row, line) in values.enumerated() {
      for (column, value) in line.enumerated() { cells.append((value, row, column)) }
    }
    cells.sort { ($1.value, $0.row, $0.column) < ($0.value, $1.row, $1.column) }
    var result = [Int?](repeating: nil, count: values.count)
    var isTaken = Array(repeating: false, count: values.first?.count ?? 0)
    for cell in cells where result[cell.row] == nil && !isTaken[cell.column] {
      result[cell.row] = cell.column
      isTaken[cell.column] = true
    }
    return result
  }
}
