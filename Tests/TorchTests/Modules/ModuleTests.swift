import Testing

@testable import Torch

// Serialized, because the modules draw from torch's one generator.
@Suite(.serialized) struct ModuleTests {
  static let modules: [(name: String, make: @Sendable () throws -> any Layer)] = [
    ("linear", { try Linear(5, 3) }), ("linear without bias", { try Linear(3, 4, bias: false) }),
    ("embedding", { try Embedding(7, 5) }), ("layer norm", { try LayerNorm(6) }),
    ("rms norm", { try RMSNorm(6) }), ("group norm", { try GroupNorm(groups: 2, channels: 4) }),
    ("conv2d", { try Conv2d(2, 3, kernel: 3, stride: 2, padding: 1) }),
    ("grouped dilated conv2d", { try Conv2d(4, 2, kernel: 2, dilation: 2, groups: 2, bias: false) }),
    ("perceptron", { try Sequential(widths: [3, 8, 8, 2], activation: .gelu) }),
  ]

  @Test func `every module starts, computes and differentiates as PyTorch's`() throws {
    let cases = try ModuleFixtures.all.get().modules
    #expect(cases.map(\.name) == Self.modules.map(\.name))
    for (expected, (name, make)) in zip(cases, Self.modules) {
      try Torch.manualSeed(expected.seed)
      let module = try make()
      let parameters = module.namedParameters
      #expect(parameters.map(\.name) == expected.parameters.map(\.name), "\(name)")
      for (parameter, start) in zip(parameters, expected.parameters) {
        #expect(parameter.tensor.requiresGrad)
        try expectClose(parameter.tensor, start.start, tolerance: 1e-6, "\(name) \(parameter.name) at first")
      }
      let input = try expected.input.tensor()
      if expected.input_gradient != nil { try input.requireGrad() }
      let output = try module(input)
      try expectClose(output, expected.output, "\(name) output")
      try output.backward(expected.upstream.tensor())
      for (parameter, reference) in zip(parameters, expected.parameters) {
        try expectClose(parameter.tensor.grad, reference.gradient, "\(name) gradient of \(parameter.name)")
      }
      if let gradient = expected.input_gradient {
        try expectClose(input.grad, gradient, "\(name) gradient of the input")
      }
    }
  }

  @Test func `the gradient predicts how a loss changes along any direction`() throws {
    try Torch.manualSeed(17)
    let network = Sequential([
      try Conv2d(2, 4, kernel: 3, padding: 1), try GroupNorm(groups: 2, channels: 4), Activation.silu,
      try Conv2d(4, 2, kernel: 3),
    ])
    let input = try Tensor.randn([2, 2, 5, 5])
    func loss() throws -> Tensor { try network(input).square().mean() }
    try loss().backward()
    let directions = try network.parameters.map { try Tensor.randn($0.shape) }
    var predicted = 0.0
    for (parameter, direction) in zip(network.parameters, directions) {
      predicted += try (#require(parameter.grad) * direction).sum().item()
    }
    func loss(at step: Double) throws -> Double {
      try Torch.withoutGrad {
        func move(_ alpha: Double) throws {
          for (parameter, direction) in zip(network.parameters, directions) {
            try parameter.add(inPlace: direction, alpha: alpha)
          }
        }
        try move(step)
        defer { try? move(-step) }
        return try loss().item()
      }
    }
    let difference = try (loss(at: 2e-3) - loss(at: -2e-3)) / 4e-3
    #expect(abs(difference - predicted) < 5e-3 * max(1, abs(predicted)))
  }

  @Test func `the same seed starts the same network, another seed another`() throws {
    func start(_ seed: UInt64) throws -> [Float] {
      try Torch.manualSeed(seed)
      return try Sequential(widths: [4, 6, 1], activation: .tanh).parameters.flatMap { try $0.floats() }
    }
    let first = try start(5)
    #expect(try start(5) == first)
    #expect(try start(6) != first)
  }

  @Test func `groups that do not divide the channels are refused`() {
    #expect(throws: TorchError.self) { try GroupNorm(groups: 3, channels: 4) }
    #expect(throws: TorchError.self) { try Conv2d(4, 3, kernel: 1, groups: 2) }
  }

  @Test func `an activation is found under its name and older ones`() {
    for activation in Activation.allCases {
      #expect(Activation(named: activation.rawValue) == activation)
      #expect(activation.parameters.isEmpty)
    }
    #expect(Activation(named: "gelu_new") == .geluTanh && Activation(named: "swish") == .silu)
    #expect(Activation(named: "mish") == nil)
  }
}
