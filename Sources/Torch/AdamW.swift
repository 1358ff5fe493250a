/// AdamW (Loshchilov and Hutter 2019) over a list of parameters, one fused call a step.
public final class AdamW {
  public let parameters: [Tensor]
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  /// First and second moments and step counts, one per parameter (what a checkpoint stores).
  public let moments: [Tensor]
  public let squares: [Tensor]
  public let steps: [Tensor]

  public init(
    _ parameters: [Tensor], learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) throws {
    self.parameters = parameters
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    moments = try parameters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
    squares = try parameters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
    steps = try parameters.map { try Tensor.zeros([], device: $0.device) }
  }

  /// The Euclidean norm of all gradients together; scales them down to `maximum` when they exceed it.
  /// - Throws: `TorchError` when the norm is not finite: no step may follow.
  @discardableResult
  public func clipGradients(to maximum: Double) throws -> Double {
    let gradients = parameters.compactMap(\.grad)
    guard !gradients.isEmpty else { return 0 }
    let norms = try Tensor.stack(gradients.map { try $0.norm() }).to(.float32)
    let norm = try norms.norm().item()
    guard norm.isFinite else { throw TorchError("the gradient's norm is \(norm): lower the learning rate") }
    if norm > maximum {
      for gradient in gradients { try gradient.multiply(inPlace: maximum / (norm + 1e-6)) }
    }
    return norm
  }

  /// One update of every parameter that has a gradient.
  public func step() throws {
    try Torch.withoutGrad {
      let active = parameters.indices.filter { parameters[$0].grad != nil }
      guard !active.isEmpty else { return }
      for index in active { try steps[index].add(inPlace: Tensor.full([], 1, device: steps[index].device)) }
      try Operators.fusedAdamW.callAll([
        .tensors(active.map { parameters[$0] }), .tensors(active.map { parameters[$0].grad }),
        .tensors(active.map { moments[$0] }), .tensors(active.map { squares[$0] }), .tensors([]),
        .tensors(active.map { steps[$0] }), .double(learningRate), .double(beta1), .double(beta2),
        .double(weightDecay), .double(epsilon), .bool(false), .bool(false),
      ])
    }
  }

  public func zeroGradients() throws {
    for parameter in parameters { try parameter.setGrad(nil) }
  }
}
