import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct RankingRewardTests {
  static func measure(_ name: String) throws -> RankingMeasure {
    switch name {
    case "exponential_5": return RankingMeasure(.ndcg, cutoff: 5, gain: .exponential)
    case "recip_rank from 2": return RankingMeasure(.mrr, relevantFrom: 2)
    default:
      let words = name.replacing("_cut", with: "").split(separator: "_")
      let kinds: [Substring: RankingMeasure.Kind] = [
        "ndcg": .ndcg, "map": .map, "recip": .mrr, "recall": .recall, "P": .precision,
      ]
      return RankingMeasure(try #require(kinds[words[0]]), cutoff: words.count > 1 ? Int(words[1]) : nil)
    }
  }

  @Test func measuresEqualPytrecEvals() throws {
    let lines = try Fixtures.lines("rankings.jsonl")
    #expect(lines.count > 200)
    for (column, name) in lines[0].items.map(\.text).enumerated() {
      let reward = RankingReward(measure: try Self.measure(name))
      for line in lines.dropFirst() {
        let sample = Sample(completion: line["completion"].text, reference: line["judgements"])
        let value = reward.score(sample, state: RunState()).outcome.value
        guard let expected = line["values"].items[column].double else {
          #expect(value == nil)
          continue
        }
        #expect(abs((value ?? -1) - expected) <= 1e-6, "\(name): \(line)")
      }
    }
  }

  @Test(arguments: [
    ("[\"a\", \"b\", 3]", RankedList.Form.json, ["a", "b", "3"]),
    (
      "Here:\n```json\n[\"a\"]\n```\nor rather\n```\n{\"a\": 1, \"b\": 2.5, \"c\": 1}\n```", .json,
      ["b", "c", "a"]
    ),
    ("a\n\n  `b` \r\n\"c\"", .lines, ["a", "b", "c"]),
    ("The best:\n1. **a**\n2) b\n - c\n3 apples\n*d", .numbered, ["a", "b", "c"]),
    ("[2] > [1] > [3]", .arrows, ["2", "1", "3"]),
  ])
  func listsAreReadInFourForms(_ text: String, _ form: RankedList.Form, _ ids: [String]) {
    #expect(RankedList(text, form: form)?.ids == ids)
  }

  @Test(arguments: ["", "[]", "[[1]]", "[1, 2", "{\"a\": \"b\"}", "```\n```", "``````", "\u{0}", "null"])
  func whatIsNoListScoresZero(_ text: String) {
    let reward = RankingReward(measure: RankingMeasure(.ndcg))
    let sample = Sample(completion: text, reference: .array([.string("a")]))
    #expect(reward.score(sample, state: RunState()).outcome == .scored(0))
  }

  @Test func namingADocumentAgainEarnsNothing() {
    for kind in RankingMeasure.Kind.allCases {
      let measure = RankingMeasure(kind, cutoff: 4)
      let judgements = RelevanceJudgements(grades: ["a": 1, "b": 1])
      let honest = measure.value(of: RankedList(ids: ["a"]), against: judgements) ?? 0
      let again = measure.value(of: RankedList(ids: ["a", "a", "a", "a"]), against: judgements) ?? 1
      #expect(again <= honest)
    }
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let grades = JSONValue.object(JSONObject([("a", .integer(2)), ("b", .number(0.5)), ("c", .integer(-1))]))
    let samples = ["", "[\"a\"]", "[\"c\",\"a\"]"].map { Sample(completion: $0, reference: grades) }
    let broken = Sample(completion: "[]", reference: .object(JSONObject([("a", .string("x"))])))
    for kind in RankingMeasure.Kind.allCases {
      let values = JSONObject([("measure", .string(kind.rawValue)), ("k", .integer(0))])
      let reward = try #require(Registry.standard.rewardKind("ranking")).reward(values)
      let ranking = try #require(reward as? RankingReward)
      #expect(await checkReward(ranking, on: samples, broken: broken).isEmpty)
    }
    let none = Sample(completion: "[]", reference: .array([]))
    guard
      case .abstained = RankingReward(measure: RankingMeasure(.map)).score(none, state: RunState()).outcome
    else {
      Issue.record("no relevant document: nothing to say")
      return
    }
  }

  @Test func hugeListsEndInTime() {
    let start = ContinuousClock.now
    let text = "[" + (0..<100_000).map(String.init).joined(separator: ",") + "]"
    let sample = Sample(completion: text, reference: .array([.integer(99_999)]))
    let reward = RankingReward(measure: RankingMeasure(.recall))
    #expect(reward.score(sample, state: RunState()).outcome == .scored(1))
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
