/// A part of a network: parameters under the names that PyTorch gives them.
///
/// Modules are values that share their tensors: a copy trains with the original. Their initial numbers come from
/// torch's generator in PyTorch's order, so that after the same `Torch.manualSeed` a module starts as PyTorch's own
/// does; they are drawn on the CPU, hence the same on every device.
public protocol Module: Sendable {
  /// Every parameter once, under its name in PyTorch's `state_dict` and in that order.
  var namedParameters: [(name: String, tensor: Tensor)] { get }
}

extension Module {
  /// What an optimiser moves, in the order of `namedParameters`.
  public var parameters: [Tensor] { namedParameters.map(\.tensor) }
}

/// A module that maps one tensor to one tensor.
public protocol Layer: Module {
  func callAsFunction(_ input: Tensor) throws -> Tensor
}

/// A weight and perhaps a bias, under PyTorch's two usual names.
func named(weight: Tensor, bias: Tensor?) -> [(name: String, tensor: Tensor)] {
  [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
}
