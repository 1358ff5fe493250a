import Foundation
import Numeric

/// A reward of single steps learned from preferences: the probability that one segment is preferred to another is
/// the logistic function of the difference of their summed rewards (Bradley and Terry 1952; Christiano et al. 2017).
///
/// The reward is known up to a constant only.
public final class BradleyTerryStepModel {
  /// What one training step saw.
  public struct Fit: Sendable, Equatable {
    /// Mean of -log sigmoid(winner - loser).
    public var loss: Double
    /// The share of pairs with reward(winner) > reward(loser), before the step.
    public var accuracy: Double
  }

  public let network: DenseNetwork
  let optimizer: Adam
  private var gradient: [Float] = []

  public init(inputWidth: Int, hidden: [Int] = [256, 256], learningRate: Double = 1e-3, random: inout PCG64) {
    network = DenseNetwork(widths: [inputWidth] + hidden + [1], activation: .relu, random: &random)
    optimizer = Adam(network, learningRate: learningRate)
  }

  /// The reward of every row.
  public func rewards(_ input: UnsafePointer<Float>, rows: Int) -> UnsafeMutableBufferPointer<Float> {
    network.forward(input, rows: rows)
  }

  /// One step of Adam on the mean loss of the pairs.
  /// - Parameters:
  ///   - input: Rows of all segments, one segment after another.
  ///   - lengths: How many rows each segment has; nil: one each.
  ///   - pairs: Indices of segments.
  /// - Returns: nil (and no step is made) without pairs.
  @discardableResult
  public func train(
    _ input: [Float], lengths: [Int]? = nil, pairs: [(winner: Int, loser: Int)]
  ) -> Fit? {
    if pairs.isEmpty { return nil }
    let rows = input.count / network.inputWidth
    let lengths = lengths ?? Array(repeating: 1, count: rows)
    precondition(lengths.reduce(0, +) == rows, "the segments' lengths do not add up to \(rows) rows")
    let found = network.forward(input, rows: rows)
    var sums: [Float] = []
    var start = 0
    for length in lengths {
      sums.append(found[start..<start + length].reduce(0, +))
      start += length
    }
    var bySegment = [Float](repeating: 0, count: lengths.count)
    var (loss, right) = (0.0, 0)
    for (winner, loser) in pairs {
      let difference = Double(sums[winner] - sums[loser])
      // log(1 + e^-d) without overflow.
      loss += max(-difference, 0) + log1p(exp(-abs(difference)))
      if difference > 0 { right += 1 }
      let slope = Float(-1 / (1 + exp(difference)) / Double(pairs.count))
      bySegment[winner] += slope
      bySegment[loser] -= slope
    }
    gradient.removeAll(keepingCapacity: true)
    for (segment, length) in lengths.enumerated() {
      gradient.append(contentsOf: repeatElement(bySegment[segment], count: length))
    }
    network.backward(input, rows: rows, outputGradient: gradient)
    optimizer.step()
    return Fit(loss: loss / Double(pairs.count), accuracy: Double(right) / Double(pairs.count))
  }
}
