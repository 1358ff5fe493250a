import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct MixedTaskRewardTests {
  /// The card's table: a = (1, 0), b = (0, 1), and a row of zeros.
  static let axes = BidirectionalMaxAverage(table: [2, 0, 0, 3, 0, 0], width: 2)

  @Test func bmasByHand() throws {
    #expect(try Self.axes.similarity(of: [0], to: [0, 1]) == 0.75)
    #expect(try Self.axes.similarity(of: [0, 1, 1], to: [1, 0, 1]) == 1)
    #expect(try Self.axes.similarity(of: [0], to: [1]) == 0)
    #expect(try Self.axes.similarity(of: [], to: [1]) == 0)
    #expect(try Self.axes.similarity(of: [2], to: [2]) == 0)
    #expect(throws: BidirectionalMaxAverage.UnknownToken.self) { try Self.axes.similarity(of: [3], to: [0]) }
    let cut = BidirectionalMaxAverage(table: [1, 0, 0, 1], width: 2, maxTokens: 2)
    #expect(try cut.similarity(of: [0, 0, 1, 1], to: [0]) == 1)
    let centred = BidirectionalMaxAverage(table: [1, 0, 0, 1], width: 2, isCentered: true)
    #expect(abs(try centred.similarity(of: [0], to: [1]) + 1) < 1e-6)
  }

  @Test func bmasEqualsItsFormulaAndIsBlindToOrder() throws {
    var random = SplitMix(state: 7)
    let table = (0..<50 * 8).map { _ in Float.random(in: -1...1, using: &random) }
    let measure = BidirectionalMaxAverage(table: table, width: 8)
    func row(_ id: Int) -> [Double] {
      let row = table[id * 8..<(id + 1) * 8].map(Double.init)
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 / length }
    }
    for _ in 0..<20 {
      let a = (0..<Int.random(in: 1...30, using: &random)).map { _ in Int.random(in: 0..<50, using: &random) }
      let b = (0..<Int.random(in: 1...30, using: &random)).map { _ in Int.random(in: 0..<50, using: &random) }
      func cosine(_ x: Int, _ y: Int) -> Double {
        var sum = 0.0
        for (u, v) in zip(row(x), row(y)) { sum += u * v }
        return sum
      }
      func best(_ x: [Int], _ y: [Int]) -> Double {
        var sum = 0.0
        for i in x { sum += y.map { cosine(i, $0) }.max() ?? 0 }
        return sum / Double(x.count)
      }
      let expected = (best(a, b) + best(b, a)) / 2
      #expect(abs(try measure.similarity(of: a, to: b) - expected) < 1e-5)
      #expect(
        try measure.similarity(of: a.shuffled(using: &random), to: b) == measure.similarity(of: a, to: b))
      #expect(abs(try measure.similarity(of: a.reversed(), to: a) - 1) < 1e-4)
    }
  }

  @Test(arguments: [
    ("95", "100", 1.0), ("94.9", "100", 0), ("1,200", "1200", 1), ("12%", "12", 1),
    ("$ 1,200.50", "1200.5", 1),
    ("0", "0", 1), ("0.1", "0", 0), ("-5", "5", 0), ("-$5", "-5", 1), ("$-5", "-5", 1), ("", "5", 0),
    ("abc", "5", 0),
    ("1.200,5", "1200.5", 0), ("12,00", "1200", 0), (".5", "0.5", 1), ("5.", "5", 1), (".", "5", 0),
    ("1e9", "1", 0),
    ("The Netherlands.", "netherlands", 1), ("", "the", 0), ("5", "five", 0), ("nan", "nan", 1),
    ("inf", "5", 0),
  ])
  func chartValuesMayBeFivePercentOff(_ answer: String, _ reference: String, _ expected: Double) {
    #expect(ChartAnswer.score(answer, reference: reference) == expected)
  }

  @Test(arguments: [
    ("B", 1.0), ("(B)", 1), ("b.", 1), (" B: a dog ", 1), ("B) dog", 1), ("a dog", 1), ("A Dog!", 1),
    ("Bob", 0),
    ("A", 0), ("A, B", 0), ("(B", 0), ("", 0), ("BB", 0), ("(B)ob", 0), ("\u{0}", 0),
  ])
  func aChoiceIsNamedByLetterOrText(_ answer: String, _ expected: Double) {
    #expect(ChoiceAnswer.score(answer, reference: "(B)", options: ["a cat", "a dog"]) == expected)
  }

  @Test func yesAndNoAreComparedWithoutPunctuation() {
    #expect(ChoiceAnswer.score(" Yes. ", reference: "yes") == 1)
    #expect(ChoiceAnswer.score("yes and no", reference: "yes") == 0)
    #expect(ChoiceAnswer.score("!", reference: "?") == 0)
  }

  static func sample(_ type: String?, _ answer: String, _ reference: JSONValue?) -> Sample {
    Sample(
      completion: "<think>x</think><answer>\(answer)</answer>", reference: reference,
      columns: JSONObject(type.map { [("type", .string($0))] } ?? []))
  }

  @Test func theTypePicksTheRule() async throws {
    let words: @Sendable (String) -> [Int] = { $0.split(separator: " ").map { $0 == "a" ? 0 : 1 } }
    let reward = try MixedTaskReward(similarity: EmbeddingSimilarity(Self.axes, tokenize: words))
    #expect(reward.maximum == 1.5)
    func value(_ type: String?, _ answer: String, _ reference: JSONValue?) throws -> Double? {
      try reward.score(Self.sample(type, answer, reference), state: RunState()).outcome.value
    }
    #expect(try value("matching", "B", .string("B")) == 1.5)
    #expect(try value("chart", "97", .integer(100)) == 1.5)
    #expect(try value("iou", "[1,1,3,3]", .string("[0,0,2,2]")) == 0.5 + 1.0 / 7)
    #expect(try value("open", "a", .string("a b")) == 1.25)
    #expect(try value("open", "", .string("a b")) == 0.5)
    #expect(try value("other", "a", .string("a")) == nil)
    #expect(try value(nil, "a", .string("a")) == nil)
    #expect(try value("chart", "a", nil) == nil)
    #expect(try value("iou", "[1,1,3,3]", .string("x [1,1,1,1]")) == nil)
    let bare = Sample(
      completion: "B", reference: .string("B"), columns: JSONObject([("type", .string("matching"))]))
    #expect(try reward.score(bare, state: RunState()).outcome == .scored(0))
  }

  @Test func rewardsKeepTheirProtocolsPromises() async throws {
    let made = try #require(Registry.standard.rewardKind("mixed_task")).reward()
    let reward = try #require(made as? MixedTaskReward)
    let samples = ["matching", "chart"].flatMap { type in
      ["", "5", "\u{0}<answer>", "</answer>"].map { Self.sample(type, $0, .string("5")) }
    }
    // Without an embedding table open answers fail.
    let broken = Self.sample("open", "a", .string("a"))
    #expect(await checkReward(reward, on: samples, broken: broken).isEmpty)
  }
}
