import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

struct DifficultyWeightsTests {
  /// Ten programs; test j is passed by the first `counts[j]` of them.
  private func passes(_ counts: [Int]) -> [[Bool]] { (0..<10).map { row in counts.map { row < $0 } } }

  @Test func aHardTestOutweighsFourEasyOnes() {
    let weights = DifficultyWeights(passes: passes([10, 10, 10, 10, 1])).weights
    #expect(abs(weights[0] - 0.033834) < 1e-5 && abs(weights[4] - 0.818731) < 2e-5)
    #expect(abs(weights[4] / weights[0] - 24.2) < 0.05)
    #expect(abs(weights[..<4].reduce(0, +) - 0.1353) < 1e-4)
  }

  @Test func equalPassRatesShareTheWeight() {
    for weight in DifficultyWeights(passes: passes([4, 4, 4])).weights {
      #expect(abs(weight - exp(-0.8) / 3) < 1e-7)
    }
    #expect(abs(DifficultyWeights(passes: passes([7])).weights[0] - exp(-1.4)) < 1e-7)
  }

  @Test func aDuplicatedTestKeepsItsClustersWeight() {
    func total(_ copies: Int) -> Double {
      DifficultyWeights(passes: passes([Int](repeating: 9, count: copies) + [1]), width: 0.05).weights
        .dropLast()
        .reduce(0, +)
    }
    #expect(abs(total(1) - total(100)) < 1e-6)
  }

  @Test func nothingPassedIsNoCredit() {
    let weights = DifficultyWeights(passes: passes([0, 0]))
    #expect(weights.credit(for: [false, false]) == 0)
  }
}

@Suite(.enabled(if: Sandboxes.areAvailable), .serialized)
struct CodeRewardTests {
  private let completions = [
    "def f(x):\n  return abs(x)", "def f(x):\n  return x", "def f(x):\n  return None",
    "import os\nos._exit(0)",
  ]

  private func samples(
    _ test: String = "def check(c):\n  assert c(1) == 1\n  assert c(2) == 2\n  assert c(-3) == 3\n"
  )
    -> [Sample]
  {
    completions.map {
      Sample(completion: $0, columns: JSONObject([("test", .string(test)), ("entry_point", .string("f"))]))
    }
  }

  private func values(_ credit: CodeReward.Credit, _ samples: [Sample]) async throws -> [Double?] {
    guard let verifier = Sandboxes.functions else { return [] }
    return try await CodeReward(verifier: verifier, credit: credit).score(samples, state: RunState())
      .map(\.outcome.value)
  }

  @Test func passedTestsBecomeCredit() async throws {
    #expect(try await values(.allOrNothing, samples()) == [1, 0, 0, 0])
    #expect(try await values(.fraction, samples()) == [1, 2.0 / 3, 0, 0])
    let weights = DifficultyWeights(passes: [
      [true, true, true], [true, true, false], [false, false, false], [false, false, false],
    ])
    let verpo = try await values(.verpo, samples())
    #expect(
      verpo[0] == 1 + weights.weights.reduce(0, +) && verpo[1] == weights.weights[0] + weights.weights[1])
    #expect(verpo[2] == 0 && verpo[3] == 0)
  }

  @Test func itKeepsTheRulesOfRewards() async throws {
    let verifier = try #require(Sandboxes.functions)
    for credit in CodeReward.Credit.allCases {
      let broken = Sample(completion: "def f(x):\n  return x")
      #expect(
        await checkReward(
          CodeReward(verifier: verifier, credit: credit), on: samples(), broken: broken,
          dependsOnBatch: credit == .verpo
        ).isEmpty)
    }
  }

  @Test func samplesWithoutTestsFail() async throws {
    var broken = samples()
    broken[0].columns = JSONObject()
    broken[2].columns["cases"] = .array([])
    #expect(try await values(.fraction, broken) == [nil, 2.0 / 3, nil, 0])
    #expect(try await values(.allOrNothing, samples("def check(c:")) == [nil, nil, nil, nil])
    #expect(try await values(.verpo, broken)[1] != nil)
  }

  @Test func theKindIsRegistered() throws {
    let kind = try #require(Registry.standard.rewardKind("code"))
    #expect(try kind.reward(JSONObject([("credit", .string("verpo"))])).readsGroups)
    #expect(throws: ParameterError.self) { try kind.reward(JSONObject([("build", .string("make"))])) }
  }

  @Test func rowsBecomeLinesAndBadOnesAreReported() throws {
    guard let verifier = Sandboxes.functions else { return }
    let path = FileManager.default.temporaryDirectory.appending(path: "code-\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = [
      #"{"prompt":"def f(x):\n","completion":"  return x\n","test":"def check(c):\n  assert c(1) == 1\n","entry_point":"f"}"#,
      #"{"completion":"x","entry_point":"f"}"#, "{", "",
      #"{"completion":"print(input())","cases":[{"input":"a","output":"a"},{"input":"b","output":"c"}]}"#,
      #"{"completion":"","test":"def check(","entry_point":"f"}"#,
    ]
    try rows.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    var lines: [JSONValue] = []
    var bad: [Int] = []
    let counts = try CodeCheckStream(verifier).run(
      path: path, write: { lines.append(try JSONParser().parse($0)) }, rejected: { bad.append($0.line) })
    #expect(bad == [2, 3] && counts.rejected == 2)
    #expect((counts.passed, counts.failed, counts.notJudged) == (1, 1, 1))
    let fields = lines.map { line -> [JSONValue?] in
      guard case .object(let object) = line else { return [] }
      return ["passed", "tests_passed", "tests"].map { object[$0] }
    }
    #expect(
      fields == [
        [.bool(true), .integer(1), .integer(1)], [.bool(false), .integer(1), .integer(2)],
        [.bool(false), .integer(0), .integer(0)],
      ])
  }
}
