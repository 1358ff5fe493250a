import Torch

/// A BERT encoder for inference: learned positions, attention in both directions, LayerNorm after each sum.
///
/// Texts lie end to end without padding. The dense layers see all tokens as one matrix, and attention runs over
/// texts of equal length at once.
struct BertModel: Sendable {
  /// Texts of ascending length, end to end.
  struct Batch: Sendable {
    /// Neighbours of equal length.
    struct Run: Sendable {
      var texts: Int
      var length: Int
    }

    var ids: [Int] = []
    var positions: [Int] = []
    var runs: [Run] = []

    /// Adds a text that is at least as long as the one before it; `ids` is not empty.
    mutating func append(_ ids: [Int32]) {
      self.ids += ids.lazy.map(Int.init)
      positions += 0..<ids.count
      if runs.last?.length == ids.count {
        runs[runs.count - 1].texts += 1
      } else {
        runs.append(Run(texts: 1, length: ids.count))
      }
    }
  }

  private struct Layer: Sendable {
    /// [3 width, width]: queries, keys, values.
    var queryKeyValue: Linear
    var attentionOutput: Linear
    var attentionNorm: LayerNorm
    var up: Linear
    var down: Linear
    var outputNorm: LayerNorm
  }

  let configuration: BertConfiguration
  let device: Device
  private let words: Embedding
  /// Positions with the first token type added: a single text has no second.
  private let positions: Embedding
  private let embeddingNorm: LayerNorm
  private let layers: [Layer]

  /// Loads `model.safetensors` (or its shards) of a folder as float32.
  /// - Throws: `ModelFolderError`, or `SafetensorsError` for a damaged file or a missing, misshapen or unexpected
  ///   tensor.
  init(folder: String, device: Device) throws {
    let configuration = try BertConfiguration(folder: folder)
    let reader = BertWeights(model: try SafetensorsModel(path: folder), device: device)
    let width = configuration.width
    words = Embedding(
      weight: try reader.tensor("embeddings.word_embeddings.weight", [configuration.vocabulary, width]))
    positions = Embedding(
      weight: try reader.tensor("embeddings.position_embeddings.weight", [configuration.positions, width])
        + reader.tensor("embeddings.token_type_embeddings.weight", [configuration.tokenTypes, width])
        .narrow(0, 0, 1))
    func norm(_ name: String) throws -> LayerNorm {
      LayerNorm(
        weight: try reader.tensor(name + ".weight", [width]),
        bias: try reader.tensor(name + ".bias", [width]),
        epsilon: configuration.normEpsilon)
    }
    embeddingNorm = try norm("embeddings.LayerNorm")
    layers = try (0..<configuration.layers).map { index in
      let path = "encoder.layer.\(index)."
      let projections = try ["query", "key", "value"].map {
        try reader.linear(path + "attention.self." + $0, width, width)
      }
      return Layer(
        queryKeyValue: Linear(
          weight: try Tensor.cat(projections.map(\.weight)),
          bias: try Tensor.cat(projections.compactMap(\.bias))
        ),
        attentionOutput: try reader.linear(path + "attention.output.dense", width, width),
        attentionNorm: try norm(path + "attention.output.LayerNorm"),
        up: try reader.linear(path + "intermediate.dense", width, configuration.intermediate),
        down: try reader.linear(path + "output.dense", configuration.intermediate, width),
        outputNorm: try norm(path + "output.LayerNorm"))
    }
    try reader.refuseOthers()
    self.configuration = configuration
    self.device = device
  }

  /// Final hidden states [tokens, width].
  func hidden(_ batch: Batch) throws -> Tensor {
    let count = batch.ids.count
    let words = try words(Tensor(batch.ids, shape: [count], device: device))
    let positions = try positions(Tensor(batch.positions, shape: [count], device: device))
    var stream = try embeddingNorm(words + positions)
    for layer in layers {
      let attended = try attend(layer.queryKeyValue(stream), batch.runs)
      stream = try layer.attentionNorm(stream + layer.attentionOutput(attended))
      let inner = try configuration.activation(layer.up(stream))
      stream = try layer.outputNorm(stream + layer.down(inner))
    }
    return stream
  }

  /// [tokens, 3 width] to [tokens, width], each text by itself.
  private func attend(_ queryKeyValue: Tensor, _ runs: [Batch.Run]) throws -> Tensor {
    let (width, heads) = (configuration.width, configuration.heads)
    var start = 0
    var parts: [Tensor] = []
    for run in runs {
      let tokens = run.texts * run.length
      let all = try queryKeyValue.narrow(0, start, tokens)
        .view([run.texts, run.length, 3 * heads, width / heads]).transpose(1, 2)
      let attended = try all.narrow(1, 0, heads).attention(
        keys: all.narrow(1, heads, heads), values: all.narrow(1, 2 * heads, heads))
      parts.append(try attended.transpose(1, 2).reshape([tokens, width]))
      start += tokens
    }
    return parts.count == 1 ? parts[0] : try Tensor.cat(parts)
  }
}

/// Reads the tensors of a BERT checkpoint, checking every shape and that none is left over.
private final class BertWeights {
  private let model: SafetensorsModel
  private let device: Device
  private var known: Set<String> = []

  init(model: SafetensorsModel, device: Device) {
    self.model = model
    self.device = device
  }

  func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    known.insert(name)
    return try model.tensor(name, shape).to(.float32).to(device)
  }

  func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> Linear {
    Linear(
      weight: try tensor(name + ".weight", [outputs, inputs]), bias: try tensor(name + ".bias", [outputs]))
  }

  /// The pooler serves next-sentence prediction and the position ids are a buffer: neither is used here.
  func refuseOthers() throws {
    for (name, file) in model.files.sorted(by: { $0.key < $1.key })
    where !known.contains(name) && !name.hasPrefix("pooler.") && name != "embeddings.position_ids" {
      throw SafetensorsError(
        file: file.path, problem: "tensor '\(name)' is unexpected",
        remedy: "config.json and the weights do not belong together: download both again.")
    }
  }
}
