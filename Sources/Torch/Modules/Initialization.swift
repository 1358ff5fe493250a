/// PyTorch's initial numbers, drawn on the CPU from torch's generator and moved to `device`, as leaves of autograd.
enum Initialization {
  /// Uniform in +-bound with bound = gain sqrt(3 / fanIn) and gain = sqrt(2 / (1 + 5)), that is 1 / sqrt(fanIn):
  /// `kaiming_uniform_(a=sqrt(5))`, the default of linear and convolutional weights and of their biases.
  static func kaimingUniform(_ shape: [Int], fanIn: Int, device: Device) throws -> Tensor {
    let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
    return try leaf(shape, device) {
      _ = try Operators.uniformInPlace(.tensor($0), .double(-bound), .double(bound))
    }
  }

  /// Standard normal, the default of embeddings.
  static func normal(_ shape: [Int], device: Device) throws -> Tensor {
    try leaf(shape, device) { _ = try Operators.normalInPlace(.tensor($0), .double(0), .double(1)) }
  }

  static func constant(_ shape: [Int], _ value: Double, device: Device) throws -> Tensor {
    try leaf(shape, device) { try $0.fill(value) }
  }

  private static func leaf(_ shape: [Int], _ device: Device, _ fill: (Tensor) throws -> Void) throws -> Tensor
  {
    try Torch.withoutGrad {
      let tensor = try Tensor.empty(shape)
      try fill(tensor)
      return device.isCPU ? tensor : try tensor.to(device)
    }.requireGrad()
  }
}
