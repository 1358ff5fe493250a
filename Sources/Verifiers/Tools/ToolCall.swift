import Rewards

/// One call of a tool: its name and its arguments.
public struct ToolCall: Sendable, Equatable {
  public var name: String
  public var arguments: JSONObject

  public init(name: String, arguments: JSONObject = JSONObject()) {
    self.name = name
    self.arguments = arguments
  }

  /// Name and arguments equal; the order of keys plays no part, `1 == 1.0`, `"1" != 1`.
  public static func == (a: ToolCall, b: ToolCall) -> Bool {
    a.name == b.name && JSONValue.object(a.arguments) == JSONValue.object(b.arguments)
  }

  /// Reads `{"name": ..., "parameters": {...}}`; nil when a part is missing or of another type. Other keys are
  /// passed over. `keys` names the accepted spellings of the arguments.
  public init?(_ value: JSONValue, keys: [String] = ["parameters", "arguments"]) {
    guard case .object(let object) = value, case .string(let name)? = object["name"] else { return nil }
    for key in keys {
      if case .object(let arguments)? = object[key] {
        self.init(name: name, arguments: arguments)
        return
      }
    }
    return nil
  }
}

/// The grammar in which a completion writes its calls.
public enum ToolCallStyle: String, Sendable, CaseIterable {
  /// ToolRL (arXiv 2504.13958): a think block, then a `<tool_call>` block with one JSON object per line.
  case toolrl
  /// Blocks `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`, one or more.
  case hermes
  /// A bare JSON object, or a list of them.
  case json

  /// The calls of a completion; nil when they cannot be read.
  func calls(in text: String) -> [ToolCall]? {
    switch self {
    case .toolrl:
      guard let block = ToolCallText.block("<tool_call>", "</tool_call>", in: text) else { return nil }
      return ToolCallText.lines(of: block, keys: ["parameters"])
    case .hermes:
      guard let blocks = ToolCallText.blocks(in: text) else { return nil }
      var calls: [ToolCall] = []
      for block in blocks {
        guard let more = ToolCallText.list(block) ?? ToolCallText.lines(of: block) else { return nil }
        calls += more
      }
      return calls
    case .json: return ToolCallText.list(text)
    }
  }
}

/// Reading of call texts. Every function returns nil for text that is not what it reads; none traps.
enum ToolCallText {
  /// The text between the first `open` and the first `close` behind it, trimmed; as the original, text without
  /// `close` runs to the end but is then refused here, because a missing tag scores the minimum.
  static func block(_ open: String, _ close: String, in text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      guard let start = ASCII.find(Array(open.utf8), in: bytes).map({ $0 + open.utf8.count }),
        let end = ASCII.find(Array(close.utf8), in: bytes, from: start)
      else { return nil }
      return String(decoding: ASCII.trimmed(UTF8Bytes(rebasing: bytes[start..<end])), as: UTF8.self)
    }
  }

  /// The insides of all `<tool_call>` blocks in order; nil when a tag has no partner.
  static func blocks(in text: String) -> [String]? {
    let open = Array("<tool_call>".utf8)
    let close = Array("</tool_call>".utf8)
    var text = text
    return text.withUTF8 { bytes in
      var blocks: [String] = []
      var position = 0
      while let start = ASCII.find(open, in: bytes, from: position) {
        guard let end = ASCII.find(close, in: bytes, from: start) else { return nil }
        let inside = UTF8Bytes(rebasing: bytes[(start + open.count)..<end])
        blocks.append(String(decoding: ASCII.trimmed(inside), as: UTF8.self))
        position = end + close.count
      }
      return ASCII.find(close, in: bytes, from: position) == nil ? blocks : nil
    }
  }

  /// One JSON call per line; a blank line or a line that is no call makes it nil.
  static func lines(of block: String, keys: [String] = ["parameters", "arguments"]) -> [ToolCall]? {
    var calls: [ToolCall] = []
    for line in block.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard let value = try? JSONParser().parse(line), let call = ToolCall(value, keys: keys) else {
        return nil
      }
      calls.append(call)
    }
    return calls
  }

  /// A JSON object that is a call, or a list of them.
  static func list(_ text: String) -> [ToolCall]? {
    guard let value = try? JSONValue(json: text) else { return nil }
    return list(value)
  }

  static func list(_ value: JSONValue) -> [ToolCall]? {
    guard case .array(let elements) = value else { return ToolCall(value).map { [$0] } }
    var calls: [ToolCall] = []
    for element in elements {
      guard let call = ToolCall(element) else { return nil }
      calls.append(call)
    }
    return calls
  }

  /// Number of times `mark` occurs, without overlap.
  static func count(_ mark: String, in bytes: UTF8Bytes) -> Int {
    let pattern = Array(mark.utf8)
    var count = 0
    var position = 0
    while let hit = ASCII.find(pattern, in: bytes, from: position) {
      count += 1
      position = hit + pattern.count
    }
    return count
  }
}
