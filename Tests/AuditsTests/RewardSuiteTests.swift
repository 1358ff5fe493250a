import Audits
import Foundation
import Rewards
import Testing
import Verifiers

@Suite struct RewardSuiteTests {
  private let yaml = """
    rewards:
      - name: solved
        rewards: [format: {}, answer: {order: [boxed]}]
        combine: all_of
        weight: {from: 1, to: 2, end: 10}
    tests:
      - name: a right answer
        completion: "<think>x</think><answer>\\\\boxed{42}</answer>"
        reference: 42
        expect: {total: 1, solved: {at_least: 0.5, at_most: 1}, solved.answer: 1}
      - name: late in training
        completion: "<think>x</think><answer>\\\\boxed{42}</answer>"
        reference: "42"
        step: 5
        expect: 1.5
      - name: no reference
        completion: x
        expect: {total: none, solved: failed}
      - name: an answer beats a guess
        reference: 42
        samples:
          right: "<think>x</think><answer>\\\\boxed{42}</answer>"
          wrong: {completion: "\\\\boxed{42}"}
        order: [right, wrong]
    """

  @Test("Cases pass when totals, rewards, parts, orders and outcomes are as expected")
  func passing() async throws {
    let suite = try RewardSuite(yaml: yaml, registry: .standard)
    let results = try await suite.run()
    #expect(results.map(\.name).count == 4 && results.allSatisfy { $0.failures == [] }, "\(results)")
    #expect(try await suite.run(filter: "RIGHT").map(\.name) == ["a right answer"])
  }

  @Test("A case that fails says what was expected and what was found")
  func failing() async throws {
    let suite = try RewardSuite(
      yaml: """
        rewards: [answer]
        tests:
          - name: number
            completion: "4"
            reference: 4
            expect: {total: 0, answer: {at_most: 0.5}, answer.part: 1}
          - name: order
            reference: 4
            samples: {a: "5", b: "4", c: "6"}
            order: [a, b]
            of: answer
          - name: outcome
            completion: "4"
            expect: {answer: abstained}
        """, registry: .standard)
    let failures = try await suite.run().map(\.failures)
    #expect(
      failures == [
        [
          "total: expected 0.0, found 1.0", "answer: expected at most 0.5, found 1.0",
          "answer.part: expected 1.0, found none (the reward reports no such part)",
        ],
        ["answer: expected more for the first: a (0.0), b (1.0)"],
        ["answer: expected abstained, found failed (the sample has no reference answer)"],
      ])
  }

  @Test(
    "Mistakes in tests are named where they stand",
    arguments: [
      ("  - completion: x\n", "3:5: tests[0]: the key \"name\" is missing"),
      ("  - name: a\n    completion: x\n", "3:5: tests[0]: expected one of the keys expect, order"),
      (
        "  - name: a\n    completion: x\n    expct: 1\n",
        "5:5: tests[0].expct: unknown key \"expct\"; expected one of name, prompt, completion, reference, columns, "
          + "completion_tokens, is_truncated, expect, order, of, samples, tolerance, step, max_steps; "
          + "did you mean \"expect\"?"
      ),
      (
        "  - name: a\n    completion: x\n    expect: {anser: 1}\n",
        "5:14: tests[0].expect.anser: no reward is named \"anser\"; expected one of total, answer; "
          + "did you mean \"answer\"?"
      ),
      (
        "  - name: a\n    completion: x\n    expect: much\n",
        "5:13: tests[0].expect: expected a number, {at_least, at_most}, none, abstained, failed or timed_out, "
          + "found \"much\""
      ),
      (
        "  - name: a\n    samples: {x: \"1\", y: \"2\"}\n    order: [x, z]\n",
        "5:16: tests[0].order[1]: no sample is named \"z\"; expected one of x, y"
      ),
      (
        "  - {name: a, completion: x, expect: 1}\n  - {name: a, completion: x, expect: 1}\n",
        "4:5: tests[1]: two tests are named \"a\"; give one another name"
      ),
    ])
  func mistakes(_ tests: String, _ text: String) {
    let error = #expect(throws: SpecificationError.self) {
      try RewardSuite(yaml: "rewards: [answer]\ntests:\n" + tests, file: "r.yaml", registry: .standard)
    }
    #expect(error?.description == "r.yaml:" + text)
  }

  @Test("Tests may stand in a file beside the rewards")
  func beside() async throws {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "r.yaml").path
    #expect(RewardSuite.testsFile(for: path) == folder.appending(path: "r.tests.yaml").path)
    try Data("rewards: [answer]\ntests: [{name: a, completion: '4', reference: 4, expect: 1}]".utf8)
      .write(to: URL(fileURLWithPath: path))
    try Data("tests: [{name: b, completion: '5', reference: 4, expect: 0}]".utf8)
      .write(to: folder.appending(path: "r.tests.yaml"))
    let suite = try RewardSuite(contentsOf: path, registry: .standard)
    #expect(try await suite.run().map(\.failures) == [[], []])
    #expect(try RewardSpecification(contentsOf: path, registry: .standard).names == ["answer"])
  }

  @Test("JUnit's XML is escaped and counts what failed")
  func junit() throws {
    let xml = JUnitReport.xml(
      suite: "a&b.yaml",
      [
        RewardCaseResult(name: "<one>", line: 3, failures: [], seconds: 0.5),
        RewardCaseResult(name: "\"two\"", line: 4, failures: ["x < 1", "bell \u{7}"], seconds: 0.25),
      ])
    #expect(xml.contains("tests=\"2\" failures=\"1\" errors=\"0\" time=\"0.750000\""))
    #expect(xml.contains("name=\"&lt;one&gt;\" line=\"3\" time=\"0.500000\"/>"))
    #expect(xml.contains("<failure message=\"x &lt; 1\">x &lt; 1&#10;bell \u{FFFD}</failure>"))
  }
}
