import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite(.enabled(if: ExactEngine.isAvailable, "the exact engine is not built in"))
struct MathRewardTests {
  func reward(_ extraction: MathReward.Extraction = .any) throws -> MathReward {
    var options = MathOptions()
    options.seconds = 2
    return MathReward(verifier: try MathVerifier(options: options), extraction: extraction)
  }

  func outcome(_ completion: String, _ reference: JSONValue?, _ extraction: MathReward.Extraction = .any)
    throws -> Outcome
  {
    try reward(extraction).score(Sample(completion: completion, reference: reference), state: RunState())
      .outcome
  }

  @Test func answersAreFoundWhereModelsPutThem() throws {
    for (reference, completion) in MathPairs.accepted {
      #expect(try outcome(completion, .string(reference)) == .scored(1), "\(reference) | \(completion)")
    }
  }

  @Test func deniedHedgedAndEnumeratedAnswersEarnNothing() throws {
    for (reference, completion) in MathPairs.rejected {
      #expect(try outcome(completion, .string(reference)) == .scored(0), "\(reference) | \(completion)")
    }
  }

  @Test func aRejectionNamesItsReason() throws {
    let verifier = try MathVerifier()
    func reason(_ completion: String) -> String { verifier.judge(completion, reference: "42").reason }
    #expect(reason(#"\boxed{40} \boxed{41} \boxed{42}"#) == "3 different answers")
    #expect(reason("The answer is definitely not 42.") == "the answer is denied")
    #expect(reason("40, 41 or 42") == "3 answers are offered")
    #expect(reason("Maybe 42.") == "the answer is hedged")
    #expect(reason(#"\boxed{4"#) == "the braces of the last box do not close")
    #expect(reason(#"\boxed{42}, so the final answer is 5"#) == "another answer follows the box")
    #expect(reason(#"\boxed{41}"#) == "the values differ")
    #expect(
      verifier.judge(#"\boxed{\frac{1}{\sqrt{2}}}"#, reference: "x").extracted == #"\frac{1}{\sqrt{2}}"#)
  }

  @Test func aReferenceThatCannotBeReadFailsAndNeverRewards() throws {
    for reference: JSONValue? in [
      nil, .null, .bool(true), .string(""), .string("?!"), .array([.integer(1)]), .string("\\frac{"),
      .string("\\int_0^1 x dx"), .string("\\lim_{ab \\to 0} ab"), .string("1/0"), .string("(1, 0/0)"),
    ] {
      guard case .failed = try outcome("\\boxed{5}", reference) else {
        Issue.record("\(String(describing: reference)) was accepted")
        continue
      }
    }
    for text in ["1/0", "\\int_0^1 x dx"] {
      let judgement = try MathVerifier().judge("\\boxed{\(text)}", reference: text)
      #expect(judgement.verdict == .referenceUnparsable && !judgement.reason.isEmpty, "\(judgement)")
    }
    #expect(try MathVerifier().judge("5", reference: "1/0").reason == "the reference has no value")
    #expect(try outcome("0.1", .number(0.1)) == .scored(1))
    #expect(try outcome("72", .integer(72)) == .scored(1))
  }

  @Test func whatIsNotDecidedHasNoNumber() throws {
    let outcome = try outcome("\\boxed{9^{9^{9^{9}}}}", .string("9^{9^{9^{9}}}+1"))
    #expect(outcome.value == nil)
    guard case .abstained = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test func answerTagsHoldTheAnswer() throws {
    for completion in [
      "<think>It is 17.</think><answer>18</answer>", "<answer>The total is 18 apples.</answer>",
      "<answer>17</answer> no: <answer>18</answer></answer>".replacing("17", with: "36/2"),
      "Only 3 of the 20 are left.\n<ANSWER>\n#### 18\n</ANSWER>\n", "<answer>\\frac{36}{2}</answer>",
    ] {
      #expect(try outcome(completion, .integer(18)) == .scored(1), "\(completion)")
    }
    let verifier = try MathVerifier()
    #expect(
      verifier.judge("<answer>19, 17, 180, 18</answer>", reference: "18").reason == "4 answers are offered")
    #expect(verifier.judge("<answer>1, 2</answer>", reference: "1, 2").verdict == .accepted)
  }

  @Test func boxesMayBeRequiredAndTextMayBeTheAnswer() throws {
    #expect(try outcome("The answer is 5.", .integer(5), .boxed) == .scored(0))
    #expect(try outcome("\\boxed{5}", .integer(5), .boxed) == .scored(1))
    #expect(try outcome("\\frac{10}{2}", .integer(5), .whole) == .scored(1))
    #expect(try outcome("I say 5", .integer(5), .whole) == .scored(0))
  }

  @Test func theTextOfAChoiceInThePromptIsAsGoodAsItsLetter() throws {
    let sample = Sample(
      prompt: "What is 6 x 7?\n(A) 41 (B) 42 (C) 43", completion: "The answer is 42.", reference: .string("B")
    )
    #expect(try reward().score(sample, state: RunState()).outcome == .scored(1))
  }

  @Test func theRewardKeepsItsProtocolsPromises() async throws {
    let samples = [#"\boxed{\frac12}"#, "2", "The answer is 0.5", ""].map {
      Sample(completion: $0, reference: .string("1/2"))
    }
    #expect(
      await checkReward(try reward(), on: samples, broken: Sample(completion: "1", reference: .string("?")))
        .isEmpty)
  }

  @Test func aSpecificationNamesIt() throws {
    let yaml = "rewards: [{math: {extraction: boxed, tolerance: 0.01, time_limit: 0.1, percent: fraction}}]"
    #expect(try RewardSpecification(yaml: yaml, registry: .standard).names == ["math"])
    #expect(throws: SpecificationError.self) {
      try RewardSpecification(yaml: "rewards: [{math: {extraction: boxd}}]", registry: .standard)
    }
  }

  @Test func hostileCompletionsEndInTime() throws {
    let reward = try reward()
    let hostile = [
      String(repeating: "\\boxed{1}", count: 100_000), String(repeating: "\\boxed{", count: 100_000),
      String(repeating: "answer ", count: 100_000), String(repeating: "the answer is ", count: 50_000),
      String(repeating: "1 or ", count: 100_000), String(repeating: "$", count: 100_000),
      String(repeating: "\\(", count: 100_000), String(repeating: "9", count: 1_000_000),
      String(repeating: "a. ", count: 100_000), String(repeating: "é", count: 100_000),
      "\\boxed{" + String(repeating: "{", count: 1_000) + String(repeating: "}", count: 1_000) + "}",
    ]
    for text in hostile {
      let start = ContinuousClock.now
      let score = reward.score(Sample(completion: text, reference: .integer(7)), state: RunState())
      #expect(score.outcome == .scored(0), "\(text.prefix(20))")
      #expect(ContinuousClock.now - start < .seconds(2), "\(text.prefix(20))")
    }
  }

  @Test func rowsComeOutInOrderAndBadOnesAreReported() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    let rows = """
      {"a": "1/2", "b": "0.5"}
      {"a": "1"}
      {broken

      {"a": 2, "b": "3"}
      {"a": "\\\\frac{", "b": "3"}
      """
    try Data(rows.utf8).write(to: file)
    var lines: [String] = []
    var rejected: [Int] = []
    let counts = try MathCheckStream(try MathVerifier(), rows: .pairs).run(
      path: file.path, write: { lines.append(String(decoding: $0, as: UTF8.self)) },
      rejected: { rejected.append($0.line) })
    let starts = [
      #"{"line":1,"verdict":"equal","mic"#, #"{"line":5,"verdict":"different","#,
      #"{"line":6,"verdict":"unparsable","#,
    ]
    #expect(lines.count == 3)
    for (line, start) in zip(lines, starts) { #expect(line.hasPrefix(start), "\(line)") }
    #expect(rejected == [2, 3] && counts.rejected == 2 && counts.verdicts.values.reduce(0, +) == 3)
  }
}

@Suite(.disabled(if: ExactEngine.isAvailable, "the exact engine is built in")) struct MissingEngineTests {
  @Test func theRewardSaysWhatIsMissingAndHowToGetIt() {
    #expect(throws: ParameterError(parameter: "math", ExactEngine.remedy)) { try MathVerifier() }
    #expect(throws: SpecificationError.self) {
      try RewardSpecification(yaml: "rewards: [math]", registry: .standard)
    }
  }
}
