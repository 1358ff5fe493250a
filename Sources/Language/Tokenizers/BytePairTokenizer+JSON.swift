import Foundation

extension BytePairTokenizer {
  /// The tokenizer of a Hugging Face `tokenizer.json` with a byte-level BPE model. The begin and end tokens are
  /// read from `tokenizer_config.json` in the same folder when there is one.
  public init(tokenizerJSON path: String) throws {
    let json = try TokenizerJSON(path: path)
    guard json.modelType == "BPE", let vocabulary = json.model["vocab"] as? [String: Int],
      let merges = json.model["merges"] as? [Any]
    else {
      throw json.fail("the model is '\(json.modelType)', not BPE with a vocabulary and merges")
    }
    if json.model["byte_fallback"] as? Bool == true {
      throw json.fail("BPE with byte_fallback (SentencePiece) is not supported")
    }
    var pairs: [(String, String)] = []
    pairs.reserveCapacity(merges.count)
    for merge in merges {
      if let text = merge as? String {
        pairs.append(try Self.split(merge: text, file: path))
      } else if let pair = merge as? [String], pair.count == 2 {
        pairs.append((pair[0], pair[1]))
      } else {
        throw json.fail("a merge is neither 'left right' nor a pair of tokens")
      }
    }
    let added = try json.addedTokens()
    let config = json.configuration
    let tokens = try json.tokens(vocabulary, added)
    func id(_ key: String) -> Int32? {
      let value = config[key]
      let spelling = value as? String ?? (value as? [String: Any])?["content"] as? String
      guard let spelling else { return nil }
      return added.first { $0.content == spelling }?.token.id ?? vocabulary[spelling].map(Int32.init)
    }
    try self.init(
      Parts(
        file: path, tokens: tokens, merges: pairs, specialTokens: added.map(\.token),
        controlIDs: Set(added.filter(\.isSpecial).map(\.token.id)), preTokenizer: try json.preTokenizer(),
        eosToken: id("eos_token"), beginToken: id("bos_token"),
        ignoresMerges: json.model["ignore_merges"] as? Bool ?? false, composes: try json.composes()))
  }
}

/// The parts of a `tokenizer.json` that the tokenizers here understand; anything else is refused by name.
struct TokenizerJSON {
  struct AddedToken {
    var content: String
    var token: SpecialTokens.Token
    var isSpecial: Bool
  }

  let path: String
  let root: [String: Any]
  let model: [String: Any]

  init(path: String) throws(TokenizerError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TokenizerError(file: path, problem: "the file cannot be read", remedy: "Check the path.")
    }
    guard let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let model = root["model"] as? [String: Any]
    else {
      throw TokenizerError(
        file: path, problem: "expected a JSON object with a 'model'", remedy: "Download the file again.")
    }
    self.path = path
    self.root = root
    self.model = model
  }

  var modelType: String { model["type"] as? String ?? "" }

  func fail(_ problem: String) -> TokenizerError {
    TokenizerError(
      file: path, problem: problem,
      remedy: "Supported are byte-level BPE (GPT-2, Llama 3, Qwen 2, SmolLM) and WordPiece (BERT).")
  }

  /// `tokenizer_config.json` of the same folder; empty when there is none.
  var configuration: [String: Any] {
    let url = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(
      "tokenizer_config.json")
    guard let data = try? Data(contentsOf: url) else { return [:] }
    return (try? JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:]
  }

  func addedTokens() throws(TokenizerError) -> [AddedToken] {
    var result: [AddedToken] = []
    for entry in root["added_tokens"] as? [[String: Any]] ?? [] {
      guard let content = entry["content"] as? String, let id = entry["id"] as? Int, id >= 0, id < 1 << 24
      else {
        throw fail("an added token lacks content or id")
      }
      if entry["single_word"] as? Bool == true { throw fail("added token '\(content)' is single_word") }
      let token = SpecialTokens.Token(
        id: Int32(id), spelling: Array(content.utf8), stripsLeft: entry["lstrip"] as? Bool ?? false,
        stripsRight: entry["rstrip"] as? Bool ?? false)
      result.append(AddedToken(content: content, token: token, isSpecial: entry["special"] as? Bool ?? false))
    }
    return result
  }

  /// All spellings by id.
  func tokens(_ vocabulary: [String: Int], _ added: [AddedToken]) throws(TokenizerError) -> [String] {
    let last = max(vocabulary.values.max() ?? -1, added.map { Int($0.token.id) }.max() ?? -1)
    guard last >= 0, last < 1 << 24, vocabulary.values.allSatisfy({ $0 >= 0 }) else {
      throw fail("the vocabulary is empty or has ids out of range")
    }
    var tokens = [String](repeating: "", count: last + 1)
    for (spelling, id) in vocabulary { tokens[id] = spelling }
    for entry in added { tokens[Int(entry.token.id)] = entry.content }
    return tokens
  }

  /// Whether the normalizer asks for NFC, the only one that byte-level models use.
  func composes() throws(TokenizerError) -> Bool {
    guard let normalizer = root["normalizer"] as? [String: Any] else { return false }
    let type = normalizer["type"] as? String ?? ""
    if type == "NFC" { return true }
    if type == "Sequence", (normalizer["normalizers"] as? [Any])?.isEmpty == true { return false }
    throw fail("normalizer '\(type)' is not supported")
  }

  func preTokenizer() throws(TokenizerError) -> PreTokenizer {
    var result = PreTokenizer(steps: [])
    guard let entry = root["pre_tokenizer"] as? [String: Any] else { throw fail("there is no pre_tokenizer") }
    let entries =
      entry["type"] as? String == "Sequence" ? entry["pretokenizers"] as? [[String: Any]] ?? [] : [entry]
    var isByteLevel = false
    for entry in entries {
      switch entry["type"] as? String {
      case "Digits": result.steps.append(.digits(individually: entry["individual_digits"] as? Bool ?? false))
      case "Split":
        let regex = (entry["pattern"] as? [String: Any])?["Regex"] as? String ?? ""
        guard let pattern = WordPattern(regex: regex), entry["behavior"] as? String == "Isolated",
          entry["invert"] as? Bool != true
        else {
          throw fail("the pattern '\(regex)' of a Split pre-tokenizer is not known")
        }
        result.steps.append(.words(pattern))
      case "ByteLevel":
        isByteLevel = true
        if entry["add_prefix_space"] as? Bool == true { result.addsPrefixSpace = true }
        if entry["use_regex"] as? Bool ?? true { result.steps.append(.words(.gpt2)) }
      case let type: throw fail("pre-tokenizer '\(type ?? "")' is not supported")
      }
    }
    guard isByteLevel else { throw fail("the pre_tokenizer has no ByteLevel step") }
    if result.addsPrefixSpace, entries.count > 1 {
      throw fail("add_prefix_space after other pre-tokenizers is not supported")
    }
    return result
  }
}
