import Foundation
import Rewards

extension Exploration {
  /// Every elite, one JSON object a line: `archive` ("archive" or "rewarded"), `fitness`, `behaviour`, `genome`.
  public func writeArchive(to path: String) throws {
    func list(_ values: [Double]) -> JSONValue { .array(values.map(JSONValue.number)) }
    var text = ""
    for (name, elites) in [("archive", archive), ("rewarded", rewarded)] {
      for elite in elites {
        text +=
          JSONValue.object(
            JSONObject([
              ("archive", .string(name)), ("fitness", .number(elite.fitness)),
              ("behaviour", list(elite.behaviour)), ("genome", list(elite.genome)),
            ])
          ).jsonText + "\n"
      }
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// The measures of the search, without its elites.
  public var measures: JSONObject {
    var object = JSONObject([
      ("evaluations", .integer(evaluations)), ("coverage", .number(coverage)),
      ("uniformity", .number(uniformity)), ("rewarded_evaluations", .integer(rewarding)),
      ("best", best.map { .number($0.fitness) } ?? .null),
      ("best_in_area", .array(bestInArea.map(JSONValue.number))),
      ("archive", .integer(archive.count)), ("rewarded", .integer(rewarded.count)),
      ("stopped", .bool(isStopped)),
    ])
    object["curve"] = .array(curve.map { .array([.integer($0.evaluations), .number($0.coverage)]) })
    object["warnings"] = .array(warnings.map(JSONValue.string))
    return object
  }

  /// The best fitness of each cell of a grid over the first two numbers of the behaviour, NaN where nothing is: rows
  /// from the highest second number to the lowest, columns along the first.
  public func map(over ranges: [ClosedRange<Double>], cells: Int = 30) -> [[Double]] {
    guard ranges.count >= 2, cells >= 1 else { return [] }
    var map = [[Double]](repeating: Array(repeating: .nan, count: cells), count: cells)
    func place(_ value: Double, _ range: ClosedRange<Double>) -> Int {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return min(max(Int((share * Double(cells)).rounded(.down)), 0), cells - 1)
    }
    for elite in archive + rewarded where elite.behaviour.count >= 2 {
      let row = cells - 1 - place(elite.behaviour[1], ranges[1])
      let column = place(elite.behaviour[0], ranges[0])
      // max would keep the NaN of an empty cell.
      if !(map[row][column] >= elite.fitness) { map[row][column] = elite.fitness }
    }
    return map
  }
}
