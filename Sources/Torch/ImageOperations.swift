/// Operators on images [n, channels, height, width], with torch's names and meaning; kernels, strides and padding
/// are square.
extension Tensor {
  /// The transpose of `conv2d`, which enlarges by `stride`; weight [in, out / groups, kh, kw].
  public func convTranspose2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
    groups: Int = 1
  ) throws -> Tensor {
    try Operators.convTranspose2d(
      .tensor(self), .tensor(weight), bias.map(OperatorArgument.tensor) ?? .none, .ints([stride, stride]),
      .ints([padding, padding]), .ints([outputPadding, outputPadding]), .int(groups))
  }

  /// Mean of each window; windows do not overlap unless `stride` says so.
  public func avgPool2d(_ kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    try Operators.avgPool2d(
      .tensor(self), .ints([kernel, kernel]), .ints([stride ?? kernel, stride ?? kernel]),
      .ints([padding, padding]))
  }

  /// Maximum of each window; windows do not overlap unless `stride` says so.
  public func maxPool2d(_ kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    try Operators.maxPool2d(
      .tensor(self), .ints([kernel, kernel]), .ints([stride ?? kernel, stride ?? kernel]),
      .ints([padding, padding]))
  }

  /// Resizes by repeating the nearest pixel (`torch.nn.functional.interpolate`, mode `nearest`).
  public func upsampleNearest2d(height: Int, width: Int) throws -> Tensor {
    try Operators.upsampleNearest2d(.tensor(self), .ints([height, width]), .none)
  }

  /// Resizes bilinearly with corners not aligned (`torch.nn.functional.interpolate`, mode `bilinear`).
  public func upsampleBilinear2d(height: Int, width: Int) throws -> Tensor {
    try Operators.upsampleBilinear2d(.tensor(self), .ints([height, width]), .bool(false), .none)
  }
}
