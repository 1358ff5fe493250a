/// One message of a chat, with TRL's field names.
public struct ChatMessage: Sendable, Equatable {
  /// `system`, `user`, `assistant` or `tool`.
  public var role: String
  public var content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// One completion of a language policy, with what a reward may look at.
public struct Sample: Sendable {
  /// Samples with the same group share a prompt; the group comes from the prompt, never from position.
  public var group: Int
  /// The prompt as text (for a chat: the last user message).
  public var prompt: String
  /// The whole chat when the prompt was one.
  public var messages: [ChatMessage]
  public var completion: String
  /// Length of the completion in tokens; nil when no tokenizer was involved (rewards then count characters).
  public var completionTokens: Int?
  /// The completion hit the token limit before it ended.
  public var isTruncated: Bool
  /// The reference answer, when the data has one.
  public var reference: JSONValue?
  /// Every other column of the data row.
  public var columns: JSONObject

  public init(
    group: Int = 0, prompt: String = "", messages: [ChatMessage] = [], completion: String,
    completionTokens: Int? = nil, isTruncated: Bool = false, reference: JSONValue? = nil,
    columns: JSONObject = JSONObject()
  ) {
    self.group = group
    self.prompt = prompt
    self.messages = messages
    self.completion = completion
    self.completionTokens = completionTokens
    self.isTruncated = isTruncated
    self.reference = reference
    self.columns = columns
  }
}
