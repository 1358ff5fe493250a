import Foundation
import Numeric

/// How agents' values become the team's: Q_tot of their values and the state.
protocol ValueMixer: AnyObject {
  /// Q_tot of every row.
  /// - Parameter values: rows x agents.
  func mix(_ values: [Float], states: [Float], rows: Int) -> [Float]
  /// Adds the mixer's own gradients for the last `mix`, and gives those by the agents' values (rows x agents).
  func backward(_ outputGradient: [Float], states: [Float]) -> [Float]
  /// A mixer of the same form and numbers.
  func copy() -> any ValueMixer
  func take(_ other: any ValueMixer)
  /// Everything that is trained.
  var networks: [DenseNetwork] { get }
}

extension ValueMixer {
  func take(_ other: any ValueMixer) {
    for (own, network) in zip(networks, other.networks) { own.take(network) }
  }
}

/// Value decomposition (Sunehag et al. 2018): the sum.
final class SumMixer: ValueMixer {
  private let agents: Int

  init(agents: Int) { self.agents = agents }

  func mix(_ values: [Float], states: [Float], rows: Int) -> [Float] {
    (0..<rows).map { row in (0..<agents).reduce(0) { $0 + values[row * agents + $1] } }
  }

  func backward(_ outputGradient: [Float], states: [Float]) -> [Float] {
    outputGradient.flatMap { Array(repeating: $0, count: agents) }
  }

  func copy() -> any ValueMixer { SumMixer(agents: agents) }
  var networks: [DenseNetwork] { [] }
}

/// QMIX's mixer (Rashid et al. 2018, section 4): Q_tot = |W2(s)| elu(|W1(s)| q + b1(s)) + V(s). The weights come from
/// networks of the state and are not negative, so that Q_tot rises with every agent's value and each agent's best
/// action is the team's.
final class MonotonicMixer: ValueMixer {
  private let agents, width: Int
  /// W1, b1, W2: linear in the state; V: one hidden layer.
  let networks: [DenseNetwork]
  private var values: [Float] = []
  /// What W1, b1 and W2 put out, the hidden layer before elu, and after it.
  private var raw: [[Float]] = []
  private var sums, hidden: [Float]

  /// - Parameter width: Of the hidden layer.
  init(agents: Int, stateWidth: Int, width: Int, random: inout PCG64) {
    (self.agents, self.width) = (agents, width)
    networks = [
      [stateWidth, agents * width], [stateWidth, width], [stateWidth, width], [stateWidth, width, 1],
    ].map { DenseNetwork(widths: $0, activation: .relu, random: &random) }
    (sums, hidden) = ([], [])
  }

  private init(_ other: MonotonicMixer) {
    (agents, width) = (other.agents, other.width)
    networks = other.networks.map { $0.copy() }
    (sums, hidden) = ([], [])
  }

  func copy() -> any ValueMixer { MonotonicMixer(self) }

  func mix(_ values: [Float], states: [Float], rows: Int) -> [Float] {
    self.values = values
    raw = networks.prefix(3).map { Array($0.forward(states, rows: rows)) }
    sums = raw[1]
    for row in 0..<rows {
      for agent in 0..<agents {
        for unit in 0..<width {
          let weight = abs(raw[0][(row * agents + agent) * width + unit])
          sums[row * width + unit] += weight * values[row * agents + agent]
        }
      }
    }
    hidden = sums.map { $0 > 0 ? $0 : expm1($0) }
    var total = Array(networks[3].forward(states, rows: rows))
    for row in 0..<rows {
      for place in row * width..<(row + 1) * width { total[row] += abs(raw[2][place]) * hidden[place] }
    }
    return total
  }

  func backward(_ outputGradient: [Float], states: [Float]) -> [Float] {
    let rows = outputGradient.count
    var byValues = [Float](repeating: 0, count: rows * agents)
    var (byFirst, byBias, bySecond) = (raw[0], raw[1], raw[2])
    for row in 0..<rows {
      for unit in 0..<width {
        let place = row * width + unit
        bySecond[place] = outputGradient[row] * hidden[place] * Self.sign(raw[2][place])
        let slope = sums[place] > 0 ? 1 : hidden[place] + 1
        byBias[place] = outputGradient[row] * abs(raw[2][place]) * slope
        for agent in 0..<agents {
          let weight = (row * agents + agent) * width + unit
          byFirst[weight] = byBias[place] * values[row * agents + agent] * Self.sign(raw[0][weight])
          byValues[row * agents + agent] += byBias[place] * abs(raw[0][weight])
        }
      }
    }
    for (network, gradient) in zip(networks, [byFirst, byBias, bySecond, outputGradient]) {
      network.backward(states, rows: rows, outputGradient: gradient)
    }
    return byValues
  }

  private static func sign(_ value: Float) -> Float { value < 0 ? -1 : 1 }
}
