import Testing
import Torch

struct TokenDistributionTests {
  private let rows = 5
  private let vocabulary = 1500

  private func logits() throws -> Tensor {
    try Torch.manualSeed(4)
    return try Tensor.randn([rows, vocabulary]) * 3
  }

  @Test(arguments: [1.0, 0.7], [false, true])
  func `values, entropies and gradients are those of autograd`(_ temperature: Double, _ hasEntropy: Bool)
    throws
  {
    let tokens = [0, 1499, 7, 512, 1023]
    let coefficients: [Float] = [0.5, -1, 0, 2, 0.1]
    let weights: [Float]? = hasEntropy ? [0.3, 0, 0.1, -0.2, 1] : nil
    let column = [rows, 1]
    let leaf = try logits().detach().requireGrad()
    let all = try (leaf * (1 / temperature)).logSoftmax(-1)
    let picked = try all.gather(1, Tensor(tokens, shape: column))
    let entropy: Tensor = try -(all.exp() * all).sum(-1, keep: true)
    var loss = try (picked * Tensor(coefficients, shape: column)).sum()
    if let weights { loss = try loss - (entropy * Tensor(weights, shape: column)).sum() }
    try loss.backward()

    let distribution = try TokenDistribution(consuming: logits(), tokens: tokens, temperature: temperature)
    for (a, b) in zip(distribution.logProbabilities, try picked.floats()) { #expect(abs(a - b) < 1e-4) }
    for (a, b) in zip(distribution.entropies, try entropy.floats()) { #expect(abs(a - b) < 1e-4) }
    let own = try distribution.gradient(coefficients: coefficients, entropyWeights: weights).floats()
    for (a, b) in zip(own, try #require(leaf.grad).floats()) { #expect(abs(a - b) < 2e-6) }
  }

  @Test func `a row that is not finite stops with a reason`() throws {
    let bad = try Tensor([1, .nan, 2, 3] as [Float], shape: [2, 2])
    let error = #expect(throws: TorchError.self) { try TokenDistribution(consuming: bad, tokens: [0, 1]) }
    #expect(error?.message.contains("not finite") == true)
  }

  @Test func `tokens that were ruled out keep the rest exact`() throws {
    let masked = try Tensor([0, -.infinity, 0, -.infinity] as [Float], shape: [1, 4])
    let distribution = try TokenDistribution(consuming: masked, tokens: [2])
    #expect(abs(distribution.logProbabilities[0] + 0.6931472) < 1e-6)
    #expect(abs(distribution.entropies[0] - 0.6931472) < 1e-6)
  }
}
