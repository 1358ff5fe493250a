import Foundation

/// A small policy whose weights are a genome: fully connected hidden layers, one bias for a whole layer, activation
/// 2 sigmoid(x) - 1, outputs in (-1, 1) (the controllers of Paolo 2022).
public struct FeedForwardController: Sendable {
  public let inputs, outputs: Int
  private let widths: [Int]

  public init(inputs: Int, outputs: Int, hidden: Int = 5, layers: Int = 2) {
    precondition(inputs >= 1 && outputs >= 1 && hidden >= 1 && layers >= 0, "a controller has neurons")
    self.inputs = inputs
    self.outputs = outputs
    widths = [inputs] + Array(repeating: hidden, count: layers) + [outputs]
  }

  /// Weights and one bias for each layer.
  public var genomeLength: Int { zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 + 1 } }

  /// What a call needs to remember between layers.
  public var scratchWidth: Int { 2 * (widths.max() ?? 1) }

  /// Computes the outputs.
  /// - Parameter scratch: At least `scratchWidth` numbers.
  public func act(
    _ genome: UnsafeBufferPointer<Double>, on input: UnsafeBufferPointer<Float>,
    into output: UnsafeMutableBufferPointer<Double>, scratch: UnsafeMutableBufferPointer<Double>
  ) {
    let half = scratchWidth / 2
    for index in 0..<inputs { scratch[index] = Double(input[index]) }
    var (gene, from) = (0, 0)
    for layer in 1..<widths.count {
      let (before, count) = (widths[layer - 1], widths[layer])
      let to = half - from
      for column in 0..<count {
        var sum = genome[gene + before * count]
        for row in 0..<before { sum += scratch[from + row] * genome[gene + row * count + column] }
        scratch[to + column] = Foundation.tanh(sum / 2)
      }
      gene += before * count + 1
      from = to
    }
    for index in 0..<outputs { output[index] = scratch[from + index] }
  }
}
