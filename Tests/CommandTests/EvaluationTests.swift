import Foundation
import Rewards
import Testing

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
