/// (x - mean) / sqrt(variance + epsilon) over the last dimension, scaled and shifted: `torch.nn.LayerNorm`
/// (Ba et al. 2016).
public struct LayerNorm: Layer {
  /// [width], ones at first.
  public let weight: Tensor
  /// [width], zeros at first.
  public let bias: Tensor?
  public let epsilon: Double

  public init(weight: Tensor, bias: Tensor?, epsilon: Double = 1e-5) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }

  public init(_ width: Int, epsilon: Double = 1e-5, bias: Bool = true, device: Device = .cpu) throws {
    weight = try Initialization.constant([width], 1, device: device)
    self.bias = bias ? try Initialization.constant([width], 0, device: device) : nil
    self.epsilon = epsilon
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: bias) }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// x / sqrt(mean of squares + epsilon) over the last dimension, scaled: `torch.nn.RMSNorm`
/// (Zhang and Sennrich 2019).
public struct RMSNorm: Layer {
  /// [width], ones at first.
  public let weight: Tensor
  public let epsilon: Double

  public init(weight: Tensor, epsilon: Double) {
    self.weight = weight
    self.epsilon = epsilon
  }

  /// - Parameter epsilon: PyTorch's default is the spacing of float32 at 1; models state their own.
  public init(_ width: Int, epsilon: Double = Double(Float.ulpOfOne), device: Device = .cpu) throws {
    weight = try Initialization.constant([width], 1, device: device)
    self.epsilon = epsilon
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: nil) }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.rmsNorm(weight: weight, epsilon: epsilon)
  }
}

/// Normalises each group of channels of [n, channels, ..] together: `torch.nn.GroupNorm` (Wu and He 2018).
public struct GroupNorm: Layer {
  /// [channels], ones at first.
  public let weight: Tensor
  /// [channels], zeros at first.
  public let bias: Tensor
  public let groups: Int
  public let epsilon: Double

  /// - Parameter groups: divides `channels`.
  public init(groups: Int, channels: Int, epsilon: Double = 1e-5, device: Device = .cpu) throws {
    guard groups > 0, channels % groups == 0 else {
      throw TorchError("\(groups) groups do not divide \(channels) channels")
    }
    weight = try Initialization.constant([channels], 1, device: device)
    bias = try Initialization.constant([channels], 0, device: device)
    self.groups = groups
    self.epsilon = epsilon
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: bias) }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.groupNorm(groups: groups, weight: weight, bias: bias, epsilon: epsilon)
  }
}
