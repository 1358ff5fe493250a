import Rewards

/// A disc of the plane that pays: 1 in its centre, falling linearly to 0 at its edge, nothing outside (Paolo 2022).
public struct GoalArea: Sendable, Equatable {
  public var center: SIMD2<Double>
  public var radius: Double

  public init(center: SIMD2<Double>, radius: Double) {
    precondition(radius > 0, "a goal area of radius \(radius)")
    self.center = center
    self.radius = radius
  }

  /// 1 - distance / radius inside, else 0.
  public func reward(at point: SIMD2<Double>) -> Double {
    let offset = point - center
    let distance = (offset * offset).sum().squareRoot()
    return max(0, 1 - distance / radius)
  }
}

extension [GoalArea] {
  /// What the best area pays at the point.
  func reward(at point: SIMD2<Double>) -> Double {
    var best = 0.0
    for area in self { best = Swift.max(best, area.reward(at: point)) }
    return best
  }

  /// The index of the area that holds the point; nil outside all of them.
  func index(at point: SIMD2<Double>) -> Int? { firstIndex { $0.reward(at: point) > 0 } }

  /// Reads `[[x, y, radius], ...]`.
  init(_ value: JSONValue, of parameter: String) throws(ParameterError) {
    self = []
    for row in try value.rows(3, of: parameter, "[x, y, radius]") {
      guard row[2] > 0 else {
        throw ParameterError(parameter: parameter, expected: "a radius above 0", found: "\(row[2])")
      }
      append(GoalArea(center: [row[0], row[1]], radius: row[2]))
    }
  }
}

extension JSONValue {
  /// The rows of a list of lists of `width` numbers.
  func rows(_ width: Int, of parameter: String, _ form: String) throws(ParameterError) -> [[Double]] {
    guard case .array(let items) = self else {
      throw ParameterError(parameter: parameter, expected: "a list of \(form)", found: summary)
    }
    var rows: [[Double]] = []
    for (index, item) in items.enumerated() {
      guard let row = item.numbers, row.count == width else {
        throw ParameterError(
          parameter: parameter, expected: "\(form) as item \(index)",
          found: item.numbers.map { "\($0.count) numbers" } ?? item.summary)
      }
      rows.append(row)
    }
    return rows
  }
}
