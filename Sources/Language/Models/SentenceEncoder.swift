import Rewards
import Torch

/// Texts to vectors of length 1 whose dot product is their similarity: a BERT encoder, the mean over a text's
/// tokens, L2 normalisation (sentence-transformers; Reimers and Gurevych 2019).
public final class SentenceEncoder: Sendable {
  /// Numbers in a vector.
  public var width: Int { model.configuration.width }
  /// Texts are cut to as many tokens, `[CLS]` and `[SEP]` included.
  public let maxLength: Int
  public var device: Device { model.device }
  private let model: BertModel
  private let tokenizer: WordPieceTokenizer

  /// Tokens in one pass through the model.
  private static let tokenBudget = 4096

  /// Reads a folder as sentence-transformers writes it: `config.json`, `model.safetensors`, `tokenizer.json` or
  /// `vocab.txt`, `sentence_bert_config.json`, `1_Pooling/config.json`.
  /// - Throws: `ModelFolderError`, `SafetensorsError` or `TokenizerError`, naming the file.
  public init(folder: String, device: Device = .cpu) throws {
    let remedy =
      "Give the folder of a sentence-transformers model such as all-MiniLM-L6-v2, with all its files."
    let settings = try JSONFile(path: folder + "/sentence_bert_config.json", remedy: remedy)
    if settings.object["do_lower_case"] == .bool(true) {
      throw ModelFolderError(
        file: settings.path, problem: "do_lower_case is true, and only the tokenizer lower-cases here",
        remedy: "Set it to false: tokenizers of uncased models lower-case by themselves.")
    }
    let pooling = try JSONFile(path: folder + "/1_Pooling/config.json", remedy: remedy)
    let modes = zip(pooling.object.keys, pooling.object.values)
      .filter { $0.hasPrefix("pooling_mode_") && $1 == .bool(true) }.map(\.0)
    guard modes == ["pooling_mode_mean_tokens"] else {
      throw ModelFolderError(
        file: pooling.path,
        problem:
          "expected pooling_mode_mean_tokens alone, found \(modes.isEmpty ? "none" : modes.joined(separator: ", "))",
        remedy: "Only the mean over tokens is supported.")
    }
    tokenizer = try WordPieceTokenizer(modelFolder: folder)
    model = try BertModel(folder: folder, device: device)
    guard tokenizer.vocabularySize <= model.configuration.vocabulary else {
      throw ModelFolderError(
        file: folder,
        problem:
          "the tokenizer has \(tokenizer.vocabularySize) tokens, the model \(model.configuration.vocabulary)",
        remedy: "The files do not belong together: download the model again.")
    }
    let limit = settings.object["max_seq_length"] == .null ? nil : try settings.integer("max_seq_length")
    maxLength = max(2, min(limit ?? model.configuration.positions, model.configuration.positions))
  }

  /// One vector of `width` numbers a text, in the order of the texts.
  public func encode(_ texts: [String]) throws -> [[Float]] {
    let flat = try embeddings(texts).floats()
    return texts.indices.map { Array(flat[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// The same as a tensor [texts, width] float32 on the encoder's device. Gradients are not recorded.
  public func embeddings(_ texts: [String]) throws -> Tensor {
    guard !texts.isEmpty else { return try Tensor.zeros([0, width], device: device) }
    let ids = texts.map { tokenizer.encode($0, maxLength: maxLength) }
    let ascending = ids.indices.sorted { (ids[$0].count, $0) < (ids[$1].count, $1) }
    return try Torch.withoutGrad {
      var pooled: [Tensor] = []
      var batch = BertModel.Batch()
      for index in ascending {
        if !batch.ids.isEmpty, batch.ids.count + ids[index].count > Self.tokenBudget {
          pooled += try pool(batch)
          batch = BertModel.Batch()
        }
        batch.append(ids[index])
      }
      pooled += try pool(batch)
      var places = [Int](repeating: 0, count: texts.count)
      for (place, index) in ascending.enumerated() { places[index] = place }
      let vectors = try Tensor.cat(pooled).indexSelect(
        0, Tensor(places, shape: [places.count], device: device))
      return try vectors.normalized()
    }
  }

  /// The mean hidden state of each text, [texts, width] for each run.
  private func pool(_ batch: BertModel.Batch) throws -> [Tensor] {
    let hidden = try model.hidden(batch)
    var start = 0
    return try batch.runs.map { run in
      defer { start += run.texts * run.length }
      return try hidden.narrow(0, start, run.texts * run.length).view([run.texts, run.length, width]).mean(1)
    }
  }
}

extension Tensor {
  /// Rows [n, width] divided by their Euclidean norms, or by 1e-12 where the norm is less.
  fileprivate func normalized() throws -> Tensor {
    try self / square().sum(-1, keep: true).sqrt().clamp(min: 1e-12)
  }
}
