import Foundation
import Rewards
import Worlds

/// An agent's actions as a finite list: its choices, or an even grid over its box (11 levels of [0, e_i] in
/// Coopetition-Gym).
struct ActionBins {
  /// The actions, in the order of their numbers.
  let actions: [[Float]]

  var count: Int { actions.count }

  /// More would need a network head of no sense.
  private static let limit = 4_096

  init(_ space: Space, bins: Int, agent: Int) throws(ParameterError) {
    switch space {
    case .discrete(let count): actions = (0..<count).map { [Float($0)] }
    case .box(let low, let high):
      guard zip(low, high).allSatisfy({ $0.isFinite && $1.isFinite }) else {
        throw ParameterError(
          parameter: "world", "agent \(agent)'s box is unbounded: there is no grid of actions over it")
      }
      guard pow(Double(bins), Double(low.count)) <= Double(Self.limit) else {
        throw ParameterError(
          parameter: "action_bins",
          "\(bins) levels of \(low.count) numbers are more than \(Self.limit) actions: take fewer levels")
      }
      var grid: [[Float]] = [[]]
      for place in low.indices {
        let levels = (0..<bins).map {
          low[place] + (high[place] - low[place]) * Float($0) / Float(bins - 1)
        }
        grid = grid.flatMap { start in levels.map { start + [$0] } }
      }
      actions = grid
    }
  }

  /// The index of the largest of `count` numbers, the first of equals.
  static func best(_ values: UnsafePointer<Float>, _ count: Int) -> Int {
    var best = 0
    for index in 1..<max(count, 1) where values[index] > values[best] { best = index }
    return best
  }
}
