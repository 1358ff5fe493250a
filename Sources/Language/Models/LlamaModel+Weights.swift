import Foundation
import Torch

extension LlamaModel {
  /// Every weight under transformers' name, as views of the model's own (fused) tensors: writing into one changes
  /// the model. The head is left out when it is the embedding.
  public var weights: [(name: String, tensor: Tensor)] {
    get throws {
      var result = [(LlamaWeight.embedding.name, embedding)]
      for (index, layer) in layers.enumerated() {
        let parts: [(LlamaWeight.Part, Tensor)] = [
          (.attentionNorm, layer.attentionNorm), (.query, try rows(layer.queryKeyValue.tensor, .query)),
          (.key, try rows(layer.queryKeyValue.tensor, .key)),
          (.value, try rows(layer.queryKeyValue.tensor, .value)),
          (.output, try layer.attentionOutput.tensor), (.feedForwardNorm, layer.feedForwardNorm),
          (.gate, try rows(layer.gateUp.tensor, .gate)), (.up, try rows(layer.gateUp.tensor, .up)),
          (.down, try layer.down.tensor),
        ]
        result += parts.map { (LlamaWeight.layer(index, $0).name, $1) }
      }
      result.append((LlamaWeight.finalNorm.name, finalNorm))
      if !isTied { result.append((LlamaWeight.head.name, try head.tensor)) }
      return result
    }
  }

  /// The rows of a fused matrix that belong to one of its parts.
  func rows(_ fused: Tensor, _ part: LlamaWeight.Part) throws -> Tensor {
    func count(_ part: LlamaWeight.Part) -> Int { LlamaWeight.layer(0, part).shape(in: configuration)[0] }
    let before =
      switch part {
      case .key: count(.query)
      case .value: count(.query) + count(.key)
      case .up: count(.gate)
      default: 0
      }
    return try Torch.withoutGrad { try fused.detach().narrow(0, before, count(part)) }
  }

  /// What an optimiser moves when the whole model is trained: the fused tensors, each a leaf of autograd.
  private var leaves: [(name: String, tensor: Tensor)] {
    get throws {
      var result = [(LlamaWeight.embedding.name, embedding)]
      for (index, layer) in layers.enumerated() {
        let path = "model.layers.\(index)."
        result += [
          (path + "input_layernorm.weight", layer.attentionNorm),
          (path + "self_attn.qkv_proj.weight", try layer.queryKeyValue.tensor),
          (path + "self_attn.o_proj.weight", try layer.attentionOutput.tensor),
          (path + "post_attention_layernorm.weight", layer.feedForwardNorm),
          (path + "mlp.gate_up_proj.weight", try layer.gateUp.tensor),
          (path + "mlp.down_proj.weight", try layer.down.tensor),
        ]
      }
      result.append((LlamaWeight.finalNorm.name, finalNorm))
      if !isTied { result.append((LlamaWeight.head.name, try head.tensor)) }
      return result
    }
  }

  /// What training moves: the adapters when there are any, else the whole model after `trainAll`.
  public var trainable: [(name: String, tensor: Tensor)] {
    get throws {
      if let lora { return lora.parameters }
      return embedding.requiresGrad ? try leaves : []
    }
  }

  /// Makes every weight trainable (full fine-tuning).
  /// - Throws: `TorchError` unless the weights are float32: updates below bfloat16's precision would be lost.
  public func trainAll() throws {
    guard dtype == .float32 else {
      throw TorchError("full fine-tuning moves float32 weights: set dtype: float32, or train LoRA adapters")
    }
    for leaf in try leaves { try leaf.tensor.requireGrad() }
  }

  /// Adds the adapters' updates to the weights and drops the adapters.
  public func mergeAdapters() throws {
    guard let lora else { return }
    try Torch.withoutGrad {
      for (index, layer) in layers.enumerated() {
        for (target, adapter) in lora.layers[index] {
          let weight =
            switch target {
            case .query: try rows(layer.queryKeyValue.tensor, .query)
            case .key: try rows(layer.queryKeyValue.tensor, .key)
            case .value: try rows(layer.queryKeyValue.tensor, .value)
            case .output: try layer.attentionOutput.tensor
            case .gate: try rows(layer.gateUp.tensor, .gate)
            case .up: try rows(layer.gateUp.tensor, .up)
            case .down: try layer.down.tensor
            }
          let update = try adapter.b.matmul(adapter.a) * lora.configuration.scale
          try weight.copy(from: weight.to(.float32) + update)
        }
      }
    }
    self.lora = nil
  }

  /// Writes the model as a folder that transformers loads: `config.json` and `model.safetensors`. Adapters are
  /// not written: merge them first.
  /// - Parameter dtype: the type of the matrices in the file.
  public func write(folder: String, dtype: DType) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let tensors = try Torch.withoutGrad { try weights.map { ($0.name, try $0.tensor.detach().to(dtype)) } }
    try TensorFile.write(folder + "/model.safetensors", tensors)
    try AtomicFile.replace(folder + "/config.json", with: configuration.json(dtype: dtype, isTied: isTied))
  }
}
