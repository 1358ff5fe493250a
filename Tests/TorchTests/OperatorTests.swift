import Testing

@testable import Torch

struct OperatorTests {
  static let operators: [(name: String, call: @Sendable ([Tensor]) throws -> Tensor)] = [
    ("relu", { try Activation.relu($0[0]) }), ("gelu", { try Activation.gelu($0[0]) }),
    ("geluTanh", { try Activation.geluTanh($0[0]) }), ("silu", { try Activation.silu($0[0]) }),
    ("tanh", { try Activation.tanh($0[0]) }), ("sigmoid", { try Activation.sigmoid($0[0]) }),
    ("conv2d", { try $0[0].conv2d($0[1], bias: $0[2], stride: 2, padding: 1) }),
    (
      "convTranspose2d",
      { try $0[0].convTranspose2d($0[1], bias: $0[2], stride: 2, padding: 1, outputPadding: 1) }
    ),
    ("groupNorm", { try $0[0].groupNorm(groups: 2, weight: $0[1], bias: $0[2]) }),
    ("avgPool2d", { try $0[0].avgPool2d(2) }),
    ("overlapping avgPool2d", { try $0[0].avgPool2d(3, stride: 1, padding: 1) }),
    ("maxPool2d", { try $0[0].maxPool2d(2) }),
    ("upsampleNearest2d", { try $0[0].upsampleNearest2d(height: 8, width: 6) }),
    ("upsampleBilinear2d", { try $0[0].upsampleBilinear2d(height: 6, width: 7) }),
    ("attention", { try $0[0].attention(keys: $0[1], values: $0[2]) }),
    ("crossEntropy", { try $0[0].crossEntropy(Tensor([2, 0], shape: [2])) }),
    ("logsumexp", { try $0[0].logsumexp(-1) }),
  ]

  @Test func `every operator computes and differentiates as PyTorch's`() throws {
    let cases = try ModuleFixtures.all.get().operators
    #expect(cases.map(\.name) == Self.operators.map(\.name))
    for (expected, (name, call)) in zip(cases, Self.operators) {
      let inputs = try expected.inputs.map { try $0.tensor().requireGrad() }
      let output = try call(inputs)
      try expectClose(output, expected.output, "\(name)")
      try output.backward(expected.upstream.tensor())
      for (index, input) in inputs.enumerated() {
        try expectClose(input.grad, expected.gradients[index], "\(name), gradient of input \(index)")
      }
    }
  }
}
