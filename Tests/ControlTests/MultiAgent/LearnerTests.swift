import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Control

/// What every learner must do, on tiny games.
@Suite struct LearnerTests {
  static let names = [
    "IPPO", "IA2C", "ISAC", "IndependentREINFORCE", "LOLA", "SelfPlay_PPO", "FCP", "MAPPO", "MADDPG", "MATD3",
    "M3DDPG", "MASAC", "QMIX", "VDN", "COMA", "MeanFieldAC",
  ]

  /// Small networks and quick steps, for games of a few thousand steps.
  static func learner(_ name: String, _ world: some World, _ extra: [String: JSONValue] = [:]) throws
    -> any MultiAgentLearner
  {
    let kind = try #require(LearnerRegistry.standard.kind(named: name))
    let small: [String: JSONValue] = [
      "net_arch": .array([.integer(32)]), "learning_starts": .integer(200), "learning_rate": .number(3e-3),
      "actor_lr": .number(3e-3), "critic_lr": .number(3e-3), "buffer_size": .integer(2_000),
      "exploration_decay": .number(0.998), "target_update_interval": .integer(50), "gamma": .number(0.9),
    ]
    var given = JSONObject()
    for parameter in kind.parameters {
      if let value = extra[parameter.name] ?? small[parameter.name] { given[parameter.name] = value }
      if parameter.name == "n_steps", extra["n_steps"] == nil, case .integer(2_048)? = parameter.default {
        given["n_steps"] = .integer(128)
      }
      if parameter.name == "batch_size", case .integer(256)? = parameter.default {
        given["batch_size"] = .integer(64)
      }
      // Batches of five rows want smaller steps.
      if parameter.name == "learning_rate", name == "IA2C" { given["learning_rate"] = .number(1e-3) }
      if parameter.name == "checkpoint_steps" || parameter.name == "chunk_steps" {
        given[parameter.name] = .integer(500)
      }
    }
    return try kind.learner(given, world: world)
  }

  static func targets(_ name: String) -> [Double] { name == "MeanFieldAC" ? [1.6, 0.4, 1] : [1.6, 0.4] }

  @Test func theRegistryHasTheSixteenByName() {
    #expect(LearnerRegistry.standard.kinds.count == 16)
    for name in Self.names {
      let kind = LearnerRegistry.standard.kind(named: name)
      #expect(kind?.name == name.lowercased())
      #expect(kind.map { Set($0.parameters.map(\.name)).count == $0.parameters.count } == true)
    }
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner("qmx", world: TargetGame(targets: [1, 1]))
    }
    #expect(error?.suggestion == "qmix")
  }

  /// In the middle of the box the return is -1.8 (two agents); the optimum is 0.
  @Test(arguments: names) func findsTheTargetsOfAContinuousGame(name: String) throws {
    let game = TargetGame(targets: Self.targets(name))
    let learner = try Self.learner(name, game)
    let before = try game.play { try learner.act($0, deterministic: true) }
    try learner.learn(totalTimesteps: 6_000)
    learner.beginEpisode()
    let after = try game.play { try learner.act($0, deterministic: true) }
    #expect(after > -0.5, "\(name): \(before) before, \(after) after")
    #expect(learner.steps >= 6_000 && learner.steps < 6_700)
  }

  /// The best entry is the last, whatever the other does.
  @Test(arguments: [
    "IPPO", "IA2C", "IndependentREINFORCE", "LOLA", "SelfPlay_PPO", "FCP", "MAPPO", "QMIX", "VDN", "COMA",
  ])
  func findsTheBestEntryOfAMatrix(name: String) throws {
    let game = MatrixGame(table: [[0, 0, 1], [0, 2, 3], [1, 3, 8]])
    let learner = try Self.learner(name, game)
    try learner.learn(totalTimesteps: 4_000)
    let found = try game.play { try learner.act($0, deterministic: true) }
    #expect(found == 32, "\(name): \(found) of 32")
  }

  /// With uniform exploration, as in the paper: QMIX finds the 8, a sum of values settles for the 7.
  @Test(arguments: [("QMIX", 8.0), ("VDN", 7)])
  func onlyAMonotonicMixtureSolvesTheTwoStepGame(name: String, expected: Double) throws {
    let learner = try Self.learner(
      name, TwoStepGame(),
      ["exploration_final_eps": .number(1), "gamma": .number(0.99), "learning_rate": .number(2e-3)])
    try learner.learn(totalTimesteps: 6_000)
    #expect(try TwoStepGame().play { try learner.act($0, deterministic: true) } == expected)
  }

  @Test(arguments: names) func theSameSeedLearnsTheSame(name: String) throws {
    let game = TargetGame(targets: Self.targets(name))
    let actions = try [1, 1, 2].map { seed in
      let learner = try Self.learner(name, game, ["seed": .integer(seed)])
      try learner.learn(totalTimesteps: 600)
      learner.beginEpisode()
      let observation = game.environment(seed: 1).reset(seed: 1)
      _ = try learner.act(observation, deterministic: false)
      return try learner.act(observation, deterministic: true)
        + learner.policies.flatMap { $0.network.parameters }
    }
    #expect(actions[0] == actions[1])
    #expect(actions[0] != actions[2])
  }

  /// Agent 0 is paid for his own action alone: what agent 1 is paid must not reach him.
  @Test(arguments: ["IPPO", "IA2C", "ISAC", "IndependentREINFORCE"])
  func anIndependentLearnerKnowsOnlyHisOwnReward(name: String) throws {
    func policies(_ bribe: Double, _ extra: [String: JSONValue] = [:]) throws -> [[Float]] {
      let game = TargetGame(targets: [1.6, 0.4], bribe: bribe, paysApart: true)
      let learner = try Self.learner(name, game, extra)
      try learner.learn(totalTimesteps: 700)
      return learner.policies.map { Array($0.network.parameters) }
    }
    let (plain, bribed) = (try policies(0), try policies(5))
    #expect(plain[0] == bribed[0])
    #expect(plain[1] != bribed[1])
    let together = (
      try policies(0, ["team_reward": .bool(true)]), try policies(5, ["team_reward": .bool(true)])
    )
    #expect(together.0[0] != together.1[0])
  }

  @Test func withoutAdversaryM3DDPGIsMADDPG() throws {
    let game = TargetGame(targets: [1.6, 0.4])
    let actions = try [("MADDPG", 0.0), ("M3DDPG", 0), ("M3DDPG", 0.2)].map { name, step in
      let learner = try Self.learner(name, game, ["adversary_step": .number(step)])
      try learner.learn(totalTimesteps: 800)
      return learner.policies.flatMap { $0.network.parameters }
    }
    #expect(actions[0] == actions[1])
    #expect(actions[0] != actions[2])
  }

  @Test func stopsWhenTold() throws {
    for name in Self.names {
      let learner = try Self.learner(name, TargetGame(targets: Self.targets(name)))
      var reports = 0
      try learner.learn(
        totalTimesteps: 100_000, progress: { _ in reports += 1 }, isCancelled: { reports >= 2 })
      #expect(learner.steps < 5_000)
    }
  }
}

@Suite struct LearnerRefusalTests {
  private struct Open: World {
    var agents: Int { 2 }
    func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 1) }
    func actionSpace(of agent: Int) -> Space { .box(-.infinity, .infinity, width: 1) }
    func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }
    func step(
      _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
      random: inout PCG64
    ) -> Bool { true }
    func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) { target[0] = 0 }
  }

  @Test func aMeanFieldNeedsThreeAgents() {
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner("MeanFieldAC", world: TargetGame(targets: [1, 1]))
    }
    #expect(error?.message.contains("at least 3 agents, this world has 2") == true)
  }

  @Test(arguments: ["ISAC", "MADDPG", "MATD3", "M3DDPG", "MASAC"])
  func choicesAreRefusedByLearnersOfBoxes(name: String) {
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner(name, world: MatrixGame(table: [[1, 0], [0, 1]]))
    }
    #expect(error?.message.contains("bounded box") == true)
  }

  @Test(arguments: LearnerTests.names.filter { $0 != "MeanFieldAC" })
  func anOpenBoxIsRefused(name: String) {
    #expect(throws: ParameterError.self) { try LearnerRegistry.standard.learner(name, world: Open()) }
  }

  @Test func aWrongSettingNamesItsKey() {
    var given = JSONObject()
    given["net_arch"] = .array([.integer(0)])
    let error = #expect(throws: ParameterError.self) {
      try LearnerRegistry.standard.learner("ippo", given, world: TargetGame(targets: [1, 1]))
    }
    #expect(error?.parameter == "net_arch")
  }

  /// A world that pays NaN ends the training with an error; the policies still act.
  @Test(arguments: LearnerTests.names) func nothingThatIsNoNumberIsLearned(name: String) throws {
    var game = TargetGame(targets: LearnerTests.targets(name))
    game.failingStep = 3
    let learner = try LearnerTests.learner(name, game)
    #expect(throws: LearnerError.self) { try learner.learn(totalTimesteps: 2_000) }
    let observation = [Float](repeating: 0.5, count: game.agents * 2)
    #expect(try learner.act(observation, deterministic: false).allSatisfy { (0...2).contains($0) })
    #expect(throws: LearnerError.self) {
      try learner.act([Float](repeating: .nan, count: game.agents * 2), deterministic: true)
    }
    #expect(throws: LearnerError.self) { try learner.act([0], deterministic: true) }
  }

  @Test func aStepOnNaNIsNotMade() throws {
    var random = PCG64(seed: 1)
    let network = DenseNetwork(widths: [2, 1], random: &random)
    let before = Array(network.parameters)
    let trained = Trained("the network", [Adam(network, learningRate: 0.1)], maxGradNorm: 1)
    network.gradients[1] = .nan
    let error = #expect(throws: LearnerError.self) { try trained.step(steps: 7) }
    #expect(error == .diverged(part: "the network", steps: 7))
    #expect(Array(network.parameters) == before)
  }
}
