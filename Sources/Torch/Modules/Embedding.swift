/// A row for each id: `torch.nn.Embedding`.
public struct Embedding: Layer {
  /// [count, width]
  public let weight: Tensor

  public init(weight: Tensor) { self.weight = weight }

  /// Rows start standard normal.
  public init(_ count: Int, _ width: Int, device: Device = .cpu) throws {
    weight = try Initialization.normal([count, width], device: device)
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { named(weight: weight, bias: nil) }

  /// int64 ids [..] to [.., width].
  public func callAsFunction(_ ids: Tensor) throws -> Tensor { try weight.embedding(ids) }
}
