import Foundation
import Torch

/// The word embeddings of a BERT model, without the model around them: what its tokens mean out of context.
public struct TokenEmbeddings: Sendable {
  /// One row of `width` numbers a token, row after row.
  public let table: [Float]
  public let width: Int
  private let tokenizer: WordPieceTokenizer

  /// Reads `config.json`, `model.safetensors` and `tokenizer.json` or `vocab.txt` of a folder.
  /// - Throws: `ModelFolderError`, `SafetensorsError` or `TokenizerError`, naming the file.
  public init(folder: String) throws {
    let configuration = try BertConfiguration(folder: folder)
    let weights = try SafetensorsModel(path: folder)
    width = configuration.width
    table = try weights.tensor(
      "embeddings.word_embeddings.weight", [configuration.vocabulary, configuration.width]
    ).to(.float32).floats()
    tokenizer = try WordPieceTokenizer(modelFolder: folder)
    guard tokenizer.vocabularySize <= configuration.vocabulary else {
      throw ModelFolderError(
        file: folder,
        problem:
          "the tokenizer has \(tokenizer.vocabularySize) tokens, the model \(configuration.vocabulary)",
        remedy: "The files do not belong together: download the model again.")
    }
  }

  /// The text's tokens, rows of the table; no special ones, whatever the text spells.
  public func tokens(of text: String) -> [Int] { tokenizer.encode(text, allowSpecial: false).map(Int.init) }
}

extension WordPieceTokenizer {
  /// The tokenizer of a model's folder: `tokenizer.json`, else `vocab.txt`.
  init(modelFolder: String) throws {
    let json = modelFolder + "/tokenizer.json"
    try self.init(path: FileManager.default.fileExists(atPath: json) ? json : modelFolder + "/vocab.txt")
  }
}
