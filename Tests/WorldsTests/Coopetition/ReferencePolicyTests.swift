import Rewards
import Testing

@testable import Worlds

@Suite struct ReferencePolicyTests {
  static let names = Coopetition.kinds.map(\.name)
  static let small = names.filter { $0 != "apacheproject" }

  private func injected(_ name: String, _ mode: String = "integrated") throws -> CoopetitionGame {
    try game(
      name,
      [("reward_mode", .string(mode))]
        + (name == "synergysearch" ? [("gamma", .number(0.5542214721838761))] : []))
  }

  @Test(arguments: names)
  func oraclesEqualTheOriginals(name: String) throws {
    let oracles: [String: CoopetitionOracle] = [
      "CoopetitiveEquilibriumOracle": .equilibrium, "TrustAwareEquilibriumOracle": .trustAware,
      "NashEquilibriumOracle": .nash, "SocialOptimumOracle": .socialOptimum,
      "LoyaltyAugmentedOracle": .loyalty,
      "ReciprocityEquilibriumOracle": .reciprocityEquilibrium,
      "BoundedReciprocityOracle": .boundedReciprocity,
    ]
    let world = try injected(name)
    let table = CoopetitionFixture.part("oracles")
    var checked = 0
    for (key, expected) in zip(table.keys, table.values) where key.lowercased().hasPrefix(name + "/") {
      let label = String(key.drop { $0 != "/" }.dropFirst())
      let policy: any CoopetitionPolicy
      if label == "TitForTatPolicy" {
        policy = TitForTatPolicy(of: world.parameters)
      } else if let oracle = oracles[label] {
        policy = try #require(oracle.policy(for: world))
      } else {
        continue
      }
      let outcome = ReferencePolicies.evaluate(policy, in: world)
      #expect(Int(outcome.steps) == expected["steps"].int, "\(key)")
      #expect(abs(outcome.total / expected["return"].double - 1) <= 0.002, "\(key) \(outcome.total)")
      for (actions, row) in [
        (outcome.firstActions, expected["a0"]), (outcome.lastActions, expected["alast"]),
      ] {
        for (action, value) in zip(actions, row.array) {
          // Closed forms and scripts are exact. The original's solved actions are up to 0.02 off, because its
          // utilities are 32-bit numbers: agents 0 and 1 of the symmetric ReciprocalDilemma get 25.1755, 25.1635.
          let tolerance = label.hasSuffix("EquilibriumOracle") && !label.hasPrefix("Nash") ? 0.02 : 0.01
          #expect(abs(Double(action) - value.double) <= tolerance, "\(key) \(actions)")
        }
      }
      checked += 1
    }
    #expect(checked >= 2)
  }

  /// Nobody gains by leaving ours; somebody does by leaving the original's.
  @Test func solvedEquilibriaAreNearerThanTheOriginals() throws {
    let table = CoopetitionFixture.part("oracles")
    for kind in Coopetition.interdependenceKinds {
      let world = try injected(kind.name)
      func regret(_ actions: [Double]) -> Double {
        actions.indices.map { agent in
          func utility(_ action: Double) -> Double {
            var trial = actions
            trial[agent] = action
            return world.parameters.payoff.utilities(trial)[agent]
          }
          let best = BoundedMinimizer.minimum(
            of: { -utility($0) }, in: 0...world.parameters.endowments[agent], tolerance: 1e-9)
          return utility(best) - utility(actions[agent])
        }.max()!
      }
      let policy = try #require(CoopetitionOracle.equilibrium.policy(for: world) as? ConstantPolicy)
      let ours = regret(policy.actions.map(Double.init))
      let theirs = regret(
        table.first(named: "coopetitiveequilibriumoracle", of: kind.name)["a0"].array.map(\.double))
      #expect(ours < 1e-9 && theirs > ours, "\(kind.name) \(ours) \(theirs)")
    }
  }

  @Test(arguments: small, RewardMode.allCases)
  func theBestConstantIsTheOriginals(name: String, mode: RewardMode) throws {
    let expected = CoopetitionFixture.part("best_constant")["\(name)/\(mode.rawValue)"]!
    let level = expected[1].double
    // The published best and its neighbours; the whole grid would take a debug build too long.
    let best = ReferencePolicies.bestConstant(
      in: try injected(name, mode.rawValue),
      levels: [level - 0.02, level - 0.01, level, level + 0.01, level + 0.02])
    #expect(best.level == level)
    #expect(abs(best.total / expected[0].double - 1) <= 2e-5)
  }

  /// The published Oracle_Loyalty row is the constant of 100%.
  @Test func theLoyaltyOracleContributesEverything() throws {
    for (name, total) in [
      ("teamproduction", 89_390), ("loyaltyteam", 123_359), ("coalitionformation", 421_152),
      ("publicgoods", 182_166), ("apacheproject", 5_484_826),
    ] {
      let world = try game(name)
      let policy = try #require(CoopetitionOracle.loyalty.policy(for: world))
      #expect(Int(ReferencePolicies.evaluate(policy, in: world).total.rounded()) == total)
    }
  }

  /// Where no episode ends early, 20 episodes tell the mean to a few per cent.
  @Test(arguments: small)
  func randomPlayPaysWhatTheOriginalsDoes(name: String) throws {
    guard !["trustdilemma", "partnerholdup", "platformecosystem", "cooperativenegotiation"].contains(name)
    else { return }
    let expected = CoopetitionFixture.part("oracles").first(named: "randompolicy", of: name)["return"].double
    let world = try injected(name)
    let outcome = ReferencePolicies.evaluate(
      RandomPolicy(seed: 1, of: world.parameters), in: world, episodes: 20)
    #expect(abs(outcome.total / expected - 1) <= 0.06, "\(outcome.total) \(expected)")
  }

  /// The card: the mean over the five TR-1 environments is about 23,300, within 5%.
  @Test func randomPlayOfTheFirstTierPaysThePublishedMean() throws {
    let totals = try Coopetition.interdependenceKinds.map { kind in
      let world = try game(kind.name)
      return ReferencePolicies.evaluate(
        RandomPolicy(seed: 3, of: world.parameters), in: world, episodes: 60
      ).total
    }
    #expect(abs(totals.reduce(0, +) / 5 / 23_300 - 1) <= 0.05, "\(totals)")
  }

  @Test(arguments: small)
  func auditsEqualTheOriginals(name: String) throws {
    let audit = ExploitationAudit(try injected(name))
    for (rows, table) in [(audit.staticRows(), "static_audit"), (audit.lateRows(), "temporal_audit")] {
      let expected = CoopetitionFixture.part(table)[name]!.array
      #expect(rows.count == expected.count)
      for (row, values) in zip(rows, expected) {
        #expect(row.place == values[0].double)
        #expect(
          abs(row.gain - values[1].double) <= 0.02 + 2e-4 * abs(values[1].double), "\(name) \(table) \(row)")
        #expect(
          abs(row.othersChange - values[2].double) <= 0.02 + 2e-4 * abs(values[2].double),
          "\(name) \(table) \(row)")
        #expect(row.isExploitative == values[3].isTrue, "\(name) \(table) \(row)")
      }
    }
    #expect(ExploitationAudit.vulnerability(audit.lateRows(), length: 100) == .immune)
  }

  /// The original's late audit drops to nothing, which can never pay; a drop to a fifth may.
  @Test func aDropToAFifthFindsWhatADropToNothingCannot() throws {
    let audit = ExploitationAudit(try game("trustdilemma"))
    let nothing = audit.lateRows().filter(\.isExploitative)
    let fifth = audit.lateRows(target: 0.2).filter(\.isExploitative)
    #expect(nothing.isEmpty && !fifth.isEmpty, "\(fifth)")
  }

  @Test func thereAre110PoliciesThatNeedNoLearning() throws {
    var all = Set<String>()
    for name in Self.small {
      for policy in ReferencePolicies.all(for: try game(name)) { all.insert(policy.name) }
    }
    #expect(all.count == 101 + 7 + 2)
  }

  @Test func measuresFollowTheirFormulas() {
    #expect(CoopetitionMeasures.dependenceContribution(integrated: 10, private: 7) == 0.3)
    #expect(CoopetitionMeasures.gap(90, to: 100) == -10)
    #expect(CoopetitionMeasures.fairness([2, 2, 2]) == 1)
    #expect(CoopetitionMeasures.fairness([1, 0, 0, 0]) == 0.25)
    #expect(CoopetitionMeasures.isUnstable([1, 1, 1, -6]))
    #expect(!CoopetitionMeasures.isUnstable([1, 1, 1, -5]))
  }

  @Test func brentFindsMinimaInsideAndAtTheEnds() {
    #expect(abs(BoundedMinimizer.minimum(of: { ($0 - 2) * ($0 - 2) }, in: 0...5) - 2) < 1e-4)
    #expect(BoundedMinimizer.minimum(of: { $0 }, in: 0...5) < 1e-4)
    #expect(BoundedMinimizer.minimum(of: { -$0 }, in: 0...5) > 5 - 1e-4)
  }

  /// Card: sharing the reward moves constant play from no trust to full trust, and the integrated reward does not.
  @Test func sharingTheRewardMovesConstantPlayToFullTrust() throws {
    let expected: [(RewardMode, [Double], Double, Double)] = [
      (.private, [23, 22], 0, 29_589), (.integrated, [23, 23], 0, 29_808),
      (.cooperative, [33, 33], 1, 51_011),
    ]
    for (mode, levels, trust, total) in expected {
      let world = try game("slcd", [("reward_mode", .string(mode.rawValue))])
      let equilibrium = ReferencePolicies.constantEquilibrium(in: world)
      #expect(equilibrium.hasConverged && equilibrium.actions == levels, "\(equilibrium.actions)")
      let outcome = ReferencePolicies.evaluate(ConstantPolicy(name: "", actions: levels), in: world)
      #expect(abs(outcome.finalTrust - trust) < 0.001)
      #expect(abs(outcome.total - total) < 1)
    }
  }
}

extension JSONObject {
  /// The entry "Environment/Label" in any case.
  func first(named label: String, of environment: String) -> JSONValue {
    zip(keys, values).first { $0.0.lowercased() == "\(environment)/\(label)" }?.1 ?? .null
  }
}
