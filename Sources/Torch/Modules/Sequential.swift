/// Layers one after another, named by their place: `torch.nn.Sequential`.
public struct Sequential: Layer {
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  /// A multilayer perceptron: linear layers between successive widths, an activation between each two of them.
  /// - Parameter widths: of the input, the hidden layers and the output: at least two.
  public init(widths: [Int], activation: Activation, device: Device = .cpu) throws {
    precondition(widths.count >= 2, "a perceptron has at least an input and an output")
    var layers: [any Layer] = []
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      if !layers.isEmpty { layers.append(activation) }
      layers.append(try Linear(inputs, outputs, device: device))
    }
    self.layers = layers
  }

  public var namedParameters: [(name: String, tensor: Tensor)] {
    layers.enumerated().flatMap { index, layer in
      layer.namedParameters.map { ("\(index).\($0.name)", $0.tensor) }
    }
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try layers.reduce(input) { try $1($0) }
  }
}
