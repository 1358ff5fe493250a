import Rewards
import Testing

@testable import Worlds

@Suite struct CoopetitionTests {
  static let names = Coopetition.kinds.map(\.name)

  @Test func thereAreTwentyEnvironments() {
    #expect(Self.names.count == 20 && Set(Self.names).count == 20)
    for kind in Coopetition.kinds {
      #expect(kind.family == "coopetition" && !kind.summary.isEmpty)
      #expect(WorldRegistry.standard.kind(named: kind.name) != nil)
      #expect(kind.parameters.allSatisfy { !$0.help.isEmpty && $0.default != nil })
    }
  }

  @Test(arguments: names, [true, false])
  func keepsTheRulesOfAWorld(name: String, isStrict: Bool) throws {
    for form in name == "apacheproject" ? [ObservationForm.minimal] : ObservationForm.allCases {
      var given: [(String, JSONValue)] = [
        ("strict_compatibility", .bool(isStrict)), ("observation", .string(form.rawValue)),
      ]
      if name == "apacheproject" { given.append(("phase", .string("emergence"))) }
      #expect(WorldChecker.problems(of: try game(name, given), episodes: 1, steps: 60) == [], "\(form)")
    }
  }

  @Test(arguments: [("trustdilemma", 3), ("partnerholdup", 3), ("platformecosystem", 4)])
  func endsEarlyWhenTrustIsLost(name: String, steps: Int) throws {
    let world = try game(name)
    let episode = try play(world) { 0.2 * world.parameters.endowments[$1] }
    #expect(episode.steps == steps && episode.terminated)
  }

  @Test(arguments: names)
  func trustStaysBetweenZeroAndItsCeiling(name: String) throws {
    let world = try game(name, name == "apacheproject" ? [("phase", .string("emergence"))] : [])
    try check(world)

    func check(_ world: CoopetitionGame) throws {
      let environment = world.environment(seed: 5)
      environment.reset(seed: 5)
      var random = PCG64(seed: 11)
      let count = world.agents
      for _ in 0..<100 {
        let before = environment.state!
        // Contributions near the baseline too, where the signal is not just a sign.
        let transition = try environment.step(
          (0..<count).map { Float(world.parameters.baselines[$0] + random.uniform(-3, 3)) })
        let after = environment.state!
        for i in 0..<count {
          for j in 0..<count where i != j {
            #expect(0...1 ~= after.trust(i, j) && 0...1 ~= after.reputation(i, j))
            #expect(after.trust(i, j) <= 1 - before.reputation(i, j) + 1e-15)
          }
          #expect(after.trust(i, i) == 1 && after.reputation(i, i) == 0)
        }
        if transition.isLast { environment.reset() }
      }
    }
  }

  @Test(arguments: [
    "trustdilemma", "dynamicpartnerselection", "reputationmarket", "loyaltyteam", "graduatedsanction",
  ])
  func agentsOfASymmetricGameMayBeExchanged(name: String) throws {
    let world = try game(name)
    let count = world.agents
    let levels = (0..<count).map { 0.45 + 0.09 * Double($0) }
    let high = world.parameters.endowments[0]
    let straight = try play(world) { step, agent in high * levels[agent] - Double(step % 3) }
    let turned = try play(world) { step, agent in high * levels[count - 1 - agent] - Double(step % 3) }
    #expect(straight.steps == turned.steps)
    for agent in 0..<count {
      #expect(straight.returns[agent].isClose(turned.returns[count - 1 - agent], 1e-12))
    }
  }

  @Test(arguments: names.filter { $0 != "apacheproject" })
  func theSumOfRewardsIsTheSameIntegratedAndCooperative(name: String) throws {
    let tolerance = Coopetition.reciprocityKinds.contains { $0.name == name } ? 1e-5 : 1e-12
    let totals = try ["integrated", "cooperative"].map { mode in
      let world = try game(
        name, [("reward_mode", .string(mode))] + (name == "synergysearch" ? [("gamma", .number(0.5))] : []))
      return try play(world) { 0.5 * world.parameters.endowments[$1] }.total
    }
    #expect(totals[0].isClose(totals[1], tolerance))
  }

  @Test func trustMovesAsTheEquationsSay() {
    let dynamics = TrustDynamics()
    var (trust, reputation) = (0.5, 0.0)
    dynamics.update(trust: &trust, reputation: &reputation, signal: 0.5, dependence: 0.5)
    #expect(trust == 0.5 + 0.10 * 0.5 * 0.5 && reputation == 0)
    dynamics.update(trust: &trust, reputation: &reputation, signal: -1, dependence: 0.5)
    #expect(trust.isClose(0.525 * (1 - 0.30 * 1.25), 1e-15) && reputation == 0.60)
    dynamics.update(trust: &trust, reputation: &reputation, signal: 0, dependence: 0.5)
    #expect(trust.isClose(0.328125, 1e-15) && reputation.isClose(0.60 * 0.97, 1e-15))
    #expect(dynamics.signal(30) == 1 && dynamics.signal(-30) == -1 && dynamics.signal(0) == 0)
  }

  @Test func trustSwitchedOffWeighsByDependenceAlone() throws {
    let world = try game("slcd", [("trust_enabled", .bool(false))])
    let episode = try play(world) { _, agent in [40, 60][agent] }
    let utilities = world.parameters.payoff.utilities([40, 60])
    #expect(zip(episode.rewards[99], utilities).allSatisfy { $0.isClose($1, 1e-12) })
    #expect(episode.state.meanTrust == 1)
  }

  @Test func reputationOutlivesEpisodesUnlessReset() throws {
    for resets in [false, true] {
      let world = try game("dynamicpartnerselection", [("reset_reputation", .bool(resets))])
      try check(world)

      func check(_ world: CoopetitionGame) throws {
        let environment = world.environment(seed: 1)
        var observation = environment.reset()
        #expect(observation[115] == 0)
        for _ in 0..<50 { try environment.step(Array(repeating: 50, count: 6)) }
        observation = environment.reset()
        #expect((observation[115] > 0.49) == !resets)
      }
    }
  }

  @Test func wrongOptionsAreRefusedWithTheirNames() {
    func message(_ name: String, _ given: [(String, JSONValue)]) -> String {
      do {
        _ = try WorldRegistry.standard.world(name, JSONObject(given))
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("renaultnissan", [("phase", .string("matur"))]).contains("did you mean \"mature\""))
    #expect(message("slcd", [("reward_mod", .string("private"))]).contains("reward_mode"))
    #expect(message("synergysearch", [("gamma_low", .number(0.95))]).contains("gamma_high"))
    #expect(
      message("coalitionformation", [("min_coalition_size", .integer(9))]).contains("more than there are"))
    #expect(message("platformecosystem", [("platform_share", .number(1.5))]).contains("from 0 to 1"))
    #expect(message("trustdilema", []).contains("trustdilemma"))
  }

  @Test func theOriginalsOptionsChangeTheSizes() throws {
    #expect(try game("platformecosystem", [("n_developers", .integer(2))]).agents == 3)
    #expect(try game("apacheproject", [("phase", .string("growth"))]).agents == 15)
    #expect(try game("synergysearch", [("reveal_gamma_in_obs", .bool(true))]).observationWidth == 16)
    for (form, width) in [("full", 12), ("realistic", 10), ("minimal", 3)] {
      #expect(try game("slcd", [("observation", .string(form))]).observationWidth == width)
    }
  }

  @Test func infoSaysWhatTheOriginalSays() throws {
    // env.step([30, ...]) of the original after reset(seed=7); see info in its step.
    let expected: [(String, [(String, Double)])] = [
      ("trustdilemma", [("mean_trust", 0.194), ("total_value", 158.35948), ("cooperation_rate", 0.3)]),
      (
        "partnerholdup",
        [("mean_trust", 0.4186139), ("trust_asymmetry", -0.35130287), ("cooperation_rate", 0.3125)]
      ),
      ("platformecosystem", [("mean_trust", 0.5865997), ("developer_trust_in_platform", 0.405)]),
      (
        "recoveryrace",
        [("peak_trust", 0.25), ("trust_ceiling", 0.1500318), ("recovery_progress", -0.1642159)]
      ),
      (
        "teamproduction",
        [("team_output", 713.45544), ("nash_equilibrium", 34.239982), ("social_optimum", 3478.5654)]
      ),
      ("loyaltyteam", [("mean_loyalty", 0.512), ("loyalty_lift", 0.9116148)]),
      ("coalitionformation", [("coalition_size", 6), ("efficiency_ratio", 0.012936367)]),
      ("apacheproject", [("effort_deviation", 0.36363637), ("mean_loyalty", 0.362)]),
      ("publicgoods", [("social_efficiency", 0.7660027), ("public_good", 300)]),
      ("reputationmarket", [("mean_reputation", 0.48)]),
      ("reciprocaldilemma", [("tr4_memory_window", 5)]),
    ]
    for (name, entries) in expected {
      let world = try game(name)
      try check(world, entries)
    }
    func check(_ world: CoopetitionGame, _ entries: [(String, Double)]) throws {
      let environment = world.environment()
      environment.reset(seed: 7)
      try environment.step(Array(repeating: 30, count: world.agents))
      for (key, value) in entries {
        #expect((environment.info[key] ?? .null).double.isClose(value, 2e-6), "\(key)")
      }
    }
    let dilemma = try game("giftexchange")
    try effects(dilemma)
    func effects(_ world: CoopetitionGame) throws {
      let environment = world.environment()
      environment.reset()
      try environment.step([30, 30])
      let effects = environment.info["reciprocity_effects"] ?? .null
      #expect(
        effects["0->1"].double.isClose(0.2644774, 1e-6) && effects["1->0"].double.isClose(0.6578156, 1e-6))
    }
  }
}
