import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct OverlapRewardTests {
  static func rewards() throws -> [any PointwiseReward<Sample>] {
    [
      try BLEUReward(), try ChrFReward(wordOrder: 2), ROUGEReward(), ROUGEReward(variant: .summary),
      ROUGEReward(variant: .bigrams, usesStemmer: true), AnswerOverlapReward(.tokenF1),
      AnswerOverlapReward(.exactMatch),
    ]
  }

  static func outcome(
    _ reward: any PointwiseReward<Sample>, _ completion: String, _ reference: JSONValue?
  ) -> Outcome? {
    try? reward.score(Sample(completion: completion, reference: reference), state: RunState()).outcome
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let samples = ["", "one two", "the cat sat on the mat", "\u{0}😀\n\n", "\u{FFFD}\u{301}"].map {
      Sample(completion: $0, reference: .array([.string("The cat sat on a mat."), .string("one")]))
    }
    for reward in try Self.rewards() {
      let broken = Sample(completion: "one", reference: .bool(true))
      #expect(await checkReward(reward, on: samples, broken: broken).isEmpty)
      #expect(reward.maximum == 1)
    }
  }

  @Test func aReferenceThatIsNotTextFails() throws {
    for reward in try Self.rewards() {
      for reference: JSONValue? in [
        nil, .null, .array([]), .array([.bool(true)]), .object(JSONObject()),
        .object(JSONObject([("text", .object(JSONObject()))])),
      ] {
        guard case .failed = Self.outcome(reward, "one", reference) else {
          Issue.record("\(reward.name) scores against \(reference as Any)")
          continue
        }
      }
      let squad = JSONValue.object(JSONObject([("text", .array([.string("four words stand here")]))]))
      #expect(Self.outcome(reward, "four words stand here", squad) == .scored(1))
      #expect(Self.outcome(reward, "", squad) == .scored(0))
    }
  }

  @Test func theTagDecidesWhatIsLookedAt() throws {
    let reward = AnswerOverlapReward(.exactMatch, part: try AnswerPart(tag: "answer"))
    #expect(
      Self.outcome(reward, "<answer>5</answer><answer> Paris.</answer>", .string("paris")) == .scored(1))
    #expect(Self.outcome(reward, "Paris", .string("paris")) == .scored(0))
    #expect(Self.outcome(reward, "<answer>Paris", .string("paris")) == .scored(0))
    #expect(throws: ParameterError.self) { try AnswerPart(tag: "<answer>") }
  }

  @Test func articlesAloneNeverEarnTheAnswerA() throws {
    let reward = AnswerOverlapReward(.exactMatch)
    guard case .failed = Self.outcome(reward, "the", .string("A")) else {
      Issue.record("\"the\" is no answer A")
      return
    }
    #expect(Self.outcome(reward, "the", .array([.string("A"), .string("the B")])) == .scored(0))
    let plain = AnswerOverlapReward(.exactMatch, normalizes: false)
    #expect(Self.outcome(plain, "A", .string("A")) == .scored(1))
    #expect(Self.outcome(plain, "e\u{301}", .string("\u{E9}")) == .scored(0))
    #expect(Self.outcome(reward, "", .string("")) == .scored(1))
    #expect(Self.outcome(reward, "Paris", .string("")) == .scored(0))
  }

  @Test func stuffingEarnsLittle() throws {
    let reference = JSONValue.string("the cat sat on the mat and looked at the dog")
    let stuffed = String(repeating: "cat mat dog ", count: 50)
    for reward in try Self.rewards() where reward.name != "chrf" {
      #expect(Self.outcome(reward, stuffed, reference)?.value ?? 1 < 0.1)
    }
  }

  @Test func hugeTextsEndInTime() throws {
    let reference = JSONValue.string(String(repeating: "one two three four\n", count: 250))
    let start = ContinuousClock.now
    for completion in [
      String(repeating: "one ", count: 50_000), String(repeating: "x", count: 250_000),
      String(repeating: "one two\n", count: 2_000), String(repeating: "!,.-", count: 20_000),
    ] {
      for reward in try Self.rewards() { #expect(Self.outcome(reward, completion, reference)?.value != nil) }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
    let tooLong = String(repeating: "one ", count: 300_000)
    guard case .failed = Self.outcome(ROUGEReward(), tooLong, reference) else {
      Issue.record("300,000 words against 1,000 are past the limit")
      return
    }
  }

  @Test func subsequencesAreTheTables() {
    var random = SplitMix(state: 1)
    for round in 0..<60 {
      let rows = (0..<(round * 3 % 130)).map { _ in UInt32.random(in: 0..<5, using: &random) }
      let columns = (0..<(round * 7 % 150)).map { _ in UInt32.random(in: 0..<4, using: &random) }
      var table = Array(repeating: Array(repeating: 0, count: columns.count + 1), count: rows.count + 1)
      for (i, a) in rows.enumerated() {
        for (j, b) in columns.enumerated() {
          table[i + 1][j + 1] = a == b ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
        }
      }
      var expected: [Int] = []
      var (i, j) = (rows.count, columns.count)
      while i > 0, j > 0 {
        if rows[i - 1] == columns[j - 1] {
          expected.insert(i - 1, at: 0)
          (i, j) = (i - 1, j - 1)
        } else if table[i][j - 1] > table[i - 1][j] {
          j -= 1
        } else {
          i -= 1
        }
      }
      var common = CommonSubsequence(columns: columns, count: 4)
      #expect(common.length(with: rows) == table[rows.count][columns.count])
      #expect(common.indices(with: rows) == expected)
    }
  }

  @Test func kindsTakeThePackagesParameterNames() throws {
    let registry = Registry.standard
    func reward(_ kind: String, _ values: [(String, JSONValue)]) throws -> any Reward<Sample> {
      try #require(registry.rewardKind(kind)).reward(JSONObject(values))
    }
    let bleu = try reward("bleu", [("tokenize", .string("char")), ("smooth_method", .string("add-k"))])
    #expect((bleu as? BLEUReward)?.tokenizer == .char)
    #expect((bleu as? BLEUReward)?.smoothValue == 1)
    #expect((try reward("chrf", [("word_order", .integer(2))]) as? ChrFReward)?.wordOrder == 2)
    #expect(
      (try reward("rouge", [("rouge_type", .string("rougeLsum"))]) as? ROUGEReward)?.variant == .summary)
    #expect(try reward("token_f1", []).name == "token_f1")
    #expect(throws: ParameterError.self) { try reward("chrf", [("char_order", .integer(0))]) }
    #expect(throws: ParameterError.self) { try reward("exact_match", [("tag", .string("a b"))]) }
  }
}
