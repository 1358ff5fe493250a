import Rewards
import Testing

@testable import Tasks

@Suite("Tool calls")
struct ToolCallTaskTests {
  @Test("The catalogue has at least 36 tools with distinct names")
  func catalogue() {
    #expect(ToolCatalog.tools.count >= 36)
    #expect(Set(ToolCatalog.tools.map(\.name)).count == ToolCatalog.tools.count)
    #expect(ToolCatalog.tools.allSatisfy { $0.parameters.count == 2 && $0.phrasings.count >= 3 })
    #expect(ToolCatalog.tools.allSatisfy { $0.phrasings.allSatisfy { $0.contains("{}") } })
    #expect(ToolCatalog.tools.allSatisfy { $0.parameters[1].clause.contains("{}") })
  }

  @Test("The prompt lists the asked number of tools, the called one among them", arguments: [1, 5, 12])
  func shown(count: Int) throws {
    for item in ToolCallTask(toolsShown: count).items(split: .train, count: 40, seed: 4) {
      let call = try #require(Self.call(item))
      let name = try #require(call["name"]).jsonText.replacing("\"", with: "")
      #expect(item.messages[0].content.split(separator: "\n").filter { $0.hasSuffix(")") }.count == count)
      #expect(item.messages[0].content.contains("\(name)("))
      #expect(item.messages.count == 4)
    }
  }

  @Test("Every argument of the reference is stated in the request, booleans in words")
  func stated() throws {
    for item in ToolCallTask(maxParameters: 2).items(split: .train, count: 200, seed: 5) {
      guard case .object(let arguments) = try #require(Self.call(item))["arguments"] else {
        Issue.record("arguments are no object")
        continue
      }
      #expect((1...2).contains(arguments.count))
      for value in arguments.values {
        if case .bool = value { continue }
        #expect(item.prompt.contains(value.jsonText.replacing("\"", with: "")), "\(item.prompt)")
      }
      #expect(!item.prompt.contains("{}"))
    }
  }

  @Test("The worked example is a call in the grammar, of a shown tool that the prompt does not ask for")
  func example() throws {
    let item = ToolCallTask().items(split: .train, count: 1, seed: 6)[0]
    let answer = item.messages[2].content
    #expect(answer.hasPrefix("<tool_call>{\"name\": \"") && answer.hasSuffix("}}</tool_call>"))
    let json = answer.dropFirst("<tool_call>".count).dropLast("</tool_call>".count)
    guard case .object(let call) = try JSONValue(json: String(json)) else {
      Issue.record("the example is no object")
      return
    }
    let name = try #require(call["name"]).jsonText.replacing("\"", with: "")
    #expect(item.messages[0].content.contains("\(name)("))
    #expect(call["name"] != (try #require(Self.call(item)))["name"])
  }

  @Test("The bare style writes the example as JSON alone, and a mistyped style is answered with the nearest")
  func styles() throws {
    let task = try TaskRegistry.make("tool_calls", options: ["style": .string("json")])
    for item in task.items(split: .train, count: 20, seed: 6) {
      guard case .object(let call) = try JSONValue(json: item.messages[2].content) else {
        Issue.record("the example is no object")
        continue
      }
      #expect(call.keys == ["name", "arguments"])
    }
    #expect(throws: TaskError.self) {
      try TaskRegistry.make("tool_calls", options: ["style": .string("jsn")])
    }
  }

  static func call(_ item: TaskItem) -> JSONObject? {
    guard case .array(let calls) = item.reference, case .object(let call) = calls.first else { return nil }
    return call
  }
}
