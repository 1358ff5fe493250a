import Rewards

/// A picture of a result, as data: the page that shows it draws it.
public enum Plot: Sendable {
  /// Lines over a common axis, each with a spread (standard error or the like) where one is known.
  case lines(title: String, x: String, y: String, series: [Curve])
  /// A table of numbers drawn as colours, row by row from the top; NaN is left blank (walls).
  case heatMap(title: String, rows: [String], columns: [String], values: [[Double]], unit: String)
  /// Points in the plane (Pareto fronts, archives), a group a colour.
  case points(title: String, x: String, y: String, groups: [PointGroup])

  public struct Curve: Sendable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// Half the height of the band around `y`; empty when unknown.
    public var spread: [Double]

    public init(_ name: String, x: [Double], y: [Double], spread: [Double] = []) {
      self.name = name
      self.x = x
      self.y = y
      self.spread = spread
    }

    /// The mean and standard error over runs of equal length.
    public init(_ name: String, x: [Double], runs: [[Double]]) {
      let stack = x.indices.map { index in Measurement("", "", runs.map { $0[index] }) }
      self.init(name, x: x, y: stack.map(\.mean), spread: stack.map { $0.standardError ?? 0 })
    }
  }

  public struct PointGroup: Sendable {
    public var name: String
    public var points: [(x: Double, y: Double)]

    public init(_ name: String, _ points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }
}

extension Plot {
  /// The picture's numbers, all of them, as `laurel reproduce --json` writes them.
  var json: JSONValue {
    let list = { (values: [Double]) in JSONValue.array(values.map(RecipeResult.number)) }
    let names = { (names: [String]) in JSONValue.array(names.map(JSONValue.string)) }
    switch self {
    case .lines(let title, let x, let y, let series):
      let lines = series.map { curve in
        JSONValue.object(
          JSONObject([
            ("name", .string(curve.name)), ("x", list(curve.x)), ("y", list(curve.y)),
            ("spread", list(curve.spread)),
          ]))
      }
      return .object(
        JSONObject([
          ("kind", .string("lines")), ("title", .string(title)), ("x", .string(x)), ("y", .string(y)),
          ("series", .array(lines)),
        ]))
    case .heatMap(let title, let rows, let columns, let values, let unit):
      return .object(
        JSONObject([
          ("kind", .string("heat_map")), ("title", .string(title)), ("rows", names(rows)),
          ("columns", names(columns)), ("values", .array(values.map(list))), ("unit", .string(unit)),
        ]))
    case .points(let title, let x, let y, let groups):
      let parts = groups.map { group in
        JSONValue.object(
          JSONObject([
            ("name", .string(group.name)), ("x", list(group.points.map(\.x))),
            ("y", list(group.points.map(\.y))),
          ]))
      }
      return .object(
        JSONObject([
          ("kind", .string("points")), ("title", .string(title)), ("x", .string(x)), ("y", .string(y)),
          ("groups", .array(parts)),
        ]))
    }
  }
}
