import Torch

/// The shape of a BERT encoder (Devlin et al. 2018).
public struct BertConfiguration: Sendable, Equatable {
  public var layers: Int
  public var width: Int
  public var heads: Int
  public var intermediate: Int
  public var vocabulary: Int
  /// The longest text in tokens.
  public var positions: Int
  public var tokenTypes: Int
  public var activation: Activation
  public var normEpsilon: Double

  /// Reads `config.json` of a folder in Hugging Face's layout.
  /// - Throws: `ModelFolderError` when the architecture is another one, or has parts that this encoder lacks.
  public init(folder: String) throws {
    let json = try JSONFile(
      path: folder + "/config.json", remedy: "Give a folder with config.json and model.safetensors.")
    func refuse(_ problem: String) -> ModelFolderError {
      ModelFolderError(
        file: json.path, problem: problem, remedy: "Use a BERT encoder such as all-MiniLM-L6-v2.")
    }
    let type = json.string("model_type") ?? "unknown"
    guard type == "bert" else { throw refuse("model_type '\(type)' is not bert") }
    let name = json.string("hidden_act") ?? "gelu"
    guard let activation = Activation(named: name) else {
      let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw refuse("hidden_act '\(name)' is unknown, expected one of \(known)")
    }
    let kind = json.string("position_embedding_type") ?? "absolute"
    guard kind == "absolute" else {
      throw refuse("position_embedding_type '\(kind)' is not absolute")
    }
    self.activation = activation
    layers = try json.integer("num_hidden_layers")
    width = try json.integer("hidden_size")
    heads = try json.integer("num_attention_heads")
    intermediate = try json.integer("intermediate_size")
    vocabulary = try json.integer("vocab_size")
    positions = try json.integer("max_position_embeddings")
    tokenTypes = try json.integer("type_vocab_size")
    normEpsilon = json.number("layer_norm_eps") ?? 1e-12
    guard width % heads == 0 else { throw refuse("\(heads) heads do not divide the width \(width)") }
  }
}
