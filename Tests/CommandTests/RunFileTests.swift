import Foundation
import Rewards
import Testing

@testable import laurel

struct RunFileTests {
  private let valid = """
    task: arithmetic
    rewards:
      - answer: {}
    max_steps: 3
    """

  private func read(_ text: String) throws -> RunFile {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(text.utf8).write(to: path)
    return try RunFile(path: path.path)
  }

  @Test func `a small run file takes TRL's defaults`() throws {
    let run = try read(valid)
    #expect(run.trainer.maxSteps == 3)
    #expect(run.trainer.numGenerations == 8)
    #expect(run.trainer.objective.epsilon == 0.2)
    #expect(run.rewards.names == ["answer"])
  }

  @Test func `the tool-call example is a valid run file`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let run = try RunFile(path: root.appendingPathComponent("examples/tool-calls.yaml").path)
    #expect(run.rewards.names == ["format", "tool", "arguments"])
  }

  @Test(arguments: [
    ("max_steps: 3", "max_step: 3", 4, "max_steps"), ("- answer: {}", "- anwser: {}", 3, "answer"),
  ])
  func `a misspelt key is named with its line and the nearest valid one`(
    _ right: String, _ wrong: String, _ line: Int, _ suggestion: String
  ) throws {
    let error = #expect(throws: SpecificationError.self) {
      try read(valid.replacingOccurrences(of: right, with: wrong))
    }
    #expect(error?.line == line)
    #expect(error?.suggestion == suggestion)
  }

  @Test(arguments: ["max_steps: many", "max_steps: 3\nnum_generations: 1"])
  func `a wrong type and a group of one are refused`(_ text: String) {
    #expect(throws: SpecificationError.self) {
      try read(valid.replacingOccurrences(of: "max_steps: 3", with: text))
    }
  }
}
