import Rewards

/// Shapes in which a completion gives its answer.
public struct Template: Sendable {
  public var name: String
  private var before: String
  private var after: String

  init(_ name: String, _ before: String, _ after: String = "") {
    self.name = name
    self.before = before
    self.after = after
  }

  /// A completion that gives `answer` in this shape.
  public func filled(_ answer: String) -> String { before + answer + after }

  /// The shapes of a short answer, and one for each list of tags that the specification's `format` rewards want.
  static func answers(tags: [[String]]) -> [Template] {
    let thought = "I work it out step by step."
    var templates = [
      Template("plain", ""), Template("phrase", "The answer is ", "."), Template("boxed", "\\boxed{", "}"),
      Template("hashes", thought + "\n#### "), Template("answer tag", "<answer>", "</answer>"),
      Template("think and answer tags", "<think>\(thought)</think>\n<answer>", "</answer>"),
      Template("tags with a box", "<think>\(thought)</think>\n<answer>\\boxed{", "}</answer>"),
    ]
    for names in tags where names != ["think", "answer"] && names != ["answer"] {
      guard let last = names.last else { continue }
      let opening = names.dropLast().map { "<\($0)>\(thought)</\($0)>\n" }.joined()
      templates.append(Template(names.joined(separator: ", "), "\(opening)<\(last)>", "</\(last)>"))
      templates.append(
        Template("boxed in " + names.joined(separator: ", "), "\(opening)<\(last)>\\boxed{", "}</\(last)>"))
    }
    return templates
  }

  /// Completions that make the given calls, in every grammar that `tool_call` knows.
  static func calls(_ calls: [JSONValue]) -> [String] {
    func renamed(_ call: JSONValue, to key: String) -> JSONValue {
      guard case .object(let object) = call, let (old, values) = call.callArguments else { return call }
      return .object(
        JSONObject(zip(object.keys, object.values).map { $0 == old ? (key, .object(values)) : ($0, $1) }))
    }
    let named = calls.map { renamed($0, to: "arguments") }
    let lines = calls.map { renamed($0, to: "parameters").jsonText }.joined(separator: "\n")
    let json = named.count == 1 ? named[0].jsonText : JSONValue.array(named).jsonText
    let hermes = named.map { "<tool_call>\($0.jsonText)</tool_call>" }.joined(separator: "\n")
    return [
      json, hermes, "<think>I call the tool.</think>\n<tool_call>\n\(lines)\n</tool_call>",
      "<think>I call the tool.</think>\n\(hermes)",
    ]
  }
}
