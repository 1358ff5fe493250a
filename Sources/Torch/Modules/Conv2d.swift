/// A convolution over [n, inputs, height, width] with a square kernel: `torch.nn.Conv2d`.
public struct Conv2d: Layer {
  /// [outputs, inputs / groups, kernel, kernel]
  public let weight: Tensor
  /// [outputs]
  public let bias: Tensor?
  public let stride: Int
  public let padding: Int
  public let dilation: Int
  public let groups: Int

  /// Weight and bias start uniform in +-1 / sqrt(inputs / groups * kernel^2).
  /// - Throws: `TorchError` unless `groups` divides both `inputs` and `outputs`.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, device: Device = .cpu
  ) throws {
    guard groups > 0, inputs % groups == 0, outputs % groups == 0 else {
      throw TorchError("\(groups) groups do not divide \(inputs) inputs and \(outputs) outputs")
    }
    let fanIn = inputs / groups * kernel * kernel
    weight = try Initialization.kaimingUniform(
      [outputs, inputs / groups, kernel, kernel], fanIn: fanIn, device: device)
    self.bias = bias ? try Initialization.kaimingUniform([outputs], fanIn: fanIn, device: device) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: bias) }

  /// [n, outputs, ..]; a side s becomes (s + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.conv2d(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
