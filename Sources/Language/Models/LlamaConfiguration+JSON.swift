import Rewards
import Torch

extension LlamaConfiguration {
  /// Reads `config.json` of a folder in Hugging Face's layout.
  /// - Throws: `ModelFolderError` when the architecture is another one, or has parts that this decoder lacks.
  public init(folder: String) throws {
    let json = try JSONFile(
      path: folder + "/config.json", remedy: "Give a folder with config.json and model.safetensors.")
    func refuse(_ problem: String) -> ModelFolderError {
      ModelFolderError(
        file: json.path, problem: problem,
        remedy: "Use a llama-family model (SmolLM2, Llama 2 and 3, TinyLlama).")
    }
    let type = json.string("model_type") ?? "unknown"
    guard type == "llama" else { throw refuse("model_type '\(type)' is not llama") }
    let activation = json.string("hidden_act") ?? "silu"
    guard activation == "silu" else { throw refuse("hidden_act '\(activation)' is not silu") }
    for key in ["attention_bias", "mlp_bias"] where json.object[key] == .bool(true) {
      throw refuse("\(key) is true, and this decoder has no biases")
    }
    // transformers 5 writes the base and the kind of positions into rope_parameters.
    var rope = JSONObject()
    for key in ["rope_scaling", "rope_parameters"] {
      if case .object(let object)? = json.object[key] { rope = object }
    }
    for key in ["rope_type", "type"] {
      if case .string(let kind)? = rope[key], kind != "default" {
        throw refuse("positions are scaled ('\(kind)'), and this decoder has plain rotary positions")
      }
    }
    width = try json.integer("hidden_size")
    layers = try json.integer("num_hidden_layers")
    heads = try json.integer("num_attention_heads")
    keyValueHeads = json.number("num_key_value_heads").map { Int($0) } ?? heads
    headWidth = json.number("head_dim").map { Int($0) } ?? width / heads
    intermediate = try json.integer("intermediate_size")
    vocabulary = try json.integer("vocab_size")
    contextLength = try json.integer("max_position_embeddings")
    ropeBase = rope["rope_theta"]?.double ?? json.number("rope_theta") ?? 10_000
    normEpsilon = json.number("rms_norm_eps") ?? 1e-6
  }

  /// The text of `config.json`.
  func json(dtype: DType, isTied: Bool) -> String {
    JSONValue.object(
      JSONObject([
        ("architectures", .array([.string("LlamaForCausalLM")])), ("model_type", .string("llama")),
        ("hidden_act", .string("silu")), ("hidden_size", .integer(width)),
        ("intermediate_size", .integer(intermediate)), ("num_hidden_layers", .integer(layers)),
        ("num_attention_heads", .integer(heads)), ("num_key_value_heads", .integer(keyValueHeads)),
        ("head_dim", .integer(headWidth)), ("vocab_size", .integer(vocabulary)),
        ("max_position_embeddings", .integer(contextLength)), ("rope_theta", .number(ropeBase)),
        ("rms_norm_eps", .number(normEpsilon)), ("attention_bias", .bool(false)), ("mlp_bias", .bool(false)),
        ("tie_word_embeddings", .bool(isTied)), ("torch_dtype", .string("\(dtype)")),
      ])
    ).jsonText + "\n"
  }
}
