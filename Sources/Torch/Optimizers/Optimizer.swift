/// A rule that moves parameters against their gradients.
public protocol Optimizer: AnyObject {
  /// The tensors that move, by name, in a fixed order.
  var parameters: [(name: String, tensor: Tensor)] { get }
  var learningRate: Double { get set }
  /// What the rule remembers between steps, by name: everything that a checkpoint needs besides the parameters.
  var state: [(name: String, tensor: Tensor)] { get }

  /// One update of every parameter that has a gradient.
  func step() throws
}

extension Optimizer {
  public func zeroGradients() throws {
    for parameter in parameters { try parameter.tensor.setGrad(nil) }
  }

  /// The Euclidean norm of all gradients together; scales them down to `maximum` when they exceed it.
  /// - Throws: `TorchError` when the norm is not finite: no step may follow.
  @discardableResult
  public func clipGradients(to maximum: Double) throws -> Double {
    let gradients = parameters.compactMap(\.tensor.grad)
    guard !gradients.isEmpty else { return 0 }
    let norms = try Tensor.stack(gradients.map { try $0.norm() }).to(.float32)
    let norm = try norms.norm().item()
    guard norm.isFinite else {
      throw TorchError("the gradient's norm is \(norm): lower learning_rate or temperature, or use float32")
    }
    if norm > maximum {
      for gradient in gradients { try gradient.multiply(inPlace: maximum / (norm + 1e-6)) }
    }
    return norm
  }
}
