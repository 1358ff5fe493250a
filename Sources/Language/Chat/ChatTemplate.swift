import Foundation
import Rewards

/// How a chat becomes one text: the layouts that instruction models are trained on.
///
/// Models carry their template as Jinja text, which is recognised here by its markers rather than run.
public struct ChatTemplate: Sendable, Equatable {
  /// The shape of a message.
  public enum Layout: String, Sendable, CaseIterable {
    /// `<|im_start|>role\ncontent<|im_end|>\n`
    case chatML = "chatml"
    /// `<|start_header_id|>role<|end_header_id|>\n\ncontent<|eot_id|>` after `<|begin_of_text|>`
    case llama3
    /// `[INST] content [/INST]` and the answer with `</s>`, after `<s>`; a system message joins the first user's.
    case mistral
    /// `<|role|>\ncontent</s>\n`
    case zephyr
  }

  public var layout: Layout
  /// Put in front when the first message is not from the system; nil for none.
  public var defaultSystem: String?

  public init(layout: Layout, defaultSystem: String? = nil) {
    self.layout = layout
    self.defaultSystem = defaultSystem
  }

  /// SmolLM2's ChatML with the system message of its own template.
  public static let smolLM2 = ChatTemplate(
    layout: .chatML,
    defaultSystem: "You are a helpful AI assistant named SmolLM, trained by Hugging Face")

  /// The names that `init(named:)` knows.
  public static let names = ["chatml", "llama3", "mistral", "smollm2", "zephyr"]

  /// The template with one of `names`.
  public init(named name: String) throws(ChatTemplateError) {
    if name == "smollm2" {
      self = .smolLM2
    } else if let layout = Layout(rawValue: name) {
      self.init(layout: layout)
    } else {
      throw ChatTemplateError(problem: "There is no chat template named '\(name)'.")
    }
  }

  /// Recognises a model's Jinja template (`tokenizer.chat_template` in GGUF, `chat_template` in
  /// tokenizer_config.json). Templates that put more than the messages into the text are refused, because the
  /// model would see a prompt it was not trained on.
  public init(recognizing jinja: String) throws(ChatTemplateError) {
    if jinja.contains("<|start_header_id|>") {
      guard !jinja.contains("Cutting Knowledge Date") else {
        throw ChatTemplateError(
          problem: "The model's chat template puts dates into the system message (Llama 3.1).")
      }
      self.init(layout: .llama3)
    } else if jinja.contains("<|im_start|>") {
      self.init(layout: .chatML, defaultSystem: Self.defaultSystem(in: jinja))
    } else if jinja.contains("[INST]"), !jinja.contains("<<SYS>>") {
      self.init(layout: .mistral)
    } else if jinja.contains("<|user|>"), jinja.contains("<|assistant|>"), jinja.contains("eos_token") {
      self.init(layout: .zephyr)
    } else {
      let start = jinja.prefix(80).replacingOccurrences(of: "\n", with: "\\n")
      throw ChatTemplateError(problem: "The model's chat template is not known (it begins '\(start)').")
    }
  }

  /// The text of `messages`; with `addGenerationPrompt` it ends where the assistant's answer begins.
  public func render(messages: [ChatMessage], addGenerationPrompt: Bool) -> String {
    var messages = messages
    if let defaultSystem, messages.first?.role != "system" {
      messages.insert(ChatMessage(role: "system", content: defaultSystem), at: 0)
    }
    switch layout {
    case .chatML:
      let body = messages.map { "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n" }.joined()
      return body + (addGenerationPrompt ? "<|im_start|>assistant\n" : "")
    case .llama3:
      func header(_ role: String) -> String { "<|start_header_id|>\(role)<|end_header_id|>\n\n" }
      let body = messages.map { message in
        header(message.role) + message.content.trimmingCharacters(in: .whitespacesAndNewlines) + "<|eot_id|>"
      }
      return "<|begin_of_text|>" + body.joined() + (addGenerationPrompt ? header("assistant") : "")
    case .mistral:
      return renderMistral(messages)
    case .zephyr:
      let body = messages.map { "<|\($0.role)|>\n\($0.content)</s>\n" }.joined()
      return body + (addGenerationPrompt ? "<|assistant|>\n" : "")
    }
  }

  private func renderMistral(_ messages: [ChatMessage]) -> String {
    var text = "<s>"
    var pending: String?
    for message in messages {
      switch message.role {
      case "system": pending = message.content
      case "assistant": text += " " + message.content + "</s>"
      default:
        text += "[INST] " + (pending.map { $0 + "\n\n" } ?? "") + message.content + " [/INST]"
        pending = nil
      }
    }
    return text
  }

  /// The text between `<|im_start|>system\n` and `<|im_end|>` when it is literal, with real or escaped line ends.
  private static func defaultSystem(in jinja: String) -> String? {
    for mark in ["<|im_start|>system\n", "<|im_start|>system\\n"] {
      guard let start = jinja.range(of: mark),
        let end = jinja.range(of: "<|im_end|>", range: start.upperBound..<jinja.endIndex)
      else { continue }
      let text = jinja[start.upperBound..<end.lowerBound]
      guard !text.isEmpty, !text.contains(where: { "'\"{}+".contains($0) }) else { continue }
      return text.replacingOccurrences(of: "\\n", with: "\n")
    }
    return nil
  }
}

/// A chat template that is not known.
public struct ChatTemplateError: Error, Equatable, CustomStringConvertible, LocalizedError {
  public var problem: String

  public init(problem: String) {
    self.problem = problem
  }

  public var description: String {
    problem + " Name one explicitly: \(ChatTemplate.names.joined(separator: ", "))."
  }
  public var errorDescription: String? { description }
}
