import Language
import LanguageTestSupport
import Testing
import Torch

@testable import Policies

struct FullFineTuningTests {
  /// Loss of a plain policy gradient through autograd alone.
  private func loss(_ model: LlamaModel, _ prompt: [Int], _ completion: [Int]) throws -> Tensor {
    var batch = PackedBatch()
    batch.append(prompt + completion)
    let rows = try model.hidden(batch).narrow(0, prompt.count - 1, completion.count)
    let ids = try Tensor(completion, shape: [completion.count, 1])
    return try -model.logits(rows).logSoftmax(-1).gather(1, ids).mean()
  }

  @Test(arguments: [true, false])
  func `every weight gets autograd's gradient, the head's included`(_ isTied: Bool) throws {
    let folder = try TemporaryFolder()
    let model = try LlamaModel(folder: TinyModel(in: folder.url, isTied: isTied).folder)
    try model.trainAll()
    let (prompt, completion) = ([1, 2, 3], [4, 5, 6])
    try PolicyStep(objective: PolicyObjective(), maxCompletionLength: 8).accumulate(
      [PolicyGroup(prompt: prompt, completions: [completion], advantages: [1])], into: model)
    let written = try model.trainable.map { try #require($0.tensor.grad).floats() }
    for leaf in try model.trainable { try leaf.tensor.setGrad(nil) }
    try loss(model, prompt, completion).backward()
    #expect(try model.trainable.count == 14 + (isTied ? 0 : 1))
    for ((name, tensor), own) in zip(try model.trainable, written) {
      let expected = try #require(tensor.grad, "\(name)").floats()
      let scale = max(expected.map(abs).max() ?? 0, 1e-6)
      for (a, b) in zip(own, expected) { #expect(abs(a - b) <= 1e-4 * scale, "\(name)") }
    }
  }

  @Test func `supervised steps teach a demonstration and report its mean negative log-probability`() throws {
    let folder = try TemporaryFolder()
    let engine = try Training.allWeights.engine(folder)
    let trainer = SupervisedTrainer(engine: engine, learningRate: 0.02, maxSteps: 30)
    let batch = [
      Demonstration(prompt: [1, 2, 3], completion: [4, 5, 6]),
      Demonstration(prompt: [7], completion: [8, 9]),
    ]
    let before = try Torch.withoutGrad {
      try batch.map { ($0.completion.count, try loss(engine.model, $0.prompt, $0.completion).item()) }
    }
    let expected = before.reduce(0) { $0 + Double($1.0) * $1.1 } / 5
    let first = try trainer.run(step: 0, batch: batch)
    #expect(abs(first.loss - expected) < 1e-4)
    #expect(first.tokens == 5)
    var last = first
    for step in 1..<30 { last = try trainer.run(step: step, batch: batch) }
    #expect(last.loss < 0.1 * first.loss)
  }
}
