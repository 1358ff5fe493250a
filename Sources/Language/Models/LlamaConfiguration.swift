import Foundation
import Torch

/// The shape of a llama-family decoder.
public struct LlamaConfiguration: Sendable, Equatable {
  public var layers: Int
  public var width: Int
  public var heads: Int
  public var keyValueHeads: Int
  public var headWidth: Int
  public var intermediate: Int
  public var vocabulary: Int
  public var contextLength: Int
  public var ropeBase: Double
  public var normEpsilon: Double

  /// Reads the `llama.*` keys of a GGUF file.
  /// - Throws: `GGUFError` when the architecture is another one or a key is missing.
  public init(_ file: GGUFFile) throws {
    let architecture: String = try file.required("general.architecture") { file.string($0) }
    guard architecture == "llama" else {
      throw GGUFError(
        file: file.path, problem: "architecture '\(architecture)' is not llama",
        remedy: "Use a llama-family model (SmolLM2, Llama, TinyLlama).")
    }
    func integer(_ key: String) throws -> Int { try file.required("llama." + key) { file.integer($0) } }
    layers = try integer("block_count")
    width = try integer("embedding_length")
    heads = try integer("attention.head_count")
    keyValueHeads = file.integer("llama.attention.head_count_kv") ?? heads
    headWidth = file.integer("llama.attention.key_length") ?? width / heads
    intermediate = try integer("feed_forward_length")
    contextLength = try integer("context_length")
    ropeBase = file.number("llama.rope.freq_base") ?? 10_000
    normEpsilon = try file.required("llama.attention.layer_norm_rms_epsilon") { file.number($0) }
    guard let embedding = file.tensor("token_embd.weight") else {
      throw GGUFError(file: file.path, problem: "tensor token_embd.weight is missing")
    }
    vocabulary = embedding.shape[0]
  }
}
