import Rewards
import Testing

@testable import Tasks

@Suite("Task registry")
struct TaskRegistryTests {
  @Test("Every kind that needs no file can be made from its defaults and is named as registered")
  func defaults() throws {
    for kind in TaskRegistry.kinds where kind.name != "jsonl" {
      let task = try TaskRegistry.make(kind.name)
      #expect(task.name == kind.name)
      #expect(!task.help.isEmpty)
      #expect(task.items(split: .heldOut, count: 2, seed: 1).count == 2)
    }
  }

  @Test("A mistyped task or option is answered with the nearest valid name")
  func nearest() {
    #expect(Self.error { try TaskRegistry.make("tool_cals") }.contains("did you mean 'tool_calls'?"))
    #expect(
      Self.error { try TaskRegistry.make("tool_calls", options: ["tool_shown": .integer(3)]) }
        .contains("no option 'tool_shown'; did you mean 'tools_shown'?"))
    #expect(
      Self.error { try TaskRegistry.make("format", options: ["x": .integer(3)]) }.contains("it has none"))
  }

  @Test("An option of the wrong type or range says what was expected")
  func ranges() {
    #expect(
      Self.error { try TaskRegistry.make("arithmetic", options: ["level": .integer(4)]) }
        == "task arithmetic, option level: found 4; give an integer from 1 to 3")
    #expect(
      Self.error { try TaskRegistry.make("tool_calls", options: ["example": .string("yes")]) }
        .contains("give true or false"))
    #expect(Self.error { try TaskRegistry.make("jsonl") }.contains("option path: it is missing"))
  }

  static func error(_ body: () throws -> any LanguageTask) -> String {
    do {
      _ = try body()
      return "no error"
    } catch { return "\(error)" }
  }
}
