import Foundation
import Rewards
import Torch

/// Adapters in PEFT's folder layout: `adapter_config.json` and `adapter_model.safetensors`.
extension LoRA {
  static let weightsFile = "adapter_model.safetensors"
  static let configurationFile = "adapter_config.json"

  /// Writes the adapters so that PEFT's `PeftModel.from_pretrained(model, folder)` loads them.
  /// - Parameter baseModel: what `base_model_name_or_path` says.
  public func write(folder: String, baseModel: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try TensorFile.write(folder + "/" + Self.weightsFile, parameters)
    try AtomicFile.replace(folder + "/" + Self.configurationFile, with: json(baseModel: baseModel))
  }

  /// Fills these adapters from a folder; rank, targets and layers must be the same.
  public func read(folder: String) throws {
    try TensorFile.read(folder + "/" + Self.weightsFile, into: parameters)
  }

  /// The model that an adapter folder names as its base.
  /// - Throws: `ModelFolderError` when it names none.
  public static func baseModel(folder: String) throws -> String {
    let json = try JSONFile(
      path: folder + "/" + configurationFile, remedy: "Give a folder that PEFT or Laurel wrote.")
    guard let name = json.string("base_model_name_or_path"), !name.isEmpty else {
      throw ModelFolderError(
        file: json.path, problem: "'base_model_name_or_path' is missing",
        remedy: "Write the base model's name or path there.")
    }
    return name
  }

  private func json(baseModel: String) -> String {
    var pairs: [(String, JSONValue)] = [
      ("peft_type", .string("LORA")), ("task_type", .string("CAUSAL_LM")),
      ("base_model_name_or_path", .string(baseModel)), ("r", .integer(configuration.r)),
      ("lora_alpha", .number(configuration.alpha)), ("lora_dropout", .number(0)), ("bias", .string("none")),
      ("target_modules", .array(configuration.targets.map { .string($0.rawValue) })),
      ("fan_in_fan_out", .bool(false)), ("init_lora_weights", .bool(true)), ("inference_mode", .bool(true)),
      ("use_rslora", .bool(false)), ("use_dora", .bool(false)),
    ]
    if configuration.firstLayer > 0 {
      let adapted = layers.indices.filter { !layers[$0].isEmpty }
      pairs.append(("layers_to_transform", .array(adapted.map { .integer($0) })))
      pairs.append(("layers_pattern", .string("layers")))
    }
    return JSONValue.object(JSONObject(pairs)).jsonText + "\n"
  }
}

extension LoRAConfiguration {
  /// The settings of an adapter folder, also of one that PEFT wrote.
  /// - Throws: `ModelFolderError` for another kind of adapter, or one with parts that are not known here.
  public init(folder: String) throws {
    let json = try JSONFile(
      path: folder + "/" + LoRA.configurationFile, remedy: "Give a folder that PEFT or Laurel wrote.")
    func refuse(_ problem: String) -> ModelFolderError {
      ModelFolderError(
        file: json.path, problem: problem, remedy: "Use plain LoRA adapters of a llama-family model.")
    }
    let kind = json.string("peft_type") ?? "unknown"
    guard kind == "LORA" else { throw refuse("peft_type '\(kind)' is not LORA") }
    for key in ["use_dora", "fan_in_fan_out"] where json.object[key] == .bool(true) {
      throw refuse("\(key) is true, which is not supported")
    }
    for key in ["rank_pattern", "alpha_pattern"] {
      if case .object(let pattern)? = json.object[key], !pattern.isEmpty {
        throw refuse("\(key) is set: ranks that differ between modules are not supported")
      }
    }
    if let bias = json.string("bias"), bias != "none" { throw refuse("bias '\(bias)' is not none") }
    let rank = try json.integer("r")
    let alpha = json.number("lora_alpha") ?? Double(rank)
    guard case .array(let names)? = json.object["target_modules"], !names.isEmpty else {
      throw refuse("target_modules is not a list of module names")
    }
    let targets = try names.map { name in
      guard case .string(let text) = name, let target = LoRATarget(rawValue: text) else {
        throw refuse("target module \(name.jsonText) is not one of a llama's projections")
      }
      return target
    }
    var first = 0
    if case .array(let layers)? = json.object["layers_to_transform"] {
      let indices = layers.compactMap { if case .integer(let index) = $0 { index } else { nil } }.sorted()
      first = indices.first ?? 0
      guard indices == Array(first..<(first + indices.count)), !indices.isEmpty else {
        throw refuse("layers_to_transform is not a run of layers up to the last")
      }
    }
    // rsLoRA scales by alpha / sqrt r; as a plain adapter that is another alpha.
    let scaled = json.object["use_rslora"] == .bool(true) ? alpha * Double(rank).squareRoot() : alpha
    self.init(
      r: rank, alpha: scaled, targets: LoRATarget.allCases.filter { targets.contains($0) }, firstLayer: first)
  }
}
