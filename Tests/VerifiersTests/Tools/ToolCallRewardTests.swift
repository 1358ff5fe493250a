import Rewards
import Testing

@testable import Verifiers

@Suite struct ToolCallRewardTests {
  static func call(_ name: String, _ arguments: [(String, JSONValue)]) -> ToolCall {
    ToolCall(name: name, arguments: JSONObject(arguments))
  }
  static let weather = call("weather", [("city", .string("Paris")), ("unit", .string("C"))])
  static let time = call("time", [("zone", .string("UTC"))])
  static let reference = [weather, time]

  struct Row: Sendable {
    var label: String
    var predicted: [ToolCall]
    var values: [Double]
  }

  /// The table of the paper's rules, computed by hand from the repository's code: fine, refined, intermediate, coarse.
  static let table: [Row] = [
    Row(label: "exact", predicted: reference, values: [3, 3, 3, 3]),
    Row(label: "swapped", predicted: [time, weather], values: [3, 2, 3, -3]),
    Row(label: "second missing", predicted: [weather], values: [0.5, 0, 0, -3]),
    Row(
      label: "extra unknown call", predicted: reference + [call("other", [])],
      values: [2.6667, 2, 2.3333, -3]),
    Row(
      label: "city is Rome",
      predicted: [call("weather", [("city", .string("Rome")), ("unit", .string("C"))]), time],
      values: [2, 2, 1, -3]),
    Row(
      label: "unit missing", predicted: [call("weather", [("city", .string("Paris"))]), time],
      values: [1.5, 1, 1, -3]),
    Row(
      label: "extra key",
      predicted: [
        call("weather", [("city", .string("Paris")), ("unit", .string("C")), ("day", .integer(1))]), time,
      ],
      values: [2.6667, 2, 1, -3]),
    Row(
      label: "weather renamed", predicted: [call("forecast", weatherArguments), time],
      values: [-0.6667, -1, -0.3333, -3]),
    Row(
      label: "both names wrong",
      predicted: [call("forecast", weatherArguments), call("clock", [("zone", .string("UTC"))])],
      values: [-3, -3, -3, -3]),
    Row(label: "empty list", predicted: [], values: [-3, -3, -3, -3]),
    Row(label: "duplicate of first", predicted: reference + [weather], values: [2.6667, 2, 2.3333, -3]),
  ]
  static let weatherArguments: [(String, JSONValue)] = [("city", .string("Paris")), ("unit", .string("C"))]

  @Test(arguments: table.indices)
  func correctnessAgreesWithThePublishedRulesInEveryGranularity(_ index: Int) {
    let row = Self.table[index]
    let granularities: [ToolCallGranularity] = [.fine, .refined, .intermediate, .coarse]
    for (granularity, expected) in zip(granularities, row.values) {
      let value = ToolCallReward.correctness(
        of: row.predicted, reference: Self.reference, granularity: granularity)
      #expect(abs(value - expected) < 1e-4, "\(row.label), \(granularity)")
    }
  }

  static let tagged = """
    <tool_call>
    {"name": "weather", "parameters": {"city": "Paris", "unit": "C"}}
    </tool_call>
    """

  func score(_ completion: String, _ reference: JSONValue?, _ reward: ToolCallReward, step: Int = 0) -> Score
  {
    reward.score(Sample(completion: completion, reference: reference), state: RunState(step: step))
  }

  @Test func theReferenceChoosesTheFormThatIsAskedFor() {
    let reward = ToolCallReward(component: .format)
    let think = "<think>a</think>\n"
    let tool = think + Self.tagged
    let response = think + "<response>b</response>"
    let both = tool + "\n<response>b</response>"
    let completions = [String(think.dropLast()), response, tool, both]
    let references = ["", "<response>b</response>", Self.tagged, Self.tagged + "\n<response>b</response>"]
    for (i, completion) in completions.enumerated() {
      for (j, reference) in references.enumerated() {
        // The form "think only" ends at any closing think tag, so only the plain one matches it.
        #expect(score(completion, .string(reference), reward) == Score(i == j ? 1 : 0), "\(i) against \(j)")
      }
    }
    #expect(score(tool + "\n" + Self.tagged, .string(Self.tagged), reward) == Score(0))
    #expect(score("\n " + tool + "\n", .string(Self.tagged), reward) == Score(1))
  }

  @Test func callsThatCannotBeReadScoreTheMinimum() {
    let reward = ToolCallReward(component: .correctness)
    let bad = [
      "", "<tool_call>", "<tool_call></tool_call>", "<tool_call>\n{]\n</tool_call>",
      "<tool_call>\n{\"name\": 1, \"parameters\": {}}\n</tool_call>",
      "<tool_call>\n{\"name\": \"weather\"}\n</tool_call>",
      "<tool_call>\n{\"name\": \"weather\", \"parameters\": []}\n</tool_call>",
      "<tool_call>\n" + String(repeating: "[", count: 100_000) + "\n</tool_call>",
    ]
    for completion in bad { #expect(score(completion, .string(Self.tagged), reward) == Score(-3)) }
    #expect(score(Self.tagged, .string("<response>hello</response>"), reward) == Score(0))
  }

  @Test func aBrokenReferenceFailsAndNeverRewards() {
    for component in ToolCallReward.Component.allCases {
      let reward = ToolCallReward(component: component)
      for reference: JSONValue? in [
        nil, .null, .integer(1), .array([.integer(1)]), .string("<tool_call>\n{]\n</tool_call>"),
        .string("[{\"name\": 1}]"),
      ] {
        guard case .failed = score(Self.tagged, reference, reward).outcome else {
          Issue.record("\(component) accepted \(String(describing: reference))")
          continue
        }
      }
    }
  }

  @Test func totalIsTheSumOfItsPartsAndReportsThem() {
    let completion = "<think>a b c</think>\n" + Self.tagged
    let result = score(completion, .string(Self.tagged), ToolCallReward(lengthBonus: .constant))
    #expect(result.parts == ["format": 1, "correctness": 3, "length": 0.01])
    #expect(result.outcome.value == 4.01)
  }

  @Test func schedulesFollowThePaper() {
    #expect(ToolCallScale(.twoStage, step: 29).correctness == -1...1)
    #expect(ToolCallScale(.twoStage, step: 30).correctness == -3...3)
    #expect(ToolCallScale(.twoStage, step: 30).format == 0...0.5)
    #expect(ToolCallScale(.smooth, step: 0) == ToolCallScale(.smooth, step: 0))
    #expect(ToolCallScale(.smooth, step: 0).format == -2...2)
    #expect(ToolCallScale(.smooth, step: 150).format == -1...1)
    #expect(ToolCallScale(.smooth, step: 75).correctness == -2.5...2.5)
    #expect(ToolCallScale(.smooth, step: 900).correctness == -3...3)
  }

  @Test func namesAndParametersAreSharesBetweenZeroAndOne() {
    let reference = JSONValue.string(
      "[{\"name\":\"weather\",\"arguments\":{\"city\":\"Paris\",\"unit\":\"C\"}}]")
    func hermes(_ component: ToolCallReward.Component, _ completion: String) -> Outcome {
      score(completion, reference, ToolCallReward(component: component, style: .hermes)).outcome
    }
    let right =
      "<tool_call>{\"name\": \"weather\", \"arguments\": {\"unit\": \"C\", \"city\": \"Paris\"}}</tool_call>"
    let wrong = right.replacing("Paris", with: "Rome")
    #expect(hermes(.format, right) == .scored(1))
    #expect(hermes(.format, "Sure: " + right) == .scored(0))
    #expect(hermes(.name, wrong) == .scored(1))
    #expect(hermes(.parameters, right) == .scored(1))
    #expect(hermes(.parameters, wrong) == .scored(0.5))
    #expect(hermes(.name, right + right) == .scored(0.5))
    #expect(hermes(.parameters, right + right) == .scored(0.5))
    #expect(hermes(.name, "none") == .scored(0))
    let bare = "{\"name\": \"weather\", \"parameters\": {\"city\": \"Paris\", \"unit\": \"C\"}}"
    #expect(score(bare, reference, ToolCallReward(style: .json)).outcome == .scored(4))
  }
}
