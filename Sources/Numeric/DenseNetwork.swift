import CNumeric

/// What a layer applies to its sums.
public enum DenseActivation: String, Sendable, CaseIterable {
  case identity, tanh, relu, silu, selu, sigmoid

  var code: Int32 {
    switch self {
    case .identity: Int32(CN_IDENTITY)
    case .tanh: Int32(CN_TANH)
    case .relu: Int32(CN_RELU)
    case .silu: Int32(CN_SILU)
    case .selu: Int32(CN_SELU)
    case .sigmoid: Int32(CN_SIGMOID)
    }
  }
}

/// How the weights of a dense network begin.
public enum DenseInitialization: Sendable, Equatable {
  /// Uniform in +-1/sqrt(inputs), weights and biases: PyTorch's `nn.Linear`.
  case uniform
  /// Orthogonal (Saxe et al. 2014) with gain `hidden` in the hidden layers and `output` in the last; biases 0, as
  /// PPO's implementations do.
  case orthogonal(hidden: Double, output: Double)
}

/// A small fully connected network in float32 with its own gradients: rows of a batch in, rows out.
///
/// Everything that can be trained lies in one flat vector (per layer the weights, inputs x outputs, then the biases),
/// so optimisers, target networks and evolution work on plain arrays. It is meant for the networks of control
/// (widths to a few hundred), where a general tensor library spends its time on calls; language and image models are
/// in Torch. Not safe to use from two threads at once.
public final class DenseNetwork {
  /// Inputs, hidden widths, outputs.
  public let widths: [Int]
  public let activation: DenseActivation
  public let outputActivation: DenseActivation
  /// How many numbers can be trained.
  public let parameterCount: Int
  /// All weights and biases.
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// What `backward` adds to; `zeroGradients` clears it.
  public let gradients: UnsafeMutableBufferPointer<Float>
  private var capacity = 0
  /// Per layer: sums, outputs and the gradients of the sums, `capacity` rows each.
  private var sums: [UnsafeMutablePointer<Float>] = []
  private var outputs: [UnsafeMutablePointer<Float>] = []
  private var deltas: [UnsafeMutablePointer<Float>] = []
  private let transposed: UnsafeMutablePointer<Float>

  /// - Parameter widths: At least an input and an output width, all positive.
  public init(
    widths: [Int], activation: DenseActivation = .tanh, output: DenseActivation = .identity,
    initialization: DenseInitialization = .uniform, random: inout PCG64
  ) {
    precondition(widths.count >= 2 && widths.allSatisfy { $0 > 0 }, "widths \(widths) are no network")
    self.widths = widths
    self.activation = activation
    outputActivation = output
    let layers = zip(widths, widths.dropFirst())
    parameterCount = layers.reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    parameters = .allocate(capacity: parameterCount)
    gradients = .allocate(capacity: parameterCount)
    gradients.initialize(repeating: 0)
    parameters.initialize(repeating: 0)
    transposed = .allocate(capacity: layers.map { $0 * $1 }.max()!)
    initialize(initialization, &random)
  }

  deinit {
    parameters.deallocate()
    gradients.deallocate()
    transposed.deallocate()
    release()
  }

  /// A network of the same form and parameters.
  public func copy() -> DenseNetwork {
    var random = PCG64(seed: 0)
    let other = DenseNetwork(
      widths: widths, activation: activation, output: outputActivation, random: &random)
    other.take(self)
    return other
  }

  /// A network of the same parameters with the first `count` outputs only.
  public func keeping(outputs count: Int) -> DenseNetwork {
    precondition((1...outputWidth).contains(count), "\(count) of \(outputWidth) outputs")
    var random = PCG64(seed: 0)
    let other = DenseNetwork(
      widths: widths.dropLast() + [count], activation: activation, output: outputActivation, random: &random)
    let inputs = widths[widths.count - 2]
    let start = parameterCount - (inputs + 1) * outputWidth
    other.parameters.baseAddress!.update(from: parameters.baseAddress!, count: start)
    // The last row is that of the biases.
    for row in 0...inputs {
      for output in 0..<count {
        other.parameters[start + row * count + output] = parameters[start + row * outputWidth + output]
      }
    }
    return other
  }

  /// Takes the parameters of a network of the same form.
  public func take(_ other: DenseNetwork) {
    precondition(other.widths == widths, "\(other.widths) does not fit \(widths)")
    parameters.baseAddress!.update(from: other.parameters.baseAddress!, count: parameterCount)
  }

  /// Moves the parameters by `rate` towards those of another network (Polyak averaging).
  public func blend(towards other: DenseNetwork, rate: Double) {
    precondition(other.widths == widths, "\(other.widths) does not fit \(widths)")
    cn_blend(parameterCount, parameters.baseAddress!, other.parameters.baseAddress!, Float(rate))
  }

  public var inputWidth: Int { widths[0] }
  public var outputWidth: Int { widths[widths.count - 1] }

  // MARK: Forward and backward

  /// The outputs of `rows` inputs, row by row; they stay until the next call.
  public func forward(_ input: UnsafePointer<Float>, rows: Int) -> UnsafeMutableBufferPointer<Float> {
    reserve(rows)
    var (from, start) = (input, 0)
    for layer in 0..<widths.count - 1 {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      let weights = parameters.baseAddress! + start
      cn_multiply(rows, outputs, inputs, from, inputs, 1, weights, outputs, sums[layer], outputs, 0)
      cn_activate(
        rows, outputs, weights + inputs * outputs, sums[layer], self.outputs[layer], kind(layer).code)
      from = UnsafePointer(self.outputs[layer])
      start += (inputs + 1) * outputs
    }
    return UnsafeMutableBufferPointer(start: outputs[outputs.count - 1], count: rows * outputWidth)
  }

  /// The outputs of `rows` inputs as an array.
  public func callAsFunction(_ input: [Float]) -> [Float] {
    precondition(input.count % inputWidth == 0, "\(input.count) numbers are no rows of \(inputWidth)")
    return input.withUnsafeBufferPointer { buffer in
      Array(forward(buffer.baseAddress!, rows: input.count / inputWidth))
    }
  }

  /// Adds the gradients of a loss to `gradients`, for the batch of the last `forward`.
  /// - Parameters:
  ///   - input: The same input.
  ///   - outputGradient: The loss's derivative by every output, `rows` x outputs; it is not kept.
  ///   - inputGradient: Receives the derivative by every input when given.
  public func backward(
    _ input: UnsafePointer<Float>, rows: Int, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>? = nil, parameterGradients: Bool = true
  ) {
    let last = widths.count - 2
    deltas[last].update(from: outputGradient, count: rows * outputWidth)
    var end = parameterCount
    for layer in stride(from: last, through: 0, by: -1) {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      let start = end - (inputs + 1) * outputs
      let delta = deltas[layer]
      cn_activation_gradient(rows * outputs, sums[layer], self.outputs[layer], delta, kind(layer).code)
      if parameterGradients {
        let from = layer == 0 ? input : UnsafePointer(self.outputs[layer - 1])
        let gradient = gradients.baseAddress! + start
        cn_multiply(inputs, outputs, rows, from, 1, inputs, delta, outputs, gradient, outputs, 1)
        cn_add_column_sums(rows, outputs, delta, gradient + inputs * outputs)
      }
      if let target = layer == 0 ? inputGradient : deltas[layer - 1] {
        cn_transpose(inputs, outputs, parameters.baseAddress! + start, transposed)
        cn_multiply(rows, inputs, outputs, delta, outputs, 1, transposed, inputs, target, inputs, 0)
      }
      end = start
    }
  }

  public func zeroGradients() { gradients.update(repeating: 0) }

  private func kind(_ layer: Int) -> DenseActivation {
    layer == widths.count - 2 ? outputActivation : activation
  }

  // MARK: Memory

  private func reserve(_ rows: Int) {
    if rows <= capacity { return }
    release()
    capacity = rows
    for width in widths.dropFirst() {
      sums.append(.allocate(capacity: rows * width))
      outputs.append(.allocate(capacity: rows * width))
      deltas.append(.allocate(capacity: rows * width))
    }
  }

  private func release() {
    for pointer in sums + outputs + deltas { pointer.deallocate() }
    (sums, outputs, deltas) = ([], [], [])
  }

  // MARK: Beginning

  private func initialize(_ initialization: DenseInitialization, _ random: inout PCG64) {
    var start = 0
    for layer in 0..<widths.count - 1 {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      switch initialization {
      case .uniform:
        let bound = 1 / Double(inputs).squareRoot()
        for index in start..<start + (inputs + 1) * outputs {
          parameters[index] = Float(random.uniform(-bound, bound))
        }
      case .orthogonal(let hidden, let output):
        let gain = layer == widths.count - 2 ? output : hidden
        for (index, value) in Self.orthogonal(inputs, outputs, &random).enumerated() {
          parameters[start + index] = Float(gain * value)
        }
      }
      start += (inputs + 1) * outputs
    }
  }

  /// A matrix with orthonormal rows or columns, whichever are fewer (Gram and Schmidt on normal numbers, twice for
  /// precision).
  static func orthogonal(_ rows: Int, _ columns: Int, _ random: inout PCG64) -> [Double] {
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    while vectors.count < count {
      var vector = (0..<length).map { _ in random.normal() }
      for _ in 0..<2 {
        for other in vectors {
          let overlap = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for index in vector.indices { vector[index] -= overlap * other[index] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 1e-6 { vectors.append(vector.map { $0 / norm }) }
    }
    var matrix = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        matrix[row * columns + column] = rows <= columns ? vectors[row][column] : vectors[column][row]
      }
    }
    return matrix
  }
}
