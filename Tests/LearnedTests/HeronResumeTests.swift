import Control
import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Learned

/// A run that learns from a hierarchy goes on with the reward's model, normaliser and generator.
@Suite struct HeronResumeTests {
  private func learner() throws -> SAC {
    var settings = OffPolicyConfiguration.sac
    (settings.netArch, settings.batchSize, settings.learningStarts) = ([8], 16, 150)
    let sac = SAC(Pendulum(), settings)
    let text = """
      {"signals": [{"name": "height", "of": "observation[0]", "better": "higher"},
                   {"name": "speed", "of": "observation[2]", "transform": "square", "better": "lower"}],
       "hidden": [8], "fit_every": 170, "first_updates": 20, "updates": 10, "batch_size": 32}
      """
    guard case .object(let given) = try JSONValue(json: text) else { fatalError("not a mapping") }
    try HeronReward(given, observationWidth: 3, actionWidth: 1, seed: 5).attach(to: sac)
    return sac
  }

  private func bytes(_ learner: SAC) throws -> (data: Data, archive: StateArchive) {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("heron-\(UInt64.random(in: 0 ... .max)).state").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var archive = StateArchive(kind: "heron", version: 1)
    try learner.save(in: &archive)
    try archive.write(to: path)
    return (
      try Data(contentsOf: URL(fileURLWithPath: path)),
      try StateArchive(path: path, kind: "heron", version: 1)
    )
  }

  /// Episodes have 200 steps: before the first fit there is no model yet, later there is one.
  @Test(arguments: [0, 200, 400]) func aRunGoesOnBitForBit(stop: Int) throws {
    let whole = try learner()
    whole.learn(totalSteps: 800)
    let first = try learner()
    if stop > 0 { first.learn(totalSteps: stop) }
    let second = try learner()
    try second.restore(from: bytes(first).archive)
    second.learn(totalSteps: 800)
    let reward = try #require(second.reward as? HeronReward)
    #expect(reward.model != nil && reward.deviation != 1)
    #expect(Array(second.policy.parameters) == Array(whole.policy.parameters))
    #expect(try bytes(second).data == bytes(whole).data)
  }
}
