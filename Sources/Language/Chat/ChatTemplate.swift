import Rewards

/// How a chat becomes one text for the model.
public enum ChatTemplate: Sendable, Equatable {
  /// `<|im_start|>role\ncontent<|im_end|>\n`; without a system message of its own a chat gets `defaultSystem`.
  case chatML(defaultSystem: String?)

  /// SmolLM2's: ChatML with its system message.
  public static let smolLM2 = ChatTemplate.chatML(
    defaultSystem: "You are a helpful AI assistant named SmolLM, trained by Hugging Face")

  /// - Parameter addGenerationPrompt: ends with the opening of the assistant's turn.
  public func render(_ messages: [ChatMessage], addGenerationPrompt: Bool = true) -> String {
    switch self {
    case .chatML(let defaultSystem):
      var text = ""
      if let defaultSystem, messages.first?.role != "system" {
        text += "<|im_start|>system\n\(defaultSystem)<|im_end|>\n"
      }
      for message in messages { text += "<|im_start|>\(message.role)\n\(message.content)<|im_end|>\n" }
      return addGenerationPrompt ? text + "<|im_start|>assistant\n" : text
    }
  }
}
