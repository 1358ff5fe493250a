import Foundation
import Torch

/// A llama-family model with random weights in a folder of Hugging Face's layout: small enough that a test trains
/// it in milliseconds. Its tokens are the 256 bytes and three control tokens.
public struct TinyModel: Sendable {
  public static let width = 16
  public static let layers = 2
  public static let heads = 4
  public static let keyValueHeads = 2
  public static let intermediate = 24
  public static let contextLength = 4096
  private static let controls = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
  public static let vocabulary = 256 + controls.count

  public let folder: String

  /// Writes the model into a new folder.
  /// - Parameter isTied: whether the head is the embedding.
  public init(in parent: URL, isTied: Bool = true) throws {
    folder = parent.appendingPathComponent("tiny-\(isTied ? "tied" : "untied")").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.write(Self.configuration(isTied), folder + "/config.json")
    try Self.write(Self.tokenizer, folder + "/tokenizer.json")
    try Self.write(Self.tokenizerConfiguration, folder + "/tokenizer_config.json")
    try TensorFile.write(folder + "/model.safetensors", Self.weights(isTied))
  }

  private static func write(_ object: [String: Any], _ path: String) throws {
    try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
      .write(to: URL(fileURLWithPath: path))
  }

  private static func configuration(_ isTied: Bool) -> [String: Any] {
    [
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
      "hidden_size": width, "intermediate_size": intermediate, "num_hidden_layers": layers,
      "num_attention_heads": heads, "num_key_value_heads": keyValueHeads, "vocab_size": vocabulary,
      "max_position_embeddings": contextLength, "rope_theta": 10000.0, "rms_norm_eps": 1e-5,
      "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": isTied, "torch_dtype": "float32",
    ]
  }

  /// Byte-level BPE without merges.
  private static var tokenizer: [String: Any] {
    var vocabulary: [String: Int] = [:]
    var next = 256
    for byte in 0..<256 {
      let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      let scalar = UnicodeScalar(isPrintable ? byte : next)
      if !isPrintable { next += 1 }
      if let scalar { vocabulary[String(Character(scalar))] = byte }
    }
    let added: [[String: Any]] = controls.enumerated().map { index, content in
      [
        "id": 256 + index, "content": content, "special": true, "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false,
      ]
    }
    let byteLevel: [String: Any] = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    return [
      "version": "1.0", "added_tokens": added, "pre_tokenizer": byteLevel, "decoder": byteLevel,
      "model": [
        "type": "BPE", "vocab": vocabulary, "merges": [String](), "byte_fallback": false,
        "ignore_merges": false,
      ] as [String: Any],
    ]
  }

  private static var tokenizerConfiguration: [String: Any] {
    [
      "eos_token": "<|im_end|>", "bos_token": "<|im_start|>",
      "chat_template":
        "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n'}}{% endfor %}",
    ]
  }

  private static func weights(_ isTied: Bool) throws -> [(name: String, tensor: Tensor)] {
    var state: UInt64 = 7
    func tensor(_ shape: [Int], scale: Float, offset: Float = 0) throws -> Tensor {
      let values = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return offset + scale * (Float(state >> 40) / Float(1 << 23) - 1)
      }
      return try Tensor(values, shape: shape)
    }
    var result = [("model.embed_tokens.weight", try tensor([vocabulary, width], scale: 0.5))]
    let keyWidth = width / heads * keyValueHeads
    for layer in 0..<layers {
      let shapes: [(String, [Int])] = [
        ("self_attn.q_proj", [width, width]), ("self_attn.k_proj", [keyWidth, width]),
        ("self_attn.v_proj", [keyWidth, width]), ("self_attn.o_proj", [width, width]),
        ("mlp.gate_proj", [intermediate, width]), ("mlp.up_proj", [intermediate, width]),
        ("mlp.down_proj", [width, intermediate]),
      ]
      for (name, shape) in shapes {
        result.append(("model.layers.\(layer).\(name).weight", try tensor(shape, scale: 0.4)))
      }
      for norm in ["input_layernorm", "post_attention_layernorm"] {
        result.append(("model.layers.\(layer).\(norm).weight", try tensor([width], scale: 0.1, offset: 1)))
      }
    }
    result.append(("model.norm.weight", try tensor([width], scale: 0.1, offset: 1)))
    if !isTied { result.append(("lm_head.weight", try tensor([vocabulary, width], scale: 0.5))) }
    return result
  }
}
