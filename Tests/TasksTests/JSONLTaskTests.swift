import Foundation
import Rewards
import Testing

@testable import Tasks

@Suite("Prompts from a JSONL file")
struct JSONLTaskTests {
  static func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "laurel-tasks-\(UUID().uuidString).jsonl"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  static func error(_ text: String, prompt: String? = nil, reference: String? = nil) throws -> String {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      _ = try JSONLTask(path: path, promptField: prompt, referenceField: reference)
      return "no error"
    } catch { return "\(error)".replacing(path, with: "F") }
  }

  @Test("Strings, message lists and language-modelling rows are read; other fields become columns")
  func formats() throws {
    let path = try Self.file(
      """
      {"prompt": "one", "answer": 1, "level": "easy"}
      {"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "two"}], "answer": 2}
      {"messages": [{"role": "user", "content": "three"}, {"role": "assistant", "content": "x"}], "answer": [3]}
      """)
    let task = try JSONLTask(path: path, referenceField: "answer", system: "be brief", heldOutShare: 0)
    let items = task.items(split: .train, count: 3, seed: 1).sorted { $0.prompt < $1.prompt }
    #expect(items.map(\.prompt) == ["one", "three", "two"])
    #expect(items.map(\.reference) == [.integer(1), .array([.integer(3)]), .integer(2)])
    #expect(items[0].messages.map(\.content) == ["be brief", "one"])
    #expect(items[1].messages.last?.role == "user")
    #expect(items[2].messages[0].content == "s")
    #expect(items[0].columns.keys == ["level"])
    #expect(task.items(split: .heldOut, count: 3, seed: 1).isEmpty)
  }

  @Test("The split keeps equal prompts together and does not move with the run's seed")
  func split() throws {
    let rows = (0..<40).map { "{\"prompt\": \"question \($0 / 2)\"}" }.joined(separator: "\n")
    let task = try JSONLTask(path: Self.file(rows), heldOutShare: 0.25)
    #expect(task.count(of: .heldOut) == 10)
    let train = Set(task.items(split: .train, count: 90, seed: 1).map(\.prompt))
    let heldOut = Set(task.items(split: .heldOut, count: 90, seed: 2).map(\.prompt))
    #expect(train.count == 15 && heldOut.count == 5 && train.isDisjoint(with: heldOut))
  }

  @Test("Mistakes are named by file, line, key and remedy")
  func errors() throws {
    let good = "{\"prompt\": \"a\"}\n"
    #expect(try Self.error("").contains("F: the data set is empty"))
    #expect(try Self.error("\n\n").contains("the data set is empty"))
    #expect(try Self.error(good + "{\"prompt\": ").contains("F, line 2: broken JSON"))
    #expect(try Self.error(good + "[1]").contains("line 2: the line holds a list"))
    #expect(
      try Self.error(good + "\n{\"promt\": \"a\"}").contains(
        "line 3: there is no field 'prompt' (did you mean 'promt'?)"))
    #expect(try Self.error("{\"prompt\": 3}").contains("'prompt' is a number; give a text"))
    #expect(try Self.error("{\"prompt\": \"\"}").contains("'prompt' is empty"))
    #expect(
      try Self.error("{\"prompt\": [{\"role\": \"me\"}]}").contains("'prompt[0].role' is \"me\"; give one of")
    )
    #expect(try Self.error(good, reference: "answer").contains("option 'reference'"))
    #expect(throws: TaskError.self) { try JSONLTask(path: "/no/such/file.jsonl") }
  }
}
