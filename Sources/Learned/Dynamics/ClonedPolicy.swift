import Foundation
import Numeric

/// A policy cloned from transitions: a network's mean of the actions, and normal noise as large as what it leaves
/// unexplained; actions stay between the smallest and the largest of the data.
public final class ClonedPolicy {
  public let network: DenseNetwork
  /// One for each number of the action, in its own unit.
  public let deviations: [Float]
  /// The smallest and largest actions of the data.
  let low, high: [Float]
  private let normalizer: TransitionNormalizer

  /// A policy that is fitted already.
  init(
    _ network: DenseNetwork, deviations: [Float], low: [Float], high: [Float],
    normalizer: TransitionNormalizer
  ) {
    self.network = network
    self.deviations = deviations
    self.low = low
    self.high = high
    self.normalizer = normalizer
  }

  /// Fits by least squares.
  /// - Precondition: `data` is not empty.
  public init(
    _ data: TransitionData, normalizer: TransitionNormalizer, hidden: [Int] = [32], steps: Int = 600,
    batchSize: Int = 128, learningRate: Double = 3e-3, random: inout PCG64
  ) {
    self.normalizer = normalizer
    let (width, size) = (data.observationWidth, data.actionWidth)
    network = DenseNetwork(widths: [width] + hidden + [size], activation: .tanh, random: &random)
    let optimizer = Adam(network, learningRate: learningRate)
    low = (0..<size).map { place in (0..<data.count).map { data.actions[$0 * size + place] }.min()! }
    high = (0..<size).map { place in (0..<data.count).map { data.actions[$0 * size + place] }.max()! }
    let rows = Self.normalized(data.observations, rows: data.count, normalizer)
    var gradient = [Float](repeating: 0, count: batchSize * size)
    for _ in 0..<steps {
      let chosen = (0..<batchSize).map { _ in random.integer(below: data.count) }
      let input = GaussianEnsemble.rows(chosen, rows, width)
      let output = network.forward(input, rows: batchSize)
      for (row, index) in chosen.enumerated() {
        for place in 0..<size {
          let error = output[row * size + place] - data.actions[index * size + place]
          gradient[row * size + place] = 2 * error / Float(batchSize * size)
        }
      }
      network.backward(input, rows: batchSize, outputGradient: gradient)
      optimizer.step()
    }
    let output = network.forward(rows, rows: data.count)
    deviations = (0..<size).map { place in
      let squares = (0..<data.count).reduce(0.0) { sum, row in
        let error = Double(output[row * size + place] - data.actions[row * size + place])
        return sum + error * error
      }
      return Float((squares / Double(data.count)).squareRoot())
    }
  }

  /// One action for every observation, row by row.
  public func draw(_ observations: [Float], rows: Int, random: inout PCG64) -> [Float] {
    let output = network.forward(Self.normalized(observations, rows: rows, normalizer), rows: rows)
    let size = deviations.count
    return (0..<rows * size).map { index in
      let place = index % size
      let action = output[index] + deviations[place] * Float(random.normal())
      return min(max(action, low[place]), high[place])
    }
  }

  private static func normalized(
    _ observations: [Float], rows: Int, _ normalizer: TransitionNormalizer
  ) -> [Float] {
    let width = normalizer.observationWidth
    return (0..<rows * width).map { index in
      (observations[index] - normalizer.inputMeans[index % width]) / normalizer.inputDeviations[index % width]
    }
  }
}
