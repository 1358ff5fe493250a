import Language
import LanguageTestSupport
import Testing
import Torch

@testable import Policies

struct FrozenModelTests {
  private let group = PolicyGroup(
    prompt: [1, 2, 3], completions: [[4, 5], [6, 7, 8], [9]], advantages: [1, -0.5, 0.3])

  /// Log-probabilities, and the adapters' gradients, of one pass.
  private func pass(_ folder: TemporaryFolder, dtype: DType, firstLayer: Int, freezes: Bool) throws -> (
    values: [Float], gradients: [[Float]]
  ) {
    let model = try LlamaModel(folder: TinyModel(in: folder.url).folder, dtype: dtype)
    let lora = try LoRA(LoRAConfiguration(r: 4, alpha: 8, firstLayer: firstLayer), for: model, seed: 3)
    model.lora = lora
    for (name, tensor) in lora.parameters where name.contains("lora_B") {
      try Torch.withoutGrad { try tensor.fill(0.05) }
    }
    if freezes { try model.freeze(gradientsFrom: firstLayer) }
    let result = try PolicyStep(objective: PolicyObjective(), maxCompletionLength: 8).accumulate(
      [group], into: model)
    let gradients = try lora.parameters.map { try #require($0.tensor.grad).floats() }
    return (Array(result.logProbabilities.joined().joined()), gradients)
  }

  @Test(arguments: [0, 1])
  func `a frozen model gives the log-probabilities and gradients of the plain one`(_ firstLayer: Int) throws {
    let folder = try TemporaryFolder()
    let plain = try pass(folder, dtype: .float32, firstLayer: firstLayer, freezes: false)
    let frozen = try pass(folder, dtype: .float32, firstLayer: firstLayer, freezes: true)
    for (a, b) in zip(plain.values, frozen.values) { #expect(abs(a - b) < 1e-4) }
    #expect(plain.gradients.count == frozen.gradients.count)
    for (a, b) in zip(plain.gradients, frozen.gradients) {
      let scale = a.map(abs).max() ?? 0
      for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-3 * scale) }
    }
  }

  @Test(arguments: [false, true])
  func `bfloat16 follows float32 within its precision, forward and backward`(_ freezes: Bool) throws {
    let folder = try TemporaryFolder()
    let exact = try pass(folder, dtype: .float32, firstLayer: 0, freezes: false)
    let rounded = try pass(folder, dtype: .bfloat16, firstLayer: 0, freezes: freezes)
    for (a, b) in zip(exact.values, rounded.values) { #expect(abs(a - b) < 0.1) }
    for (a, b) in zip(exact.gradients, rounded.gradients) {
      let dot = zip(a, b).reduce(0) { $0 + Double($1.0 * $1.1) }
      func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1 * $1) }.squareRoot() }
      #expect(dot > 0.99 * norm(a) * norm(b))
    }
  }

  @Test func `weights that were frozen are refused to readers and trainers`() throws {
    let folder = try TemporaryFolder()
    let model = try LlamaModel(folder: TinyModel(in: folder.url).folder)
    try model.freeze(gradientsFrom: nil)
    #expect(throws: TorchError.self) { try model.weights }
    #expect(throws: TorchError.self) { try model.trainAll() }
  }
}
