import Foundation
import Rewards
import Testing

@testable import laurel

struct ControlRunFileTests {
  private func read(_ text: String) throws -> ControlRunFile {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(text.utf8).write(to: path)
    return try ControlRunFile(path: path.path)
  }

  @Test(arguments: ["cartpole", "pendulum", "pendulum-heron", "lava-constraints"])
  func `the examples are valid run files`(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appendingPathComponent("examples/\(name).yaml").path
    #expect(ControlRunFile.isControl(path: path))
    let run = try ControlRunFile(path: path)
    #expect((run.heron != nil) == (name == "pendulum-heron"))
  }

  @Test(arguments: [
    ("world: cartpol", 1, "cartpole"),
    ("world: cartpole\nmethod: sac", 1, "use method: ppo"),
    ("world: cartpole\nbatch_size: 100000", 2, "more than n_envs x n_steps x agents"),
    ("world: cartpole\ngama: 0.9", 2, "gamma"),
    ("world: cartpole\nnet_arch: [64, 0]", 2, "a width from 1 to 65536"),
    ("world: cartpole\nshaping:\n  - potental", 3, "potential"),
    ("world: cartpole\nreward:\n  heron: {}", 3, "replay buffer"),
    ("world: pendulum\nmethod: td3\nreward:\n  heron: {signals: []}", 4, "signals"),
    (
      "world: pendulum\nmethod: td3\nreward:\n  heron: {signals: [{name: a, of: \"observation[7]\", better: lower}]}",
      4,
      "observation"
    ),
  ])
  func `a mistake is said with its line and what to do`(_ text: String, _ line: Int, _ words: String) {
    let error = #expect(throws: SpecificationError.self) { try read(text) }
    #expect(error?.line == line, "\(error.map(String.init(describing:)) ?? "")")
    #expect(error?.description.contains(words) == true, "\(error.map(String.init(describing:)) ?? "")")
  }
}
