import Foundation

@testable import Studio

/// A folder that is gone when the test is over.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("studio-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }

  func makeRun() throws -> RunStore {
    try RunStore.create(
      folder: url, yaml: "seed: 1\n",
      info: RunInfo(name: "tiny", model: "model", seed: 1, maxSteps: 10, started: 100))
  }
}

func step(_ number: Int, reward: Double = 0.5, samples: [SampleRecord] = []) -> StepRecord {
  StepRecord(
    step: number, time: 100 + Double(number), metrics: ["reward": reward, "kl": .nan, "loss": -0.1],
    samples: samples)
}

func sample(_ phase: SamplePhase = .train, completion: String = "42", total: Double? = 1) -> SampleRecord {
  SampleRecord(
    phase: phase, group: 3, index: 1, prompt: "6 * 7?", completion: completion, reference: "42", tokens: 2,
    isTruncated: true, advantage: 0.25, total: total,
    components: [
      ComponentRecord(name: "correct", value: 1),
      ComponentRecord(name: "format", value: nil, outcome: "failed", message: "no \"box\""),
    ])
}
