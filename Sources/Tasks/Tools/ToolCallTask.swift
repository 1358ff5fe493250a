import Rewards

/// Requests that one of a few tools answers; the reference is the call.
public struct ToolCallTask: GeneratedTask {
  public let name = "tool_calls"
  public let help = ToolCallTask.kind.help
  /// How many tools the system message lists; one of them is the right one.
  public var toolsShown: Int
  /// The most parameters that a tool has in the prompt; a request states a value for each.
  public var maxParameters: Int
  /// Whether a worked example, with another of the tools, comes before the request.
  public var showsExample: Bool
  /// How the example writes its call, and so how the policy should.
  public var style: Style

  /// The grammar of a call; the names are those of the reward `tool_call`.
  public enum Style: String, Sendable, CaseIterable {
    /// `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`
    case hermes
    /// `{"name": ..., "arguments": {...}}`
    case json
  }

  public init(toolsShown: Int = 5, maxParameters: Int = 1, showsExample: Bool = true, style: Style = .hermes)
  {
    precondition(
      (1...30).contains(toolsShown) && (1...2).contains(maxParameters), "see the task's parameters")
    self.toolsShown = toolsShown
    self.maxParameters = maxParameters
    self.showsExample = showsExample
    self.style = style
  }

  public static let kind = TaskKind(
    name: "tool_calls", help: "requests to answer with a call of one of the tools shown",
    parameters: [
      TaskParameter("tools_shown", .integer(5), "how many tools the prompt lists, 1 to 30"),
      TaskParameter("max_parameters", .integer(1), "the most parameters of a tool, 1 or 2"),
      TaskParameter("example", .bool(true), "whether a worked example comes first"),
      TaskParameter(
        "style", .string("hermes"), "grammar of a call: hermes (<tool_call> tags) or json (bare)"),
    ]
  ) { options in
    ToolCallTask(
      toolsShown: try options.integer("tools_shown", in: 1...30),
      maxParameters: try options.integer("max_parameters", in: 1...2),
      showsExample: try options.flag("example"), style: try options.choice("style"))
  }

  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem) {
    let drawn = random.shuffled(ToolCatalog.tools).prefix(max(2, toolsShown))
    // The right tool and the example's come from the same list, so the example shows where names come from.
    let right = drawn[0]
    let other = drawn[1]
    let shown = random.shuffled(Array(drawn.prefix(toolsShown)))
    let counts = shown.map { _ in random.integer(in: 1...maxParameters) }
    let rightCount = zip(shown, counts).first { $0.0.name == right.name }?.1 ?? 1
    let otherCount = zip(shown, counts).first { $0.0.name == other.name }?.1 ?? 1
    let (request, arguments) = right.request(parameters: rightCount, &random)

    let signatures = zip(shown, counts).map { $0.signature(parameters: $1) }
    var messages = [ChatMessage(role: "system", content: "Tools:\n" + signatures.joined(separator: "\n"))]
    if showsExample {
      let (text, arguments) = other.request(parameters: otherCount, &random)
      messages.append(ChatMessage(role: "user", content: style.asking(text)))
      messages.append(ChatMessage(role: "assistant", content: callText(other.name, arguments)))
    } else {
      messages[0].content +=
        "\nAnswer with " + style.wrapping("{\"name\": \"tool\", \"arguments\": {\"parameter\": value}}")
    }
    messages.append(ChatMessage(role: "user", content: style.asking(request)))

    let call = JSONObject([("name", .string(right.name)), ("arguments", .object(arguments))])
    let columns = JSONObject([("tools", .array(shown.map { .string($0.name) }))])
    let item = TaskItem(
      messages: messages, reference: .array([.object(call)]), columns: columns,
      demonstration: callText(right.name, arguments))
    return ("\(right.name): \(request)", item)
  }

  /// The call as the policy should write it, with the spaces that Python's `json.dumps` puts.
  func callText(_ name: String, _ arguments: JSONObject) -> String {
    let list = zip(arguments.keys, arguments.values).map {
      "\(JSONValue.string($0).jsonText): \($1.jsonText)"
    }
    return style.wrapping("{\"name\": \"\(name)\", \"arguments\": {\(list.joined(separator: ", "))}}")
  }
}

extension ToolCallTask.Style {
  /// The user's message, worded for the grammar.
  func asking(_ request: String) -> String {
    self == .hermes ? "Write the tool call for: \(request)" : "Request: \"\(request)\""
  }

  func wrapping(_ call: String) -> String { self == .hermes ? "<tool_call>\(call)</tool_call>" : call }
}
