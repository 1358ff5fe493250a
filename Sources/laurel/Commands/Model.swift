import ArgumentParser
import Foundation
import Language
import Rewards
import Torch

/// The lines of a text file.
private func lines(of path: String) throws -> [String] {
  // A handle, not FileManager, so that /dev/stdin and pipes can be read.
  guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() ?? Data() else {
    throw ValidationFailure("cannot read \(path): no such file, or no permission")
  }
  guard let text = String(data: data, encoding: .utf8) else {
    throw ValidationFailure("\(path) is not UTF-8")
  }
  var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  if lines.last == "" { lines.removeLast() }
  return lines
}

/// The lines of a text file, or the JSON string that each line is.
func texts(of path: String, json: Bool) throws -> [String] {
  let lines = try lines(of: path)
  guard json else { return lines }
  return try lines.enumerated().map { index, line in
    guard case .string(let text)? = try? JSONValue(json: line) else {
      throw ValidationFailure("\(path):\(index + 1): expected a JSON string (--json)")
    }
    return text
  }
}

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "One JSON list of token ids per line of a text file.")
  @Option(help: "Model name, .gguf file, or folder with config.json.") var model = ModelFiles.defaultName
  @Flag(help: "Each line is a JSON string, so that texts may hold line ends.") var json = false
  @Argument(help: "The text file.") var file: String

  func run() throws {
    let tokenizer = try ModelFiles(model).tokenizer()
    for line in try texts(of: file, json: json) {
      print(JSONValue.array(tokenizer.encode(line).map { .integer(Int($0)) }).jsonText)
    }
  }
}

struct LogProbs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logprobs",
    abstract: "Per line of a text file: token ids and the log-probability of each after the first, as JSON.")
  @Option(help: "Model name, .gguf file, or folder with config.json.") var model = ModelFiles.defaultName
  @Option(help: "A folder with adapters to put on the model.") var adapter: String?
  @Argument(help: "The text file.") var file: String

  func run() throws {
    let files = try ModelFiles(model)
    let tokenizer = try files.tokenizer()
    let decoder = try files.model(dtype: .float32)
    if let adapter { try TrainedPolicy.attach(adapter, to: decoder) }
    for line in try lines(of: file) {
      let ids = tokenizer.encode(line).map(Int.init)
      let values = try decoder.logProbabilities(ids)
      print(
        JSONValue.object(
          JSONObject([
            ("ids", .array(ids.map { .integer($0) })),
            ("logprobs", .array(values.map { .number(Double($0)) })),
          ])
        ).jsonText)
    }
  }
}

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Answer a prompt with the model.")
  @Argument(help: "The user's message.") var prompt: String
  @Option(help: "Model name, .gguf file, or folder with config.json.") var model = ModelFiles.defaultName
  @Option(help: "A folder with adapters to put on the model.") var adapter: String?
  @Option(help: "auto, cpu, cuda, cuda:N or mps.") var device = "auto"
  @Option(help: "A system message in place of the model's own.") var system: String?
  @Option(help: "How many answers.") var numGenerations = 1
  @Option(help: "The longest answer in tokens.") var maxCompletionLength = 128
  @Option(help: "0 takes the likeliest token.") var temperature = 1.0
  @Option var topP = 1.0
  @Option(help: "0 takes all.") var topK = 0
  @Option(help: "An answer ends once its text contains this; repeat the option for more.")
  var stop: [String] = []
  @Option var seed: UInt64 = 1

  func validate() throws {
    guard !stop.contains("") else {
      throw ValidationError("--stop must not be empty: every text contains that")
    }
    for (isRight, rule) in [
      (temperature >= 0 && temperature.isFinite, "--temperature is at least 0, not \(temperature)"),
      (topP > 0 && topP <= 1, "--top-p is above 0 and at most 1, not \(topP)"),
      (topK >= 0, "--top-k is at least 0, not \(topK)"),
      (numGenerations > 0, "--num-generations is at least 1, not \(numGenerations)"),
      (maxCompletionLength > 0, "--max-completion-length is at least 1, not \(maxCompletionLength)"),
    ] where !isRight {
      throw ValidationError(rule)
    }
  }

  func run() throws {
    let files = try ModelFiles(model)
    let tokenizer = try files.tokenizer()
    let device = try ModelFiles.device(device)
    let decoder = try files.model(dtype: ModelFiles.dtype("auto", on: device), device: device)
    if let adapter { try TrainedPolicy.attach(adapter, to: decoder) }
    try decoder.freeze(gradientsFrom: nil)
    var messages = [ChatMessage(role: "user", content: prompt)]
    if let system { messages.insert(ChatMessage(role: "system", content: system), at: 0) }
    let text = try files.chatTemplate().render(messages: messages, addGenerationPrompt: true)
    let options = SamplingOptions(
      temperature: temperature, maxCompletionLength: maxCompletionLength, topK: topK, topP: topP,
      endTokens: tokenizer.eosToken.map { [Int($0)] } ?? [], stopStrings: stop, seed: seed)
    let answers = try Sampler.complete(
      decoder, prompts: [tokenizer.encode(text).map(Int.init)], count: numGenerations,
      options: options, tokenizer: tokenizer)
    for (index, answer) in answers[0].enumerated() {
      if numGenerations > 1 { print("--- \(index + 1) of \(numGenerations)") }
      print(tokenizer.decode(answer.ids.map(Int32.init)))
    }
  }
}
