import Foundation
import Testing
import Torch

@testable import Language

@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
struct SamplerTests {
  let prompts = [[504, 3575, 282, 4649, 314], [33, 28, 216, 34, 28]]

  @Test func `sampled log-probabilities are those of a full forward pass`() throws {
    let model = try #require(RealModel.model)
    let options = SamplingOptions(maxCompletionLength: 6, seed: 3)
    let groups = try Sampler.complete(model, prompts: prompts, count: 3, options: options)
    #expect(groups.map(\.count) == [3, 3])
    for (prompt, group) in zip(prompts, groups) {
      for completion in group {
        let reference = try model.logProbabilities(prompt + completion.ids).suffix(completion.ids.count)
        for (a, b) in zip(completion.logProbabilities, reference) { #expect(abs(a - b) < 5e-3) }
      }
    }
  }

  @Test func `the same seed draws the same tokens in any batch`() throws {
    let model = try #require(RealModel.model)
    let options = SamplingOptions(maxCompletionLength: 5, seed: 11)
    let together = try Sampler.complete(model, prompts: prompts, count: 2, options: options)
    let alone = try Sampler.complete(model, prompts: [prompts[1]], count: 2, options: options, identity: 2)
    #expect(together[1].map(\.ids) == alone[0].map(\.ids))
    #expect(Set(together.flatMap { $0 }.map(\.ids)).count > 1)
  }

  @Test
  func `temperature 0, top-k 1 and a tiny top-p all take the likeliest token and stop at the end token`()
    throws
  {
    let model = try #require(RealModel.model)
    for options in [
      SamplingOptions(temperature: 0, maxCompletionLength: 8, endTokens: [7042]),
      SamplingOptions(maxCompletionLength: 8, topK: 1, endTokens: [7042]),
      SamplingOptions(maxCompletionLength: 8, topP: 1e-6, endTokens: [7042]),
    ] {
      let completion = try Sampler.complete(model, prompts: [prompts[0]], count: 1, options: options)[0][0]
      #expect(completion.ids == [7042])
      #expect(!completion.isTruncated)
    }
  }
}
