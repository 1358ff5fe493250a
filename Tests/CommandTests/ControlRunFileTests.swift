import Foundation
import Rewards
import Testing

@testable import laurel

struct ControlRunFileTests {
  @Test(arguments: [
    "cartpole", "pendulum", "pendulum-heron", "loyalty", "rooms-exprd", "decoy-barfi", "block-bandit",
    "slcd-mappo", "lava-constraints", "hypergrid-gflownet", "slcd-coach",
  ])
  func `the examples are valid run files`(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appendingPathComponent("examples/\(name).yaml").path
    #expect(ControlRunFile.isControl(path: path))
    let run = try ControlRunFile(path: path)
    #expect((run.heron != nil) == (name == "pendulum-heron"))
    #expect((run.learner?.name == "mappo") == (name == "slcd-mappo"))
  }

  @Test(arguments: [
    "cartpole", "pendulum-heron", "loyalty", "rooms-exprd", "decoy-barfi", "block-bandit", "slcd-mappo",
    "lava-constraints", "slcd-coach", "hypergrid-gflownet",
  ])
  func `a file with its defaults written out is the same run`(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var run = try ControlRunFile(path: root.appendingPathComponent("examples/\(name).yaml").path)
    run.seed = 77
    let again = try ControlRunFile(text: run.resolvedYAML)
    #expect(again.resolvedYAML == run.resolvedYAML)
    #expect(again.settings.values.keys == run.settings.values.keys)
    #expect(again.name == name && again.seed == 77 && again.methodName == run.methodName)
    #expect(again.shapers.count == run.shapers.count && again.hints.count == run.hints.count)
    #expect(again.totalTimesteps == run.totalTimesteps && again.netArch == run.netArch)
  }

  @Test func `a table's keys become its learner's settings`() throws {
    let run = try ControlRunFile(
      text:
        "world: rooms\nmethod: q_learning\nlearning_rate: 0.5\nexploration_fraction: 0.2\nties: first\ngamma: 0.9\nseed: 4"
    )
    let own = try #require(run.tabular)
    #expect(own.method == .qLearning && own.learningRate == 0.5 && own.exploration == 0.2)
    #expect(own.ties == .first && own.gamma == 0.9 && own.seed == 4)
    #expect(try ControlRunFile(text: "world: rooms\nmethod: reinforce").tabular?.learningRate == 0.5)
    #expect(try ControlRunFile(text: "world: cartpole").tabular == nil)
    let barfi = try ControlRunFile(
      text:
        "world: rooms\nmethod: barfi\nhint: [count_bonus]\nouter: unrolled\ninner_updates: 20\n")
    #expect(barfi.alignment.outer == .unrolled(updates: 15))
    let meta = try ControlRunFile(
      text: "world: block-bandit\nmethod: greedy_meta\ntotal_timesteps: 5120\nmemory: false")
    #expect(meta.metaLearner.steps == 10 && !meta.metaLearner.hasMemory)
  }

  @Test func `a flow's keys become its settings`() throws {
    let run = try ControlRunFile(
      text:
        "world: hypergrid\nmethod: gflownet\nupdates: 70\nbeta: 8\ngoal_sampler: uniform\ncondition: preferences\nconditions: 3"
    )
    #expect(run.flow.beta == 8 && run.flow.unreachedWeight == 1 && run.totalTimesteps == 70)
    let asked = run.flowConditions(objectives: 2)
    #expect(asked.kind == .preferences && asked.count == 3)
    #expect(try ControlRunFile(text: "world: objects\nmethod: gflownet").flow.unreachedWeight == 0.1)
  }

  @Test func `recorded transitions go with the world's own rewards and widths`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func file(_ lines: String, _ more: String = "") throws -> ControlRunFile {
      try lines.write(toFile: path, atomically: true, encoding: .utf8)
      return try ControlRunFile(text: "world: pendulum\nmethod: td3\noffline_data: \(path)\n\(more)")
    }
    func message(_ lines: String, _ more: String = "") -> String {
      do {
        _ = try file(lines, more)
        return ""
      } catch { return "\(error)" }
    }
    let line = #"{"observation": [1, 0, 0], "action": [1], "next_observation": [1, 0, 0], "reward": -1}"#
    let run = try file(line, "offline_share: 0.5")
    #expect(run.offlineData?.count == 1 && run.offPolicy.offlineShare == 0.5)
    #expect(try ControlRunFile(text: "world: pendulum\nmethod: sac").offPolicy.offlineShare == 0)
    #expect(message(line.replacingOccurrences(of: #", "reward": -1"#, with: "")).contains("without rewards"))
    #expect(message(line.replacingOccurrences(of: "[1]", with: "[1, 2]")).contains("2 action numbers"))
    #expect(message(line, "shaping: [count_bonus]").contains("own rewards"))
    #expect(message(line + "\n{").contains("line 2"))
    #expect(message(line, "offline_share: 0.001").contains("not one row"))
    #expect(try file(line, "offline_share: 0").offPolicy.offlineShare == 0)
    #expect(run.inputFiles == [path] && run.inputs.hasSuffix(" " + path))
    let again = try ControlRunFile(text: run.resolvedYAML)
    #expect(again.resolvedYAML == run.resolvedYAML)
    // What is only played needs no records.
    let sums = run.inputs
    try (line + "\n" + line).write(toFile: path, atomically: true, encoding: .utf8)
    #expect(run.inputs != sums)
  }

  @Test(arguments: [
    ("world: cartpol", 1, "cartpole"),
    ("world: cartpole\nmethod: sac", 1, "use method: ppo"),
    ("world:\n  pendulum:\n    max_episode_steps: 20\n    g: heavy", 4, "expected a number"),
    ("world:\n  imagined: {from: a.jsonl}", 2, "model"),
    ("world:\n  imagined:\n    from: a.jsonl\n    model: /nowhere/m.state", 4, "/nowhere/m.state"),
    (
      "world: pendulum\nmethod: sac\noffline_data: /nowhere/a.jsonl", 3, "/nowhere/a.jsonl"
    ),
    ("world: pendulum\noffline_data: a.jsonl", 2, "offline_data"),
    ("world: pendulum\nmethod: sac\noffline_share: 0.5", 3, "share of nothing"),
    ("method: mapo\nworld: slcd", 1, "mappo"),
    ("method: MeanFieldAC\nworld: slcd", 2, "at least 3 agents"),
    ("method: masac\nworld: cartpole", 2, "bounded box"),
    ("method: mappo\nworld: slcd\nn_step: 5", 3, "n_steps"),
    ("method: mappo\nworld: slcd\nnet_arch: [0]", 3, "a list of widths"),
    ("method: qmix\nworld: slcd\nreward:\n  heron: {}", 4, "the world's own rewards"),
    ("world: cartpole\nbatch_size: 100000", 2, "more than n_envs x n_steps x agents"),
    ("world: cartpole\ngama: 0.9", 2, "gamma"),
    ("world: cartpole\nn_envs: 65536\nn_steps: 1000000", 3, "a rollout of n_envs x n_steps would take"),
    ("world: cartpole\nnet_arch: [65536, 65536, 65536]", 2, "networks of"),
    ("world: block-bandit\nmethod: greedy_meta\ngamma: 0.1", 3, "gamma"),
    ("world: pendulum\nmethod: sac\ntotal_timesteps: 500", 3, "nothing would be learned"),
    ("world: cartpole\nnet_arch: [64, 0]", 2, "a width from 1 to 65536"),
    ("world: cartpole\nshaping:\n  - potental", 3, "potential"),
    ("world: cartpole\nreward:\n  heron: {}", 3, "replay buffer"),
    ("world: pendulum\nmethod: q_learning", 1, "choices"),
    ("world: slcd\nmethod: sarsa", 1, "one agent"),
    ("world: cartpole\nmethod: greedy_meta", 1, "block-bandit"),
    ("world: rooms\nmethod: q_learning\nn_envs: 4", 3, "n_envs"),
    ("world: cartpole\nmethod: gflownet", 1, "use the world objects"),
    ("world: hypergrid\nmethod: gflownet\ntotal_timesteps: 5", 3, "updates"),
    ("world: hypergrid\nmethod: gflownet\nshaping:\n  - count_bonus", 4, "no shaping rules"),
    ("world: {hypergrid: {size: 100}}\nmethod: gflownet\nconditions: 10000", 3, "take fewer"),
    ("world: {objects: {file: /no/such.jsonl}}\nmethod: gflownet", 1, "check the path"),
    ("world: slcd\nmethod: maddpg\ncoordination: coach\nsub_policies: 0", 4, "from 2"),
    ("world: slcd\nmethod: maddpg\nsub_policies: 4", 3, "set coordination to coach"),
    ("world: slcd\nmethod: maddpg\ncoordination: teams", 3, "none, team, coach"),
    ("world: rooms\nmethod: barfi\nhint: [count_bonus]\nshaping:\n  - exprd", 5, "hint"),
    ("world: rooms\nmethod: barfi", 1, "hint"),
    ("world: rooms\nmethod: barfi\nhint: []", 3, "at least one"),
    ("world: rooms\nmethod: reinforce\nshaping:\n  - {name: exprd, limit: -1}", 4, "limit"),
    ("world: slcd\nshaping:\n  - {name: loyalty, theta: 1.5}", 3, "a number from 0 to 1"),
    ("world: pendulum\nmethod: td3\nreward:\n  heron: {signals: []}", 4, "signals"),
    (
      "world: pendulum\nmethod: td3\nreward:\n  heron: {signals: [{name: a, of: \"observation[7]\", better: lower}]}",
      4,
      "observation"
    ),
  ])
  func `a mistake is said with its line and what to do`(_ text: String, _ line: Int, _ words: String) {
    let error = #expect(throws: SpecificationError.self) { try ControlRunFile(text: text) }
    #expect(error?.line == line, "\(error.map(String.init(describing:)) ?? "")")
    #expect(error?.description.contains(words) == true, "\(error.map(String.init(describing:)) ?? "")")
  }
}
