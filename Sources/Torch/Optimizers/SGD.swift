/// Stochastic gradient descent with momentum, as PyTorch's: v = momentum v + (g + weightDecay w), w -= lr v
/// (the first v is the first gradient).
public final class SGD: Optimizer {
  public let parameters: [(name: String, tensor: Tensor)]
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  /// One per parameter when there is momentum. Zeros before the first step give v = g there.
  private let velocities: [Tensor]

  public init(
    _ parameters: [(name: String, tensor: Tensor)], learningRate: Double, momentum: Double = 0,
    weightDecay: Double = 0
  ) throws {
    self.parameters = parameters
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    velocities =
      momentum == 0
      ? [] : try parameters.map { try Tensor.zeros($0.tensor.shape, device: $0.tensor.device) }
  }

  public var state: [(name: String, tensor: Tensor)] {
    velocities.indices.map { (parameters[$0].name + ".momentum_buffer", velocities[$0]) }
  }

  public func step() throws {
    try Torch.withoutGrad {
      for (index, parameter) in parameters.enumerated() {
        guard var direction = parameter.tensor.grad else { continue }
        if weightDecay != 0 { direction = try direction + parameter.tensor * weightDecay }
        if momentum != 0 {
          try velocities[index].multiply(inPlace: momentum)
          try velocities[index].add(inPlace: direction)
          direction = velocities[index]
        }
        try parameter.tensor.add(inPlace: direction, alpha: -learningRate)
      }
    }
  }
}
