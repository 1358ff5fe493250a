import Foundation
import Numeric
import Worlds

/// How well a conditional sampler covers the front of a construction whose objects are all known (arXiv 2306.04620).
public struct FlowMetrics: Sendable {
  /// Objectives of the front's points, thinned to at most `limit`.
  public let front: [[Double]]
  private let graph: ConstructionGraph
  /// By state: the nearest point of the front; nil where one cannot stop, or for objects that have nothing.
  private let nearest: [Int?]

  /// More points than samples can cover say nothing.
  public static let limit = 200

  public init(_ graph: ConstructionGraph) {
    self.graph = graph
    let points = graph.front.compactMap { graph.objectives($0) }.sorted { $0.lexicographicallyPrecedes($1) }
    let count = min(points.count, Self.limit)
    let front = (0..<count).map { points[$0 * points.count / count] }
    self.front = front
    nearest = (0..<graph.states).map { state in
      guard let own = graph.objectives(state), own.contains(where: { $0 > 0 }) else { return nil }
      return front.indices.min { Self.distance(front[$0], own) < Self.distance(front[$1], own) }
    }
  }

  private static func distance(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// PC-ent: the entropy, in nats, of how objects distribute over the front's points, each counted at the nearest; objects
  /// that have nothing are left out. At most log of the points' number; 0 where all objects have nothing.
  /// - Parameter distributions: By condition, of the state in which building stops.
  public func entropy(_ distributions: [[Double]]) -> Double {
    var shares = [Double](repeating: 0, count: front.count)
    for distribution in distributions {
      for (state, probability) in distribution.enumerated() {
        if let point = nearest[state] { shares[point] += probability }
      }
    }
    let total = shares.reduce(0, +)
    return shares.reduce(0) { $0 - ($1 > 0 ? $1 / total * log($1 / total) : 0) }
  }

  /// Avg-PCC: the mean over objectives of the correlation between what a condition asks of an objective and what its
  /// objects have; NaN where nothing varies.
  public func correlation(_ distributions: [[Double]], _ conditions: FlowConditions) -> Double {
    let each = graph.objectiveNames.indices.map { objective in
      WeightedCorrelation.value { add in
        for (condition, distribution) in distributions.enumerated() {
          for (state, probability) in distribution.enumerated() where probability > 0 {
            guard let own = graph.objectives(state) else { continue }
            add(conditions.vectors[condition][objective], own[objective], probability)
          }
        }
      }
    }
    return each.reduce(0, +) / Double(each.count)
  }

  /// The total variation between two distributions of each condition, averaged: 0 where they are the same, 1 where they
  /// have nothing in common.
  public static func totalVariation(_ some: [[Double]], _ others: [[Double]]) -> Double {
    zip(some, others).reduce(0) { sum, pair in
      sum + zip(pair.0, pair.1).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    } / Double(some.count)
  }

  /// IGD: the mean distance of the front's points to the nearest sampled object.
  /// - Parameter states: Of the objects; not empty.
  public func generationalDistance(_ states: [Int]) -> Double {
    let values = Set(states).compactMap { graph.objectives($0) }
    return front.reduce(0) { sum, point in
      sum + (values.map { Self.distance($0, point) }.min() ?? .infinity)
    } / Double(front.count)
  }
}

/// Pearson's correlation of pairs with weights.
public enum WeightedCorrelation {
  /// - Parameter pairs: Calls what it is given with x, y and the weight of each pair; always the same ones.
  /// - Returns: NaN where x or y does not vary.
  public static func value(_ pairs: (_ add: (Double, Double, Double) -> Void) -> Void) -> Double {
    var (total, x, y) = (0.0, 0.0, 0.0)
    pairs {
      total += $2; x += $0 * $2; y += $1 * $2
    }
    (x, y) = (x / total, y / total)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    pairs {
      xx += $2 * ($0 - x) * ($0 - x)
      yy += $2 * ($1 - y) * ($1 - y)
      xy += $2 * ($0 - x) * ($1 - y)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : .nan
  }
}
