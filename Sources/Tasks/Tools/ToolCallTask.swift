import Rewards

/// Requests that one of a few tools answers; the reference is the call.
public struct ToolCallTask: GeneratedTask {
  public let name = "tool_calls"
  public let help = ToolCallTask.kind.help
  /// How many tools the system message lists; one of them is the right one.
  public var toolsShown: Int
  /// The most parameters that a tool has in the prompt; a request states a value for each.
  public var maxParameters: Int
  /// Whether a worked example, with another tool, comes before the request.
  public var showsExample: Bool

  public init(toolsShown: Int = 5, maxParameters: Int = 1, showsExample: Bool = true) {
    precondition(
      (1...30).contains(toolsShown) && (1...2).contains(maxParameters), "see the task's parameters")
    self.toolsShown = toolsShown
    self.maxParameters = maxParameters
    self.showsExample = showsExample
  }

  public static let kind = TaskKind(
    name: "tool_calls", help: "requests to answer with one tool call, <tool_call>{...}</tool_call>",
    parameters: [
      TaskParameter("tools_shown", .integer(5), "how many tools the prompt lists, 1 to 30"),
      TaskParameter("max_parameters", .integer(1), "the most parameters of a tool, 1 or 2"),
      TaskParameter("example", .bool(true), "whether a worked example comes first"),
    ]
  ) { options in
    ToolCallTask(
      toolsShown: try options.integer("tools_shown", in: 1...30),
      maxParameters: try options.integer("max_parameters", in: 1...2),
      showsExample: try options.flag("example"))
  }

  func instance(_ random: inout SeededGenerator) -> (content: String, item: TaskItem) {
    let drawn = random.shuffled(ToolCatalog.tools).prefix(toolsShown + 1)
    let (shown, other) = (Array(drawn.dropLast()), drawn[drawn.endIndex - 1])
    let counts = shown.map { _ in random.integer(in: 1...maxParameters) }
    let right = random.integer(in: 0...shown.count - 1)
    let (request, arguments) = shown[right].request(parameters: counts[right], &random)

    let signatures = zip(shown, counts).map { $0.signature(parameters: $1) }
    var messages = [ChatMessage(role: "system", content: "Tools:\n" + signatures.joined(separator: "\n"))]
    if showsExample {
      let (text, arguments) = other.request(parameters: random.integer(in: 1...maxParameters), &random)
      messages.append(ChatMessage(role: "user", content: Self.userMessage(text)))
      messages.append(ChatMessage(role: "assistant", content: Self.callText(other.name, arguments)))
    } else {
      messages[0].content +=
        "\nAnswer with <tool_call>{\"name\": \"tool\", \"arguments\": {\"parameter\": value}}</tool_call>"
    }
    messages.append(ChatMessage(role: "user", content: Self.userMessage(request)))

    let call = JSONObject([("name", .string(shown[right].name)), ("arguments", .object(arguments))])
    let columns = JSONObject([("tools", .array(shown.map { .string($0.name) }))])
    let item = TaskItem(messages: messages, reference: .array([.object(call)]), columns: columns)
    return ("\(shown[right].name): \(request)", item)
  }

  static func userMessage(_ request: String) -> String { "Write the tool call for: \(request)" }

  /// The call as the policy should write it, with the spaces that Python's `json.dumps` puts.
  static func callText(_ name: String, _ arguments: JSONObject) -> String {
    let list = zip(arguments.keys, arguments.values).map {
      "\(JSONValue.string($0).jsonText): \($1.jsonText)"
    }
    return "<tool_call>{\"name\": \"\(name)\", \"arguments\": {\(list.joined(separator: ", "))}}</tool_call>"
  }
}
