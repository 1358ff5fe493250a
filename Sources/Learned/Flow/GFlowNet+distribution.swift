import Foundation
import Numeric
import Worlds

/// What a flow draws and what it should draw, exactly.
extension GFlowNet {
  /// What the flow is trained towards, by state: R(x | condition)^beta / Z, with `floor` where that is smaller.
  public func target(_ condition: Int) -> [Double] {
    let values = (0..<graph.states).map { state in
      graph.objectives(state) == nil ? -.infinity : logRewards[condition * graph.states + state]
    }
    let normalizer = logSumExp(values)
    return values.map { exp($0 - normalizer) }
  }

  /// Conditions that pay for some objects, but so little that beta log R lies at `floor` for all of them: all objects
  /// look alike there.
  public var flatConditions: [Int] {
    (0..<conditions.count).filter { condition in
      let paid = graph.objects.filter { conditions.reward(condition, graph.objectives($0) ?? []) > 0 }
      return !paid.isEmpty
        && paid.allSatisfy { logRewards[condition * graph.states + $0] <= settings.floor }
    }
  }

  /// The exact probability of stopping in each state under a condition.
  public func distribution(_ condition: Int) -> [Double] {
    var flow = [Double](repeating: 0, count: graph.states)
    var stops = flow
    flow[0] = 1
    for state in 0..<graph.states where flow[state] > 0 {
      let probabilities = probabilities(condition, state)
      stops[state] = flow[state] * probabilities[graph.choices]
      for choice in 0..<graph.choices {
        if let next = graph.child(state, choice) { flow[next] += flow[state] * probabilities[choice] }
      }
    }
    return stops
  }
}
