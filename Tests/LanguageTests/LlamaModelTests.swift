import Foundation
import Testing
import Torch

@testable import Language

/// The real model, loaded once; nil where scripts/setup has not fetched it.
enum RealModel {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".deps/models/SmolLM2-135M-Instruct.gguf").path
  static let model: LlamaModel? = {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try? LlamaModel(GGUFFile(path: path))
  }()
}

@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
struct LlamaModelTests {
  // Reference: weights de-quantised by the gguf package, transformers' LlamaForCausalLM in float32.
  @Test func `logits of a fixed prompt equal transformers'`() throws {
    let model = try #require(RealModel.model)
    let logits = try Torch.withoutGrad {
      var batch = PackedBatch()
      batch.append([504, 3575, 282, 4649, 314])
      return try model.logits(model.hidden(batch).narrow(0, 4, 1)).floats()
    }
    let expected: [(Int, Float)] = [
      (7042, 17.3713), (260, 14.8886), (4528, 13.2450), (2250, 13.0095), (1315, 12.9515),
    ]
    for (id, value) in expected { #expect(abs(logits[id] - value) < 1e-3 * abs(value)) }
    #expect(logits.firstIndex(of: try #require(logits.max())) == 7042)
  }

  @Test func `a shared prompt gives the hidden states of separate sequences`() throws {
    let model = try #require(RealModel.model)
    let prompt = [504, 3575, 282, 4649, 314]
    let completions = [[7042, 30, 2], [260, 3575], [4528, 28, 365, 2]]
    try Torch.withoutGrad {
      var shared = PackedBatch()
      shared.append(prompt: prompt, completions: completions)
      let together = try model.hidden(shared).floats()
      let width = model.configuration.width
      var row = prompt.count
      for completion in completions {
        var alone = PackedBatch()
        alone.append(prompt + completion)
        let reference = try model.hidden(alone).floats()
        for index in 0..<(completion.count * width) {
          let a = together[row * width + index]
          let b = reference[prompt.count * width + index]
          #expect(abs(a - b) <= 2e-3 * max(1, abs(b)))
        }
        row += completion.count
      }
    }
  }

  @Test func `log-probabilities of a text are those of its logits`() throws {
    let model = try #require(RealModel.model)
    let values = try model.logProbabilities([504, 3575, 282, 4649, 314, 7042])
    #expect(values.count == 5)
    #expect(abs(values[4] - -0.2581) < 1e-3)
  }
}
