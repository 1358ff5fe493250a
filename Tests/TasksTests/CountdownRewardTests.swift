import Rewards
import Testing

@testable import Tasks

@Suite("Countdown reward")
struct CountdownRewardTests {
  static let reference = JSONValue.object(
    JSONObject([("numbers", .array([.integer(3), .integer(5), .integer(9)])), ("target", .integer(24))]))

  static func score(_ completion: String, reference: JSONValue? = reference) throws -> Score {
    try CountdownReward(formatScore: 0.1)
      .score(Sample(completion: completion, reference: reference), state: RunState())
  }

  @Test(
    "An expression that reaches the target with other numbers earns the format score only",
    arguments: [
      "(9 - 5) * 3 * 2 / 2", "<answer>3 * (9 - 5) + 12</answer>",
    ])
  func needsEachNumberOnce(text: String) throws {
    #expect(try Self.score(text).outcome == .scored(0.1))
  }

  @Test(
    "Fractions on the way are exact",
    arguments: [("(9/3 + 5) * 3", [9, 3, 5, 3]), ("8/(3 - 8/3)", [8, 3, 8, 3])])
  func exact(text: String, numbers: [Int]) throws {
    let reference = JSONValue.object(
      JSONObject([("numbers", .array(numbers.map { .integer($0) })), ("target", .integer(24))]))
    #expect(try Self.score("<answer>\(text)</answer>", reference: reference).outcome == .scored(1))
    #expect(
      try Self.score("think <answer>1</answer> <answer> \(text) = 24 </answer>", reference: reference)
        .outcome == .scored(1))
  }

  @Test(
    "What is no expression earns nothing and never crashes",
    arguments: [
      "", "<answer></answer>", "<answer>3 +</answer>", "<answer>(3", "3 ** 5", "9/(5-5)", "exit()", ")3(",
      "99999999999999999999", String(repeating: "(", count: 400), "3 5 9 é", "999999999*999999999*999999999",
    ])
  func refused(text: String) throws {
    #expect(try Self.score(text).outcome == .scored(0))
  }

  @Test("A reference of another shape fails loudly")
  func reference() throws {
    guard case .failed = try Self.score("3", reference: .string("24")).outcome else {
      Issue.record("expected a failure")
      return
    }
  }
}
