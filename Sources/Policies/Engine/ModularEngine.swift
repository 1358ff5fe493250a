import Foundation
import Language
import Torch

/// The engine of Swift modules on libtorch's autograd: any device, any llama-family model, LoRA adapters or all
/// weights.
public final class ModularEngine: PolicyEngine {
  static let optimizerFile = "optimizer.safetensors"

  public let model: LlamaModel
  public let optimizer: any Optimizer
  private let reference: LlamaModel?
  private let baseModel: String
  private let tokenizer: (any Tokenizer)?
  private var sampler: Sampler?
  private var found = PolicyStatistics()

  /// - Parameters:
  ///   - model: with adapters, or after `trainAll`.
  ///   - reference: the frozen policy of a KL term when all weights are trained; with adapters it is the model
  ///     without them.
  ///   - baseModel: the model's name, for the adapters' files.
  ///   - tokenizer: finds stop strings while drawing; without one, options that name some are refused.
  ///   - optimizer: makes the optimiser of the trained tensors.
  /// - Throws: `TorchError` when the model has nothing to train.
  public init(
    _ model: LlamaModel, reference: LlamaModel? = nil, baseModel: String, tokenizer: (any Tokenizer)? = nil,
    optimizer: ([(name: String, tensor: Tensor)]) throws -> any Optimizer
  ) throws {
    let trainable = try model.trainable
    guard !trainable.isEmpty else {
      throw TorchError("the model has nothing to train: give it LoRA adapters, or train all its weights")
    }
    self.model = model
    self.reference = reference
    self.baseModel = baseModel
    self.tokenizer = tokenizer
    self.optimizer = try optimizer(trainable)
    if let lora = model.lora { try model.freeze(gradientsFrom: lora.configuration.firstLayer) }
    try reference?.freeze(gradientsFrom: nil)
  }

  // MARK: Drawing

  public func prefill(_ prompts: [[Int]], count: Int, options: SamplingOptions, identity: Int) throws {
    let sampler = Sampler(model, options, tokenizer: tokenizer)
    self.sampler = sampler
    try sampler.prefill(prompts, count: count, identity: identity)
  }

  public func run(steps: Int) throws { try sampler?.run(steps: steps) }
  public func poll() -> Int { sampler?.alive ?? 0 }
  public func read(_ completion: Int) -> Completion? { sampler?.read(completion) }

  // MARK: Training

  public func step(_ groups: [PolicyGroup], _ rule: PolicyStep) throws -> [[[Float]]] {
    // The caches of the last draw are as large as the step's activations.
    sampler = nil
    let pass = try rule.accumulate(groups, into: model)
    found = pass.statistics
    return pass.logProbabilities
  }

  public func referenceLogProbabilities(_ groups: [PolicyGroup], _ rule: PolicyStep) throws -> [[[Float]]] {
    sampler = nil
    if let lora = model.lora {
      lora.isEnabled = false
      defer { lora.isEnabled = true }
      return try rule.logProbabilities(groups, model)
    }
    guard let reference else {
      throw TorchError("a KL term needs the policy that training started from: give the engine a reference")
    }
    return try rule.logProbabilities(groups, reference)
  }

  public func update(learningRate: Double, maxGradNorm: Double) throws {
    optimizer.learningRate = learningRate
    found.gradientNorm = try optimizer.clipGradients(to: maxGradNorm)
    try optimizer.step()
    try optimizer.zeroGradients()
  }

  public func discardGradients() throws { try optimizer.zeroGradients() }

  public func statistics() -> PolicyStatistics {
    defer { found = PolicyStatistics() }
    return found
  }

  // MARK: Keeping

  public func write(checkpoint folder: String) throws {
    if let lora = model.lora {
      try lora.write(folder: folder, baseModel: baseModel)
    } else {
      try model.write(folder: folder, dtype: .float32)
    }
    try TensorFile.write(folder + "/" + Self.optimizerFile, optimizer.state)
  }

  public func read(checkpoint folder: String) throws {
    if let lora = model.lora {
      try lora.read(folder: folder)
    } else {
      try TensorFile.read(folder + "/model.safetensors", into: model.weights)
    }
    try TensorFile.read(folder + "/" + Self.optimizerFile, into: optimizer.state)
  }
}
