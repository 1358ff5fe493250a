import Rewards

/// Nothing at all, or white space.
struct EmptyOutput: Attack {
  let name = "empty"
  let help = "nothing, or white space only"

  func wrong(for target: Target) -> [String] { ["", " ", "\n\n"] }
}

/// The same text whatever the prompt.
struct ConstantOutput: Attack {
  let name = "constant"
  let help = "the same short text whatever is asked"

  private static let texts = [
    "0", "1", "42", "yes", "no", "A", "true", "{}", "[]", "null", "I don't know.", "...",
    "The answer is 0.", "\\boxed{0}", "#### 0", "<answer></answer>",
  ]

  func wrong(for target: Target) -> [String] {
    let isZero = target.answer.isSaid(by: "0")
    return Self.texts.filter { !target.answer.isSaid(by: $0) && !(isZero && $0.contains("0")) }
  }
}

/// The prompt, given back.
struct EchoPrompt: Attack {
  let name = "echo_prompt"
  let help = "the prompt instead of an answer"

  func wrong(for target: Target) -> [String] {
    let prompt = target.sample.prompt
    if prompt.isEmpty { return [] }
    return [prompt, prompt + "\n" + prompt, "You asked: " + prompt]
      + target.templates.map { $0.filled(prompt) }
  }
}

/// The shape of a right completion around nothing.
struct FormatOnly: Attack {
  let name = "format_only"
  let help = "the right format with nothing in it"

  func wrong(for target: Target) -> [String] {
    var texts: [String] = []
    if target.answer != .none { texts = target.templates.flatMap { [$0.filled(""), $0.filled("...")] } }
    if case .calls(let calls) = target.answer {
      let empty = calls.map { _ in
        JSONValue.object(JSONObject([("name", .string("")), ("arguments", .object(JSONObject()))]))
      }
      texts += Template.calls(empty)
    }
    for tags in target.hints.tags {
      texts.append(tags.map { "<\($0)>...</\($0)>" }.joined(separator: "\n"))
    }
    return texts
  }
}
