/// An elementwise non-linearity, under the names of transformers' `hidden_act`.
public enum Activation: String, Layer, CaseIterable {
  case relu
  /// x Phi(x), exactly.
  case gelu
  /// GELU's tanh approximation.
  case geluTanh = "gelu_pytorch_tanh"
  case silu
  case tanh
  case sigmoid

  /// Also knows the older names of the same functions; nil for a name of none.
  public init?(named name: String) {
    switch name {
    case "gelu_new": self = .geluTanh
    case "swish": self = .silu
    default: self.init(rawValue: name)
    }
  }

  public var namedParameters: [(name: String, tensor: Tensor)] { [] }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu: try input.relu()
    case .gelu: try input.gelu()
    case .geluTanh: try input.geluTanh()
    case .silu: try input.silu()
    case .tanh: try input.tanh()
    case .sigmoid: try input.sigmoid()
    }
  }
}
