import Foundation
import Rewards

/// Checks the rows of a JSONL file and writes one JSON line for each good one, in order.
public struct MathCheckStream: Sendable {
  /// What a row holds.
  public enum Rows: Sendable {
    /// Two answers, fields `a` and `b`; out come `line`, `verdict` and `microseconds`.
    case pairs
    /// Fields `reference`, `completion` and perhaps `prompt`; out come `line`, `verdict`, `extracted`, `reason` and
    /// `microseconds`.
    case answers
  }

  /// What came of a run.
  public struct Counts: Sendable, Equatable {
    /// Rows by verdict.
    public var verdicts: [String: Int] = [:]
    /// Rows reported and left out.
    public var rejected = 0
    /// The longest check.
    public var slowestMicroseconds = 0.0
    /// Time spent in checks, without reading and writing.
    public var seconds = 0.0
  }

  public let verifier: MathVerifier
  public let rows: Rows
  public var requiresBox = false

  public init(_ verifier: MathVerifier, rows: Rows) {
    self.verifier = verifier
    self.rows = rows
  }

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
    try JSONLReader(path: path).forEachRow { row, line in
      try write(try check(row, line: line, &counts))
    } rejected: { error in
      counts.rejected += 1
      rejected(error)
    }
    return counts
  }

  private func check(_ row: JSONObject, line: Int, _ counts: inout Counts) throws(JSONLError.Reason)
    -> [UInt8]
  {
    var output = JSONWriter()
    output.raw("{\"line\":")
    output.value(.integer(line))
    let clock = ContinuousClock()
    let verdict: String
    let start: ContinuousClock.Instant
    let end: ContinuousClock.Instant
    switch rows {
    case .pairs:
      let (a, b) = (try text("a", of: row), try text("b", of: row))
      start = clock.now
      let result = verifier.compare(a, b)
      end = clock.now
      verdict = result.verdict.rawValue
      output.raw(",\"verdict\":")
      output.string(verdict)
    case .answers:
      let reference = try text("reference", of: row)
      let completion = try text("completion", of: row)
      let prompt = row["prompt"] == nil ? "" : try text("prompt", of: row)
      start = clock.now
      let judgement = verifier.judge(
        completion, reference: reference, prompt: prompt, requiresBox: requiresBox)
      end = clock.now
      verdict = judgement.verdict.rawValue
      output.raw(",\"verdict\":")
      output.string(verdict)
      output.raw(",\"extracted\":")
      if let extracted = judgement.extracted { output.string(extracted) } else { output.raw("null") }
      output.raw(",\"reason\":")
      output.string(judgement.reason)
    }
    let spent = start.duration(to: end).components
    let microseconds = Double(spent.seconds) * 1e6 + Double(spent.attoseconds) * 1e-12
    counts.verdicts[verdict, default: 0] += 1
    counts.seconds += microseconds * 1e-6
    counts.slowestMicroseconds = max(counts.slowestMicroseconds, microseconds)
    output.raw(",\"microseconds\":")
    output.number((microseconds * 10).rounded() / 10)
    output.raw("}\n")
    return output.bytes
  }

  /// A field's text; numbers count as written.
  private func text(_ name: String, of row: JSONObject) throws(JSONLError.Reason) -> String {
    switch row[name] {
    case .integer(let value)?: return String(value)
    case .number(let value)?: return value.description
    default: return try FieldMapping.text(name, of: row)
    }
  }
}
