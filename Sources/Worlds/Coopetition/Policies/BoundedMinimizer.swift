/// Brent's method for the minimum of a function on an interval (Brent 1973, "localmin"): golden sections, parabolas
/// where they help. It finds a local minimum; of a function with one, the minimum.
public enum BoundedMinimizer {
  /// - Parameters:
  ///   - tolerance: Of the place, absolute.
  /// - Returns: The place of the least value that was seen, always inside the interval.
  public static func minimum(
    of function: (Double) -> Double, in range: ClosedRange<Double>, tolerance: Double = 1e-5,
    iterations: Int = 500
  ) -> Double {
    let golden = 0.5 * (3 - 5.0.squareRoot())
    let epsilon = 2.2e-16.squareRoot()
    var (low, high) = (range.lowerBound, range.upperBound)
    var best = low + golden * (high - low)
    var (second, third) = (best, best)
    var (bestValue, secondValue, thirdValue) = (function(best), 0.0, 0.0)
    (secondValue, thirdValue) = (bestValue, bestValue)
    var (move, lastMove) = (0.0, 0.0)
    for _ in 0..<iterations {
      let middle = 0.5 * (low + high)
      let small = epsilon * abs(best) + tolerance / 3
      if abs(best - middle) <= 2 * small - 0.5 * (high - low) { break }
      var takesGolden = true
      if abs(lastMove) > small {
        // A parabola through the three best points.
        let r = (best - second) * (bestValue - thirdValue)
        var q = (best - third) * (bestValue - secondValue)
        var p = (best - third) * q - (best - second) * r
        q = 2 * (q - r)
        if q > 0 { p = -p }
        q = abs(q)
        let before = lastMove
        lastMove = move
        if abs(p) < abs(0.5 * q * before), p > q * (low - best), p < q * (high - best) {
          move = p / q
          let place = best + move
          if place - low < 2 * small || high - place < 2 * small { move = middle >= best ? small : -small }
          takesGolden = false
        }
      }
      if takesGolden {
        lastMove = best >= middle ? low - best : high - best
        move = golden * lastMove
      }
      let place = best + (move >= 0 ? max(abs(move), small) : -max(abs(move), small))
      let value = function(place)
      if value <= bestValue {
        if place >= best { low = best } else { high = best }
        (third, thirdValue) = (second, secondValue)
        (second, secondValue) = (best, bestValue)
        (best, bestValue) = (place, value)
      } else {
        if place < best { low = place } else { high = place }
        if value <= secondValue || second == best {
          (third, thirdValue) = (second, secondValue)
          (second, secondValue) = (place, value)
        } else if value <= thirdValue || third == best || third == second {
          (third, thirdValue) = (place, value)
        }
      }
    }
    return best
  }
}

/// Nash equilibrium by best responses in turn (Gauss-Seidel): each agent maximises its own utility while the others
/// stand still, until nobody moves.
public struct BestResponseSolver: Sendable {
  public struct Equilibrium: Sendable, Equatable {
    public var actions: [Double]
    /// Whether the last sweep moved nobody by `tolerance` or more.
    public var hasConverged: Bool
    public var sweeps: Int
  }

  public var tolerance = 1e-6
  public var sweeps = 100
  /// Of each best response's place.
  public var precision = 1e-5

  public init(tolerance: Double = 1e-6, sweeps: Int = 100, precision: Double = 1e-5) {
    self.tolerance = tolerance
    self.sweeps = sweeps
    self.precision = precision
  }

  /// - Parameters:
  ///   - bounds: Each agent's actions.
  ///   - utility: Of an agent at all agents' actions.
  public func solve(
    from start: [Double], bounds: [ClosedRange<Double>],
    utility: (_ agent: Int, _ actions: [Double]) -> Double
  ) -> Equilibrium {
    solve(from: start) { agent, actions in
      var trial = actions
      return BoundedMinimizer.minimum(
        of: { place in
          trial[agent] = place
          return -utility(agent, trial)
        }, in: bounds[agent], tolerance: precision)
    }
  }

  /// - Parameter response: An agent's best action against all agents' actions.
  public func solve(from start: [Double], response: (_ agent: Int, _ actions: [Double]) -> Double)
    -> Equilibrium
  {
    var actions = start
    for sweep in 1...max(1, sweeps) {
      var change = 0.0
      for agent in actions.indices {
        let answer = response(agent, actions)
        change = max(change, abs(answer - actions[agent]))
        actions[agent] = answer
      }
      if change < tolerance { return Equilibrium(actions: actions, hasConverged: true, sweeps: sweep) }
    }
    return Equilibrium(actions: actions, hasConverged: false, sweeps: sweeps)
  }
}
