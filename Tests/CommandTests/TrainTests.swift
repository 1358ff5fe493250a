import Foundation
import LanguageTestSupport
import Rewards
import Testing

/// The command itself, in a process of its own, training a tiny model in a folder that goes away.
final class TrainFixture {
  let folder: URL
  private let binary: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("laurel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The tests' executable lies beside the command's.
    binary = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("laurel")
    _ = try TinyModel(in: folder)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let rewards = """
    rewards:
      - name: short
        length: {target: 4, tolerance: 12, unit: characters}
    """

  /// Writes `run.yaml` with the given lines added.
  func write(
    _ lines: String, task: String = "arithmetic", length: Int = 12, rewards: String = TrainFixture.rewards
  ) throws {
    let text = """
      model: tiny-tied
      task: \(task)
      held_out: 4
      max_steps: 16
      prompts_per_step: 2
      num_generations: 3
      max_completion_length: \(length)
      learning_rate: 0.01
      lora: {r: 4}
      save_steps: 2
      \(lines)
      \(rewards)

      """
    try Data(text.utf8).write(to: folder.appendingPathComponent("run.yaml"))
  }

  /// Starts the command in the folder.
  func start(_ arguments: [String]) throws -> (process: Process, error: Pipe) {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    let error = Pipe()
    process.standardError = error
    try process.run()
    return (process, error)
  }

  /// Runs the command to its end.
  func run(_ arguments: String...) throws -> (status: Int32, error: String) {
    let (process, error) = try start(arguments)
    let data = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// What the command prints.
  func output(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  func contents(_ path: String) -> Data? { FileManager.default.contents(atPath: folder.path + "/" + path) }

  /// Waits until a path exists.
  func wait(for path: String) throws {
    let limit = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: folder.path + "/" + path) {
      try #require(Date() < limit, "\(path) did not appear")
      usleep(1000)
    }
  }
}

@Suite(.serialized)
struct TrainTests {
  private let weights = "checkpoints/checkpoint-16/adapter_model.safetensors"

  @Test(arguments: [SIGKILL, SIGINT])
  func `a run that was killed or interrupted resumes and ends with the weights of one that was not`(
    _ signal: Int32
  ) throws {
    let fixture = try TrainFixture()
    try fixture.write("temperature: 1.2\nnum_iterations: 2\nbeta: 0.01\neval_steps: 3")
    #expect(try fixture.run("train", "run.yaml", "--output", "whole").status == 0)

    let (process, error) = try fixture.start(["train", "run.yaml", "--output", "cut"])
    try fixture.wait(for: "cut/checkpoints/checkpoint-4")
    kill(process.processIdentifier, signal)
    let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == (signal == SIGKILL ? SIGKILL : 130))
    #expect(fixture.contents("cut/" + weights) == nil)
    if signal == SIGINT { #expect(text.contains("stopped after step")) }

    let resumed = try fixture.run("train", "run.yaml", "--output", "cut", "--resume", "--summary", "s.json")
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(resumed.error.contains("resumed after step"))
    let whole = try #require(fixture.contents("whole/" + weights))
    #expect(fixture.contents("cut/" + weights) == whole)

    /// Every step's reward and evaluation (a resumed run writes both on one line).
    func rewards(_ folder: String) throws -> [String: JSONValue] {
      let lines = String(decoding: try #require(fixture.contents(folder + "/metrics.jsonl")), as: UTF8.self)
      var result: [String: JSONValue] = [:]
      for line in lines.split(separator: "\n") {
        guard case .object(let row) = try JSONValue(json: String(line)), let step = row["step"] else {
          continue
        }
        for key in ["reward", "eval_reward"] {
          if let value = row[key] { result["\(step.jsonText) \(key)"] = value }
        }
      }
      return result
    }
    #expect(try rewards("whole").count == 16 + 5)
    #expect(try rewards("whole") == rewards("cut"))
    guard
      case .object(let summary) = try JSONValue(
        json: String(decoding: try #require(fixture.contents("s.json")), as: UTF8.self))
    else { return #expect(Bool(false), "the summary is no object") }
    #expect(
      summary.keys == ["seed", "before", "after", "maximum", "steps", "seconds", "peak_memory_bytes"])
    #expect(summary["maximum"] == .number(1))
    #expect(summary["steps"] == .integer(16))
  }

  @Test func `the run's own file is complete: it gives the same run`() throws {
    let fixture = try TrainFixture()
    try fixture.write("max_grad_norm: 0.5\noptim: sgd\nmomentum: 0.9\nlr_scheduler_type: cosine")
    #expect(try fixture.run("train", "run.yaml", "--seed", "5", "--output", "a").status == 0)
    let copy = fixture.folder.appendingPathComponent("copy.yaml")
    try #require(fixture.contents("a/run.yaml")).write(to: copy)
    let again = try fixture.run("train", "copy.yaml", "--output", "b")
    #expect(again.status == 0, "\(again.error)")
    #expect(fixture.contents("a/" + weights) != nil)
    #expect(fixture.contents("a/" + weights) == fixture.contents("b/" + weights))
    #expect(fixture.contents("a/run.yaml") == fixture.contents("b/run.yaml"))
  }

  @Test func `supervised training starts from demonstrations, and its adapters start a reward run`() throws {
    let fixture = try TrainFixture()
    try fixture.write("method: sft")
    let first = try fixture.run("train", "run.yaml", "--output", "warm")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.error.contains("loss"))
    try fixture.write("adapter: warm/checkpoints/checkpoint-16")
    let second = try fixture.run("train", "run.yaml", "--output", "after")
    #expect(second.status == 0, "\(second.error)")
  }

  @Test func `all weights can be trained, and the checkpoint is a model`() throws {
    let fixture = try TrainFixture()
    try fixture.write("")
    let path = fixture.folder.appendingPathComponent("run.yaml")
    let text = try String(contentsOf: path, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "lora: {r: 4}", with: "lora: false\nbeta: 0.02").utf8).write(
      to: path)
    let result = try fixture.run("train", "run.yaml", "--output", "full")
    #expect(result.status == 0, "\(result.error)")
    try FileManager.default.copyItem(
      at: fixture.folder.appendingPathComponent("tiny-tied/tokenizer.json"),
      to: fixture.folder.appendingPathComponent("full/checkpoints/checkpoint-16/tokenizer.json"))
    try Data("1 + 1 = 2\n".utf8).write(to: fixture.folder.appendingPathComponent("text"))
    let read = try fixture.run("logprobs", "--model", "full/checkpoints/checkpoint-16", "text")
    #expect(read.status == 0, "\(read.error)")
  }

  @Test func `merged weights give the log-probabilities of the model with its adapters`() throws {
    let fixture = try TrainFixture()
    try fixture.write("method: sft")
    #expect(try fixture.run("train", "run.yaml", "--output", "run").status == 0)
    let merged = try fixture.run("export", "run", "--merge", "--output", "merged")
    #expect(merged.status == 0, "\(merged.error)")
    #expect(try fixture.run("export", "run", "--output", "adapter").status == 0)
    try Data("Ada has 3 apples.\n".utf8).write(to: fixture.folder.appendingPathComponent("text"))

    func logProbabilities(_ arguments: String...) throws -> [Double] {
      let result = try fixture.output(["logprobs"] + arguments + ["text"])
      guard case .object(let row) = try JSONValue(json: result), case .array(let values)? = row["logprobs"]
      else {
        return []
      }
      return values.compactMap { if case .number(let value) = $0 { value } else { nil } }
    }
    let base = try logProbabilities("--model", "tiny-tied")
    let adapted = try logProbabilities("--model", "tiny-tied", "--adapter", "adapter")
    let whole = try logProbabilities("--model", "merged")
    #expect(base.count == 16)
    #expect(zip(base, adapted).contains { abs($0 - $1) > 0.01 })
    for (a, b) in zip(adapted, whole) { #expect(abs(a - b) < 1e-4) }
    #expect(adapted.count == whole.count)

    let again = try fixture.run("export", "run", "--output", "adapter")
    #expect(again.status != 0)
    #expect(again.error.contains("adapter exists already: choose another folder"))
  }

  @Test func `what is wrong with a run is said in one sentence, with what to do`() throws {
    let fixture = try TrainFixture()
    try fixture.write("")
    let missing = try fixture.run("train", "run.yaml", "--resume")
    #expect(missing.status != 0)
    #expect(
      missing.error.contains("there is no run in runs/run-seed1 to resume: name its folder with --output"))

    #expect(try fixture.run("train", "run.yaml", "--output", "a").status == 0)
    let taken = try fixture.run("train", "run.yaml", "--output", "a")
    #expect(taken.status != 0)
    #expect(taken.error.contains("the folder already holds a run. Resume it, or choose another folder"))

    try fixture.write("temperature: 0.5")
    let changed = try fixture.run("train", "run.yaml", "--output", "a", "--resume")
    #expect(changed.status != 0)
    #expect(changed.error.contains("'temperature: 0.5' where the run has 'temperature: 1.0'"))

    try fixture.write("name: ../up")
    #expect(try fixture.run("train", "run.yaml").error.contains("expected a name without '/'"))

    try fixture.write("", length: 4090)
    let long = try fixture.run("train", "run.yaml", "--output", "c")
    #expect(long.status != 0)
    #expect(
      long.error.contains("the model takes 4096 together with max_completion_length 4090"), "\(long.error)")

    try fixture.write("adapter: nowhere")
    let adapter = try fixture.run("train", "run.yaml", "--output", "b")
    #expect(adapter.status != 0)
    #expect(adapter.error.contains("nowhere/adapter_config.json: the file cannot be read"))
  }

  @Test func `a run that cannot start, and one whose reward fails, say why and are kept as failed`() throws {
    let fixture = try TrainFixture()
    try fixture.write("device: cuda:7")
    let device = try fixture.run("train", "run.yaml", "--output", "a")
    #expect(device.status != 0)
    #expect(device.error.contains("device 'cuda:7' is not available with the installed torch"))

    // Prompts without references, which the reward needs.
    let data = fixture.folder.appendingPathComponent("data.jsonl")
    try Data("{\"prompt\": \"one\"}\n{\"prompt\": \"two\"}\n".utf8).write(to: data)
    try fixture.write(
      "", task: "{jsonl: {path: data.jsonl, held_out: 0.5}}",
      rewards: "rewards:\n  - answer: {}\n    on_failure: stop")
    let reward = try fixture.run("train", "run.yaml", "--output", "b")
    #expect(reward.status != 0)
    #expect(reward.error.contains("reward \"answer\" failed on sample 0"), "\(reward.error)")
    #expect(reward.error.contains("failed before the end of the first step"))
    let list = try fixture.output(["runs", "."])
    #expect(list.split(separator: "\n").count == 2)
    #expect(list.split(separator: "\n").allSatisfy { $0.contains("failed") })
  }

  @Test func `an empty data set and one without held-out prompts are refused by name`() throws {
    let fixture = try TrainFixture()
    let data = fixture.folder.appendingPathComponent("data.jsonl")
    try Data().write(to: data)
    func run() throws -> (status: Int32, error: String) {
      try fixture.write("", task: "{jsonl: {path: data.jsonl}}")
      return try fixture.run("train", "run.yaml", "--output", "x")
    }
    let empty = try run()
    #expect(empty.status != 0)
    #expect(empty.error.contains("data.jsonl: the data set is empty"))
    try Data("{\"prompt\": \"one\"}\n".utf8).write(to: data)
    let single = try run()
    #expect(single.status != 0)
    #expect(single.error.contains("task jsonl has no held-out prompts"))
  }

  @Test func `two runs in the same folder: the second is refused and names the first`() throws {
    let fixture = try TrainFixture()
    try fixture.write("max_grad_norm: 1")
    let (process, error) = try fixture.start(["train", "run.yaml", "--output", "one"])
    try fixture.wait(for: "one/laurel.sqlite")
    let second = try fixture.run("train", "run.yaml", "--output", "one", "--resume")
    #expect(second.status != 0)
    #expect(second.error.contains("process \(process.processIdentifier) is writing this run"))
    _ = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
