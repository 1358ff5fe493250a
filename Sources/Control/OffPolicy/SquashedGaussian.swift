import Foundation
import Numeric

/// Actions drawn from a normal distribution and squashed by tanh into [-1, 1], as soft actor-critic's policies have
/// them (Haarnoja et al. 2018, appendix C). The network puts out means, then log standard deviations.
struct SquashedGaussian {
  let rows, width: Int
  /// rows x width: tanh u, and the standard normal number behind each.
  private(set) var actions, noise: [Float]
  /// One for each row, with tanh's factor.
  private(set) var logProbabilities: [Float]

  private static let logDeviationRange: (Float, Float) = (-20, 2)

  init(rows: Int, width: Int) {
    (self.rows, self.width) = (rows, width)
    actions = Array(repeating: 0, count: rows * width)
    noise = actions
    logProbabilities = Array(repeating: 0, count: rows)
  }

  static func clamp(_ value: Float) -> Float { min(max(value, logDeviationRange.0), logDeviationRange.1) }

  /// Draws an action for every row of a policy's output (rows x 2 width).
  mutating func draw(_ output: UnsafeMutableBufferPointer<Float>, random: inout PCG64) {
    let half = Float(0.5 * log(2 * Double.pi))
    for row in 0..<rows {
      var total: Float = 0
      for place in 0..<width {
        let logDeviation = Self.clamp(output[row * 2 * width + width + place])
        let drawn = Float(random.normal())
        let action = tanh(output[row * 2 * width + place] + exp(logDeviation) * drawn)
        total -= 0.5 * drawn * drawn + logDeviation + half + log(1 - action * action + 1e-6)
        noise[row * width + place] = drawn
        actions[row * width + place] = action
      }
      logProbabilities[row] = total
    }
  }

  /// The gradient of the mean of alpha log pi - Q by the policy's output, through the drawn actions.
  /// - Parameter gradient: rows x 2 width; holds the gradient of -Q's mean by the actions where the means' belong,
  ///   and receives the result.
  func finishPolicyGradient(
    _ output: UnsafeMutableBufferPointer<Float>, alpha: Float, into gradient: inout [Float]
  ) {
    let share = alpha / Float(rows)
    for row in 0..<rows {
      for index in 0..<width {
        let (mean, deviation) = (row * 2 * width + index, row * 2 * width + width + index)
        let action = actions[row * width + index]
        let slope = 1 - action * action
        let byAction = gradient[mean] + share * 2 * action / (slope + 1e-6)
        let bySum = byAction * slope
        gradient[mean] = bySum
        let isFree = output[deviation] == Self.clamp(output[deviation])
        gradient[deviation] =
          isFree ? bySum * exp(output[deviation]) * noise[row * width + index] - share : 0
      }
    }
  }
}
