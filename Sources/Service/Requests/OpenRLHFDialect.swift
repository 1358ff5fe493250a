import Rewards
import Verifiers

/// The protocol of OpenRLHF's remote rewards: `{"query": [..], "prompts": [..], "labels": [..]}`, answered by
/// `{"rewards": [..], "scores": [..], "extra_logs": {reward: [..], "unscored": [..], "failed": [..],
/// "abstained": [..]}}`.
///
/// `query` is the decoded prompt with the response behind it, special tokens kept: the completion is what follows
/// the prompt, without the tokens that end a turn. `labels` are the references. Every sample gets a number, since a
/// missing one breaks OpenRLHF's batch: one without a total gets `unscored`, and the flags say so. `scores`, which
/// OpenRLHF filters by and expects from 0 to 1, are the rewards divided by the specification's maximum, where it
/// has one, and held to that range.
struct OpenRLHFDialect: Dialect {
  let mapping: FieldMapping
  /// The number of a sample without a total.
  let unscored: Double
  let needsNumbers = true

  /// Tokens that end a turn in the chat formats in use; they are no part of what the model said.
  static let endTokens = [
    "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>", "</s>", "<eos>",
    "<|end|>",
    "<|return|>", "<\u{FF5C}end\u{2581}of\u{2581}sentence\u{FF5C}>",
  ]

  func request(_ body: JSONObject) throws(ServiceError) -> ScoreRequest {
    let queries = try body.list("query")
    let prompts = try body["prompts"].map { (_) throws(ServiceError) in try body.list("prompts") } ?? []
    let labels = try body["labels"].map { (_) throws(ServiceError) in try body.list("labels") } ?? []
    for (key, values) in [("prompts", prompts), ("labels", labels)]
    where !values.isEmpty && values.count != queries.count {
      throw .length(key, values.count, of: queries.count, "query")
    }
    var request = ScoreRequest()
    for (index, query) in queries.enumerated() {
      guard case .string(let text) = query else {
        throw ServiceError(
          .wrongType(field: "query", expected: "text", found: query.summary), sample: index)
      }
      var row = JSONObject([(mapping.completion[0], .string(Self.withoutEnd(text[...])))])
      if !prompts.isEmpty {
        guard case .string(let prompt) = prompts[index] else {
          throw ServiceError(
            .wrongType(field: "prompts", expected: "text", found: prompts[index].summary), sample: index)
        }
        if let response = Self.response(in: text, to: prompt) {
          row[mapping.completion[0]] = .string(response)
        } else {
          request.refused[index] = "the query does not hold the prompt"
        }
        row[mapping.prompt.first ?? "prompt"] = .string(prompt)
      }
      if !labels.isEmpty { row[mapping.reference.first ?? "reference"] = labels[index] }
      do throws(JSONLError.Reason) {
        request.samples.append(try mapping.sample(from: row))
      } catch {
        throw ServiceError(error, sample: index)
      }
    }
    return request
  }

  /// What follows the prompt; nil when the prompt is not there. A tokenizer may put tokens before it.
  static func response(in query: String, to prompt: String) -> String? {
    if prompt.isEmpty { return withoutEnd(query[...]) }
    let whole = Array(query.utf8)
    let part = Array(prompt.utf8)
    guard whole.count >= part.count else { return nil }
    if whole.starts(with: part) { return withoutEnd(text(whole[part.count...])[...]) }
    guard let range = query.range(of: prompt) else { return nil }
    return withoutEnd(query[range.upperBound...])
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func withoutEnd(_ text: Substring) -> String {
    var text = text
    while let token = endTokens.first(where: { text.hasSuffix($0) }) { text = text.dropLast(token.count) }
    return String(text)
  }

  func response(_ batch: ScoredBatch, of served: ServedSpecification) -> [UInt8] {
    let totals = batch.totals.map { $0 ?? unscored }
    let maximum = served.specification.maximum.flatMap { $0 > 0 ? $0 : nil }
    var object = JSONObject()
    object["rewards"] = .array(totals.map { .number($0) })
    object["scores"] = .array(
      totals.map { .number(maximum == nil ? $0 : min(1, max(0, $0 / (maximum ?? 1)))) })
    var logs = JSONObject()
    for (column, name) in batch.names.enumerated() {
      logs[Self.key(name, beside: Self.flags)] = .array(
        (0..<batch.count).map { .number(batch[$0, column] ?? 0) })
    }
    let flags = (0..<batch.count).map { Self.flags(of: $0, in: batch) }
    for (index, flag) in Self.flags.enumerated() { logs[flag] = .array(flags.map { .number($0[index]) }) }
    object["extra_logs"] = .object(logs)
    var writer = JSONWriter()
    writer.value(.object(object))
    return writer.bytes
  }
}
