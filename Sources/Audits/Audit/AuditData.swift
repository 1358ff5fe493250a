import Rewards
import Verifiers

/// The samples of a JSONL file, for an audit. A completion may be missing.
public struct AuditData: Sendable {
  public var samples: [AuditSample]
  /// Lines that were left out.
  public var rejected: [JSONLError]

  /// Reads the first `limit` good lines.
  /// - Throws: `FileError` when the file cannot be read.
  public init(path: String, mapping: FieldMapping = FieldMapping(), limit: Int = .max) throws {
    var samples: [AuditSample] = []
    var rejected: [JSONLError] = []
    let reader = try JSONLReader(path: path)
    try reader.forEachLine(
      { line in
        if samples.count >= limit { return }
        do {
          var row: JSONObject
          do throws(JSONError) { row = try JSONParser().parseObject(line.bytes) } catch {
            throw JSONLError(line: line.number, lineOffset: line.offset, error)
          }
          let hasCompletion = mapping.completion.contains { row[$0] != nil && row[$0] != .null }
          if !hasCompletion { row[mapping.completion[0]] = .string("") }
          do throws(JSONLError.Reason) {
            let sample = try mapping.sample(from: row)
            samples.append(AuditSample(line: line.number, sample: sample, hasCompletion: hasCompletion))
          } catch {
            throw JSONLError(line: line.number, offset: line.offset, reason: error)
          }
        } catch let error as JSONLError {
          rejected.append(error)
        }
      }, tooLong: { rejected.append($0) })
    self.samples = samples
    self.rejected = rejected
  }
}
