import Foundation
import Numeric
import Worlds

/// How a policy's outputs become actions: a categorical distribution over choices, or a normal one for each number of
/// a box, with a standard deviation that does not depend on the state (as PPO's implementations have it).
package enum ActionDistribution {
  case categorical(Int)
  /// With `squashes` the drawn number u stands for the action low + (tanh u + 1) / 2 (high - low); without, for
  /// itself, cut off at the ends. Probabilities are those of u: the factor between the two densities depends on u
  /// alone, so ratios and gradients of log-probabilities are the same.
  case gaussian(low: [Float], high: [Float], squashes: Bool = false)

  package init(_ space: Space, squashes: Bool = false) {
    switch space {
    case .discrete(let count): self = .categorical(count)
    case .box(let low, let high): self = .gaussian(low: low, high: high, squashes: squashes)
    }
  }

  /// How many numbers the network puts out.
  package var outputs: Int {
    switch self {
    case .categorical(let count): count
    case .gaussian(let low, _, _): low.count
    }
  }

  /// How many numbers an action has.
  package var width: Int {
    switch self {
    case .categorical: 1
    case .gaussian(let low, _, _): low.count
    }
  }

  private static let halfLog2Pi = Float(0.5 * log(2 * Double.pi))

  /// Draws an action of one row.
  /// - Returns: Its log-probability.
  package func sample(
    _ output: UnsafeMutablePointer<Float>, logDeviations: UnsafeMutableBufferPointer<Float>,
    into action: UnsafeMutablePointer<Float>, random: inout PCG64
  ) -> Float {
    switch self {
    case .categorical(let count):
      let normalizer = Self.logSumExp(output, count)
      var left = Float(random.uniform())
      var choice = count - 1
      for index in 0..<count - 1 {
        left -= exp(output[index] - normalizer)
        if left < 0 {
          choice = index
          break
        }
      }
      action[0] = Float(choice)
      return output[choice] - normalizer
    case .gaussian(let low, _, _):
      var total: Float = 0
      for index in low.indices {
        let noise = Float(random.normal())
        action[index] = output[index] + exp(logDeviations[index]) * noise
        total -= 0.5 * noise * noise + logDeviations[index] + Self.halfLog2Pi
      }
      return total
    }
  }

  /// The probability of every choice, rows x choices; nothing for a box.
  package func probabilities(_ outputs: UnsafeMutablePointer<Float>, rows: Int, into target: inout [Double]) {
    guard case .categorical(let count) = self else { return }
    if target.count != rows * count { target = Array(repeating: 0, count: rows * count) }
    for row in 0..<rows {
      let output = outputs + row * count
      let normalizer = Self.logSumExp(output, count)
      for index in 0..<count { target[row * count + index] = Double(exp(output[index] - normalizer)) }
    }
  }

  /// The action of one row: drawn, or the likeliest one. Inside its space.
  package func action(
    _ output: UnsafeMutablePointer<Float>, logDeviations: UnsafeMutableBufferPointer<Float>,
    deterministic: Bool, random: inout PCG64
  ) -> [Float] {
    var action = [Float](repeating: 0, count: width)
    if deterministic {
      mode(output, into: &action)
    } else {
      _ = sample(output, logDeviations: logDeviations, into: &action, random: &random)
    }
    confine(&action)
    return action
  }

  /// The likeliest action of one row, as the network puts it out.
  package func mode(_ output: UnsafeMutablePointer<Float>, into action: UnsafeMutablePointer<Float>) {
    switch self {
    case .categorical(let count):
      action[0] = Float((0..<count).max { output[$0] < output[$1] }!)
    case .gaussian(let low, _, _):
      for index in low.indices { action[index] = output[index] }
    }
  }

  /// What the world gets: the drawn action, inside its box.
  package func confine(_ action: UnsafeMutablePointer<Float>) {
    guard case .gaussian(let low, let high, let squashes) = self else { return }
    for index in low.indices {
      let inside =
        squashes ? low[index] + (tanh(action[index]) + 1) / 2 * (high[index] - low[index]) : action[index]
      action[index] = min(max(inside, low[index]), high[index])
    }
  }

  /// The log-probability of an action of one row, and the distribution's entropy.
  package func evaluate(
    _ output: UnsafeMutablePointer<Float>, logDeviations: UnsafeMutableBufferPointer<Float>,
    action: UnsafePointer<Float>
  ) -> (logProbability: Float, entropy: Float) {
    switch self {
    case .categorical(let count):
      let normalizer = Self.logSumExp(output, count)
      var entropy: Float = 0
      for index in 0..<count {
        let value = output[index] - normalizer
        entropy -= exp(value) * value
      }
      return (output[Int(action[0])] - normalizer, entropy)
    case .gaussian(let low, _, _):
      var (total, entropy) = (Float(0), Float(0))
      for index in low.indices {
        let distance = (action[index] - output[index]) * exp(-logDeviations[index])
        total -= 0.5 * distance * distance + logDeviations[index] + Self.halfLog2Pi
        entropy += logDeviations[index] + Self.halfLog2Pi + 0.5
      }
      return (total, entropy)
    }
  }

  /// The gradient of `byLogProbability` * log pi(action) + `byEntropy` * H by the outputs (written) and by the log
  /// standard deviations (added).
  package func gradient(
    _ output: UnsafeMutablePointer<Float>, logDeviations: UnsafeMutableBufferPointer<Float>,
    action: UnsafePointer<Float>, byLogProbability: Float, byEntropy: Float,
    into gradient: UnsafeMutablePointer<Float>, deviationGradients: UnsafeMutableBufferPointer<Float>
  ) {
    switch self {
    case .categorical(let count):
      let normalizer = Self.logSumExp(output, count)
      var entropy: Float = 0
      if byEntropy != 0 {
        for index in 0..<count {
          let value = output[index] - normalizer
          entropy -= exp(value) * value
        }
      }
      let chosen = Int(action[0])
      for index in 0..<count {
        let value = output[index] - normalizer
        let probability = exp(value)
        gradient[index] =
          byLogProbability * ((index == chosen ? 1 : 0) - probability)
          - byEntropy * probability * (value + entropy)
      }
    case .gaussian(let low, _, _):
      for index in low.indices {
        let inverse = exp(-logDeviations[index])
        let distance = (action[index] - output[index]) * inverse
        gradient[index] = byLogProbability * distance * inverse
        deviationGradients[index] += byLogProbability * (distance * distance - 1) + byEntropy
      }
    }
  }

  static func logSumExp(_ values: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
    var largest = values[0]
    for index in 1..<max(count, 1) { largest = max(largest, values[index]) }
    var sum: Float = 0
    for index in 0..<count { sum += exp(values[index] - largest) }
    return largest + log(sum)
  }
}
