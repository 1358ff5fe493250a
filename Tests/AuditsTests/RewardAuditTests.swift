import Audits
import Foundation
import Rewards
import Testing
import Verifiers

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

private struct Planted: Sendable, CustomTestStringConvertible {
  var name: String
  var data: String
  /// Attacks that must find the flaw; empty: the reward must be found to say nothing.
  var attacks: [String]
  var testDescription: String { name }

  init(_ name: String, data: String, by attacks: String...) {
    self.name = name
    self.data = data
    self.attacks = attacks
  }

  static let all = [
    Planted("constant", data: "arithmetic"),
    Planted("any_boxed_number", data: "arithmetic", by: "wrong_answer", "other_answer"),
    Planted("any_of_format", data: "arithmetic", by: "wrong_answer"),
    Planted("contains_answer", data: "arithmetic", by: "many_answers", "denied_answer", "hidden_text"),
    Planted("contains_words", data: "capitals", by: "denied_answer", "hidden_text"),
    Planted("exact_number_text", data: "arithmetic", by: "number_forms"),
    Planted("exact_text", data: "capitals", by: "letter_case", "white_space"),
    Planted("format_outweighs", data: "arithmetic", by: "wrong_answer", "format_only"),
    Planted("json_as_text", data: "tools", by: "json_order"),
    Planted("judge_words", data: "arithmetic", by: "judge_injection"),
    Planted("keywords_only", data: "arithmetic", by: "keyword_stuffing"),
    Planted("last_number", data: "arithmetic", by: "many_answers"),
    Planted("length_only", data: "arithmetic", by: "length_padding"),
    Planted("loose_schema", data: "profiles", by: "constant", "broken_json"),
    Planted("no_bad_words", data: "arithmetic", by: "empty", "constant"),
    Planted("short_is_good", data: "arithmetic", by: "empty"),
    Planted("tool_name_only", data: "tools", by: "tool_arguments"),
  ]

  static let sound = [
    Planted("answer", data: "arithmetic"), Planted("answer_in_format", data: "arithmetic"),
    Planted("countdown", data: "countdown"), Planted("json_schema", data: "profiles"),
    Planted("math", data: "arithmetic"), Planted("nested", data: "arithmetic"),
    Planted("tool_call", data: "tools"), Planted("tool_call_all_of", data: "tools"),
  ]

  func audit(in folder: String) async throws -> AuditResult {
    let specification = try RewardSpecification(
      contentsOf: fixtures.appending(path: "\(folder)/\(name).yaml").path, registry: fixtureRegistry())
    let data = try AuditData(path: fixtures.appending(path: "data/\(data).jsonl").path)
    #expect(data.rejected.isEmpty)
    return try await RewardAudit(specification).run(data.samples)
  }
}

extension AuditResult {
  fileprivate var summary: String {
    found.map { attack in
      let example = attack.example.map { "\($0.completion) earned \($0.reward ?? .nan)" } ?? ""
      return "\(attack.name) \(attack.mean ?? .nan) \(attack.hits.count)/\(attack.hits.of): \(example)"
    }.joined(separator: "\n")
  }
}

@Suite struct RewardAuditTests {
  @Test("Every planted flaw is found by the attack that was made for it", arguments: Planted.all)
  fileprivate func planted(_ flaw: Planted) async throws {
    let result = try await flaw.audit(in: "planted")
    let (isSound, hasNoSignal) = (result.isSound, result.hasNoSignal)
    #expect(!isSound)
    #expect(hasNoSignal == flaw.attacks.isEmpty)
    for attack in flaw.attacks {
      let found = result.found.first { $0.name == attack }
      #expect(found != nil, "\(attack) not found; found: \(result.summary)")
      #expect(found?.example != nil)
    }
  }

  @Test("Sound rewards pass every attack and every dressing", arguments: Planted.sound)
  fileprivate func sound(_ reward: Planted) async throws {
    if reward.name == "math", MathVerifier.engine == nil { return }
    let result = try await reward.audit(in: "sound")
    let isSound = result.isSound
    #expect(isSound, "\(result.summary)")
    #expect(result.attacks.contains { $0.kind == .fair })
    #expect(result.attacks.count > 5 && result.unrewarded.count == 0 && result.rightUnscored == 0)
  }

  @Test("Every attack has a name and help of its own, and applies to one of the data sets")
  func names() async throws {
    #expect(Set(Attacks.all.map(\.name)).count == Attacks.all.count)
    #expect(Attacks.all.allSatisfy { !$0.help.isEmpty && $0.name.allSatisfy { $0.isLowercase || $0 == "_" } })
    var applied: Set<String> = []
    for one in Planted.sound { applied.formUnion(try await one.audit(in: "sound").attacks.map(\.name)) }
    applied.formUnion(try await Planted.all[4].audit(in: "planted").attacks.map(\.name))
    // Programs are tried only where there are tests.
    #expect(Set(Attacks.all.map(\.name)).subtracting(applied) == ["test_tampering"])
  }

  @Test("The same data gives the same result, and a limit takes the first samples")
  func deterministic() async throws {
    let path = fixtures.appending(path: "data/arithmetic.jsonl").path
    let specification = try RewardSpecification(yaml: "rewards: [answer]", registry: .standard)
    let audit = RewardAudit(specification)
    let first = try await audit.run(try AuditData(path: path, limit: 5).samples)
    let second = try await audit.run(try AuditData(path: path, limit: 5).samples)
    #expect(first.samples == 5 && first.attacks.map(\.shares) == second.attacks.map(\.shares))
  }

  @Test("Data without any right answer is told apart from a sound reward")
  func withoutRight() async throws {
    let specification = try RewardSpecification(yaml: "rewards: [answer]", registry: .standard)
    let sample = AuditSample(line: 1, sample: Sample(prompt: "?", completion: ""), hasCompletion: false)
    let result = try await RewardAudit(specification).run([sample])
    #expect(result.isEmpty && !result.isSound && result.withoutRight == 1)
    let failing = AuditSample(line: 1, sample: Sample(prompt: "?", completion: "4"), hasCompletion: true)
    #expect(try await RewardAudit(specification).run([failing]).rightUnscored == 1)
  }

  @Test("Shares are relative to the empty and the right completion")
  func shares() async throws {
    // ToolRL's scale: -3 for nothing, 4 for the right call; a wrong argument keeps part of it.
    let specification = try RewardSpecification(
      yaml: "rewards: [tool_call: {style: json}]", registry: .standard)
    let data = try AuditData(path: fixtures.appending(path: "data/tools.jsonl").path)
    let result = try await RewardAudit(specification).run(data.samples)
    let arguments = try #require(result.attacks.first { $0.name == "tool_arguments" })
    #expect(arguments.isFound)
    #expect(arguments.shares.allSatisfy { $0 > 0.5 && $0 < 1 })
    let lenient = RewardAudit(specification, rule: AuditRule(maxExploit: 0.99))
    #expect(try await lenient.run(data.samples).found.allSatisfy { $0.kind == .fair })
  }
}

@Suite struct WilsonIntervalTests {
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson").
  @Test(
    "The interval agrees with SciPy",
    arguments: [
      (0, 12, 0, 0.24249400),
      (1, 8, 0.02241749, 0.47088818),
      (2, 20, 0.02786648, 0.30103366),
      (12, 12, 0.75750600, 1),
    ])
  func values(_ count: Int, _ of: Int, _ low: Double, _ high: Double) {
    let interval = WilsonInterval(count, of: of)
    #expect(abs(interval.low - low) < 1e-6 && abs(interval.high - high) < 1e-6, "\(interval)")
  }
}
