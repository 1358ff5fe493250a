import Foundation
import Language
import Policies
import Rewards
import Tasks
import Torch
import Verifiers

/// A run file: model, task, trainer settings under TRL's names, and the rewards.
struct RunFile {
  /// How the policy learns.
  enum Method: String, CaseIterable {
    /// From rewards of its own completions; `advantage` chooses among GRPO, GDPO, RLOO and so on.
    case grpo
    /// From the task's demonstrations.
    case sft
  }

  var name: String
  var method: Method
  var model: String
  /// A folder with adapters to start from (PEFT's layout, or a checkpoint of a run).
  var adapter: String?
  var task: any LanguageTask
  var taskOptions: JSONValue
  var heldOut: Int
  var trainer: LanguageTrainerConfiguration
  /// nil trains all weights.
  var lora: LoRAConfiguration?
  var optimizer: OptimizerSettings
  var dtype: String
  /// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.
  var device: String
  var saveSteps: Int
  var saveTotalLimit: Int
  var evalSteps: Int
  var rewards: RewardSpecification

  /// The optimiser and its constants, with transformers' names.
  struct OptimizerSettings {
    enum Kind: String, CaseIterable {
      case adamw
      case sgd
    }

    var kind: Kind
    var weightDecay: Double
    var beta1: Double
    var beta2: Double
    var epsilon: Double
    var momentum: Double

    func make(_ parameters: [(name: String, tensor: Tensor)], learningRate: Double) throws -> any Optimizer {
      switch kind {
      case .adamw:
        try AdamW(
          parameters, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
          weightDecay: weightDecay)
      case .sgd:
        try SGD(parameters, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay)
      }
    }
  }

  static let keys = RunKey.all.map(\.name)

  /// - Throws: `SpecificationError` with line, column and key.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationFailure("cannot read \(path): no such file, or no permission")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ValidationFailure("\(path) is not UTF-8")
    }
    let root = try YAMLValue(yaml: text, file: path).mapping("a mapping with model, task and rewards")
    try Self.requireKeys(root)
    name = try root.string(
      "name", default: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    if name.isEmpty || name.contains("/") || name.hasPrefix(".") {
      // The name becomes the run's folder.
      throw (root["name"]?.error("expected a name without '/' that does not begin with '.'"))
        ?? ValidationFailure("\(path): give the run a name")
    }
    method = try Self.choice(root, "method", default: .grpo)
    model = try root.string("model", default: ModelFiles.defaultName)
    if let place = root["model"] {
      let model = model
      try Self.located(place) { _ = try ModelFiles.find(model) }
    }
    adapter = try root["adapter"].map { place in
      let folder = try place.string()
      try Self.located(place) { _ = try LoRAConfiguration(folder: folder) }
      return folder
    }
    heldOut = try root.int("held_out", default: 64, in: 2...100_000)
    dtype = try root.choice("dtype", of: ["auto", "float32", "bfloat16"], default: "auto")
    device = try root.string("device", default: "auto")
    (task, taskOptions) = try Self.task(root.required("task"))
    lora = try Self.lora(root["lora"])
    optimizer = try Self.optimizer(root)
    saveSteps = try root.int("save_steps", default: 10, in: 1...1_000_000)
    saveTotalLimit = try root.int("save_total_limit", default: 2, in: 1...1_000_000)
    evalSteps = try root.int("eval_steps", default: 0, in: 0...1_000_000)
    trainer = try Self.trainer(root)
    rewards = try RewardSpecification(root, registry: .laurel)
    trainer.credit = try Self.credit(root, rewards)
    if lora == nil, dtype == "bfloat16" {
      throw root["dtype"]?.error("training all weights (lora: false) needs dtype: float32")
        ?? ValidationFailure("training all weights needs dtype: float32")
    }
  }

  /// Unknown keys, with what a key of another trainer is called here.
  private static func requireKeys(_ root: YAMLMapping) throws {
    for entry in root.entries where !keys.contains(entry.name) {
      if let remedy = RunKey.elsewhere[entry.name] {
        throw entry.key.error("unknown key \"\(entry.name)\": \(remedy) (laurel train --keys lists all keys)")
      }
      throw entry.key.error(
        "unknown key \"\(entry.name)\"; laurel train --keys lists all keys",
        // A file with a world is a control run's.
        suggestion: nearestName(to: entry.name, in: keys + ["world"]))
    }
  }

  /// What goes wrong in `body` is said at the place in the file that asked for it.
  private static func located<Value>(_ place: YAMLValue, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as SpecificationError {
      throw error
    } catch {
      throw place.error("\(error)")
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ root: YAMLMapping, _ key: String, default value: Choice
  ) throws -> Choice {
    let names = Choice.allCases.map(\.rawValue)
    return Choice(rawValue: try root.choice(key, of: names, default: value.rawValue)) ?? value
  }

  private static func task(_ place: YAMLValue) throws -> (any LanguageTask, JSONValue) {
    if case .string(let name) = place.json {
      return (try located(place) { try TaskRegistry.make(name) }, place.json)
    }
    let mapping = try place.mapping("a task's name, or the name with its options")
    guard let entry = mapping.entries.first, mapping.entries.count == 1 else {
      throw place.error("expected one task")
    }
    let options = try entry.value.mapping().entries
    let kind = try located(entry.key) { try TaskRegistry.kind(named: entry.name) }
    let names = kind.parameters.map(\.name)
    for option in options where !names.contains(option.name) {
      throw option.key.error(
        "task \(kind.name) has no option \"\(option.name)\"; its options are "
          + names.joined(separator: ", "), suggestion: nearestName(to: option.name, in: names))
    }
    let task = try located(entry.key) {
      try TaskRegistry.make(
        entry.name, options: Dictionary(options.map { ($0.name, $0.value.json) }, uniquingKeysWith: { $1 }))
    }
    return (task, place.json)
  }

  private static func lora(_ place: YAMLValue?) throws -> LoRAConfiguration? {
    var lora = LoRAConfiguration()
    if place?.json == .bool(false) { return nil }
    guard let mapping = try place?.mapping("a mapping with r, lora_alpha, ..., or false to train all weights")
    else { return lora }
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

  private static func optimizer(_ root: YAMLMapping) throws -> OptimizerSettings {
    OptimizerSettings(
      kind: try choice(root, "optim", default: .adamw),
      weightDecay: try root.double("weight_decay", default: 0, in: 0...1),
      beta1: try root.double("adam_beta1", default: 0.9, in: 0...0.9999999),
      beta2: try root.double("adam_beta2", default: 0.999, in: 0...0.9999999),
      epsilon: try root.double("adam_epsilon", default: 1e-8, in: 1e-16...1),
      momentum: try root.double("momentum", default: 0, in: 0...0.9999999))
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
    trainer.stopStrings = try root["stop"]?.items("a list of texts").map { try $0.string() } ?? []
    trainer.learningRate = try root.double("learning_rate", default: 1e-6, in: 0...1)
    trainer.schedule = LearningRateSchedule(
      try choice(root, "lr_scheduler_type", default: .constant),
      warmupSteps: try root.int("warmup_steps", default: 0, in: 0...1_000_000))
    trainer.maxGradNorm = try root.double("max_grad_norm", default: 1, in: 1e-6...1e6)
    trainer.numIterations = try root.int("num_iterations", default: 1, in: 1...64)
    trainer.entropyCoefficient = try root.double("entropy_coefficient", default: 0, in: -1...1)
    trainer.tokenBudget = try root.int("token_budget", default: 1024, in: 16...1_000_000)
    let epsilon = try root.double("epsilon", default: 0.2, in: 0...10)
    trainer.objective = PolicyObjective(
      epsilon: epsilon, epsilonHigh: try root.double("epsilon_high", default: epsilon, in: 0...10),
      beta: try root.double("beta", default: 0, in: 0...10),
      kl: try choice(root, "kl_estimator", default: .k3),
      normalization: try choice(root, "loss_type", default: .dapo))
    return trainer
  }
}

extension RunFile {
  /// The file with every default written out; reading it gives the same run. Relative paths stay relative.
  var resolvedYAML: String {
    var lines: [String] = []
    func put(_ key: String, _ value: JSONValue) { lines.append("\(key): \(value.jsonText)") }
    put("name", .string(name))
    put("method", .string(method.rawValue))
    put("model", .string(model))
    if let adapter { put("adapter", .string(adapter)) }
    put("task", taskOptions)
    put("held_out", .integer(heldOut))
    put("dtype", .string(dtype))
    put("device", .string(device))
    put("seed", .integer(Int(trainer.seed)))
    put("max_steps", .integer(trainer.maxSteps))
    put("prompts_per_step", .integer(trainer.promptsPerStep))
    put("num_generations", .integer(trainer.numGenerations))
    put("max_completion_length", .integer(trainer.maxCompletionLength))
    put("temperature", .number(trainer.temperature))
    put("top_p", .number(trainer.topP))
    put("top_k", .integer(trainer.topK))
    put("stop", .array(trainer.stopStrings.map { .string($0) }))
    put("learning_rate", .number(trainer.learningRate))
    put("lr_scheduler_type", .string(trainer.schedule.kind.rawValue))
    put("warmup_steps", .integer(trainer.schedule.warmupSteps))
    put("max_grad_norm", .number(trainer.maxGradNorm))
    put("optim", .string(optimizer.kind.rawValue))
    put("weight_decay", .number(optimizer.weightDecay))
    put("adam_beta1", .number(optimizer.beta1))
    put("adam_beta2", .number(optimizer.beta2))
    put("adam_epsilon", .number(optimizer.epsilon))
    put("momentum", .number(optimizer.momentum))
    put("num_iterations", .integer(trainer.numIterations))
    put("loss_type", .string(trainer.objective.normalization.rawValue))
    put("epsilon", .number(trainer.objective.epsilon))
    put("epsilon_high", .number(trainer.objective.epsilonHigh))
    put("beta", .number(trainer.objective.beta))
    put("kl_estimator", .string(trainer.objective.kl.rawValue))
    put("entropy_coefficient", .number(trainer.entropyCoefficient))
    put("token_budget", .integer(trainer.tokenBudget))
    if let lora {
      put(
        "lora",
        .object(
          JSONObject([
            ("r", .integer(lora.r)), ("lora_alpha", .number(lora.alpha)),
            ("target_modules", .array(lora.targets.map { .string($0.rawValue) })),
            ("first_layer", .integer(lora.firstLayer)),
          ])))
    } else {
      put("lora", .bool(false))
    }
    put("save_steps", .integer(saveSteps))
    put("save_total_limit", .integer(saveTotalLimit))
    put("eval_steps", .integer(evalSteps))
    if let credit = trainer.credit { put("credit", .object(credit.json)) }
    return lines.joined(separator: "\n") + "\n" + rewards.resolvedYAML
  }
}
