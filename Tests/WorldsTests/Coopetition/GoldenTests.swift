import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct CoopetitionGoldenTests {
  /// The four scripts of the golden runs.
  static func action(_ script: String, _ endowment: Double) -> (Int, Int) -> Double {
    { step, agent in
      if let level = Double(script) { return level * endowment }
      if agent == 0 { return endowment * (step % 3 == 0 ? 0.3 : 0.6) }
      return endowment * ((step / 5).isMultiple(of: 2) ? 0.9 : 0.25)
    }
  }

  @Test(arguments: Coopetition.kinds.map(\.name))
  func equalsTheOriginal(name: String) throws {
    let environment = CoopetitionFixture.part("envs")[name]!
    let runs = environment["runs"].object
    #expect(runs.count == 12)
    for (key, run) in zip(runs.keys, runs.values) {
      let parts = key.split(separator: "/").map(String.init)
      var given: [(String, JSONValue)] = [("reward_mode", .string(parts[0]))]
      if case .number(let gamma) = run[6] { given.append(("gamma", .number(gamma))) }
      let world = try game(name, given)
      #expect(world.observationWidth == environment["obs"].int)
      #expect(world.actionSpace(of: 0) == .box(0, Float(environment["high"].double), width: 1))
      let endowments = world.parameters.endowments
      let episode = try play(world) { Self.action(parts[1], endowments[$1])($0, $1) }
      #expect(episode.steps == run[0].int, "\(name) \(key)")
      #expect(abs(episode.total / run[1].double - 1) <= 2e-5, "\(name) \(key) \(episode.total)")
      #expect(abs(episode.returns[0] / run[2].double - 1) <= 2e-5, "\(name) \(key)")
      #expect(abs(episode.state.meanTrust - run[3].double) <= 2e-5, "\(name) \(key)")
      #expect(abs(episode.state.meanReputationDamage - run[4].double) <= 2e-5, "\(name) \(key)")
      for (step, row) in zip([0, 1, 2, 9], run[5].array) {
        for (reward, expected) in zip(episode.rewards[step], row.array) {
          #expect(abs(reward / expected.double - 1) <= 2e-5, "\(name) \(key) step \(step)")
        }
      }
    }
  }

  @Test(arguments: Coopetition.kinds.map(\.name))
  func equalsTheRecordedTraces(name: String) throws {
    guard let path = SharedCoopetitionData.path(name) else {
      print("skipped: ../shared/data/coopetition/\(name).json is not there")
      return
    }
    let recorded = try JSONParser().parse(try #require(FileManager.default.contents(atPath: path)))
    for expected in recorded["traces"].array {
      var given: [(String, JSONValue)] = [("reward_mode", expected["reward_mode"])]
      if name == "synergysearch" { given.append(("gamma", .number(try hiddenWeight(given, expected)))) }
      let trace = try WorldTrace.run(
        world: game(name, given), policy: TracePolicy(expected["policy"].text),
        seed: UInt64(expected["seed"].int), steps: 60)
      let rows = expected["steps"].array
      let label: Comment = "\(name) \(expected["policy"].text) \(expected["reward_mode"].text)"
      #expect(trace.observationSize == recorded["observation_size"].int)
      #expect(trace.agents == recorded["agents"].int)
      #expect(trace.steps.count == rows.count, label)
      func compare(_ ours: [JSONValue], _ theirs: [JSONValue]) {
        #expect(ours.count >= theirs.count)
        for (a, b) in zip(ours, theirs) where !a.double.isClose(b.double, 1e-4) {
          Issue.record("\(label): \(a.double), not \(b.double)")
        }
      }
      compare(trace.initialObservation.array, expected["initial_observation"].array)
      for (ours, theirs) in zip(trace.rows, rows) {
        compare(ours["reward"].array, theirs["reward"].array)
        #expect(ours["mean_trust"].double.isClose(theirs["mean_trust"].double, 1e-4), label)
        if ours["end"].isTrue != theirs["end"].isTrue { Issue.record("\(label): another end") }
        if theirs.object["observation"] != nil {
          compare(ours["observation"].array, theirs["observation"].array)
        }
      }
    }
  }

  /// SynergySearch draws its hidden weight before it is seeded, so each recorded episode has another one (the data's
  /// note names one for all, which none of them has). Rewards are linear in it: the first step's tells it, and all
  /// the other steps must agree.
  private func hiddenWeight(_ given: [(String, JSONValue)], _ expected: JSONValue) throws -> Double {
    let ends = try [0.0, 1].map { gamma in
      try WorldTrace.run(
        world: game("synergysearch", given + [("gamma", .number(gamma))]),
        policy: TracePolicy(expected["policy"].text), seed: 7, steps: 1
      ).steps[0].reward.reduce(0, +)
    }
    let reward = expected["steps"][0]["reward"].array.reduce(0) { $0 + $1.double }
    let weight = (reward - ends[0]) / (ends[1] - ends[0])
    #expect(0.20...0.90 ~= weight)
    return weight
  }

  @Test(arguments: Coopetition.kinds.map(\.name))
  func equalsTheOriginalUnderTracePolicies(name: String) throws {
    let runs = CoopetitionFixture.part("policies")[name]!.object
    #expect(runs.count == 18)
    for (key, run) in zip(runs.keys, runs.values) {
      let parts = key.split(separator: "/").map(String.init)
      // 40 agents take a debug build seconds a mode.
      if name == "apacheproject", parts[0] != "integrated" { continue }
      var given: [(String, JSONValue)] = [("reward_mode", .string(parts[0]))]
      if name == "synergysearch" { given.append(("gamma", .number(0.3))) }
      let trace = try WorldTrace.run(
        world: game(name, given), policy: TracePolicy(parts[1]), seed: 7, steps: 1000)
      let last = try #require(trace.steps.last)
      #expect(trace.steps.count == run[0].int, "\(name) \(key)")
      let total = trace.steps.reduce(0) { $0 + $1.reward.reduce(0, +) }
      #expect(abs(total / run[1].double - 1) <= 2e-5, "\(name) \(key) \(total)")
      let first = trace.steps.reduce(0) { $0 + $1.reward[0] }
      #expect(abs(first / run[2].double - 1) <= 2e-5, "\(name) \(key)")
      #expect(abs((last.meanTrust ?? .nan) - run[3].double) <= 1e-5, "\(name) \(key)")
      let seen = last.observation.array.reduce(0) { $0 + $1.double }
      #expect(abs(seen - run[4].double) <= 1e-4 * max(1, abs(run[4].double)), "\(name) \(key)")
    }
  }

  /// Strict mode in the parallel forms skips what the original's wrappers skip.
  @Test(arguments: Coopetition.kinds.map(\.name))
  func equalsTheOriginalsParallelForm(name: String) throws {
    let expected = CoopetitionFixture.part("parallel")[name]!
    try check(try game(name, [("observation", .string("full"))]))

    func check(_ world: CoopetitionGame) throws {
      #expect(world.observationWidth == expected["width"].int)
      let environment = world.environment(seed: 7)
      for row in expected["episodes"].array {
        environment.reset()
        var (step, total) = (0, 0.0)
        while true {
          let actions = (0..<world.agents).map { agent in
            Float(((step / 5 + agent).isMultiple(of: 2) ? 0.9 : 0.2) * world.parameters.endowments[agent])
          }
          let transition = try environment.step(actions)
          total += transition.rewards.reduce(0, +)
          step += 1
          if !transition.isLast { continue }
          let width = world.observationWidth
          for (ours, theirs) in zip(transition.observation[width...], expected["last_of_agent_1"].array) {
            #expect(Double(ours).isClose(theirs.double, 1e-5))
          }
          break
        }
        #expect(step == row[0].int)
        #expect(abs(total / row[1].double - 1) <= 2e-5, "\(name) \(total)")
      }
    }
  }
}
