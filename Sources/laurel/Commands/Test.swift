import ArgumentParser
import Audits
import Foundation
import Rewards
import Verifiers

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the tests that stand beside a reward file: one line a case.",
    discussion: """
      Cases are a list under tests: in the file itself, in NAME.tests.yaml beside it, or both. Exit code 0 when \
      all pass, 1 when one fails or there is none to run.

          tests:
            - name: a boxed answer is right
              completion: '\\boxed{42}'
              reference: 42
              expect: {total: 1, format: {at_least: 0.5}}
            - name: an answer beats silence
              reference: 42
              samples: {answer: '\\boxed{42}', silence: ''}
              order: [answer, silence]
      """)
  @Argument(help: "The specification (YAML).") var rewards: String
  @Option(help: "Run only cases whose name holds this, in any case of letters.") var filter: String?
  @Option(help: "Write JUnit's XML here.") var junit: String?

  func run() async throws {
    let suite = try RewardSuite(contentsOf: rewards, registry: .laurel, ignoring: RunFile.keys)
    let file = rewards
    let results = try await suite.run(filter: filter) { result in
      print("\(result.failures.isEmpty ? "pass" : "FAIL")  \(result.name)")
      for failure in result.failures { print("      \(file):\(result.line): \(failure)") }
    }
    let failed = results.count { !$0.failures.isEmpty }
    if let junit {
      do {
        let xml = JUnitReport.xml(suite: rewards, results)
        try Data(xml.utf8).write(to: URL(fileURLWithPath: junit), options: .atomic)
      } catch {
        throw ValidationFailure("cannot write \(junit): \(error.reason)")
      }
    }
    print("\(results.count) cases: \(results.count - failed) passed, \(failed) failed")
    if results.isEmpty {
      throw ValidationFailure(
        suite.cases.isEmpty
          ? "\(rewards) has no tests; write them under tests:, or in \(RewardSuite.testsFile(for: rewards))"
          : "no case's name holds \"\(filter ?? "")\"")
    }
    if failed > 0 { throw ExitCode.failure }
  }
}
