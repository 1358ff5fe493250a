import Control
import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Learned

/// A world that a model of recorded transitions imagines.
@Suite struct ImaginedWorldTests {
  static func pay(_ x: Float, _ a: Float) -> Float { -(x + 0.5 * a - 0.5) * (x + 0.5 * a - 0.5) }

  /// A point that moves by half its action with noise 0.05, and pays minus its squared distance from 0.5 without it.
  static func line(_ count: Int, seed: UInt64 = 11) -> TransitionData {
    var random = PCG64(seed: seed)
    var data = TransitionData(observationWidth: 1, actionWidth: 1)
    for _ in 0..<count {
      let (x, a) = (Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1)))
      let next = x + 0.5 * a + 0.05 * Float(random.normal())
      data.append([x], [a], next: [next], reward: Self.pay(x, a))
    }
    return data
  }

  /// A model's file: models have buffers, so each test reads one of its own.
  private static let fitted = Result {
    let model = try DynamicsModel.fit(
      line(1000),
      settings: JSONObject([
        ("members", .integer(3)), ("elites", .integer(2)), ("hidden", .array([.integer(32), .integer(32)])),
        ("max_epochs", .integer(150)), ("batch_size", .integer(32)), ("rounds", .integer(40)),
        ("horizon", .integer(4)), ("learner_fit_steps", .integer(30)),
      ])
    ).model
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func model() throws -> DynamicsModel {
    let path = Self.temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Self.fitted.get().write(to: URL(fileURLWithPath: path))
    return try DynamicsModel(path: path)
  }

  private static func temporary() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  }

  private func world(_ change: (inout ImaginedWorld.Settings) -> Void = { _ in }) throws -> ImaginedWorld {
    var settings = ImaginedWorld.Settings()
    settings.horizon = 6
    change(&settings)
    return try ImaginedWorld(
      model(), startingIn: Self.line(50, seed: 2), actionSpace: .box(-1, 1, width: 1), settings: settings)
  }

  @Test func `it is a world by the checker, alone and in batches of any parts`() throws {
    let world = try world { $0.filter = TransitionFilter(.softmax(temperature: 0.1), stopsBelow: 0.3) }
    #expect(WorldChecker.problems(of: world, episodes: 2, steps: 40) == [])
    let (whole, parts) = (world.vector(count: 5, seed: 3), world.vector(count: 5, seed: 3, threads: 3))
    for step in 0..<20 {
      let actions = (0..<5).map { Float($0 * step % 7) / 3.5 - 1 }
      whole.step(actions)
      parts.step(actions)
      #expect(Array(whole.observations) == Array(parts.observations))
      #expect(Array(whole.rewards) == Array(parts.rewards))
    }
  }

  @Test func `it pays what was recorded, less the penalty for uncertainty`() throws {
    let (plain, charged) = (
      try world { $0.filter.selection = .consensus },
      try world {
        $0.filter.selection = .consensus
        $0.penalty = 2
      }
    )
    let (first, second) = (plain.environment(seed: 5), charged.environment(seed: 5))
    var worst = 0.0
    for episode in 0..<20 {
      let start = first.reset(seed: UInt64(episode))
      _ = second.reset(seed: UInt64(episode))
      let action = Float(episode) / 10 - 1
      let (made, less) = (try first.step([action]), try second.step([action]))
      worst = max(worst, abs(made.reward - Double(Self.pay(start[0], action))))
      let uncertainty = try #require(first.info["uncertainty"]?.double)
      #expect(abs(less.reward - (made.reward - 2 * uncertainty)) < 1e-12 && uncertainty > 0)
      #expect(abs(made.observation[0] - (start[0] + 0.5 * action)) < 0.2)
    }
    #expect(worst < 0.15)
  }

  @Test func `actions are cut to the box, and many environments step as few do`() throws {
    let world = try world()
    let (one, two) = (world.environment(seed: 1), world.environment(seed: 1))
    #expect(one.reset(seed: 3) == two.reset(seed: 3))
    #expect(try one.step([9]).observation == two.step([1]).observation)
    // More than one pass of the networks takes.
    let (many, few) = (world.vector(count: 600, seed: 5), world.vector(count: 300, seed: 5))
    let actions = (0..<600).map { Float($0) / 300 - 1 }
    many.step(actions)
    few.step(Array(actions.prefix(300)))
    #expect(many.observations.prefix(300).elementsEqual(few.observations))
    #expect(many.observations.allSatisfy(\.isFinite) && Set(many.observations).count > 500)
  }

  @Test func `disagreement grows where nothing was recorded`() throws {
    let model = try model()
    var (near, far) = (TransitionData(observationWidth: 1, actionWidth: 1), Self.line(0))
    for row in 0..<40 {
      let x = Float(row) / 20 - 1
      near.append([x], [0], next: [x])
      far.append([x + (x < 0 ? -6 : 6)], [0], next: [x])
    }
    func mean(_ data: TransitionData) throws -> Double {
      try model.scores(data).reduce(0) { $0 + $1.disagreement } / Double(data.count)
    }
    #expect(try mean(far) > 5 * mean(near))
    // By hand: two elites' means, the standard deviation of the population in each number.
    var spread = MeanSpread(count: 4)
    spread.add([0, 2, 1, 1])
    spread.add([6, 10, 1, 2])
    #expect(spread.norms(rows: 2) == [5, 0.5])
    let penalised = try world {
      $0.uncertainty = .disagreement
      $0.filter.selection = .consensus
    }.environment(seed: 2)
    _ = penalised.reset(seed: 2)
    #expect(penalised.info["uncertainty"] == nil)
    _ = try penalised.step([0.2])
    let uncertainty = try #require(penalised.info["uncertainty"]?.double)
    #expect(uncertainty > 0 && uncertainty < 0.5 && penalised.info["dynamics_reward"] == nil)
  }

  @Test func `records that do not go with the settings are warned of`() throws {
    func warnings(_ records: TransitionData, _ change: (inout ImaginedWorld.Settings) -> Void = { _ in })
      throws -> String
    {
      var settings = ImaginedWorld.Settings()
      change(&settings)
      return try ImaginedWorld(
        model(), startingIn: records, actionSpace: .box(-0.5, 0.5, width: 1), settings: settings
      ).warnings.joined()
    }
    var records = TransitionData(observationWidth: 1, actionWidth: 1)
    records.append([0.1], [0.25], next: [0.2], reward: 1)
    records.append([0.1], [0.5], next: [0.3], reward: 2)
    #expect(try warnings(records).isEmpty)
    records.append([0.1], [0.75], next: [0.3], reward: 2)
    #expect(try warnings(records).contains("1 of 3 recorded actions lie outside"))
    records.append([0.1], [0.25], next: [0.9], reward: 2, terminated: true)
    #expect(try warnings(records).contains("1 of 4 recorded transitions end an episode"))
    #expect(try !warnings(records) { $0.limits = [-0.5...0.5] }.contains("end an episode"))
    var whole = TransitionData(observationWidth: 1, actionWidth: 1)
    whole.append([0.1], [0], next: [0.2], reward: 0)
    #expect(try warnings(whole).contains("whole numbers"))
    #expect(try warnings(whole).contains("every recorded reward is 0.0"))
  }

  @Test func `episodes end at the horizon, beyond the limits and where the filter stops`() throws {
    let long = try world().environment(seed: 1)
    _ = long.reset(seed: 1)
    for step in 1...6 {
      let made = try long.step([0])
      #expect(made.truncated == (step == 6) && !made.terminated)
    }
    let limited = try world { $0.limits = [-0.5...0.5] }.environment(seed: 1)
    var ends = 0
    for seed in 0..<UInt64(30) {
      _ = limited.reset(seed: seed)
      let made = try limited.step([0.4])
      #expect(made.terminated == !(-0.5...0.5).contains(made.observation[0]))
      ends += made.terminated ? 1 : 0
    }
    #expect(ends > 3 && ends < 27)
    // Nothing is as likely as that: the first step stops, and costs a hundred of the lowest recorded reward.
    let stopped = try world { $0.filter.stopsBelow = 1e6 }.environment(seed: 1)
    _ = stopped.reset(seed: 1)
    let made = try stopped.step([0])
    let lowest = try #require(Self.line(1000).rewards.min())
    #expect(made.terminated && made.reward == 100 * Double(lowest) && stopped.info["stopped"] == .bool(true))
    let cheap = try world {
      $0.filter.stopsBelow = 1e6
      $0.stopReward = 0.25
    }.environment(seed: 1)
    _ = cheap.reset(seed: 1)
    #expect(try cheap.step([0]).reward == 0.25)
  }

  @Test func `a policy learns from recorded transitions what the environment wants`() throws {
    var settings = OffPolicyConfiguration.sac
    settings.netArch = [16]
    settings.learningRate = 3e-3
    settings.batchSize = 64
    settings.offlineShare = 0.25
    let learner = SAC(try world(), settings)
    Self.line(300, seed: 7).add(to: learner)
    learner.learn(totalSteps: 1500)
    // Half the action is what moves the point: from -0.2 to 0.5 takes more than 1.
    for (place, wanted) in [(Float(0.5), Float(0)), (-0.2, 1), (0.9, -0.8)] {
      #expect(abs(learner.act([place])[0] - wanted) < 0.35, "at \(place): \(learner.act([place])[0])")
    }
  }

  @Test func `a file of version 2 keeps the rewards, and rollouts have them`() throws {
    let model = try model()
    #expect(model.ensemble.normalizer.rewardScale == TransitionNormalizer(Self.line(1000)).rewardScale)
    let imagined = model.rollOut(
      from: [0, 0.4], horizon: 3, filter: TransitionFilter(.consensus, stopsBelow: nil), seed: 4)
    for one in imagined {
      let expected = Self.pay(one.observation[0], one.action[0])
      #expect(abs(Float(try #require(one.reward)) - expected) < 0.15)
      #expect(one.json["reward"] != nil && one.json["dynamics_reward"] == .null)
    }
  }

  @Test func `a row's step does not depend on the rows beside it`() throws {
    let model = try model()
    let dynamics = FilteredDynamics(model.ensemble, reward: model.reward, seed: 1)
    let (states, actions): ([Float], [Float]) = ([0.1, -0.7, 0.4], [0.3, 0.9, -1])
    var together = (0..<3).map { PCG64(seed: UInt64($0)) }
    let all = dynamics.advance(states, actions, steps: [1, 2, 3], random: &together, stride: 1)
    for row in 0..<3 {
      var alone = [PCG64(seed: UInt64(row))]
      let one = dynamics.advance([states[row]], [actions[row]], steps: [row + 1], random: &alone, stride: 1)
      #expect(one.nextObservations[0] == all.nextObservations[row] && one.payments[0] == all.payments[row])
      #expect(alone[0] == together[row])
    }
  }

  @Test func `what does not fit is told with the parameter's name`() throws {
    let (file, data) = (Self.temporary(), Self.temporary())
    defer { for path in [file, data] { try? FileManager.default.removeItem(atPath: path) } }
    func message(_ settings: [(String, JSONValue)]) -> String {
      do {
        _ = try WorldRegistry.complete.world("imagined", JSONObject(settings))
        return ""
      } catch { return "\(error)" }
    }
    func given(_ more: [(String, JSONValue)]) -> [(String, JSONValue)] {
      [("model", .string(file)), ("from", .string(data))] + more
    }
    #expect(message([("from", .string(data))]).hasPrefix("model: "))
    #expect(message(given([])).hasPrefix("model: " + file))
    try model().write(to: file)
    #expect(message(given([])).hasPrefix("from: "))
    let line = #"{"observation": [0.5], "action": 0.1, "next_observation": [0.6]}"#
    try (line + "\n").write(toFile: data, atomically: true, encoding: .utf8)
    #expect(message(given([])) == "")
    #expect(message(given([("like", .string("pendulum"))])) == "")
    #expect(message(given([("like", .string("pendulun"))])).contains("did you mean \"pendulum\""))
    #expect(message(given([("like", .string("planar-arm"))])).contains("actions of"))
    #expect(message(given([("like", .string("slcd"))])).contains("2 agents"))
    #expect(message(given([("like", .string("cartpole"))])).contains("0.1 is none of 2 choices"))
    #expect(message(given([("stop_reward", .integer(0))])).contains("without stop_below"))
    #expect(message(given([("limits", .array([.array([.null, .integer(1)])]))])) == "")
    #expect(
      message(given([("limits", .array([.array([.integer(1), .null])]))])).contains("no recorded observation")
    )
    #expect(message(given([("limits", .array([.null, .null]))])).contains("2 limits"))
    #expect(message(given([("limits", .array([.integer(3)]))])).contains("limits: expected [low, high]"))
    #expect(
      message(given([("limits", .array([.array([.integer(1), .integer(-1)])]))])).contains("low end is above")
    )
    try
      (line.replacingOccurrences(of: "[0.5]", with: "[0.5, 1]")
      .replacingOccurrences(of: "[0.6]", with: "[0.6, 1]") + "\n")
      .write(toFile: data, atomically: true, encoding: .utf8)
    #expect(message(given([])).contains("from: transitions of 2 observation"))

    var poor = TransitionData(observationWidth: 1, actionWidth: 1)
    let rich = Self.line(300)
    for row in 0..<300 {
      poor.append([rich.observations[row]], [rich.actions[row]], next: [rich.nextObservations[row]])
    }
    let small = JSONObject([
      ("members", .integer(1)), ("elites", .integer(1)), ("hidden", .array([.integer(4)])),
      ("max_epochs", .integer(1)), ("rounds", .integer(10)),
    ])
    try DynamicsModel.fit(poor, settings: small).model.write(to: file)
    #expect(message(given([])).contains("model: the model knows no rewards"))
  }
}
