/// A score divided among the units of a response.
public struct UnitCredits: Sendable, Equatable {
  /// One credit a unit; they sum to `full` - `empty`.
  public var values: [Double]
  /// The standard error of each credit; nil where they are exact, or from a single pair of orders.
  public var standardErrors: [Double]?
  /// v of nothing and of everything.
  public var empty, full: Double
  /// The standard deviation of v over all coalitions asked about.
  public var spread: Double
  /// Whether every part of the response but the whole scores what nothing scores.
  public var seesOnlyWhole: Bool

  init(values: [Double], standardErrors: [Double]?, coalitionValues: [Double]) {
    self.values = values
    self.standardErrors = standardErrors
    (empty, full) = (coalitionValues[0], coalitionValues[1])
    spread = Self.deviation(coalitionValues[...])
    let parts = coalitionValues[2...]
    seesOnlyWhole = !parts.isEmpty && parts.allSatisfy { $0 == coalitionValues[0] }
  }

  /// |sum of the credits - (full - empty)|: rounding only, by construction of every method.
  public var efficiencyGap: Double { abs(values.reduce(0, +) - (full - empty)) }

  /// SCAR's dense reward (arXiv 2505.20417): `alpha` times the credit at the end of each unit, and at the last the
  /// rest, (1 - alpha) full + alpha empty, so that the sum is `full` whatever `alpha` is.
  ///
  /// The credits are known only when the response is finished: shaping with them keeps the sum of a response's
  /// rewards, but is no potential of the state, so optimal policies are kept only approximately.
  public func rewards(alpha: Double) -> [Double] {
    var rewards = values.map { alpha * $0 }
    rewards[rewards.count - 1] += (1 - alpha) * full + alpha * empty
    return rewards
  }

  /// What makes these credits doubtful, a sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if values.count > 1 {
      if spread == 0 {
        warnings.append(
          "every part of the response scores the same: the reward does not tell the units apart")
      } else if seesOnlyWhole {
        warnings.append(
          "every part of the response scores like nothing at all: the reward only judges the finished text")
      }
    }
    if efficiencyGap > 1e-9 * max(1, abs(full), abs(empty)) {
      warnings.append("the credits miss the score by \(efficiencyGap)")
    }
    return warnings
  }

  private static func deviation(_ values: ArraySlice<Double>) -> Double {
    if values.allSatisfy({ $0 == values.first }) { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count)).squareRoot()
  }
}
