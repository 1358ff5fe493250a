import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct ScreeningRewardTests {
  static func record(
    _ decision: String = "APPROVE", score: JSONValue = .integer(71), present: Int = 3,
    explanation: String = ""
  ) -> JSONValue {
    let skills: [JSONValue] = ["Python", "SQL", "AWS", "Docker"].map { .string($0) }
    return .object(
      JSONObject([
        ("decision", .string(decision)), ("score", score), ("job_skills", .array(skills)),
        ("present_skills", .array(skills.prefix(present) + [.string("python")])),
        ("explanation", .string(explanation)),
      ]))
  }

  static func value(
    _ component: ScreeningReward.Component, _ completion: String, _ record: JSONValue,
    _ penalties: ScreeningReward.Penalties = .gentle
  ) -> Double? {
    ScreeningReward(component: component, penalties: penalties)
      .score(Sample(completion: completion, reference: record), state: RunState()).outcome.value
  }

  @Test(arguments: [
    ("SELECTED", "APPROVE", [2.0, 2, 1]), ("consider", "CONSIDER", [2, 2, 1]),
    ("REJECTED", "STRONGLY_CONSIDER", [-2, -5, -2]),
    ("REJECTED", "REJECT", [0, 0, 0]), ("APPROVE", "REJECT", [-1, -2, -5]),
    ("MAYBE", "APPROVE", [-1, -2, -5]),
    ("MAYBE", "REJECT", [-1, -2, -5]),
  ])
  func theStatusFollowsTheTables(_ status: String, _ decision: String, _ expected: [Double]) {
    let completion = "{\"status\": \"\(status)\", \"score\": 1}"
    let values = ScreeningReward.Penalties.allCases.map {
      Self.value(.status, completion, Self.record(decision), $0)
    }
    #expect(values == expected)
  }

  @Test(arguments: [(71, 1.0), (96, 0.5), (21, 0), (171, -1), (271, -1), (-1000, -1)])
  func theScoreFallsWithItsError(_ score: Int, _ expected: Double) {
    #expect(Self.value(.score, "{\"score\": \(score)}", Self.record()) == expected)
    #expect(Self.value(.score, "{\"score\": \(score)}", Self.record(score: .null)) == 0)
  }

  @Test func skillsLookAtTheRecordAlone() {
    #expect([0, 1, 2, 3, 4].map { Self.value(.skills, "", Self.record(present: $0)) } == [-1, -1, 0, 1, 1])
    let none = JSONValue.object(JSONObject([("decision", .string("APPROVE"))]))
    #expect(Self.value(.skills, "x", none) == -1)
  }

  @Test(arguments: [
    (0, 49.0, 1.0), (0, 50, 0), (0, 86, -1), (5, 79, 1), (5, 80, 0), (10, 75, 1), (10, 39, -1),
  ])
  func experienceFollowsTheCard(_ years: Int, _ score: Double, _ expected: Double) {
    #expect(ScreeningReward.experience(years: years, score: score) == expected)
  }

  @Test(arguments: [
    ("10 years", 10), ("a senior engineer", 10), ("15 years", 5), ("mid-level", 5), ("3 years", 3),
    ("Junior", 1),
    ("does not match", 0), ("I know 30 tools", 3), ("", 0),
  ])
  func yearsAreGuessedBySubstring(_ explanation: String, _ years: Int) {
    #expect(ScreeningRecord(Self.record(explanation: explanation))?.guessedYears == years)
  }

  @Test(arguments: [
    "", "no json", "}{", "{\"status\": \"SELECTED\"} {\"status\": \"SELECTED\"}", "{\"status\": 1}",
    "{\"status\": \"SELECTED\", \"score\": \"70.9\"}", "{\"status\": \"SELECTED\", \"score\": null}", "{{{",
    "\u{0}",
    "{\"status\": \"SELECTED\", \"score\": true}", "{\"status\": \"SELECTED\", \"score\": \"7 0\"}",
  ])
  func whatCannotBeReadCountsAsRejected(_ text: String) {
    #expect(ScreeningDecision(text) == nil)
    #expect(Self.value(.status, text, Self.record()) == -2)
    #expect(Self.value(.format, text, Self.record()) == 0)
  }

  @Test func scoresMayBeTextOrHaveAFraction() {
    for text in ["70", "\"70\"", "\" 70 \"", "70.9"] {
      let decision = ScreeningDecision("Sure: {\"status\": \"selected\", \"score\": \(text)}!")
      #expect(decision == ScreeningDecision(status: .selected, score: 70))
    }
  }

  /// The card's audit: the best score to state is not the truth.
  @Test(arguments: [(71, 49), (94, 49), (35, 35)])
  func theBestScoreIsNotTheTruth(_ truth: Int, _ best: Int) throws {
    let record = Self.record(score: .integer(truth), explanation: "does not match")
    let totals = (0...100).map {
      Self.value(.total, "{\"status\": \"SELECTED\", \"score\": \($0)}", record) ?? -9
    }
    #expect(totals.indices.max { totals[$0] < totals[$1] } == best)
    let parts = 0.2 * (Self.value(.score, "{\"score\": 49}", record) ?? 9) + 0.2
    if truth == 71 { #expect(abs(parts - 0.312) < 1e-9) }
    if truth == 94 { #expect(abs(parts - 0.22) < 1e-9) }
  }

  @Test func thresholdsFollowFromTheTables() {
    let thresholds = ScreeningReward.Penalties.allCases.map(\.impliedThreshold)
    #expect(thresholds == [0.2, 2.0 / 9, 0.625])
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let samples = ["", "{\"status\": \"SELECTED\", \"score\": 1e300}", "{\"score\": 50}", "\u{0}{}"].map {
      Sample(completion: $0, reference: Self.record())
    }
    for component in ScreeningReward.Component.allCases {
      let values = JSONObject([("component", .string(component.rawValue))])
      let made = try #require(Registry.standard.rewardKind("screening")).reward(values)
      let reward = try #require(made as? ScreeningReward)
      for reference: JSONValue? in [
        nil, .string("x"), .object(JSONObject()), Self.record(score: .string("x")),
      ] {
        let broken = Sample(completion: "{}", reference: reference)
        #expect(await checkReward(reward, on: samples, broken: broken).isEmpty)
      }
    }
    let best = Self.value(
      .total, "{\"status\": \"SELECTED\", \"score\": 75}", Self.record(score: .integer(75), explanation: "10")
    )
    #expect(abs((best ?? 0) - 1.4) < 1e-12 && ScreeningReward().maximum == 1.4)
  }
}
