import Foundation
import Rewards

/// Checks the rows of a JSONL file and writes one JSON line for each good one, in order.
///
/// A row has `completion` and either `test` and `entry_point` (and perhaps `prompt`), as in HumanEval, or `cases`, a
/// list of objects with `input` and `output`. Out come `passed`, `tests_passed`, `tests`, `verdicts` (one a test),
/// `reason` and `milliseconds`.
public struct CodeCheckStream: Sendable {
  /// What came of a run.
  public struct Counts: Sendable, Equatable {
    public var passed = 0
    public var failed = 0
    /// Rows whose tests, or whose sandbox, are at fault.
    public var notJudged = 0
    /// Rows reported and left out.
    public var rejected = 0
    public var slowestMilliseconds = 0.0

    public var checks: Int { passed + failed + notJudged }
  }

  public let verifier: CodeVerifier

  public init(_ verifier: CodeVerifier) { self.verifier = verifier }

  /// Checks the file at `path` (`-`: standard input).
  ///
  /// - Parameters:
  ///   - write: takes each line, with its line end.
  ///   - rejected: called for each bad line, in order.
  /// - Throws: ``JSONLFileError`` when the file cannot be read; what `write` throws.
  public func run(
    path: String, write: ([UInt8]) throws -> Void, rejected: (JSONLError) -> Void
  ) throws -> Counts {
    var counts = Counts()
    // Enough rows ahead to keep every worker busy, few enough not to hold a large file.
    let ahead = 256
    var running: [CodeCheck] = []
    func finish(downTo rest: Int) throws {
      let finished = max(running.count - rest, 0)
      for check in running[..<finished] { try write(Self.line(check.waitForVerdict(), &counts)) }
      running.removeFirst(finished)
    }
    try JSONLReader(path: path).forEachRow { row, _ in
      running.append(verifier.start(try Self.task(row)))
      if running.count >= 2 * ahead { try finish(downTo: ahead) }
    } rejected: { error in
      counts.rejected += 1
      rejected(error)
    }
    try finish(downTo: 0)
    return counts
  }

  private static func line(_ verdict: CodeVerdict, _ counts: inout Counts) -> [UInt8] {
    if !verdict.isJudged {
      counts.notJudged += 1
    } else if verdict.isPassed {
      counts.passed += 1
    } else {
      counts.failed += 1
    }
    counts.slowestMilliseconds = max(counts.slowestMilliseconds, verdict.milliseconds)
    var output = JSONWriter()
    output.value(
      .object(
        JSONObject([
          ("passed", .bool(verdict.isPassed)), ("tests_passed", .integer(verdict.passedCount)),
          ("tests", .integer(verdict.tests.count)), ("verdicts", .array(verdict.tests.map { .bool($0) })),
          ("reason", .string((verdict.isJudged ? "" : "not judged: ") + verdict.reason)),
          ("milliseconds", .number(verdict.milliseconds)),
        ])))
    return output.bytes + [0x0A]
  }

  private static func task(_ row: JSONObject) throws(JSONLError.Reason) -> CodeTask {
    let completion = try FieldMapping.text("completion", of: row)
    let prompt = row["prompt"] == nil ? "" : try FieldMapping.text("prompt", of: row)
    if let cases = row["cases"] {
      do {
        return CodeTask(
          prompt: prompt, completion: completion, tests: .cases(try CodeCase.list(cases, "cases")))
      } catch {
        throw .wrongType(
          field: "cases", expected: "a list of objects with the texts input and output", found: cases.summary)
      }
    }
    return CodeTask(
      prompt: prompt, completion: completion,
      tests: .function(
        test: try FieldMapping.text("test", of: row),
        entryPoint: try FieldMapping.text("entry_point", of: row)))
  }
}
