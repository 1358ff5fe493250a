import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

@Suite struct AnswerRewardTests {
  func score(_ completion: String, _ reference: JSONValue?) throws -> Outcome {
    try AnswerReward().score(Sample(completion: completion, reference: reference), state: RunState()).outcome
  }

  @Test(arguments: [
    ("The answer is 72.", "#### 72"), ("so #### 1,234", "1234"), ("\\boxed{\\frac{1}{10}}", "0.1"),
    ("\\boxed{18 \\text{ dollars}}", "18"), ("Answer: $1,234.50", "1234.5"), ("we get 0.5", "1/2"),
    ("\\boxed{50\\%}", "50"), ("\\boxed{50\\%}", "1/2"), ("The answer is −5", "-5"), ("It is -3.", "-3"),
    ("10-5 is 5", "5"), ("x = \\boxed{x = 5}", "5"), ("**Answer:** \\(7\\)", "7"), ("€ 3.00", "3"),
    ("first \\boxed{1} then \\boxed{2}", "2"), ("\\boxed{1{,}000}", "1000"), ("1e3", "1000"),
    ("the answer is 007", "7"),
    ("answer is -0.0", "0"), ("A: 18", "18"), ("\\boxed{-\\dfrac{3}{4}}", "-0.75"), ("price $-4$", "-4"),
    ("0.30000000000000000001", "0.30000000000000000001"), ("list 1,2,3", "3"),
    ("The answer is 18 dollars a day.", "18"), ("The answer is 5, 2 more than 3.", "5"),
    ("The answer is 5, which is prime.", "5"), ("The answer is 5\n6 was close", "5"),
    ("The answer is 5.\n7 - 2 = 5", "5"), ("The answer is 5, and that is all.", "5"),
  ])
  func rightAnswersEarnOne(_ completion: String, _ reference: String) throws {
    #expect(try score(completion, .string(reference)) == .scored(1))
  }

  @Test(arguments: [
    ("", "72"), ("The answer is definitely not 42.", "42"), ("\\boxed{x=6=5}", "5"),
    ("\\boxed{4}, so the final answer is 5", "5"), ("the answer is 5 or 6", "5"),
    ("The answer is 5, 6, 7.", "5"), ("The answer is 5 6 7.", "5"), ("The answer is 5, or 6", "5"),
    ("The answer is 5 and 6.", "5"), ("The answer is 5, 6", "5"), ("Answer: 5; 6", "5"),
    ("\\boxed{5", "5"),
    ("0.30000000000000000001", "0.3"), ("\\boxed{1/0}", "0"), ("\\boxed{}", "0"), ("\\boxed{1, 2, 3}", "3"),
    ("10-5", "-5"), ("no digits at all", "0"), ("\\boxed{5} \\boxed{6}", "5"), ("answer is 5^2", "5"),
  ])
  func wrongAnswersEarnNothing(_ completion: String, _ reference: String) throws {
    #expect(try score(completion, .string(reference)) == .scored(0))
  }

  @Test func aReferenceThatIsNoNumberFailsAndNeverRewards() throws {
    for reference: JSONValue? in [
      nil, .null, .bool(true), .string(""), .string("Paris"), .string("5 meters"), .array([.integer(1)]),
      .string("1/0"), .string("####"), .string("\\boxed{5"),
    ] {
      guard case .failed = try score("\\boxed{5}", reference) else {
        Issue.record("\(String(describing: reference)) was accepted")
        continue
      }
    }
    #expect(try score("0.1", .number(0.1)) == .scored(1))
    #expect(try score("72", .integer(72)) == .scored(1))
    #expect(try score("1e400", .string("1e400")) == .scored(1))
  }

  @Test func hostileDigitsCostBoundedTime() throws {
    let digits = String(repeating: "9", count: 1_000)
    #expect(try score("\(digits)/7", .string("\(digits)/7")) == .scored(1))
    let start = ContinuousClock.now
    #expect(try score(String(repeating: "9", count: 5_000_000), .string("9")) == .scored(0))
    #expect(try score(String(repeating: "1,", count: 1_000_000), .string("9")) == .scored(0))
    #expect(try score(String(repeating: "\\boxed{", count: 500_000), .string("9")) == .scored(0))
    #expect(try score("1e999999999999999999", .string("9")) == .scored(0))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func theRewardKeepsItsProtocolsPromises() async throws {
    let samples = ["1", "2", "\\boxed{1}", ""].map { Sample(completion: $0, reference: .integer(1)) }
    let broken = Sample(completion: "1", reference: .string("?"))
    #expect(await checkReward(try AnswerReward(), on: samples, broken: broken).isEmpty)
  }

  @Test func everyGradeSchoolReferenceIsItsOwnAnswer() throws {
    guard let path = SharedData.path("gsm8k-train.jsonl") else { return SharedData.skip("gsm8k-train.jsonl") }
    let reward = try AnswerReward()
    var count = 0
    try JSONLReader(path: path).forEachLine { line in
      guard case .object(let row) = try JSONParser().parse(line.bytes),
        case .string(let answer)? = row["answer"]
      else { return }
      let sample = Sample(completion: answer, reference: .string(answer))
      #expect(reward.score(sample, state: RunState()).outcome == .scored(1))
      count += 1
    }
    #expect(count > 7_000)
  }

  @Test func judgementsOfRealSolutionsAgreeWithTheirAuthors() throws {
    let name = "gsm8k-model-solutions-a.jsonl"
    guard let path = SharedData.path(name) else { return SharedData.skip(name) }
    let reward = try AnswerReward(order: [.last])
    var agreed = 0
    var total = 0
    try JSONLReader(path: path).forEachLine { line in
      guard case .object(let row) = try JSONParser().parse(line.bytes),
        case .string(let truth)? = row["ground_truth"]
      else { return }
      let reference = truth.split(separator: "A: ").last.map(String.init) ?? ""
      for value in row.values {
        guard case .object(let item) = value, case .bool(let isCorrect)? = item["is_correct"],
          case .string(let solution)? = item["solution"]
        else { continue }
        let sample = Sample(completion: solution, reference: .string(reference))
        let outcome = reward.score(sample, state: RunState()).outcome
        total += 1
        if outcome == .scored(isCorrect ? 1 : 0) { agreed += 1 }
      }
    }
    #expect(total == 2_640 && agreed == total)
  }
}
