import Rewards
import Verifiers

/// The keywords with which verl calls `compute_score`: `{"data_source": .., "solution_str": .., "ground_truth": ..,
/// "extra_info": {..}}`, answered by `{"score": n, reward: n, .., "unscored": n, "failed": n, "abstained": n}`.
///
/// Every sample has the same keys and numbers under all of them, as verl demands: a sample without a total gets
/// `unscored`, a reward without a number 0, and the flags say so. `extra_info.question` (or `prompt`) is the
/// prompt; `data_source` and the rest of `extra_info` are columns.
struct VerlDialect: Dialect {
  let mapping: FieldMapping
  /// The number of a sample without a total.
  let unscored: Double
  let needsNumbers = true

  func request(_ body: JSONObject) throws(ServiceError) -> ScoreRequest {
    var row = JSONObject()
    if case .object(let extra)? = body["extra_info"] {
      for (key, value) in zip(extra.keys, extra.values) where !reserved(key) { row[key] = value }
    }
    row[mapping.completion[0]] = .string(try body.text("solution_str"))
    if let truth = body["ground_truth"] { row[mapping.reference.first ?? "reference"] = truth }
    if let source = body["data_source"] { row["data_source"] = source }
    do throws(JSONLError.Reason) {
      return ScoreRequest(samples: [try mapping.sample(from: row)])
    } catch {
      throw ServiceError(error, sample: 0)
    }
  }

  /// Columns of `extra_info` that would be taken for something else; a group is one row's matter here.
  private func reserved(_ key: String) -> Bool {
    (mapping.completion + mapping.reference + mapping.group).contains(key)
  }

  func response(_ batch: ScoredBatch, of served: ServedSpecification) -> [UInt8] {
    var object = JSONObject()
    object["score"] = .number((batch.totals.first ?? nil) ?? unscored)
    for (column, name) in batch.names.enumerated() {
      object[Self.key(name, beside: Self.flags + ["score"])] = .number(batch[0, column] ?? 0)
    }
    for (flag, value) in zip(Self.flags, Self.flags(of: 0, in: batch)) { object[flag] = .number(value) }
    var writer = JSONWriter()
    writer.value(.object(object))
    return writer.bytes
  }
}
