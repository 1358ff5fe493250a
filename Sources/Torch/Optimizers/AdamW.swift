/// AdamW (Loshchilov and Hutter 2019): one fused call a step.
public final class AdamW: Optimizer {
  public let parameters: [(name: String, tensor: Tensor)]
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  /// First and second moments and step counts, one per parameter.
  private let moments: [Tensor]
  private let squares: [Tensor]
  private let steps: [Tensor]

  public init(
    _ parameters: [(name: String, tensor: Tensor)], learningRate: Double, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) throws {
    self.parameters = parameters
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    let tensors = parameters.map(\.tensor)
    moments = try tensors.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
    squares = try tensors.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
    steps = try tensors.map { try Tensor.zeros([], device: $0.device) }
  }

  public var state: [(name: String, tensor: Tensor)] {
    parameters.indices.flatMap { index in
      let name = parameters[index].name
      return [
        (name + ".exp_avg", moments[index]), (name + ".exp_avg_sq", squares[index]),
        (name + ".step", steps[index]),
      ]
    }
  }

  public func step() throws {
    try Torch.withoutGrad {
      let active = parameters.indices.filter { parameters[$0].tensor.grad != nil }
      guard !active.isEmpty else { return }
      for index in active { try steps[index].add(inPlace: Tensor.full([], 1, device: steps[index].device)) }
      try Operators.fusedAdamW.callAll([
        .tensors(active.map { parameters[$0].tensor }), .tensors(active.map { parameters[$0].tensor.grad }),
        .tensors(active.map { moments[$0] }), .tensors(active.map { squares[$0] }), .tensors([]),
        .tensors(active.map { steps[$0] }), .double(learningRate), .double(beta1), .double(beta2),
        .double(weightDecay), .double(epsilon), .bool(false), .bool(false),
      ])
    }
  }
}
