import Worlds

/// An autoencoder whose code serves as behaviour descriptor, and whose error as surprise (TAXONS, Paolo et al. 2019):
/// views of n numbers, n-128-64-code-64-128-n unless said otherwise, SELU between, linear code and output.
public struct Autoencoder: Sendable {
  private var encoder: Perceptron
  private var decoder: Perceptron

  public init(viewWidth: Int, codeWidth: Int = 10, hidden: [Int] = [128, 64], random: inout PCG64) {
    let activations = Array(repeating: Activation.selu, count: hidden.count) + [.identity]
    encoder = Perceptron(
      widths: [viewWidth] + hidden + [codeWidth], activations: activations, random: &random)
    decoder = Perceptron(
      widths: [codeWidth] + hidden.reversed() + [viewWidth], activations: activations, random: &random)
  }

  public var viewWidth: Int { encoder.inputs }
  public var codeWidth: Int { encoder.outputs }

  /// The codes of `count` views, and each view's mean squared error of reconstruction.
  public func describe(_ views: [Float], count: Int) -> (codes: [Float], errors: [Float]) {
    let codes = encoder(views, count: count)
    return (codes, Self.errors(decoder(codes, count: count), views, count: count))
  }

  private static func errors(_ outputs: [Float], _ views: [Float], count: Int) -> [Float] {
    let width = views.count / max(count, 1)
    return (0..<count).map { row in
      var sum: Float = 0
      for index in row * width..<(row + 1) * width {
        sum += (outputs[index] - views[index]) * (outputs[index] - views[index])
      }
      return sum / Float(width)
    }
  }

  /// Collects the loss's gradient (mean squared error over views and their numbers).
  /// - Returns: The loss.
  mutating func accumulate(_ views: [Float], count: Int) -> Double {
    let lower = encoder.activations(views, count: count)
    let upper = decoder.activations(lower[lower.count - 1], count: count)
    var gradient = upper[upper.count - 1]
    var loss = 0.0
    let factor = 2 / Float(gradient.count)
    for index in gradient.indices {
      let difference = gradient[index] - views[index]
      loss += Double(difference * difference)
      gradient[index] = factor * difference
    }
    let codeGradient = decoder.accumulate(upper, outputGradient: gradient, count: count, passing: true)
    encoder.accumulate(lower, outputGradient: codeGradient, count: count)
    return loss / Double(gradient.count)
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
  public mutating func train(
    _ views: [Float], count: Int, rate: Float = 1e-3, batch: Int = 128, epochs: Int = 100,
    random: inout PCG64
  ) -> Training {
    let width = viewWidth
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, random.integer(below: index + 1))
    }
    let held = max(1, count / 5)
    let validation = order[..<held].flatMap { views[$0 * width..<($0 + 1) * width] }
    var training = Array(order[min(held, count - 1)...])
    var (best, rises, epoch) = (Double.infinity, 0, 0)
    while epoch < epochs, rises < 4 {
      epoch += 1
      for index in stride(from: training.count - 1, to: 0, by: -1) {
        training.swapAt(index, random.integer(below: index + 1))
      }
      for start in stride(from: 0, to: training.count, by: batch) {
        let rows = training[start..<min(start + batch, training.count)]
        _ = accumulate(rows.flatMap { views[$0 * width..<($0 + 1) * width] }, count: rows.count)
        encoder.adamStep(rate: rate)
        decoder.adamStep(rate: rate)
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

  /// The gradient and the parameters, encoder first.
  var gradient: [Float] { encoder.gradient + decoder.gradient }
  var parameters: [Float] {
    get { encoder.parameters + decoder.parameters }
    set {
      let count = encoder.parameters.count
      encoder.parameters = Array(newValue[..<count])
      decoder.parameters = Array(newValue[count...])
    }
  }
}
