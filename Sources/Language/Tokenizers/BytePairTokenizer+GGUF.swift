import Torch

extension BytePairTokenizer {
  /// The tokenizer of a GGUF model whose `tokenizer.ggml.model` is `gpt2`.
  public init(gguf file: GGUFFile) throws {
    let prefix = "tokenizer.ggml."
    let model = try file.required(prefix + "model", file.string)
    guard model == "gpt2" else {
      throw TokenizerError(
        file: file.path, problem: "tokenizer model '\(model)' is not byte-level byte-pair encoding (gpt2)",
        remedy: "Use WordPieceTokenizer for bert; SentencePiece models (llama) are not supported.")
    }
    let tokens = try file.required(prefix + "tokens", file.strings)
    let kinds = file.integers(prefix + "token_type") ?? []
    var special: [SpecialTokens.Token] = []
    var control: Set<Int32> = []
    // 3 is a control token, 4 one that the model's authors added and that decoding keeps.
    for (id, kind) in zip(tokens.indices, kinds) where kind == 3 || kind == 4 {
      special.append(.init(id: Int32(id), spelling: Array(tokens[id].utf8)))
      if kind == 3 { control.insert(Int32(id)) }
    }
    var merges: [(String, String)] = []
    for merge in try file.required(prefix + "merges", file.strings) {
      merges.append(try Self.split(merge: merge, file: file.path))
    }
    let name = file.string(prefix + "pre") ?? "default"
    guard let preTokenizer = PreTokenizer.named[name] else {
      throw TokenizerError(
        file: file.path, problem: "pre-tokenizer '\(name)' is not known",
        remedy: "Known are \(PreTokenizer.named.keys.sorted().joined(separator: ", ")).")
    }
    func token(_ key: String) -> Int32? {
      file.integer(prefix + key).flatMap { tokens.indices.contains($0) ? Int32($0) : nil }
    }
    try self.init(
      Parts(
        file: file.path, tokens: tokens, merges: merges, specialTokens: special, controlIDs: control,
        preTokenizer: preTokenizer, eosToken: token("eos_token_id"), beginToken: token("bos_token_id"),
        ignoresMerges: name == "llama-bpe", composes: name == "qwen2"))
  }

  /// "left right" in two; the byte alphabet has no blank.
  static func split(merge: String, file: String) throws(TokenizerError) -> (String, String) {
    let parts = merge.unicodeScalars.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else {
      throw TokenizerError(
        file: file, problem: "merge '\(merge)' is not two tokens with a blank between them",
        remedy: "The tokenizer is damaged: download the model again.")
    }
    return (String(parts[0]), String(parts[1]))
  }
}

extension PreTokenizer {
  /// llama.cpp's names of pre-tokenizers, as in `tokenizer.ggml.pre`.
  static let named: [String: PreTokenizer] = [
    "default": PreTokenizer(steps: [.words(.gpt2)]),
    "gpt-2": PreTokenizer(steps: [.words(.gpt2)]),
    "smollm": PreTokenizer(steps: [.digits(individually: true), .words(.gpt2)]),
    "llama-bpe": PreTokenizer(steps: [.words(.llama3(maxDigits: 3))]),
    "qwen2": PreTokenizer(steps: [.words(.llama3(maxDigits: 1))]),
  ]
}
