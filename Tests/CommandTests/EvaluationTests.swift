import Foundation
import Rewards
import Studio
import Testing
import Worlds

@testable import laurel

@Suite struct EvaluationTests {
  /// A run in a folder of its own, which goes with the test.
  private func trained<Result>(_ text: String, _ body: (ControlRunFile, String) throws -> Result) throws
    -> Result
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("file.yaml")
    try Data(text.utf8).write(to: file)
    let own = folder.appendingPathComponent("run")
    try ControlSession(run: ControlRunFile(path: file.path), folder: own).start(summary: nil)
    return try body(ControlRunFile(path: own.path + "/run.yaml"), own.path)
  }

  @Test(arguments: [
    "world: cartpole\ntotal_timesteps: 512\nn_envs: 2\nn_steps: 128\nnet_arch: [16]",
    "world: {pendulum: {max_episode_steps: 40}}\nmethod: sac\ntotal_timesteps: 60\nlearning_starts: 40\nnet_arch: [8]",
    "world: {pendulum: {max_episode_steps: 40}}\nmethod: td3\ntotal_timesteps: 60\nlearning_starts: 40\nnet_arch: [8]",
    "world: rooms\nmethod: q_learning\ntotal_timesteps: 2000\nties: first",
    "world: cartpole\nmethod: reinforce\nbins: 3\ntotal_timesteps: 500",
    "world: {slcd: {max_steps: 20}}\nmethod: ippo\ntotal_timesteps: 300\nn_steps: 100\nnet_arch: [8]",
    "world: {slcd: {max_steps: 20}}\nmethod: maddpg\ntotal_timesteps: 300\nlearning_starts: 100\nnet_arch: [8]",
    "world: {slcd: {max_steps: 20}}\nmethod: maddpg\ncoordination: team\ntotal_timesteps: 300\nlearning_starts: 100\nnet_arch: [8]",
    "world: {slcd: {max_steps: 20}}\nmethod: matd3\ncoordination: coach\ntotal_timesteps: 300\nlearning_starts: 100\nnet_arch: [8]",
    "world: {slcd: {max_steps: 20}}\nmethod: qmix\ntotal_timesteps: 300\nlearning_starts: 100\nnet_arch: [8]",
  ])
  func `a run's policy plays the episodes of its summary again`(_ text: String) throws {
    try trained(text) { run, folder in
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/summary.json"))
      guard case .object(let summary) = try JSONValue(json: String(decoding: data, as: UTF8.self)),
        case .object(let after)? = summary["after"], let total = after["total"]?.double
      else { throw CancellationError() }
      let again = try Evaluation(
        of: WorldPolicy(run, folder: folder), in: run.world, episodes: run.evalEpisodes)
      #expect(abs(again.mean - total) <= 1e-5 * (1 + abs(total)))
      #expect(again.returns.count == run.evalEpisodes && again.lengths.allSatisfy { $0 > 0 })
    }
  }

  @Test func `other seeds are other episodes`() throws {
    try trained("world: cartpole\ntotal_timesteps: 64\nn_envs: 1\nn_steps: 64\nnet_arch: [8]") {
      run, folder in
      let policy = try WorldPolicy(run, folder: folder)
      let first = try Evaluation(of: policy, in: run.world, episodes: 10, seed: 1)
      let second = try Evaluation(of: policy, in: run.world, episodes: 10, seed: 2)
      #expect(first.returns != second.returns)
      #expect(try Evaluation(of: policy, in: run.world, episodes: 10, seed: 1).returns == first.returns)
    }
  }

  @Test func `a traced step holds what imitation and dynamics read`() throws {
    func step(_ text: String) throws -> JSONObject {
      let run = try ControlRunFile(text: text)
      func line(_ world: some World) throws -> JSONValue {
        let environment = world.environment()
        let before = environment.reset(seed: 1)
        let actions = (0..<world.agents * world.actionWidth).map { _ in Float(1) }
        return Evaluate.line(3, before, actions, try environment.step(actions), in: world)
      }
      guard case .object(let object) = try line(run.world) else { throw CancellationError() }
      return object
    }
    let single = try step("world: cartpole")
    #expect(single["episode"] == .integer(3) && single["action"] == .integer(1))
    #expect(single["reward"] == .number(1) && single["done"] == .bool(false))
    guard case .array(let next)? = single["next_observation"] else { throw CancellationError() }
    #expect(next.count == 4 && single["observations"] == nil)
    let pair = try step("world: slcd")
    guard case .array(let actions)? = pair["actions"], case .array(let rewards)? = pair["rewards"] else {
      throw CancellationError()
    }
    #expect(actions == [.array([.number(1)]), .array([.number(1)])] && rewards.count == 2)
    #expect(pair["action"] == nil && pair["next_observations"] != nil)
  }

  @Test func `a policy of an imagined world plays in the real one without the model and the records`() throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (records, model) = (folder.path + "/records.jsonl", folder.path + "/model.state")
    let lines = (0..<200).map { step in
      let x = Double(step) / 20
      return "{\"observation\": [\(cos(x)), \(sin(x)), 1], \"action\": [\(sin(7 * x))], \"reward\": \(-x), "
        + "\"next_observation\": [\(cos(x + 0.05)), \(sin(x + 0.05)), 1.1]}"
    }
    try lines.joined(separator: "\n").write(toFile: records, atomically: true, encoding: .utf8)
    try DynamicsFit.parse(
      [records, "--out", model, "--set", "members=1", "elites=1", "hidden=[8]", "max_epochs=2", "rounds=10"]
    ).run()
    let world = "{imagined: {model: \(model), from: \(records), like: pendulum, max_episode_steps: 5}}"
    try trained(
      "world: \(world)\nmethod: sac\noffline_data: \(records)\ntotal_timesteps: 60\nlearning_starts: 40\nnet_arch: [8]"
    ) { run, own in
      #expect(run.note?.contains("at most 5 steps") == true)
      let page = FileManager.default.contents(atPath: own + "/report.html") ?? Data()
      #expect(String(decoding: page, as: UTF8.self).contains("These returns are imagined"))
      #expect(run.inputs.split(separator: "\n").count == 3)
      try ControlSession.requireUnchanged(run.inputs, now: run.inputs)
      for path in [records, model] { try FileManager.default.removeItem(atPath: path) }
      let error = #expect(throws: ValidationFailure.self) {
        try ControlSession.requireUnchanged(
          run.inputs.replacingOccurrences(of: " ", with: "1 "), now: run.inputs)
      }
      #expect(error?.description.contains("records.jsonl changed since") == true)
      try Evaluate.parse([own, "--world", "pendulum", "--episodes", "2"]).run()
      #expect(throws: (any Error).self) { try Evaluate.parse([own, "--episodes", "2"]).run() }
      #expect(throws: (any Error).self) { try Evaluate.parse([own, "--world", "refrigerator"]).run() }
    }
  }

  @Test func `noise disturbs what a policy does, inside its spaces`() throws {
    try trained(
      "world: {pendulum: {max_episode_steps: 20}}\nmethod: sac\ntotal_timesteps: 60\nlearning_starts: 40\nnet_arch: [8]"
    ) { run, folder in
      let policy = try WorldPolicy(run, folder: folder)
      let noisy = policy.disturbed(by: 0.5, in: run.world, seed: 1)
      let pairs = try (0..<400).map { step -> (Float, Float) in
        let seen = [cos(Float(step)), sin(Float(step)), 0]
        return (try policy.act(seen)[0], try noisy.act(seen)[0])
      }
      #expect(pairs.allSatisfy { abs($0.1) <= 2 })
      // Half of half the range of 4 is 1.
      let inner = pairs.filter { abs($0.1) < 2 }.map { Double($0.1 - $0.0) }
      #expect(inner.count > 200 && abs(inner.deviation - 1) < 0.2)
      let file = folder + "/trace.jsonl"
      try Evaluate.parse([folder, "--noise", "0.5", "--episodes", "2", "--trace", file]).run()
      let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
      #expect(text.split(separator: "\n").count == 40)
    }
    try trained("world: cartpole\ntotal_timesteps: 64\nn_envs: 1\nn_steps: 64\nnet_arch: [8]") {
      run, folder in
      let policy = try WorldPolicy(run, folder: folder)
      let noisy = policy.disturbed(by: 0.5, in: run.world, seed: 1)
      let seen: [Float] = [0, 0, 0.1, 0]
      let own = try policy.act(seen)[0]
      let others = try (0..<1000).count { _ in try noisy.act(seen)[0] != own }
      // Half of the choices are random, half of those the other one.
      #expect((190...310).contains(others))
      #expect(throws: (any Error).self) { try Evaluate.parse([folder, "--noise", "-1"]) }
    }
  }

  @Test func `a table plays only where there are as many states`() throws {
    try trained("world: rooms\nmethod: q_learning\ntotal_timesteps: 200") { _, folder in
      var command = try Evaluate.parse([folder, "--world", "decoy-grid"])
      let error = #expect(throws: ValidationFailure.self) { try command.run() }
      #expect(error?.description.contains("discrete(50)") == true)
      command = try Evaluate.parse([folder, "--trace", folder + "/policy.json"])
      #expect(throws: ValidationFailure.self) { try command.run() }
    }
  }

  @Test func `a run that another process writes is refused`() throws {
    try trained("world: rooms\nmethod: q_learning\ntotal_timesteps: 200") { run, folder in
      let url = URL(fileURLWithPath: folder)
      let lock = try RunLock(folder: url)
      let error = #expect(throws: ValidationFailure.self) {
        try ControlSession(run: run, folder: url, resumes: true).start(summary: nil)
      }
      #expect(error?.description.contains("run") == true)
      withExtendedLifetime(lock) {}
    }
  }

  @Test func `files that are no policy are refused by name`() throws {
    try trained("world: rooms\nmethod: q_learning\ntotal_timesteps: 200") { run, folder in
      let path = folder + "/policy.json"
      try Data(#"{"states": [[1, 2], [3]]}"#.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ValidationFailure.self) { try WorldPolicy(run, folder: folder) }
      #expect(error?.description.contains("policy.json: state 1") == true)
      try FileManager.default.removeItem(atPath: path)
      let missing = #expect(throws: ValidationFailure.self) { try WorldPolicy(run, folder: folder) }
      #expect(missing?.description.contains("no policy yet") == true)
    }
  }
}
