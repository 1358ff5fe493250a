import Rewards

/// What the reference of a sample asks for: calls, a response, both or neither.
struct ToolCallReference {
  var calls: [ToolCall]
  var hasCalls: Bool
  var hasResponse: Bool

  /// Reads a reference: a JSON list of calls (or one call), the same as text, or a whole reference completion
  /// (its think block is passed over).
  ///
  /// - Throws: `ParameterError` that says what is wrong with the reference.
  init(_ reference: JSONValue?, style: ToolCallStyle) throws(ParameterError) {
    switch reference {
    case nil, .null?: throw Self.error("the sample has no reference")
    case .string(let whole)?:
      let text = Self.withoutThought(whole)
      hasCalls = text.utf8.contains(0x3C) && Self.holds("<tool_call>", text)
      hasResponse = Self.holds("<response>", text)
      calls = []
      if hasCalls {
        calls = try Self.tagged(text, style: style)
      } else if !hasResponse, let first = text.utf8.first(where: { !ASCII.isSpace($0) }) {
        let isJSON = first == 0x5B || first == 0x7B
        if isJSON || style != .toolrl {
          guard let list = ToolCallText.list(text) else {
            throw Self.error("the reference is not a JSON list of calls with name and parameters")
          }
          calls = list
          hasCalls = !list.isEmpty
        }
      } else if !hasResponse, style != .toolrl {
        throw Self.error("the reference is empty")
      }
    case .some(let value):
      guard let list = ToolCallText.list(value) else {
        throw Self.error("the reference is not a list of calls with name and parameters")
      }
      calls = list
      hasCalls = !list.isEmpty
      hasResponse = false
    }
  }

  private static func tagged(_ text: String, style: ToolCallStyle) throws(ParameterError) -> [ToolCall] {
    let calls: [ToolCall]?
    if style == .toolrl {
      calls = ToolCallText.block("<tool_call>", "</tool_call>", in: text).flatMap {
        ToolCallText.lines(of: $0)
      }
    } else {
      calls = ToolCallStyle.hermes.calls(in: text)
    }
    guard let calls, !calls.isEmpty else {
      throw error("a line in the reference's <tool_call> block is not a JSON call with name and parameters")
    }
    return calls
  }

  /// What follows the think block: thoughts often mention the tags.
  private static func withoutThought(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      guard let end = ASCII.findLast("</think>", in: bytes) else {
        return String(decoding: bytes, as: UTF8.self)
      }
      return String(decoding: bytes[(end + 8)...], as: UTF8.self)
    }
  }

  private static func holds(_ mark: String, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { ASCII.find(Array(mark.utf8), in: $0) != nil }
  }

  private static func error(_ message: String) -> ParameterError {
    ParameterError(parameter: "reference", message)
  }
}
