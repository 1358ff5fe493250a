import Foundation
import Rewards
import Testing
import Torch

@testable import Language

@Suite struct ChatTemplateTests {
  private let chat = [
    ChatMessage(role: "system", content: "S"), ChatMessage(role: "user", content: "U"),
    ChatMessage(role: "assistant", content: "A"),
  ]

  @Test(.enabled(if: TokenizerFixtures.hasGGUF, "run scripts/setup to fetch the model"))
  func theInstructModelsTemplateIsRecognisedAndGivesItsPublishedIds() throws {
    let file = try GGUFFile(path: TokenizerFixtures.gguf)
    let template = try ChatTemplate(recognizing: try file.required("tokenizer.chat_template", file.string))
    #expect(template == .smolLM2)
    let text = template.render(
      messages: [ChatMessage(role: "user", content: "What is 2+2?")], addGenerationPrompt: true)
    let ids = """
      1 9690 198 2683 359 253 5356 5646 11173 3365 3511 308 34519 28 7018 411 407 19712 8182 2 198 1 4093 198 1780 \
      314 216 34 27 34 47 2 198 1 520 9531 198
      """
    #expect(
      try BytePairTokenizer(gguf: file).encode(text) == ids.split(separator: " ").compactMap { Int32($0) })
  }

  @Test func aSystemMessageReplacesTheDefaultOne() {
    #expect(
      ChatTemplate.smolLM2.render(messages: chat, addGenerationPrompt: false)
        == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"
    )
  }

  @Test func everyLayoutRendersAChat() throws {
    func render(_ name: String) throws -> String {
      try ChatTemplate(named: name).render(messages: chat, addGenerationPrompt: true)
    }
    #expect(
      try render("llama3") == """
        <|begin_of_text|><|start_header_id|>system<|end_header_id|>

        S<|eot_id|><|start_header_id|>user<|end_header_id|>

        U<|eot_id|><|start_header_id|>assistant<|end_header_id|>

        A<|eot_id|><|start_header_id|>assistant<|end_header_id|>


        """)
    #expect(try render("mistral") == "<s>[INST] S\n\nU [/INST] A</s>")
    #expect(
      try render("zephyr") == "<|system|>\nS</s>\n<|user|>\nU</s>\n<|assistant|>\nA</s>\n<|assistant|>\n")
    #expect(try render("chatml").hasSuffix("<|im_end|>\n<|im_start|>assistant\n"))
    for name in ChatTemplate.names { _ = try ChatTemplate(named: name) }
  }

  @Test func templatesAreRecognisedByTheirMarkers() throws {
    let plain = "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>'}}"
    #expect(try ChatTemplate(recognizing: plain) == ChatTemplate(layout: .chatML))
    let qwen = "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}" + plain
    #expect(try ChatTemplate(recognizing: qwen).defaultSystem == "You are a helpful assistant.")
    #expect(try ChatTemplate(recognizing: "{{ '<|start_header_id|>' }}").layout == .llama3)
    #expect(try ChatTemplate(recognizing: "{{ bos_token }}{{ '[INST] ' }}").layout == .mistral)
    #expect(try ChatTemplate(recognizing: "<|user|> eos_token <|assistant|>").layout == .zephyr)
  }

  @Test func anUnknownTemplateListsTheKnownNames() {
    for attempt in ["{{ 'Human: ' }}", "<|start_header_id|> Cutting Knowledge Date", "[INST] <<SYS>>"] {
      let error = #expect(throws: ChatTemplateError.self) { try ChatTemplate(recognizing: attempt) }
      #expect(error?.description.contains("chatml, llama3, mistral, smollm2, zephyr") == true)
    }
    #expect(throws: ChatTemplateError.self) { try ChatTemplate(named: "vicuna") }
  }
}
