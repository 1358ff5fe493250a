import Foundation
import Rewards
import Testing

@testable import Worlds

/// What `strict_compatibility` changes, and the payoffs of theory.
@Suite struct StrictModeTests {
  private func pair(_ name: String, _ given: [(String, JSONValue)] = []) throws -> [CoopetitionGame] {
    try [true, false].map { try game(name, given + [("strict_compatibility", .bool($0))]) }
  }

  @Test func theRecoveryRaceCanOnlyBeWonWhenCorrected() throws {
    let episodes = try pair("recoveryrace").map { world in try play(world) { _, _ in 100 } }
    #expect(episodes[0].steps == 150 && !episodes[0].terminated)
    #expect(episodes[1].steps < 150 && episodes[1].terminated)
    // The ceiling of the card: 1 - 0.5 * 0.99^150.
    #expect((1 - episodes[0].state.meanReputationDamage).isClose(0.889, 1e-3))
  }

  @Test func aBreachRaisesTheBaselinesOnlyWhenCorrected() throws {
    // An agreement at 60, then both drop to 45: above the baseline of 35, below 35 + 0.5 * 60.
    let trust = try pair("cooperativenegotiation").map { world in
      try play(world) { step, _ in step == 0 ? 60 : 45 }.state.meanReputationDamage
    }
    #expect(trust[0] == 0 && trust[1] > 0)
  }

  @Test func breachCostsThreeTimesTheDeviation() throws {
    let world = try game("cooperativenegotiation")
    let same = try play(world) { step, _ in step == 0 ? 60 : 45 }
    // Baselines of the engine without agreements: the first step's 60, then 45 for ever.
    let free = try play(try game("cooperativenegotiation", [("breach_penalty_multiplier", .number(0))])) {
      step, _ in step == 0 ? 60 : 45
    }
    #expect((free.rewards[1][0] - same.rewards[1][0]).isClose(45, 1e-9))
    #expect(free.rewards[2] == same.rewards[2])
  }

  @Test func correctedObservationsDoNotLag() throws {
    let firsts = try pair("dynamicpartnerselection").map { world in
      let environment = world.environment()
      environment.reset()
      return try environment.step(Array(repeating: 50, count: 6)).observation[115]
    }
    #expect(firsts[0] == 0 && Double(firsts[1]).isClose(0.05, 1e-6))
  }

  @Test func reciprocityComparesWithThePastOnlyWhenCorrected() throws {
    // At the second step the original compares the action with itself.
    let effects = try pair("reciprocaldilemma").map { world in
      let environment = world.environment()
      environment.reset()
      try environment.step([40, 40])
      try environment.step([60, 60])
      return environment.info["cooperation_signals"]!["0->1"].double
    }
    #expect(effects == [0, 20])
  }

  @Test func payoffsOfTheHoldUpAreReportedOnlyWhenCorrected() throws {
    let payoffs = try pair("partnerholdup", [("reward_mode", .string("private"))]).map { world in
      let environment = world.environment()
      environment.reset()
      let reward = try environment.step([60, 40]).reward
      return (environment.info["strong_agent_payoff"]!.double, reward)
    }
    #expect(payoffs[0].0 == 0 && payoffs[1].0.isClose(payoffs[1].1, 1e-12))
  }

  /// A penalty on a loss must not make it smaller.
  @Test func penaltiesHurtWhereRewardsAreNegative() throws {
    let rewards = try pair("loyaltyteam", [("reward_scale", .number(-1))]).map { world in
      try play(world) { _, _ in 5 }.rewards[0][0]
    }
    #expect(rewards[0] < 0 && rewards[1].isClose(4 * rewards[0], 1e-6))
  }

  @Test(arguments: TeamParameters.Welfare.allCases)
  func theoryPaysTheLoyalUtilities(welfare: TeamParameters.Welfare) throws {
    let world = try game(
      "loyaltyteam", [("payoff", .string("theory")), ("welfare", .string(welfare.rawValue))])
    let episode = try play(world) { _, agent in 20 + 5 * Double(agent) }
    // After the first step: rates 0.4, 0.5, 0.6, 0.7.
    let loyalties = [0.5 - 0.05 * 0.1, 0.5 + 0.02 * 0.5, 0.5 + 0.02 * 0.6, 0.5 + 0.02 * 0.7]
    let team = TeamParameters(welfare: welfare)
    let expected = team.utilities([20, 25, 30, 35], loyalties: loyalties)
    #expect(zip(episode.rewards[0], expected).allSatisfy { $0.isClose($1, 1e-6) })
  }

  /// The card's control: were loyalty part of the released reward, 116,495.07 would change.
  @Test func loyaltyIsNoPartOfTheReleasedReward() throws {
    let world = try game("loyaltyteam", [("phi_b", .number(0)), ("phi_c", .number(0))])
    #expect(try play(world) { _, _ in 25 }.total.isClose(116_495.07, 2e-5))
  }

  @Test func constantsReachTheCardsEquilibriaOfReciprocityAndTrust() throws {
    let expected: [(String, RewardMode, [Double], Double)] = [
      ("reciprocaldilemma", .private, [23, 23], 0), ("reciprocaldilemma", .integrated, [23, 23], 0),
      ("reciprocaldilemma", .cooperative, [33, 33], 1), ("trustdilemma", .cooperative, [42, 42], 1),
      ("trustdilemma", .private, [25, 40], 0.25), ("trustdilemma", .integrated, [27, 40], 0.25),
    ]
    for (name, mode, levels, trust) in expected {
      let world = try game(name, [("reward_mode", .string(mode.rawValue))])
      // No agent gains by another level while the other stays: the levels are an equilibrium of the grid.
      let base = ReferencePolicies.evaluate(ConstantPolicy(name: "", actions: levels), in: world)
      #expect(abs(base.finalTrust - trust) < 0.01, "\(name) \(mode) \(base.finalTrust)")
      for agent in 0..<2 {
        for level in stride(from: 0.0, through: 100, by: 1) {
          var trial = levels
          trial[agent] = level
          let other = ReferencePolicies.evaluate(ConstantPolicy(name: "", actions: trial), in: world)
          #expect(other.returns[agent] <= base.returns[agent] + 1e-9, "\(name) \(mode) \(trial)")
        }
      }
    }
  }
}

@Suite struct WorldTraceTests {
  @Test func policiesSayTheirFractions() throws {
    #expect(try TracePolicy("constant-35").fraction(step: 9, agent: 1) == 0.35)
    let alternate = try TracePolicy("alternate")
    #expect([0, 4, 5, 9, 10].map { alternate.fraction(step: $0, agent: 0)! } == [0.9, 0.9, 0.1, 0.1, 0.9])
    #expect(alternate.fraction(step: 0, agent: 1) == 0.1)
    #expect([0, 20, 40, 99].map { TracePolicy.ramp.fraction(step: $0, agent: 0)! } == [0, 0.5, 1, 1])
    #expect([7, 8].map { TracePolicy.oneDefects.fraction(step: $0, agent: 0)! } == [0.7, 0.05])
    #expect(TracePolicy.oneDefects.fraction(step: 8, agent: 1) == 0.7)
  }

  @Test func discreteWorldsTakeTheirChoice() throws {
    let trace = try WorldTrace.run(world: CartPole(), policy: .constant(percent: 100), seed: 1, steps: 5)
    #expect(trace.steps.allSatisfy { $0.action == [1] && $0.meanTrust == nil })
    #expect(trace.rows[0].object.keys == ["reward", "observation", "terminated", "truncated", "end"])
  }

  @Test func aTraceTellsTheWorldAndEveryStep() throws {
    let kind = try #require(WorldRegistry.standard.kind(named: "trustdilemma"))
    let trace = try WorldTrace.run(kind: kind, policy: .constant(percent: 35), seed: 7, steps: 60)
    #expect(trace.steps.count == 3 && trace.json["observation_size"].int == 15)
    #expect(trace.rows[2]["end"].isTrue && trace.rows[2]["terminated"].isTrue && !trace.rows[1]["end"].isTrue)
    #expect(trace.rows[0]["observation"].array.count == 15 && trace.rows[0]["reward"].array.count == 2)
    // Random play repeats with its seed.
    let twice = try (0..<2).map { _ in
      try WorldTrace.run(kind: kind, policy: .random, seed: 3, steps: 5).json
    }
    #expect(twice[0] == twice[1])
  }

  @Test func scriptsAreReadFromFilesAndChecked() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "laurel-script-\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("[[50, 60.5], [1, 2]]".utf8).write(to: URL(filePath: path))
    let policy = try TracePolicy(path)
    #expect(policy == .script([[50, 60.5], [1, 2]]))
    let world = try game("slcd")
    #expect(
      try WorldTrace.run(world: world, policy: policy, seed: 0, steps: 2).steps[0].action == [50, 60.5])
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(
      message { _ = try WorldTrace.run(world: world, policy: policy, seed: 0, steps: 3) }.contains(
        "step 2 is missing"))
    #expect(message { _ = try TracePolicy("alternat") }.contains("did you mean alternate?"))
    #expect(message { _ = try TracePolicy("constant-150") }.contains("from 0 to 100"))
    try Data("[[50, true]]".utf8).write(to: URL(filePath: path))
    #expect(message { _ = try TracePolicy(path) }.contains("step 0: expected numbers"))
    #expect(
      message { _ = try WorldTrace.run(world: world, policy: .script([[1]]), seed: 0, steps: 1) }.contains(
        "2 are needed"))
  }
}
