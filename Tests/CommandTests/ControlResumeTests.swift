import Foundation
import Testing

/// Control runs of every family that are interrupted, killed and resumed end with the files of one that was not.
@Suite(.serialized) struct ControlResumeTests {
  struct Run: Sendable, CustomTestStringConvertible {
    var method: String
    var policy = "policy.safetensors"
    var rest: String
    var text: String { "method: \(method)\neval_episodes: 2\n\(rest)\n" }
    var testDescription: String { method }
  }

  static let runs = [
    Run(method: "ippo", rest: "world: slcd\nn_steps: 100\nnet_arch: [8]\ntotal_timesteps: 20000"),
    Run(
      method: "maddpg",
      rest: "world: slcd\nnet_arch: [8]\nlearning_starts: 100\nbatch_size: 16\ntotal_timesteps: 12000"),
    Run(
      method: "sarsa", policy: "policy.json",
      rest: "world: {open-grid: {size: 10, max_steps: 200}}\nshaping: [count_bonus]\ntotal_timesteps: 300000"),
    Run(method: "greedy_meta", policy: "policy.json", rest: "world: block-bandit\ntotal_timesteps: 1500000"),
  ]

  @Test(arguments: runs)
  func `a run that was interrupted and killed ends as one that was not`(run: Run) throws {
    let (file, policy) = ("run-\(run.method).yaml", run.policy)
    let fixture = try TrainFixture()
    try Data(run.text.utf8).write(to: fixture.folder.appendingPathComponent(file))
    let whole = try fixture.run("train", file, "--output", "whole")
    #expect(whole.status == 0, "\(whole.error)")
    #expect(!whole.error.contains("no checkpoints"))
    let total = lines(fixture, "whole").count

    // A run is over in a tenth of a second: where the machine lets one end before the signal meets it, once more.
    var isCut = false
    for _ in 0..<10 where !isCut { isCut = try cut(fixture, file, after: [total / 8, total / 4]) }
    try #require(isCut)

    let rest = try fixture.run("train", file, "--output", "cut", "--resume")
    #expect(rest.status == 0, "\(rest.error)")
    #expect(rest.error.contains("going on after"))
    #expect(fixture.contents("cut/" + policy) == fixture.contents("whole/" + policy))
    #expect(lines(fixture, "cut") == lines(fixture, "whole"))
    #expect(fixture.contents("cut/checkpoint.state") == nil)
    #expect(try fixture.run("train", file, "--output", "cut", "--resume").error.contains("is finished"))
  }

  /// Interrupts a run after so many measurements, goes on with it and kills it after more.
  /// - Returns: Whether both signals met it.
  private func cut(_ fixture: TrainFixture, _ file: String, after counts: [Int]) throws -> Bool {
    try? FileManager.default.removeItem(at: fixture.folder.appendingPathComponent("cut"))
    let first = try fixture.start(["train", file, "--output", "cut"])
    wait(fixture, first.process, until: counts[0])
    first.process.interrupt()
    first.process.waitUntilExit()
    if first.process.terminationReason == .exit, first.process.terminationStatus == 0 { return false }
    #expect(first.process.terminationStatus == 130)
    let second = try fixture.start(["train", file, "--output", "cut", "--resume"])
    wait(fixture, second.process, until: counts[1])
    kill(second.process.processIdentifier, SIGKILL)
    second.process.waitUntilExit()
    return second.process.terminationReason == .uncaughtSignal
  }

  /// The measurements of a run, without the time they took.
  private func lines(_ fixture: TrainFixture, _ run: String) -> [String] {
    let text = fixture.contents("\(run)/metrics.jsonl").map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(separator: "\n").map { line in
      line.split(separator: ",").filter { !$0.contains("\"seconds\"") }.joined(separator: ",")
    }
  }

  /// Waits until a run has measured so much, or has ended.
  private func wait(_ fixture: TrainFixture, _ process: Process, until count: Int) {
    let newline = UInt8(ascii: "\n")
    while process.isRunning,
      (fixture.contents("cut/metrics.jsonl") ?? Data()).count(where: { $0 == newline }) < count
    {
      usleep(500)
    }
  }
}
