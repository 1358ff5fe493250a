import Rewards

/// Which columns of a data row hold what. Each list names candidates; the first that is there and not null
/// counts.
public struct FieldMapping: Sendable, Equatable {
  public var completion: [String]
  public var prompt: [String]
  public var reference: [String]
  /// Integer or text that samples of one prompt share; without it the prompt itself decides.
  public var group: [String]
  public var completionTokens: [String]
  public var isTruncated: [String]

  public init(
    completion: [String] = ["completion", "response"], prompt: [String] = ["prompt", "question"],
    reference: [String] = ["reference", "answer", "solution", "ground_truth"],
    group: [String] = ["group", "id"], completionTokens: [String] = ["completion_tokens"],
    isTruncated: [String] = ["is_truncated"]
  ) {
    precondition(!completion.isEmpty, "at least one column may hold the completion")
    self.completion = completion
    self.prompt = prompt
    self.reference = reference
    self.group = group
    self.completionTokens = completionTokens
    self.isTruncated = isTruncated
  }

  /// The sample of one row. Prompt and completion may be text or a list of messages with role and content:
  /// the prompt is then its last user message, the completion its last message.
  ///
  /// - Throws: `JSONLError.Reason` when the completion is missing or a column has another type.
  public func sample(from row: JSONObject) throws(JSONLError.Reason) -> Sample {
    guard let completion = first(self.completion, in: row) else {
      throw .missingField(self.completion[0], present: row.keys)
    }
    var sample = Sample(completion: try Self.completionText(completion.value, of: completion.key))
    var used = [completion.key]
    if let prompt = first(self.prompt, in: row) {
      (sample.prompt, sample.messages) = try Self.text(prompt.value, of: prompt.key)
      used.append(prompt.key)
    }
    if let reference = first(self.reference, in: row) {
      sample.reference = reference.value
      used.append(reference.key)
    }
    if let tokens = first(completionTokens, in: row) {
      guard case .integer(let count) = tokens.value, count >= 0 else {
        throw Self.wrongType(tokens.key, "an integer of at least 0", tokens.value)
      }
      sample.completionTokens = count
      used.append(tokens.key)
    }
    if let truncated = first(isTruncated, in: row) {
      guard case .bool(let flag) = truncated.value else {
        throw Self.wrongType(truncated.key, "true or false", truncated.value)
      }
      sample.isTruncated = flag
      used.append(truncated.key)
    }
    sample.group = Self.hash(sample.prompt)
    if let group = first(self.group, in: row) {
      switch group.value {
      case .integer(let number): sample.group = number
      case .string(let text): sample.group = Self.hash(text)
      default: throw Self.wrongType(group.key, "an integer or text", group.value)
      }
      used.append(group.key)
    }
    for (key, value) in zip(row.keys, row.values) where !used.contains(key) { sample.columns[key] = value }
    return sample
  }

  private func first(_ names: [String], in row: JSONObject) -> (key: String, value: JSONValue)? {
    for name in names {
      if let value = row[name], value != .null { return (name, value) }
    }
    return nil
  }

  /// The text of a completion: text, or the content of the last message.
  package static func completionText(_ value: JSONValue, of key: String) throws(JSONLError.Reason) -> String {
    let (text, messages) = try text(value, of: key)
    return messages.last?.content ?? text
  }

  /// The text of a column that is text, one message or a list of messages.
  static func text(
    _ value: JSONValue, of key: String
  ) throws(JSONLError.Reason) -> (text: String, messages: [ChatMessage]) {
    if case .string(let text) = value { return (text, []) }
    var elements = [value]
    if case .array(let list) = value { elements = list }
    var messages: [ChatMessage] = []
    for element in elements {
      guard case .object(let object) = element, case .string(let role)? = object["role"],
        case .string(let content)? = object["content"]
      else { throw wrongType(key, "text or a list of messages with role and content", value) }
      messages.append(ChatMessage(role: role, content: content))
    }
    guard let last = messages.last else {
      throw wrongType(key, "text or a list of at least one message", value)
    }
    return ((messages.last { $0.role == "user" } ?? last).content, messages)
  }

  /// The text of a field that a row must have; a list of messages counts as its last one.
  static func text(_ name: String, of row: JSONObject) throws(JSONLError.Reason) -> String {
    switch row[name] {
    case nil, .null?: throw .missingField(name, present: row.keys)
    case .string(let text)?: return text
    case .some(let value): return try completionText(value, of: name)
    }
  }

  package static func wrongType(_ field: String, _ expected: String, _ value: JSONValue) -> JSONLError.Reason
  {
    .wrongType(field: field, expected: expected, found: value.summary)
  }

  /// FNV-1a: the same text gives the same group in every run.
  private static func hash(_ text: String) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 1)
  }
}
