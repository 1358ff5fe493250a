import Foundation
import Learned
import Shelf
import Worlds

/// Part D of card 12: a goal-conditioned GFlowNet against one that takes preferences.
extension EffectiveRewardSpecification {
  private static let conditions = 20
  private static let bins = 10

  func flow(_ context: RecipeContext) throws -> RecipeResult {
    let isWide = context.fault == "wide-cone"
    let runs = try context.map(["preferences", "goals"], seeds: context.seeds(3), name: { $0 }) { arm, seed in
      Self.covered(by: arm, seed: seed, isWide: isWide)
    }
    let (preferences, goals) = (runs[0].map(\.entropy), runs[1].map(\.entropy))
    return RecipeResult(
      measurements: zip(["preferences", "goals"], runs).flatMap { name, results in
        [
          Measurement(name, "entropy over 10 bins of the front", results.map(\.entropy)),
          Measurement(name, "share near the front", results.map(\.near)),
          Measurement(name, "correlation of asked and found angle", results.map(\.correlation)),
        ]
      },
      checks: [
        Check("goals: entropy over the front", mean(goals), .atLeast, 0.8 * log(10)),
        Check("goals: entropy above preferences'", mean(goals) - mean(preferences), .atLeast, 0.2),
      ],
      findings: [
        "Asked for directions, the sampler's objects have entropy \(rounded(mean(goals))) over the front (log 10 = 2.3) and \(percent(mean(runs[1].map(\.near)))) of them lie at it; asked by preferences, \(rounded(mean(preferences))) and \(percent(mean(runs[0].map(\.near))))."
      ])
  }

  /// Trains on 20 conditions spread over the quadrant and measures exactly where they stop.
  private static func covered(
    by arm: String, seed: UInt64, isWide: Bool
  ) -> (entropy: Double, near: Double, correlation: Double) {
    let grid = Hypergrid()
    let angles = (0..<conditions).map { (Double($0) + 0.5) / Double(conditions) * .pi / 2 }
    let flow = HypergridFlow(grid, conditions: conditions, seed: seed) { condition, objectives in
      if arm == "preferences" {
        let first = 1 - (Double(condition) + 0.5) / Double(conditions)
        return first * objectives[0] + (1 - first) * objectives[1]
      }
      return FocusRegion(
        direction: [cos(angles[condition]), sin(angles[condition])], cosine: isWide ? 1e-6 : 0.98
      ).reward(objectives)
    }
    flow.train(steps: 6000)
    var histogram = [Double](repeating: 0, count: bins)
    var (near, pairs) = (0.0, [(asked: Double, found: Double, weight: Double)]())
    for condition in 0..<conditions {
      for (cell, probability) in flow.distribution(condition).enumerated() where probability > 1e-12 {
        let (x, y) = (cell / grid.size, cell % grid.size)
        let objectives = grid.objectives(x, y)
        if objectives == [0, 0] { continue }
        let angle = atan2(objectives[1], objectives[0])
        let share = probability / Double(conditions)
        histogram[min(Int(angle / (.pi / 2) * Double(bins)), bins - 1)] += share
        // At the front: one step further along either axis there is nothing.
        if grid.objectives(min(x + 1, grid.size - 1), min(y + 1, grid.size - 1)) == [0, 0] { near += share }
        pairs.append((angles[condition], angle, share))
      }
    }
    let total = histogram.reduce(0, +)
    let entropy = histogram.reduce(0) { $0 - ($1 > 0 ? $1 / total * log($1 / total) : 0) }
    return (entropy, near, correlation(pairs))
  }

  private static func correlation(_ pairs: [(asked: Double, found: Double, weight: Double)]) -> Double {
    let total = pairs.reduce(0) { $0 + $1.weight }
    let (x, y) = (
      pairs.reduce(0) { $0 + $1.asked * $1.weight } / total,
      pairs.reduce(0) { $0 + $1.found * $1.weight } / total
    )
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      xx += pair.weight * (pair.asked - x) * (pair.asked - x)
      yy += pair.weight * (pair.found - y) * (pair.found - y)
      xy += pair.weight * (pair.asked - x) * (pair.found - y)
    }
    return xy / (xx * yy).squareRoot()
  }
}
