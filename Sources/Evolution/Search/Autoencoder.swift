import Numeric

/// An autoencoder whose code serves as behaviour descriptor, and whose error as surprise (TAXONS, Paolo et al. 2019):
/// views of n numbers, n-128-64-code-64-128-n unless said otherwise, SELU between, linear code and output.
///
/// Not safe to use from two threads at once.
public final class Autoencoder {
  let encoder, decoder: DenseNetwork

  public init(viewWidth: Int, codeWidth: Int = 10, hidden: [Int] = [128, 64], random: inout PCG64) {
    encoder = DenseNetwork(widths: [viewWidth] + hidden + [codeWidth], activation: .selu, random: &random)
    decoder = DenseNetwork(
      widths: [codeWidth] + hidden.reversed() + [viewWidth], activation: .selu, random: &random)
  }

  public var viewWidth: Int { encoder.inputWidth }
  public var codeWidth: Int { encoder.outputWidth }

  /// The codes of `count` views, and each view's mean squared error of reconstruction.
  public func describe(_ views: [Float], count: Int) -> (codes: [Float], errors: [Float]) {
    let codes = encoder(views)
    let outputs = decoder.forward(codes, rows: count)
    let width = viewWidth
    let errors = (0..<count).map { row in
      var sum: Float = 0
      for index in row * width..<(row + 1) * width {
        sum += (outputs[index] - views[index]) * (outputs[index] - views[index])
      }
      return sum / Float(width)
    }
    return (codes, errors)
  }

  /// Adds the gradient of the mean squared error (over views and their numbers) to both networks'.
  func accumulate(_ views: [Float], count: Int) {
    let codes = encoder(views)
    let outputs = decoder.forward(codes, rows: count)
    let factor = 2 / Float(views.count)
    let gradient = views.indices.map { factor * (outputs[$0] - views[$0]) }
    var codeGradient = [Float](repeating: 0, count: codes.count)
    decoder.backward(codes, rows: count, outputGradient: gradient, inputGradient: &codeGradient)
    encoder.backward(views, rows: count, outputGradient: codeGradient)
  }

  /// How a training went.
  public struct Training: Sendable, Equatable {
    public var epochs: Int
    /// Mean squared error over the views held out.
    public var validationError: Double
    /// The smallest and largest standard deviation of a code's number over all views; all 0 when it has collapsed.
    public var codeSpread: ClosedRange<Double>
  }

  /// Trains with Adam until the validation error rises a fourth time in a row.
  /// - Parameters:
  ///   - views: `count` views, one after another; a fifth of them is held out.
  public func train(
    _ views: [Float], count: Int, rate: Double = 1e-3, batch: Int = 128, epochs: Int = 100,
    random: inout PCG64
  ) -> Training {
    let width = viewWidth
    var order = Array(0..<count)
    random.shuffle(&order)
    let held = max(1, count / 5)
    let validation = order[..<held].flatMap { views[$0 * width..<($0 + 1) * width] }
    var training = Array(order[min(held, count - 1)...])
    let optimizers = [encoder, decoder].map { Adam($0, learningRate: rate) }
    var (best, rises, epoch) = (Double.infinity, 0, 0)
    while epoch < epochs, rises < 4 {
      epoch += 1
      random.shuffle(&training)
      for start in stride(from: 0, to: training.count, by: batch) {
        let rows = training[start..<min(start + batch, training.count)]
        accumulate(rows.flatMap { views[$0 * width..<($0 + 1) * width] }, count: rows.count)
        for optimizer in optimizers { optimizer.step() }
      }
      let errors = describe(validation, count: held).errors
      let error = Double(errors.reduce(0, +)) / Double(held)
      if error > best {
        rises += 1
      } else {
        rises = 0
        best = error
      }
    }
    return Training(
      epochs: epoch, validationError: best, codeSpread: spread(describe(views, count: count).codes, count))
  }

  private func spread(_ codes: [Float], _ count: Int) -> ClosedRange<Double> {
    let deviations = (0..<codeWidth).map { place in
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<count {
        let value = Double(codes[row * codeWidth + place])
        sum += value
        squares += value * value
      }
      let mean = sum / Double(count)
      return max(squares / Double(count) - mean * mean, 0).squareRoot()
    }
    return deviations.min()!...deviations.max()!
  }
}
