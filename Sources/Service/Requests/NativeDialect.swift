import Rewards
import Verifiers

/// Laurel's own shape, which is TRL's too: one list per column.
///
///     {"prompts": [..], "completions": [..], "answer": [..], "columns": {"id": [..]}, "step": 7, "max_steps": 100}
///
/// Only `completions` is needed. Every other list is a column of the samples, at the top or under `columns`; lists
/// of token ids under `completion_ids` become the completions' lengths; `step` of `max_steps` is where the run stands,
/// for schedules; other single values are left alone. Or rows as in a JSONL file: `{"samples": [{"completion": .., ..}, ..]}`.
///
/// The answer: `{"rewards":[total|null],"extra_logs":{reward:[value|null]},"errors":[..],"specification":name,
/// "version":n}`. A reward that abstained is null; one that failed or timed out is null and has an error (the
/// first few of each reward).
struct NativeDialect: Dialect {
  let mapping: FieldMapping
  let needsNumbers = false

  func request(_ body: JSONObject) throws(ServiceError) -> ScoreRequest {
    var request = ScoreRequest()
    if case .integer(let step)? = body["step"], step >= 0 { request.state.step = step }
    if case .integer(let steps)? = body["max_steps"], steps >= 0 { request.state.maxSteps = steps }
    if body["completions"] == nil, body["samples"] != nil {
      for (index, value) in try body.list("samples").enumerated() {
        guard case .object(let row) = value else {
          throw ServiceError(
            .unprocessableContent, "a sample is \(value.summary), expected an object", at: "sample \(index)",
            remedy: "send a list of objects with at least completion")
        }
        request.samples.append(try sample(row, index))
      }
      return request
    }
    let count = try body.list("completions").count
    var columns: [(String, [JSONValue])] = []
    try collect(body, count, into: &columns, isNested: false)
    for index in 0..<count {
      var row = JSONObject()
      for (key, values) in columns { row[key] = values[index] }
      request.samples.append(try sample(row, index))
    }
    return request
  }

  private func collect(
    _ object: JSONObject, _ count: Int, into columns: inout [(String, [JSONValue])], isNested: Bool
  ) throws(ServiceError) {
    for (key, value) in zip(object.keys, object.values) {
      if key == "columns", !isNested, case .object(let nested) = value {
        try collect(nested, count, into: &columns, isNested: true)
        continue
      }
      guard case .array(let values) = value else { continue }
      if values.count != count { throw .length(key, values.count, of: count, "completions") }
      switch key {
      case "completions": columns.append((mapping.completion[0], values))
      case "prompts": columns.append((mapping.prompt.first ?? "prompt", values))
      case Self.tokenIDs:
        columns.append((mapping.completionTokens.first ?? "completion_tokens", values.map(Self.length)))
      default: columns.append((key, values))
      }
    }
  }

  /// The key of TRL's lists of token ids.
  static let tokenIDs = "completion_ids"

  private static func length(_ value: JSONValue) -> JSONValue {
    if case .array(let ids) = value { return .integer(ids.count) }
    return value
  }

  private func sample(_ row: JSONObject, _ index: Int) throws(ServiceError) -> Sample {
    do throws(JSONLError.Reason) {
      return try mapping.sample(from: row)
    } catch {
      throw ServiceError(error, sample: index)
    }
  }

  func response(_ batch: ScoredBatch, of served: ServedSpecification) -> [UInt8] {
    var writer = JSONWriter()
    writer.bytes.reserveCapacity(128 + batch.count * (batch.names.count + 1) * 8)
    writer.raw("{\"rewards\":[")
    for (index, total) in batch.totals.enumerated() {
      if index > 0 { writer.bytes.append(0x2C) }
      if let total { writer.number(total) } else { writer.raw("null") }
    }
    let (width, values, outcomes) = (batch.names.count, batch.values, batch.outcomes)
    writer.raw("],\"extra_logs\":{")
    for column in batch.names.indices {
      writer.raw(served.keys[column])
      writer.raw("[")
      for index in stride(from: column, to: values.count, by: width) {
        if index > column { writer.bytes.append(0x2C) }
        if outcomes[index] == .scored { writer.number(values[index]) } else { writer.raw("null") }
      }
      writer.raw("]")
    }
    writer.raw("},\"errors\":[")
    for (index, message) in batch.messages.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.raw("{\"sample\":")
      writer.integer(message.sample)
      writer.raw(",\"reward\":")
      writer.string(message.reward)
      writer.raw(",\"reason\":")
      writer.string(message.text)
      writer.raw("}")
    }
    writer.raw("],\"specification\":")
    writer.string(served.name)
    writer.raw(",\"version\":")
    writer.integer(served.version)
    writer.raw("}\n")
    return writer.bytes
  }
}
