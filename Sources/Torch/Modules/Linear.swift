/// x W^T + b over the last dimension: `torch.nn.Linear`.
public struct Linear: Layer {
  /// [outputs, inputs]
  public let weight: Tensor
  /// [outputs]
  public let bias: Tensor?

  public init(weight: Tensor, bias: Tensor?) {
    self.weight = weight
    self.bias = bias
  }

  /// Weight and bias start uniform in +-1 / sqrt(inputs).
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, device: Device = .cpu) throws {
    weight = try Initialization.kaimingUniform([outputs, inputs], fanIn: inputs, device: device)
    self.bias = bias ? try Initialization.kaimingUniform([outputs], fanIn: inputs, device: device) : nil
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: bias) }

  /// [.., inputs] to [.., outputs].
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.linear(weight, bias: bias) }
}
