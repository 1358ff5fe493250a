import Foundation
import Testing

@testable import Torch

struct TensorTests {
  @Test func `values survive the way in and out`() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(try tensor.transpose(0, 1).floats() == [1, 4, 2, 5, 3, 6])
    #expect(try Tensor([3, -1], shape: [2]).ints() == [3, -1])
    #expect(try Tensor([Float](), shape: [0, 4]).floats().isEmpty)
  }

  @Test func `a mistake in torch arrives as a Swift error with its text`() throws {
    let a = try Tensor.zeros([2, 3])
    let error = #expect(throws: TorchError.self) { try a.matmul(Tensor.zeros([2, 3])) }
    #expect(error?.message.contains("shapes cannot be multiplied") == true)
    #expect(throws: TorchError.self) { try Tensor([1, 2] as [Float], shape: [3]) }
    #expect(throws: TorchError.self) { try Operator("no_such_operator") }
    #expect(throws: TorchError.self) { try Device("toaster") }
  }

  @Test func `autograd equals finite differences`() throws {
    let values: [Float] = [0.3, -0.7, 1.1]
    func loss(_ x: Tensor) throws -> Tensor { try (x.silu() * x.sigmoid() + x.square()).sum() }
    let x = try Tensor(values, shape: [3]).requireGrad()
    try loss(x).backward()
    let gradient = try #require(x.grad).floats()
    for index in values.indices {
      var up = values.map(Double.init)
      var down = up
      up[index] += 1e-3
      down[index] -= 1e-3
      let difference =
        try loss(Tensor(up.map { Float($0) }, shape: [3])).item()
        - loss(Tensor(down.map { Float($0) }, shape: [3])).item()
      #expect(abs(difference / 2e-3 - Double(gradient[index])) < 2e-3)
    }
  }

  @Test func `gradients are not recorded inside withoutGrad`() throws {
    let x = try Tensor.zeros([2]).requireGrad()
    #expect(try Torch.withoutGrad { try x.exp() }.requiresGrad == false)
    #expect(try x.exp().requiresGrad)
  }

  @Test func `draws follow the softmax and carry its log-probabilities`() throws {
    let logits: [Float] = [0, 1, 2, -1]
    let total = logits.reduce(0) { $0 + exp(Double($1)) }
    let count = 4000
    let rows = try Tensor(logits, shape: [1, 4]).repeatInterleave(count, dimension: 0)
    let drawn = try rows.draw(temperature: 1, uniform: (0..<count).map { (Double($0) + 0.5) / Double(count) })
    for token in 0..<4 {
      let probability = exp(Double(logits[token])) / total
      #expect(abs(Double(drawn.tokens.count { $0 == token }) / Double(count) - probability) < 1e-3)
    }
    for (token, value) in zip(drawn.tokens, drawn.logProbabilities) {
      #expect(abs(Double(value) - (Double(logits[token]) - log(total))) < 1e-5)
    }
    #expect(throws: TorchError.self) {
      try Tensor([.nan, 1] as [Float], shape: [1, 2]).draw(temperature: 1, uniform: [0.5])
    }
  }

  @Test func `the fused decode attention equals plain operators`() throws {
    try Torch.manualSeed(5)
    let (rows, heads, keyHeads, width, capacity) = (5, 6, 2, 64, 7)
    let query = try Tensor.randn([rows, heads, width])
    let keys = try [Tensor.randn([keyHeads, 4, width]), Tensor.randn([keyHeads, 9, width])]
    let values = try [Tensor.randn([keyHeads, 4, width]), Tensor.randn([keyHeads, 9, width])]
    let ownKeys = try Tensor.randn([rows, keyHeads, capacity, width])
    let ownValues = try Tensor.randn([rows, keyHeads, capacity, width])
    let groups = [0, 1, 1, 0, 1]
    let fused = try query.decodeAttention(
      promptKeys: keys, promptValues: values, groupOfRow: groups, ownKeys: ownKeys, ownValues: ownValues,
      ownLength: 3
    ).floats()
    let plain = try query.decodeAttentionByOperators(
      promptKeys: keys, promptValues: values, groupOfRow: groups, ownKeys: ownKeys, ownValues: ownValues,
      ownLength: 3
    ).floats()
    for (a, b) in zip(fused, plain) { #expect(abs(a - b) < 1e-5) }
  }
}
