import Rewards

/// Reads prompts from a JSONL file; every error names file, line, key and remedy.
struct JSONLRows {
  var path: String
  var promptField: String?
  var referenceField: String?
  var completionField: String?
  var system: String?

  func read() throws -> [TaskItem] {
    let reader: JSONLReader
    do throws(FileError) { reader = try JSONLReader(path: path) } catch {
      throw TaskError(
        place: path, problem: "the file cannot be read (\(error.message))",
        remedy: error.remedy)
    }
    var items: [TaskItem] = []
    var failure: TaskError?
    // The first mistake is kept rather than thrown: lines after it are not looked at.
    let keep = { (error: JSONLError) in
      if failure == nil { failure = wrong(error.line, error.explanation, error.remedy) }
    }
    do {
      try reader.forEachLine(
        { line in
          guard failure == nil else { return }
          do { items.append(try row(line)) } catch let error as TaskError {
            failure = error
          } catch let error as JSONError {
            keep(JSONLError(line: line.number, lineOffset: 0, error))
          } catch { failure = wrong(line.number, "\(error)", "correct the line") }
        }, tooLong: keep)
    } catch {
      let file = error as? FileError
      throw TaskError(
        place: path, problem: "the file cannot be read (\(file?.message ?? "\(error)"))",
        remedy: file?.remedy ?? "check that it is a readable file")
    }
    if let failure { throw failure }
    if items.isEmpty {
      throw TaskError(
        place: path, problem: "the data set is empty", remedy: "write one JSON object per line, with a prompt"
      )
    }
    return items
  }

  private func row(_ line: JSONLLine) throws -> TaskItem {
    let value = try JSONParser().parse(line.bytes)
    guard case .object(let row) = value else {
      throw wrong(
        line.number, "the line holds \(Self.kind(of: value)), not an object", "write {\"prompt\": ...}")
    }
    return try item(row, line: line.number)
  }

  private func item(_ row: JSONObject, line: Int) throws -> TaskItem {
    let field = promptField ?? (row["prompt"] == nil && row["messages"] != nil ? "messages" : "prompt")
    guard let prompt = row[field] else { throw missing(field, row, line, option: "prompt") }
    var messages = try messages(prompt, field: field, line: line)
    var demonstration: String?
    // A row for language modelling ends with the answer; the policy is to write that itself.
    while messages.count > 1, messages.last?.role == "assistant" {
      demonstration = messages.removeLast().content
    }
    if let completion = try completion(row, line: line) { demonstration = completion }
    if let system, messages[0].role != "system" {
      messages.insert(ChatMessage(role: "system", content: system), at: 0)
    }
    var reference = JSONValue.null
    if let referenceField {
      guard let value = row[referenceField] else {
        throw missing(referenceField, row, line, option: "reference")
      }
      reference = value
    }
    var columns = row
    columns[field] = nil
    if let referenceField { columns[referenceField] = nil }
    return TaskItem(
      messages: messages, reference: reference, columns: columns, demonstration: demonstration)
  }

  /// The answer to imitate: the named field must be there, the default one (`completion`, TRL's) may be.
  private func completion(_ row: JSONObject, line: Int) throws -> String? {
    let field = completionField ?? "completion"
    switch row[field] {
    case .string(let text): return text
    case .array(let list):
      guard list.count == 1 else {
        throw wrong(line, "'\(field)' has \(list.count) messages", "give the assistant's one message")
      }
      return try message(list[0], key: "\(field)[0]", line: line).content
    case nil where completionField == nil: return nil
    case nil: throw missing(field, row, line, option: "completion")
    case .some(let other):
      if completionField == nil { return nil }
      throw wrong(line, "'\(field)' is \(Self.kind(of: other))", "give a text or one assistant message")
    }
  }

  private func messages(_ prompt: JSONValue, field: String, line: Int) throws -> [ChatMessage] {
    switch prompt {
    case .string(let text) where !text.isEmpty: return [ChatMessage(role: "user", content: text)]
    case .array(let list) where !list.isEmpty:
      var messages: [ChatMessage] = []
      for (index, element) in list.enumerated() {
        messages.append(try message(element, key: "\(field)[\(index)]", line: line))
      }
      return messages
    case .string, .array:
      throw wrong(line, "'\(field)' is empty", "give a text or a list of messages")
    default:
      throw wrong(
        line, "'\(field)' is \(Self.kind(of: prompt))",
        "give a text or a list of {\"role\", \"content\"} messages")
    }
  }

  private func message(_ value: JSONValue, key: String, line: Int) throws -> ChatMessage {
    guard case .object(let object) = value else {
      throw wrong(line, "'\(key)' is \(Self.kind(of: value))", "give an object with \"role\" and \"content\"")
    }
    let roles = ["system", "user", "assistant", "tool"]
    guard case .string(let role) = object["role"], roles.contains(role) else {
      let found = object["role"].map(\.jsonText) ?? "missing"
      throw wrong(line, "'\(key).role' is \(found)", "give one of " + roles.joined(separator: ", "))
    }
    switch object["content"] {
    case .string(let content): return ChatMessage(role: role, content: content)
    case .array(let parts):
      // TRL's content parts: [{"type": "text", "text": "..."}].
      var content = ""
      for part in parts {
        guard case .object(let part) = part, case .string(let text) = part["text"] else {
          throw wrong(line, "'\(key).content' has a part that is not text", "give text parts only")
        }
        content += text
      }
      return ChatMessage(role: role, content: content)
    default:
      throw wrong(line, "'\(key).content' is \(object["content"].map(Self.kind) ?? "missing")", "give a text")
    }
  }

  private func missing(_ field: String, _ row: JSONObject, _ line: Int, option: String) -> TaskError {
    let near = nearestName(to: field, in: row.keys).map { " (did you mean '\($0)'?)" } ?? ""
    let present = row.isEmpty ? "none" : row.keys.joined(separator: ", ")
    return wrong(
      line, "there is no field '\(field)'\(near); the row has \(present)",
      "name the right field with the task's option '\(option)'")
  }

  private func wrong(_ line: Int, _ problem: String, _ remedy: String) -> TaskError {
    TaskError(place: "\(path), line \(line)", problem: problem, remedy: remedy)
  }

  static func kind(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
