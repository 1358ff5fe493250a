import Torch

/// The weights of a llama-family decoder by what they do, with their names in the two file formats.
enum LlamaWeight: Hashable {
  case embedding
  case head
  case finalNorm
  case layer(Int, Part)

  enum Part: String, CaseIterable {
    case attentionNorm = "input_layernorm"
    case query = "self_attn.q_proj"
    case key = "self_attn.k_proj"
    case value = "self_attn.v_proj"
    case output = "self_attn.o_proj"
    case feedForwardNorm = "post_attention_layernorm"
    case gate = "mlp.gate_proj"
    case up = "mlp.up_proj"
    case down = "mlp.down_proj"
  }

  /// The name in transformers' `LlamaForCausalLM`.
  var name: String {
    switch self {
    case .embedding: "model.embed_tokens.weight"
    case .head: "lm_head.weight"
    case .finalNorm: "model.norm.weight"
    case .layer(let index, let part): "model.layers.\(index).\(part.rawValue).weight"
    }
  }

  /// The name in llama.cpp's GGUF files.
  var ggufName: String {
    switch self {
    case .embedding: return "token_embd.weight"
    case .head: return "output.weight"
    case .finalNorm: return "output_norm.weight"
    case .layer(let index, let part):
      let name =
        switch part {
        case .attentionNorm: "attn_norm"
        case .query: "attn_q"
        case .key: "attn_k"
        case .value: "attn_v"
        case .output: "attn_output"
        case .feedForwardNorm: "ffn_norm"
        case .gate: "ffn_gate"
        case .up: "ffn_up"
        case .down: "ffn_down"
        }
      return "blk.\(index).\(name).weight"
    }
  }

  /// [out, in] of a matrix, [width] of a norm.
  func shape(in model: LlamaConfiguration) -> [Int] {
    switch self {
    case .embedding, .head: return [model.vocabulary, model.width]
    case .finalNorm: return [model.width]
    case .layer(_, let part):
      switch part {
      case .attentionNorm, .feedForwardNorm: return [model.width]
      case .query: return [model.heads * model.headWidth, model.width]
      case .key, .value: return [model.keyValueHeads * model.headWidth, model.width]
      case .output: return [model.width, model.heads * model.headWidth]
      case .gate, .up: return [model.intermediate, model.width]
      case .down: return [model.width, model.intermediate]
      }
    }
  }
}

/// Where a model's weights come from. Queries and keys are in transformers' layout (halves rotate).
protocol LlamaWeightSource {
  /// False when the head is the embedding.
  var hasHead: Bool { get }
  /// A weight in any floating type, its shape checked.
  func load(_ weight: LlamaWeight, _ configuration: LlamaConfiguration) throws -> Tensor
}

/// A GGUF file as a source.
struct GGUFWeights: LlamaWeightSource {
  let file: GGUFFile

  var hasHead: Bool { file.tensor(LlamaWeight.head.ggufName) != nil }

  func load(_ weight: LlamaWeight, _ configuration: LlamaConfiguration) throws -> Tensor {
    let name = weight.ggufName
    let shape = weight.shape(in: configuration)
    guard let info = file.tensor(name) else {
      throw GGUFError(file: file.path, problem: "tensor \(name) is missing")
    }
    guard info.shape == shape else {
      throw GGUFError(
        file: file.path, problem: "tensor \(name) has shape \(info.shape), the model needs \(shape)",
        remedy: "The file's metadata and its tensors do not belong together: download it again.")
    }
    let tensor = try Tensor(file.dequantize(name), shape: shape)
    switch weight {
    case .layer(_, .query): return try halved(tensor, heads: configuration.heads)
    case .layer(_, .key): return try halved(tensor, heads: configuration.keyValueHeads)
    default: return tensor
    }
  }

  /// llama's GGUF files hold the rows of a head as adjacent pairs (0, 1), (2, 3), ...; the model rotates halves,
  /// so the even rows come first, then the odd ones.
  private func halved(_ tensor: Tensor, heads: Int) throws -> Tensor {
    let shape = tensor.shape
    return try tensor.view([heads, shape[0] / heads / 2, 2, shape[1]]).transpose(1, 2).reshape(shape)
  }
}

/// Safetensors files as a source.
struct SafetensorsWeights: LlamaWeightSource {
  let model: SafetensorsModel

  var hasHead: Bool { model.entry(LlamaWeight.head.name) != nil }

  func load(_ weight: LlamaWeight, _ configuration: LlamaConfiguration) throws -> Tensor {
    try model.tensor(weight.name, weight.shape(in: configuration))
  }
}
