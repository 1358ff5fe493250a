import Foundation
import Language
import Testing
import Torch

@testable import Policies

/// The real model, loaded anew because tests put adapters on it; nil where scripts/setup has not fetched it.
enum RealModel {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".deps/models/SmolLM2-135M-Instruct.gguf").path

  static func adapted() throws -> (model: LlamaModel, lora: LoRA) {
    let model = try LlamaModel(GGUFFile(path: path))
    let lora = try LoRA(LoRAConfiguration(r: 4, alpha: 8, firstLayer: 28), for: model, seed: 1)
    model.lora = lora
    return (model, lora)
  }
}

@Suite(
  .serialized,
  .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
struct PolicyStepTests {
  let prompt = [504, 3575, 282, 4649, 314]
  let completions = [[7042, 30, 2], [260, 3575], [4528, 28, 365, 2]]
  let advantages = [1.2, -0.7, 0.4]

  /// Gradients of every adapter after one pass.
  private func gradients(_ lora: LoRA) throws -> [[Float]] {
    try lora.parameters.map { try #require($0.tensor.grad).floats() }
  }

  @Test func `a prompt computed once gives the gradients of computing it for each completion`() throws {
    let (model, lora) = try RealModel.adapted()
    let step = PolicyStep(
      objective: PolicyObjective(), temperature: 0.8, entropyCoefficient: 0.01, maxCompletionLength: 8)
    let optimizer = try AdamW(lora.parameters, learningRate: 1e-3)
    // B starts at zero, which hides A's gradient: take one step first.
    try step.accumulate(
      [PolicyGroup(prompt: prompt, completions: completions, advantages: advantages)], into: model)
    try optimizer.step()
    try optimizer.zeroGradients()

    try step.accumulate(
      [PolicyGroup(prompt: prompt, completions: completions, advantages: advantages)], into: model)
    let shared = try gradients(lora)
    try optimizer.zeroGradients()
    try step.accumulate(
      zip(completions, advantages).map { PolicyGroup(prompt: prompt, completions: [$0], advantages: [$1]) },
      into: model)
    let separate = try gradients(lora)
    for (a, b) in zip(shared, separate) {
      let scale = b.map(abs).max() ?? 0
      #expect(scale > 0)
      for (x, y) in zip(a, b) { #expect(abs(x - y) <= 2e-3 * scale) }
    }
  }

  @Test func `the written gradient equals autograd through the whole loss`() throws {
    let (model, lora) = try RealModel.adapted()
    let group = PolicyGroup(prompt: prompt, completions: [completions[0]], advantages: [1])
    try PolicyStep(objective: PolicyObjective(), maxCompletionLength: 8).accumulate([group], into: model)
    let written = try gradients(lora)
    for parameter in lora.parameters { try parameter.tensor.setGrad(nil) }

    var batch = PackedBatch()
    batch.append(prompt + completions[0])
    let rows = try model.hidden(batch).narrow(0, prompt.count - 1, completions[0].count)
    let ids = try Tensor(completions[0], shape: [completions[0].count, 1])
    try (-model.logits(rows).logSoftmax(-1).gather(1, ids).mean()).backward()
    for (a, b) in zip(written, try gradients(lora)) {
      let scale = max(b.map(abs).max() ?? 0, 1e-6)
      for (x, y) in zip(a, b) { #expect(abs(x - y) <= 2e-3 * scale) }
    }
  }

  @Test
  func `steps raise the log-probability of what was rewarded, and switching the adapters off undoes them`()
    throws
  {
    let (model, lora) = try RealModel.adapted()
    let step = PolicyStep(objective: PolicyObjective(), maxCompletionLength: 8)
    let group = PolicyGroup(prompt: prompt, completions: completions, advantages: advantages)
    let before = try step.logProbabilities([group], model)[0]
    let optimizer = try AdamW(lora.parameters, learningRate: 2e-3)
    for _ in 0..<3 {
      try step.accumulate([group], into: model)
      #expect(try optimizer.clipGradients(to: 1) > 0)
      try optimizer.step()
      try optimizer.zeroGradients()
    }
    let after = try step.logProbabilities([group], model)[0]
    #expect(after[0].reduce(0, +) > before[0].reduce(0, +))
    #expect(after[1].reduce(0, +) < before[1].reduce(0, +))
    lora.isEnabled = false
    let base = try step.logProbabilities([group], model)[0]
    for (a, b) in zip(base.joined(), before.joined()) { #expect(abs(a - b) < 1e-5) }
  }
}
