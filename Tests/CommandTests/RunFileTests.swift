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

  @Test func `another trainer's key is answered with what it is called here`() throws {
    let error = #expect(throws: SpecificationError.self) {
      try read(valid + "\nper_device_train_batch_size: 8")
    }
    #expect(error?.line == 5)
    #expect(error?.message.contains("prompts_per_step") == true)
  }

  @Test(arguments: [
    ("task: arithmetic", "task:\n  jsonl: {path: x.jsonl, refrence: a}", 2, "refrence"),
    ("task: arithmetic", "task: arithmatic", 1, "arithmetic"),
    ("max_steps: 3", "model: NoSuchModel", 4, "NoSuchModel"),
    ("max_steps: 3", "adapter: no/such/folder", 4, "no/such/folder"),
  ])
  func `a task, model or adapter that is not there is said with its line`(
    _ right: String, _ wrong: String, _ line: Int, _ word: String
  ) throws {
    let error = #expect(throws: SpecificationError.self) {
      try read(valid.replacingOccurrences(of: right, with: wrong))
    }
    #expect(error?.line == line)
    #expect(error?.description.contains(word) == true)
  }

  @Test func `credit is read, resolved and checked against the rewards`() throws {
    let run = try read(valid + "\ncredit: {units: sentence, alpha: 0.5}")
    let credit = try #require(run.trainer.credit)
    #expect(
      credit.unit == .sentence && credit.method == .shapley && credit.alpha == 0.5 && credit.orders == 50)
    #expect(try read(run.resolvedYAML).trainer.credit == credit)
    #expect(try read(valid).trainer.credit == nil)
    for (text, word) in [
      ("credit: {unit: token}", "units"), ("credit: {alpha: 2}", "from 0 to 1"),
      ("advantage: gdpo\ncredit: {}", "grpo, dr_grpo"),
      ("combine: lexicographic\ncredit: {}", "compares samples"),
    ] {
      let error = #expect(throws: SpecificationError.self) { try read(valid + "\n" + text) }
      #expect(error?.description.contains(word) == true, "\(error.map(String.init(describing:)) ?? "")")
    }
  }

  @Test func `the list of keys tells the defaults that a run has`() throws {
    let resolved = try read(valid).resolvedYAML.split(separator: "\n").reduce(into: [String: String]()) {
      let parts = $1.split(separator: ":", maxSplits: 1)
      if !$1.hasPrefix(" "), parts.count == 2 {
        $0[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    for key in RunKey.all
    where !["name", "adapter", "epsilon_high", "lora", "tests", "combine", "advantage", "credit"].contains(
      key.name)
    {
      guard let told = key.default, key.name != "max_steps" else { continue }
      let value = try #require(resolved[key.name], "\(key.name) is not in the resolved file")
      #expect(
        value.replacingOccurrences(of: "\"", with: "") == told || Double(value) == Double(told), "\(key.name)"
      )
    }
  }
}
