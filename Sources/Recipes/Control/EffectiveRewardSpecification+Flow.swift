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
          Measurement(name, "total variation to R^beta", results.map(\.distance)),
        ]
      },
      checks: [
        Check("goals: entropy over the front", mean(goals), .atLeast, 0.8 * log(10)),
        Check("goals: entropy above preferences'", mean(goals) - mean(preferences), .atLeast, 0.2),
      ],
      findings: [
        "Asked for directions, the sampler's objects have entropy \(rounded(mean(goals))) over the front (log 10 = 2.3) and \(percent(mean(runs[1].map(\.near)))) of them lie at it; asked by preferences, \(rounded(mean(preferences))) and \(percent(mean(runs[0].map(\.near)))).",
        "Drawn exactly in proportion to R^beta they would have entropy \(rounded(runs[1][0].target)) (goals) and \(rounded(runs[0][0].target)) (preferences). What is learned in 6000 updates differs from that by total variation \(rounded(mean(runs[1].map(\.distance)))) and \(rounded(mean(runs[0].map(\.distance)))); the ends of the front, which preferences want, are where walks come least.",
      ])
  }

  private struct Outcome: Sendable {
    var entropy, near, correlation: Double
    /// Between what is drawn and R^beta / Z, and the entropy that this would have.
    var distance, target: Double
  }

  /// Trains on 20 conditions spread over the quadrant and measures exactly where they stop.
  private static func covered(by arm: String, seed: UInt64, isWide: Bool) -> Outcome {
    let grid = Hypergrid()
    let angles = (0..<conditions).map { (Double($0) + 0.5) / Double(conditions) * .pi / 2 }
    let asked = FlowConditions(
      arm == "preferences" ? .preferences : .goals, objectives: 2, count: conditions,
      cosine: isWide ? 1e-6 : 0.98)
    let flow = GFlowNet(grid.construction, conditions: asked, seed: seed)
    flow.train(updates: 6000)
    let distributions = (0..<conditions).map(flow.distribution)
    let targets = (0..<conditions).map(flow.target)
    var (near, pairs) = (0.0, [(asked: Double, found: Double, weight: Double)]())
    forEachObject(grid, distributions) { condition, cell, angle, share in
      // At the front: one step further along either axis there is nothing.
      let (x, y) = (cell / grid.size, cell % grid.size)
      if grid.objectives(min(x + 1, grid.size - 1), min(y + 1, grid.size - 1)) == [0, 0] { near += share }
      pairs.append((angles[condition], angle, share))
    }
    return Outcome(
      entropy: entropy(grid, distributions), near: near,
      correlation: WeightedCorrelation.value { add in
        for pair in pairs { add(pair.asked, pair.found, pair.weight) }
      },
      distance: FlowMetrics.totalVariation(distributions, targets), target: entropy(grid, targets))
  }

  /// Calls with condition, cell, the angle of its objectives and its share of all draws; cells beyond the front have none.
  private static func forEachObject(
    _ grid: Hypergrid, _ distributions: [[Double]], _ body: (Int, Int, Double, Double) -> Void
  ) {
    for (condition, distribution) in distributions.enumerated() {
      for (cell, probability) in distribution.enumerated() where probability > 1e-12 {
        let objectives = grid.objectives(cell / grid.size, cell % grid.size)
        if objectives == [0, 0] { continue }
        body(
          condition, cell, atan2(objectives[1], objectives[0]), probability / Double(distributions.count))
      }
    }
  }

  /// Of all draws over bins of the angle.
  private static func entropy(_ grid: Hypergrid, _ distributions: [[Double]]) -> Double {
    var histogram = [Double](repeating: 0, count: bins)
    forEachObject(grid, distributions) { _, _, angle, share in
      histogram[min(Int(angle / (.pi / 2) * Double(bins)), bins - 1)] += share
    }
    let total = histogram.reduce(0, +)
    return histogram.reduce(0) { $0 - ($1 > 0 ? $1 / total * log($1 / total) : 0) }
  }
}
