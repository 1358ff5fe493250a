import ArgumentParser
import Foundation
import Language
import Policies
import Rewards
import Torch

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time one GRPO step: 4 prompts x 8 completions x 48 new tokens, LoRA on every projection.",
    discussion: "With --serve it answers every line `step` on the standard input, as bench/compare.py wants.")
  @Option(help: "JSONL with a prompt (messages) per line.") var prompts = "bench/prompts.jsonl"
  @Option(help: "Steps to time, after one that is not.") var steps = 5
  @Option(help: "float32, as TRL computes here, or bfloat16.") var dtype = "float32"
  @Flag var serve = false

  private static let group = 8
  private static let length = 48

  func run() throws {
    let files = try ModelFiles(ModelFiles.defaultName)
    let tokenizer = try files.tokenizer()
    let template = try files.chatTemplate()
    let model = try files.model(dtype: ModelFiles.dtype(dtype))
    model.lora = try LoRA(LoRAConfiguration(), for: model, seed: 1)
    let engine = try ModularEngine(model, baseModel: ModelFiles.defaultName) {
      try AdamW($0, learningRate: 1e-5)
    }
    let ids = try chats().map {
      tokenizer.encode(template.render(messages: $0, addGenerationPrompt: true)).map(Int.init)
    }
    guard ids.count >= 4 else { throw ValidationFailure("\(prompts): expected at least 4 prompts") }
    var number = 0
    func step() throws -> String {
      let chosen = (0..<4).map { ids[(number * 4 + $0) % ids.count] }
      number += 1
      return try time(chosen, identity: number * 32, engine, tokenizer)
    }
    _ = try step()
    if serve {
      put("{\"ready\": true}")
      while let line = readLine() { if line == "step" { put(try step()) } }
    } else {
      for _ in 0..<steps { put(try step()) }
    }
  }

  /// Draws, scores by distinct characters (as TRL's side does), and takes one optimiser step.
  private func time(
    _ ids: [[Int]], identity: Int, _ engine: any PolicyEngine, _ tokenizer: any Tokenizer
  ) throws -> String {
    let clock = ContinuousClock()
    let begin = clock.now
    // Without end tokens every step does the same work.
    let drawn = try engine.complete(
      ids, count: Self.group, options: SamplingOptions(maxCompletionLength: Self.length, seed: 1),
      identity: identity)
    let sampled = clock.now
    let groups = zip(ids, drawn).map { prompt, completions in
      let rewards = completions.map { completion in
        Double?(Double(Set(tokenizer.decode(completion.ids.map(Int32.init))).count) / 64)
      }
      let groups = [Int](repeating: 0, count: rewards.count)
      return PolicyGroup(
        prompt: prompt, completions: completions.map(\.ids),
        advantages: groupRelativeAdvantages(rewards, groups: groups))
    }
    _ = try engine.step(groups, PolicyStep(objective: PolicyObjective(), maxCompletionLength: Self.length))
    try engine.update(learningRate: 1e-5, maxGradNorm: 1)
    let end = clock.now
    let tokens = drawn.joined().reduce(0) { $0 + $1.ids.count }
    return String(
      format:
        "{\"engine\": \"laurel\", \"seconds\": %.4f, \"sampling_seconds\": %.4f, \"training_seconds\": %.4f, \"new_tokens\": %d}",
      (end - begin).seconds, (sampled - begin).seconds, (end - sampled).seconds, tokens)
  }

  private func chats() throws -> [[ChatMessage]] {
    guard let data = FileManager.default.contents(atPath: prompts),
      let text = String(data: data, encoding: .utf8)
    else { throw ValidationFailure("cannot read \(prompts)") }
    return try text.split(separator: "\n").enumerated().map { index, line in
      guard case .object(let row) = try JSONValue(json: String(line)), case .array(let items)? = row["prompt"]
      else {
        throw ValidationFailure(
          "\(prompts):\(index + 1): expected an object with a list of messages as prompt")
      }
      return try items.map { item in
        guard case .object(let message) = item, case .string(let role)? = message["role"],
          case .string(let content)? = message["content"]
        else { throw ValidationFailure("\(prompts):\(index + 1): a message lacks role or content") }
        return ChatMessage(role: role, content: content)
      }
    }
  }

  /// One line, at once: the other side waits for it.
  private func put(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
