import Foundation
import Worlds

/// What a layer does after its affine map.
public enum Activation: Sendable, Equatable {
  case identity
  /// Klambauer et al. 2017.
  case selu
  case tanh
}

/// A fully connected network in single precision with its own gradient and Adam: small models that must run where no
/// tensor library is.
///
/// Weights begin as PyTorch's `Linear` does: uniform in +-1/sqrt(inputs).
public struct Perceptron: Sendable {
  public struct Layer: Sendable {
    public let inputs, outputs: Int
    public let activation: Activation
    /// `inputs` x `outputs`, then `outputs` biases.
    public var parameters: [Float]
    var gradient: [Float]
    var mean: [Float]
    var variance: [Float]
  }

  public private(set) var layers: [Layer]
  private var step = 0

  /// - Parameters:
  ///   - widths: Of the input and of every layer; at least two.
  ///   - activations: One for each layer.
  public init(widths: [Int], activations: [Activation], random: inout PCG64) {
    precondition(
      widths.count >= 2 && activations.count == widths.count - 1, "one activation for each layer is needed")
    layers = activations.indices.map { index in
      let (inputs, outputs) = (widths[index], widths[index + 1])
      let bound = 1 / Double(inputs).squareRoot()
      let count = (inputs + 1) * outputs
      return Layer(
        inputs: inputs, outputs: outputs, activation: activations[index],
        parameters: (0..<count).map { _ in Float(random.uniform(-bound, bound)) },
        gradient: Array(repeating: 0, count: count), mean: Array(repeating: 0, count: count),
        variance: Array(repeating: 0, count: count))
    }
  }

  public var inputs: Int { layers[0].inputs }
  public var outputs: Int { layers[layers.count - 1].outputs }

  /// The outputs of every layer for `count` inputs, the inputs first.
  public func activations(_ input: [Float], count: Int) -> [[Float]] {
    precondition(input.count == count * inputs, "\(count) inputs of \(inputs) numbers are needed")
    var all = [input]
    for layer in layers { all.append(Self.forward(layer, all[all.count - 1], count)) }
    return all
  }

  /// The last layer's outputs.
  public func callAsFunction(_ input: [Float], count: Int) -> [Float] {
    layers.reduce(input) { Self.forward($1, $0, count) }
  }

  private static func forward(_ layer: Layer, _ input: [Float], _ count: Int) -> [Float] {
    var output = [Float](repeating: 0, count: count * layer.outputs)
    layer.parameters.withUnsafeBufferPointer { weights in
      output.withUnsafeMutableBufferPointer { output in
        input.withUnsafeBufferPointer {
          MatrixProduct.multiply(
            $0.baseAddress!, weights.baseAddress!, into: output.baseAddress!, rows: count,
            inner: layer.inputs, columns: layer.outputs)
        }
        let bias = layer.inputs * layer.outputs
        for row in 0..<count {
          for column in 0..<layer.outputs { output[row * layer.outputs + column] += weights[bias + column] }
        }
        apply(layer.activation, output)
      }
    }
    return output
  }

  private static let (alpha, scale): (Float, Float) = (1.673_263_2, 1.050_701)

  private static func apply(_ activation: Activation, _ values: UnsafeMutableBufferPointer<Float>) {
    switch activation {
    case .identity: break
    case .selu:
      for index in values.indices {
        let value = values[index]
        values[index] = scale * (value > 0 ? value : alpha * (exp(value) - 1))
      }
    case .tanh: for index in values.indices { values[index] = Foundation.tanh(values[index]) }
    }
  }

  /// Adds to the gradient of every parameter, given the activations of one pass and the loss's gradient with
  /// respect to the outputs.
  /// - Parameter passing: Whether the gradient with respect to the inputs is wanted.
  /// - Returns: That gradient; empty when it is not wanted.
  @discardableResult
  public mutating func accumulate(
    _ activations: [[Float]], outputGradient: [Float], count: Int, passing: Bool = false
  ) -> [Float] {
    var upper = outputGradient
    for index in layers.indices.reversed() {
      Self.multiplyByDerivative(layers[index].activation, activations[index + 1], &upper)
      upper = layers[index].backward(activations[index], upper, count, needsInput: passing || index > 0)
    }
    return upper
  }

  /// The derivative, from the outputs of the activation.
  private static func multiplyByDerivative(
    _ activation: Activation, _ outputs: [Float], _ gradient: inout [Float]
  ) {
    switch activation {
    case .identity: break
    case .selu:
      for index in outputs.indices {
        gradient[index] *= outputs[index] > 0 ? scale : outputs[index] + scale * alpha
      }
    case .tanh: for index in outputs.indices { gradient[index] *= 1 - outputs[index] * outputs[index] }
    }
  }

  public mutating func clearGradient() {
    for index in layers.indices {
      layers[index].gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }
  }

  /// The gradient, layer after layer.
  public var gradient: [Float] { layers.flatMap(\.gradient) }

  /// All parameters, layer after layer.
  public var parameters: [Float] {
    get { layers.flatMap(\.parameters) }
    set {
      var start = 0
      for index in layers.indices {
        let count = layers[index].parameters.count
        layers[index].parameters = Array(newValue[start..<start + count])
        start += count
      }
      precondition(start == newValue.count, "\(start) parameters are needed, \(newValue.count) were given")
    }
  }

  /// One step of Adam (Kingma and Ba 2015) along the gradient, which is cleared.
  public mutating func adamStep(rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  {
    step += 1
    let correction1 = 1 - pow(beta1, Float(step))
    let correction2 = (1 - pow(beta2, Float(step))).squareRoot()
    for index in layers.indices {
      layers[index].adam(rate / correction1, correction2, beta1, beta2, epsilon)
    }
    clearGradient()
  }
}

extension Perceptron.Layer {
  /// dW += X^T G, db += sum of G; returns G W^T.
  fileprivate mutating func backward(
    _ input: [Float], _ upper: [Float], _ count: Int, needsInput: Bool
  ) -> [Float] {
    let (inputs, outputs) = (inputs, outputs)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs * max(count, outputs)) { transposed in
      let turned = transposed.baseAddress!
      gradient.withUnsafeMutableBufferPointer { gradient in
        MatrixProduct.transpose(input, into: turned, rows: count, columns: inputs)
        MatrixProduct.multiply(
          turned, upper, into: gradient.baseAddress!, rows: inputs, inner: count, columns: outputs,
          adding: true)
        for row in 0..<count {
          for column in 0..<outputs { gradient[inputs * outputs + column] += upper[row * outputs + column] }
        }
      }
    }
    guard needsInput else { return [] }
    var lower = [Float](repeating: 0, count: count * inputs)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs * outputs) { turned in
      MatrixProduct.transpose(parameters, into: turned.baseAddress!, rows: inputs, columns: outputs)
      lower.withUnsafeMutableBufferPointer { lower in
        MatrixProduct.multiply(
          upper, turned.baseAddress!, into: lower.baseAddress!, rows: count, inner: outputs,
          columns: inputs)
      }
    }
    return lower
  }

  fileprivate mutating func adam(
    _ rate: Float, _ correction: Float, _ beta1: Float, _ beta2: Float, _ epsilon: Float
  ) {
    let count = parameters.count
    parameters.withUnsafeMutableBufferPointer { parameters in
      mean.withUnsafeMutableBufferPointer { mean in
        variance.withUnsafeMutableBufferPointer { variance in
          gradient.withUnsafeBufferPointer { gradient in
            for i in 0..<count {
              mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i]
              variance[i] = beta2 * variance[i] + (1 - beta2) * gradient[i] * gradient[i]
              parameters[i] -= rate * mean[i] / (variance[i].squareRoot() / correction + epsilon)
            }
          }
        }
      }
    }
  }
}
