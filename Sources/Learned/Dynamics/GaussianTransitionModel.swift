import Foundation
import Numeric

/// A network that predicts a normal distribution of the normalised change of the observation, and of the reward where
/// it is known, each number apart.
///
/// The log variances are bounded softly, so that their gradient never vanishes altogether.
public final class GaussianTransitionModel {
  public let network: DenseNetwork
  /// How many numbers it predicts.
  public let width: Int
  static let logVarianceRange: (low: Float, high: Float) = (-10, 2)
  private var gradient: [Float] = []

  public init(inputWidth: Int, width: Int, hidden: [Int], random: inout PCG64) {
    self.width = width
    network = DenseNetwork(
      widths: [inputWidth] + hidden + [2 * width], activation: .silu, random: &random)
  }

  init(_ network: DenseNetwork, width: Int) {
    self.network = network
    self.width = width
  }

  public func copy() -> GaussianTransitionModel { GaussianTransitionModel(network.copy(), width: width) }

  static func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  /// The bounded log variance and its derivative by the network's number.
  static func bounded(_ raw: Float) -> (value: Float, slope: Float) {
    let (low, high) = logVarianceRange
    let below = high - softplus(high - raw)
    return (low + softplus(below - low), sigmoid(high - raw) * sigmoid(below - low))
  }

  /// Means and standard deviations of `rows` inputs, row by row.
  func predict(
    _ input: UnsafePointer<Float>, rows: Int, means: UnsafeMutablePointer<Float>,
    deviations: UnsafeMutablePointer<Float>
  ) {
    let output = network.forward(input, rows: rows)
    for row in 0..<rows {
      for place in 0..<width {
        means[row * width + place] = output[row * 2 * width + place]
        deviations[row * width + place] =
          exp(0.5 * Self.bounded(output[row * 2 * width + width + place]).value)
      }
    }
  }

  /// Adds the gradient of `weight` times the mean of (change - mean)^2 / variance + log variance.
  /// - Returns: That mean.
  @discardableResult
  func addLikelihoodGradient(_ input: [Float], _ changes: [Float], rows: Int, weight: Float = 1) -> Double {
    let output = network.forward(input, rows: rows)
    var loss = 0.0
    if gradient.count < rows * 2 * width { gradient = Array(repeating: 0, count: rows * 2 * width) }
    let share = weight / Float(rows * width)
    for row in 0..<rows {
      for place in 0..<width {
        let (first, second) = (row * 2 * width + place, row * 2 * width + width + place)
        let (logVariance, slope) = Self.bounded(output[second])
        let precision = exp(-logVariance)
        let distance = output[first] - changes[row * width + place]
        loss += Double(distance * distance * precision + logVariance)
        gradient[first] = share * 2 * distance * precision
        gradient[second] = share * (1 - distance * distance * precision) * slope
      }
    }
    network.backward(input, rows: rows, outputGradient: gradient)
    return loss / Double(rows * width)
  }

  /// Adds the gradient of a loss through drawn changes mean + deviation * noise (the path-wise gradient).
  /// - Parameters:
  ///   - output: What the network's last `forward` gave for `input`.
  ///   - noise: The standard normal numbers of the draw, rows x width.
  ///   - byChange: The loss's derivative by each drawn number.
  func addPathGradient(
    _ input: [Float], rows: Int, output: UnsafeMutableBufferPointer<Float>, noise: [Float], byChange: [Float]
  ) {
    if gradient.count < rows * 2 * width { gradient = Array(repeating: 0, count: rows * 2 * width) }
    for row in 0..<rows {
      for place in 0..<width {
        let (first, second) = (row * 2 * width + place, row * 2 * width + width + place)
        let index = row * width + place
        let (logVariance, slope) = Self.bounded(output[second])
        gradient[first] = byChange[index]
        gradient[second] = byChange[index] * noise[index] * 0.5 * exp(0.5 * logVariance) * slope
      }
    }
    network.backward(input, rows: rows, outputGradient: gradient)
  }
}
