import Foundation
import Rewards

/// Divides the scores of a JSONL file's responses among their parts: lines in, one JSON line per credited response
/// out, in order.
///
/// A line out is `{"line": n, "score": v of the whole, "blank": v of nothing, "method": ..., "units": [{"text", "start",
/// "end", "credit", "reward"}, ...], "warnings": [...]}`. `start` and `end` count Unicode scalars, as Python does;
/// `credit` sums to score - blank, `reward` (``UnitCredits/rewards(alpha:)``) to the score. A sampled credit has its
/// `standard_error`. A response with a part that the reward gives no number for is left out and reported.
public struct CreditStream: Sendable {
  /// What came of a run.
  public struct Counts: Sendable, Equatable {
    /// Responses credited and written.
    public var credited = 0
    /// Lines that are no samples.
    public var rejected = 0
    /// Samples whose reward failed on a part.
    public var dropped = 0
    /// For each warning, on how many responses it was given.
    public var warnings: [String: Int] = [:]
  }

  public let assigner: CreditAssigner
  public var mapping: FieldMapping
  /// The share of the dense rewards (0: everything at the end).
  public var alpha: Double
  /// Of sampling; each line has its own generator, so that a line's credits do not depend on the others.
  public var seed: UInt64
  /// Responses scored together.
  static let batch = 16

  public init(
    _ assigner: CreditAssigner, mapping: FieldMapping = FieldMapping(), alpha: Double = 1, seed: UInt64 = 1
  ) {
    self.assigner = assigner
    self.mapping = mapping
    self.alpha = alpha
    self.seed = seed
  }

  private struct Row {
    var line: Int
    var sample: Sample
  }

  /// Credits the file at `path` (`-`: standard input) and writes the lines to `output`.
  ///
  /// - Parameters:
  ///   - rejected: Called for every line that is no sample.
  ///   - dropped: Called for every response without credits, with its line.
  ///   - scored: Called while long responses are divided, with the texts scored and how many there are to score.
  ///   - report: Called after every few responses, with the counts so far and the bytes of the file they cover.
  /// - Throws: `FileError` when the file cannot be read or the output not be written; ``ScoreStream/Stopped`` when
  ///   a reward fails under `on_failure: stop`; `CancellationError`.
  public func run(
    path: String, output: FileHandle, rejected: (JSONLError) -> Void,
    dropped: (_ line: Int, _ error: CreditError) -> Void,
    scored: (_ counts: Counts, _ texts: Int, _ of: Int) -> Void = { _, _, _ in },
    written report: (_ counts: Counts, _ bytes: Int) -> Void = { _, _ in }
  ) async throws -> Counts {
    let reader = try JSONLReader(path: path)
    var counts = Counts()
    while let chunk = try reader.nextChunk() {
      var rows: [Row] = []
      chunk.forEachLine { line in
        do throws(JSONLError) { rows.append(try row(line)) } catch {
          counts.rejected += 1
          rejected(error)
        }
      } tooLong: {
        counts.rejected += 1
        rejected($0)
      }
      for start in stride(from: 0, to: rows.count, by: Self.batch) {
        let part = rows[start..<min(start + Self.batch, rows.count)]
        try await credit(part, output, &counts, dropped, scored)
        let share = Double(start + part.count) / Double(rows.count)
        report(counts, chunk.offset + Int(share * Double(chunk.end - chunk.offset)))
      }
    }
    return counts
  }

  private func row(_ line: JSONLLine) throws(JSONLError) -> Row {
    let object: JSONObject
    do throws(JSONError) { object = try JSONParser().parseObject(line.bytes) } catch {
      throw JSONLError(line: line.number, lineOffset: line.offset, error)
    }
    do throws(JSONLError.Reason) {
      return Row(line: line.number, sample: try mapping.sample(from: object))
    } catch {
      throw JSONLError(line: line.number, offset: line.offset, reason: error)
    }
  }

  private func credit(
    _ rows: ArraySlice<Row>, _ output: FileHandle, _ counts: inout Counts,
    _ dropped: (_ line: Int, _ error: CreditError) -> Void,
    _ scored: (_ counts: Counts, _ texts: Int, _ of: Int) -> Void
  ) async throws {
    try Task.checkCancellation()
    let results: [Result<CreditAssigner.Result, CreditError>]
    do {
      results = try await assigner.credits(
        of: rows.map(\.sample), seeds: rows.map { seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64($0.line) }
      ) { [counts] done, count in scored(counts, done, count) }
    } catch let error as ScoringError {
      let line = rows[rows.startIndex + error.sample].line
      throw ScoreStream.Stopped(line: line, reward: error.reward, reason: error.reason)
    }
    var writer = JSONWriter()
    for (row, result) in zip(rows, results) {
      switch result {
      case .failure(let error):
        counts.dropped += 1
        dropped(row.line, error)
      case .success(let credit):
        counts.credited += 1
        for warning in credit.credits.warnings { counts.warnings[warning, default: 0] += 1 }
        writer.value(json(credit, line: row.line))
        writer.raw("\n")
      }
    }
    try ScoreStream.write(writer.bytes, to: output.fileDescriptor)
  }

  private func json(_ result: CreditAssigner.Result, line: Int) -> JSONValue {
    let credits = result.credits
    let rewards = credits.rewards(alpha: alpha)
    let units = result.units.units.enumerated().map { index, unit in
      var object = JSONObject([
        ("text", .string(unit.text)), ("start", .integer(unit.start)), ("end", .integer(unit.end)),
        ("credit", .number(credits.values[index])), ("reward", .number(rewards[index])),
      ])
      if let errors = credits.standardErrors { object["standard_error"] = .number(errors[index]) }
      return JSONValue.object(object)
    }
    return .object(
      JSONObject([
        ("line", .integer(line)), ("score", .number(credits.full)), ("blank", .number(credits.empty)),
        ("method", .string(result.computation.rawValue)), ("units", .array(units)),
        ("warnings", .array(credits.warnings.map(JSONValue.string))),
      ]))
  }
}
