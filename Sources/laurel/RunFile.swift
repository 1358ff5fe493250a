import Foundation
import Language
import Policies
import Rewards
import Tasks
import Torch
import Verifiers

/// A run file: model, task, trainer settings under TRL's names, and the rewards.
struct RunFile {
  var name: String
  var text: String
  var model: String
  var task: any LanguageTask
  var heldOut: Int
  var trainer: LanguageTrainerConfiguration
  var lora: LoRAConfiguration
  var dtype: String
  var rewards: RewardSpecification

  private static let keys =
    [
      "name", "model", "task", "held_out", "dtype", "seed", "max_steps", "prompts_per_step",
      "num_generations",
      "max_completion_length", "temperature", "top_p", "top_k", "learning_rate", "warmup_steps",
      "max_grad_norm",
      "num_iterations", "loss_type", "epsilon", "epsilon_high", "beta", "kl_estimator", "entropy_coefficient",
      "token_budget", "lora",
    ] + RewardSpecification.keys

  /// - Throws: `SpecificationError` with line, column and key, or `TaskError`.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationFailure("cannot read \(path): no such file, or no permission")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ValidationFailure("\(path) is not UTF-8")
    }
    self.text = text
    let root = try YAMLValue(yaml: text, file: path).mapping("a mapping with model, task and rewards")
    try root.requireKeys(Self.keys)
    name = try root.string(
      "name", default: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    model = try root.string("model", default: ModelFiles.defaultName)
    heldOut = try root.int("held_out", default: 64, in: 2...100_000)
    dtype = try root.choice("dtype", of: ["auto", "float32", "bfloat16"], default: "auto")
    task = try Self.task(root.required("task"))
    lora = try Self.lora(root["lora"])
    trainer = try Self.trainer(root)
    rewards = try RewardSpecification(root, registry: .standard)
  }

  private static func task(_ place: YAMLValue) throws -> any LanguageTask {
    if case .string(let name) = place.json { return try TaskRegistry.make(name) }
    let mapping = try place.mapping("a task's name, or the name with its options")
    guard let entry = mapping.entries.first, mapping.entries.count == 1 else {
      throw place.error("expected one task")
    }
    let options = try entry.value.mapping().entries
    return try TaskRegistry.make(
      entry.name, options: Dictionary(options.map { ($0.name, $0.value.json) }, uniquingKeysWith: { $1 }))
  }

  private static func lora(_ place: YAMLValue?) throws -> LoRAConfiguration {
    var lora = LoRAConfiguration()
    guard let mapping = try place?.mapping() else { return lora }
    try mapping.requireKeys(["r", "lora_alpha", "target_modules", "first_layer"])
    lora.r = try mapping.int("r", default: 16, in: 1...1024)
    lora.alpha = try mapping.double("lora_alpha", default: 32, in: 0.001...65536)
    lora.firstLayer = try mapping.int("first_layer", default: 0, in: 0...1000)
    if let targets = mapping["target_modules"] {
      lora.targets = try targets.items("a list of module names").map { item in
        guard let target = LoRATarget(rawValue: try item.string()) else {
          throw item.error("expected one of " + LoRATarget.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return target
      }
    }
    return lora
  }

  private static func trainer(_ root: YAMLMapping) throws -> LanguageTrainerConfiguration {
    var trainer = LanguageTrainerConfiguration()
    trainer.seed = UInt64(try root.int("seed", default: 1, in: 0...Int(Int32.max)))
    trainer.maxSteps = try root.int("max_steps", default: 30, in: 1...1_000_000)
    trainer.promptsPerStep = try root.int("prompts_per_step", default: 8, in: 1...4096)
    trainer.numGenerations = try root.int("num_generations", default: 8, in: 2...1024)
    trainer.maxCompletionLength = try root.int("max_completion_length", default: 512, in: 1...32768)
    trainer.temperature = try root.double("temperature", default: 1, in: 0.01...10)
    trainer.topP = try root.double("top_p", default: 1, in: 0.0001...1)
    trainer.topK = try root.int("top_k", default: 0, in: 0...1_000_000)
    trainer.learningRate = try root.double("learning_rate", default: 1e-6, in: 0...1)
    trainer.warmupSteps = try root.int("warmup_steps", default: 0, in: 0...1_000_000)
    trainer.maxGradNorm = try root.double("max_grad_norm", default: 1, in: 1e-6...1e6)
    trainer.numIterations = try root.int("num_iterations", default: 1, in: 1...64)
    trainer.entropyCoefficient = try root.double("entropy_coefficient", default: 0, in: -1...1)
    trainer.tokenBudget = try root.int("token_budget", default: 1024, in: 16...1_000_000)
    let epsilon = try root.double("epsilon", default: 0.2, in: 0...10)
    let losses = PolicyObjective.Normalization.allCases.map(\.rawValue)
    let estimators = PolicyObjective.KLEstimator.allCases.map(\.rawValue)
    trainer.objective = PolicyObjective(
      epsilon: epsilon, epsilonHigh: try root.double("epsilon_high", default: epsilon, in: 0...10),
      beta: try root.double("beta", default: 0, in: 0...10),
      kl: .init(rawValue: try root.choice("kl_estimator", of: estimators, default: "k3")) ?? .k3,
      normalization: .init(rawValue: try root.choice("loss_type", of: losses, default: "dapo")) ?? .dapo)
    return trainer
  }
}

/// A mistake of the user, said in one sentence.
struct ValidationFailure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Where models lie.
enum ModelFiles {
  static let defaultName = "SmolLM2-135M-Instruct"

  /// The GGUF file of a model name or path.
  static func open(_ name: String) throws -> GGUFFile {
    let candidates = [name, ".deps/models/\(name).gguf", ".deps/models/\(name)"]
    guard
      let path = candidates.first(where: {
        $0.hasSuffix(".gguf") && FileManager.default.fileExists(atPath: $0)
      })
    else {
      throw ValidationFailure(
        "no model '\(name)': give a .gguf file, or run scripts/setup for \(defaultName)")
    }
    return try GGUFFile(path: path)
  }

  /// The chat template that the file carries, recognised by its text.
  static func chatTemplate(_ file: GGUFFile) throws -> ChatTemplate {
    guard let jinja = file.string("tokenizer.chat_template") else {
      throw ValidationFailure("\(file.path) has no chat template: use an instruction-tuned model")
    }
    return try ChatTemplate(recognizing: jinja)
  }

  /// Elements for `auto`: bfloat16 where the processor multiplies it in hardware.
  static func dtype(_ name: String) -> DType {
    switch name {
    case "float32": .float32
    case "bfloat16": .bfloat16
    default: Torch.hasFastBFloat16 ? .bfloat16 : .float32
    }
  }
}
