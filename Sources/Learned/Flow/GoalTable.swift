import Numeric

/// Tab-GS (arXiv 2306.04620): which conditions a sampler trains on. At first all alike; from a quarter of the training on,
/// those that no object has met yet are asked for less often, since they teach nothing; from three quarters on the
/// table stays.
struct GoalTable {
  /// By condition: how often it is drawn, relative to others.
  private(set) var weights: [Double]
  /// By condition: whether an object was paid for under it.
  private(set) var isReached: [Bool]
  private let unreachedWeight: Double

  /// - Parameter unreachedWeight: Of conditions never met; 1 leaves all alike.
  init(conditions: Int, unreachedWeight: Double) {
    weights = Array(repeating: 1, count: conditions)
    isReached = Array(repeating: false, count: conditions)
    self.unreachedWeight = unreachedWeight
  }

  /// Goes on from what was kept.
  mutating func restore(weights: [Double], reached: [Bool]) throws(StateArchiveError) {
    guard reached.count == isReached.count else { throw .wrongSize("goals.reached") }
    (self.weights, isReached) = (weights, reached)
  }

  mutating func reach(_ condition: Int) { isReached[condition] = true }

  /// - Parameter progress: The share of the training that is done.
  mutating func adjust(progress: Double) {
    guard progress >= 0.25, progress < 0.75 else { return }
    for index in weights.indices { weights[index] = isReached[index] ? 1 : unreachedWeight }
  }

  func draw(_ random: inout PCG64) -> Int {
    if weights.allSatisfy({ $0 == weights[0] }) { return random.integer(below: weights.count) }
    var left = random.uniform() * weights.reduce(0, +)
    return weights.firstIndex {
      left -= $0; return left < 0
    } ?? weights.count - 1
  }
}
