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
    try error(Data(text.utf8), prompt: prompt, reference: reference)
  }

  static func error(_ data: Data, prompt: String? = nil, reference: String? = nil) throws -> String {
    let path = try file("")
    try data.write(to: URL(fileURLWithPath: path))
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

  @Test("The whole message of what an editor, a crash or another program can do to a file")
  func messages() throws {
    let good = "{\"prompt\": \"a\"}\n"
    let remedy = "write one complete JSON object per line (in Python: json.dumps(row, allow_nan=False))"
    #expect(
      try Self.error(good + "{\"prompt\": \"b")
        == "F, line 2: broken JSON: expected a closing '\"', found the end; \(remedy)")
    #expect(
      try Self.error(Data(good.utf8) + Data(count: 50))
        == "F, line 2: broken JSON: expected a value, found byte 0x0; \(remedy)")
    #expect(
      try Self.error(Data("{\"prompt\": \"caf".utf8) + [0xE9] + Data("\"}\n".utf8))
        == "F, line 1: invalid UTF-8: byte 0xE9; save the file as UTF-8 (iconv -f LATIN1 -t UTF-8)")
    #expect(
      try Self.error("") == "F: the data set is empty; write one JSON object per line, with a prompt")
    #expect(
      try Self.error("{\"promt\": \"a\"}")
        == "F, line 1: there is no field 'prompt' (did you mean 'promt'?); the row has promt; "
        + "name the right field with the task's option 'prompt'")
    let error = #expect(throws: TaskError.self) { try JSONLTask(path: "/no/such/file.jsonl") }
    #expect(
      error?.description
        == "/no/such/file.jsonl: the file cannot be read (no such file or directory); check the path")
    let folder = #expect(throws: TaskError.self) { try JSONLTask(path: "/") }
    #expect(folder?.description == "/: the file cannot be read (is a directory); give a file")
  }

  @Test("A byte order mark, Windows line ends and a line of 10 MB are read")
  func otherFiles() throws {
    let long = String(repeating: "a", count: 10_000_000)
    let path = try Self.file("\u{FEFF}{\"prompt\": \"one\"}\r\n\r\n{\"prompt\": \"\(long)\"}\r\n")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let task = try JSONLTask(path: path, heldOutShare: 0)
    #expect(task.items(split: .train, count: 2, seed: 1).map(\.prompt.count).sorted() == [3, 10_000_000])
  }
}
