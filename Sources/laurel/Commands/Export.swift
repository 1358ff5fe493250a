import ArgumentParser
import Foundation
import Language
import Policies
import Rewards
import Torch

/// A trained policy on disk: the adapters or weights of a run's last checkpoint, or a folder of adapters.
struct TrainedPolicy {
  /// The folder with adapter_config.json or config.json.
  let folder: String
  /// What the adapters belong to; nil when the folder is a whole model.
  let base: String?

  init(_ path: String) throws {
    let checkpoints = URL(fileURLWithPath: path).appendingPathComponent("checkpoints")
    folder = Checkpoint.all(in: checkpoints).last?.folder.path ?? path
    if FileManager.default.fileExists(atPath: folder + "/adapter_config.json") {
      base = try LoRA.baseModel(folder: folder)
    } else if FileManager.default.fileExists(atPath: folder + "/config.json") {
      base = nil
    } else {
      throw ValidationFailure(
        FileManager.default.fileExists(atPath: path + "/laurel.sqlite")
          ? "the run \(path) has no checkpoint yet"
          : "\(path) is neither a run with a checkpoint nor a folder with adapters or a model")
    }
  }

  /// The model with its adapters on it.
  func model(dtype: DType) throws -> LlamaModel {
    guard let base else { return try LlamaModel(folder: folder, dtype: dtype) }
    let model = try ModelFiles(base).model(dtype: dtype)
    try Self.attach(folder, to: model)
    return model
  }

  /// Puts adapters on a model; a run's folder stands for its last checkpoint.
  static func attach(_ path: String, to model: LlamaModel) throws {
    let adapter = try TrainedPolicy(path).folder
    let lora = try LoRA(LoRAConfiguration(folder: adapter), for: model, seed: 0)
    try lora.read(folder: adapter)
    model.lora = lora
  }
}

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Write what a run learned: adapters for PEFT, or with --merge a model for transformers and vLLM.")
  @Argument(help: "A run's folder, a checkpoint, or a folder with adapters.") var source: String
  @Option(help: "The folder to write; it must not exist.") var output: String
  @Flag(help: "Add the adapters to the weights and write the whole model.") var merge = false
  @Option(help: "Type of the merged weights: float32, bfloat16 or float16.") var dtype = "float32"

  func run() throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw ValidationFailure("\(output) exists already: choose another folder")
    }
    let types: [String: DType] = ["float32": .float32, "bfloat16": .bfloat16, "float16": .float16]
    guard let type = types[dtype] else {
      throw ValidationError("--dtype is \(dtype): expected float32, bfloat16 or float16")
    }
    let policy = try TrainedPolicy(source)
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw ValidationFailure(
        "cannot make the folder \(output): no permission, or a file is in the way; give another --output")
    }
    guard merge || policy.base == nil else {
      try copy(["adapter_config.json", "adapter_model.safetensors"], from: policy.folder)
      say("adapters of \(policy.base ?? "") in \(output)")
      return
    }
    let model = try policy.model(dtype: .float32)
    try model.mergeAdapters()
    try model.write(folder: output, dtype: type)
    switch try ModelFiles(policy.base ?? policy.folder) {
    case .gguf(let file): try TokenizerExport.write(file, folder: output)
    case .folder(let folder):
      let names = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
      ]
      try copy(names.filter { FileManager.default.fileExists(atPath: folder + "/" + $0) }, from: folder)
    }
    say("model in \(output)")
  }

  private func copy(_ names: [String], from folder: String) throws {
    for name in names {
      try FileManager.default.copyItem(atPath: folder + "/" + name, toPath: output + "/" + name)
    }
  }
}
