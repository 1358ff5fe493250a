import Foundation
import Torch

/// BERT's tokenizer: text is cleaned, lower-cased and stripped of marks, cut at white space and punctuation, and
/// each word is covered with the longest matching pieces from the left; continuations are spelt with `##`.
public struct WordPieceTokenizer: Tokenizer {
  /// `[CLS]` and `[SEP]`, which `encode(_:maxLength:)` puts around a text.
  public let classToken: Int32
  public let separatorToken: Int32
  public let unknownToken: Int32
  public let paddingToken: Int32
  private let table: TokenTable
  private let special: SpecialTokens
  private let specialIDs: Set<Int32>
  private let lowercases: Bool
  /// Words of more scalars than this are unknown.
  private static let longestWord = 100

  public var eosToken: Int32? { separatorToken }
  public var beginToken: Int32? { classToken }
  public var vocabularySize: Int { table.count }

  /// Reads `vocab.txt` (one token a line), a Hugging Face `tokenizer.json`, or a GGUF model, by the file's name.
  public init(path: String) throws {
    if path.hasSuffix(".gguf") {
      try self.init(gguf: try GGUFFile(path: path))
    } else if path.hasSuffix(".json") {
      try self.init(tokenizerJSON: path)
    } else {
      try self.init(vocabulary: path)
    }
  }

  private init(file: String, tokens: [[UInt8]], lowercases: Bool) throws(TokenizerError) {
    let table = TokenTable(tokens)
    func required(_ spelling: String) throws(TokenizerError) -> Int32 {
      if let id = table.id(of: Array(spelling.utf8)) { return id }
      throw TokenizerError(
        file: file, problem: "the vocabulary has no \(spelling)",
        remedy: "Give the vocabulary of a BERT model (vocab.txt, tokenizer.json or GGUF).")
    }
    self.table = table
    self.lowercases = lowercases
    classToken = try required("[CLS]")
    separatorToken = try required("[SEP]")
    unknownToken = try required("[UNK]")
    paddingToken = try required("[PAD]")
    let entries = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { spelling in
      table.id(of: Array(spelling.utf8)).map { SpecialTokens.Token(id: $0, spelling: Array(spelling.utf8)) }
    }
    special = SpecialTokens(entries)
    specialIDs = Set(entries.map(\.id))
  }

  /// The tokenizer of a `vocab.txt`.
  public init(vocabulary path: String, lowercases: Bool = true) throws(TokenizerError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TokenizerError(file: path, problem: "the file cannot be read", remedy: "Check the path.")
    }
    var lines = data.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      Array(line.last == 0x0D ? line.dropLast() : line)
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(file: path, tokens: lines, lowercases: lowercases)
  }

  /// The tokenizer of a Hugging Face `tokenizer.json` whose model is WordPiece.
  public init(tokenizerJSON path: String) throws(TokenizerError) {
    let json = try TokenizerJSON(path: path)
    guard json.modelType == "WordPiece", let vocabulary = json.model["vocab"] as? [String: Int] else {
      throw json.fail("the model is '\(json.modelType)', not WordPiece with a vocabulary")
    }
    guard json.model["continuing_subword_prefix"] as? String ?? "##" == "##",
      json.model["max_input_chars_per_word"] as? Int ?? Self.longestWord == Self.longestWord
    else {
      throw json.fail("only the continuation prefix ## and words of at most 100 characters are supported")
    }
    let normalizer = json.root["normalizer"] as? [String: Any] ?? [:]
    guard normalizer["type"] as? String == "BertNormalizer",
      (json.root["pre_tokenizer"] as? [String: Any])?["type"] as? String == "BertPreTokenizer"
    else {
      throw json.fail("WordPiece is supported with BertNormalizer and BertPreTokenizer only")
    }
    let lowercases = normalizer["lowercase"] as? Bool ?? true
    let strips = normalizer["strip_accents"] as? Bool ?? lowercases
    guard normalizer["clean_text"] as? Bool ?? true, strips == lowercases,
      normalizer["handle_chinese_chars"] as? Bool ?? true
    else {
      throw json.fail("BertNormalizer is supported with its default settings only")
    }
    let tokens = try json.tokens(vocabulary, try json.addedTokens())
    try self.init(file: path, tokens: tokens.map { Array($0.utf8) }, lowercases: lowercases)
  }

  /// The tokenizer of a GGUF model whose `tokenizer.ggml.model` is `bert`. Word starts are spelt there with
  /// U+2581 in front and continuations plainly; here they get their usual spelling back.
  public init(gguf file: GGUFFile) throws {
    let model = try file.required("tokenizer.ggml.model", file.string)
    guard model == "bert" else {
      throw TokenizerError(
        file: file.path, problem: "tokenizer model '\(model)' is not WordPiece (bert)",
        remedy: "Use BytePairTokenizer for gpt2; SentencePiece models (llama) are not supported.")
    }
    let kinds = file.integers("tokenizer.ggml.token_type") ?? []
    let start: [UInt8] = [0xE2, 0x96, 0x81]
    let tokens = try file.required("tokenizer.ggml.tokens", file.strings).enumerated().map { id, token in
      let bytes = Array(token.utf8)
      if bytes.starts(with: start) { return Array(bytes.dropFirst(start.count)) }
      let isControl =
        id < kinds.count && kinds[id] != 1 || bytes.first == 0x5B && bytes.last == 0x5D && bytes.count > 2
      return isControl ? bytes : Array("##".utf8) + bytes
    }
    try self.init(file: file.path, tokens: tokens, lowercases: true)
  }

  /// The ids with `[CLS]` in front and `[SEP]` behind, cut to at most `maxLength` ids including these two.
  public func encode(_ text: String, maxLength: Int) -> [Int32] {
    precondition(maxLength >= 2, "maxLength must leave room for [CLS] and [SEP]")
    return [classToken] + encode(text).prefix(maxLength - 2) + [separatorToken]
  }

  /// The ids without `[CLS]` and `[SEP]`.
  public func encode(_ text: String, allowSpecial: Bool) -> [Int32] {
    var text = text
    return text.withUTF8 { bytes in
      var ids: [Int32] = []
      guard allowSpecial else {
        encodePlain(String(decoding: bytes, as: UTF8.self), &ids)
        return ids
      }
      special.forEachPart(of: bytes) { range, token in
        if let token { ids.append(token) }
        if let range { encodePlain(String(decoding: bytes[range], as: UTF8.self), &ids) }
      }
      return ids
    }
  }

  private func encodePlain(_ text: String, _ ids: inout [Int32]) {
    var normalized = BertNormalizer.normalize(text, lowercases: lowercases)
    normalized.withUTF8 { bytes in
      var start = 0
      var index = 0
      while index < bytes.count {
        let (classes, next) = bytes.characterClass(at: index)
        let isBlank = bytes[index] == 0x20
        if isBlank || classes.contains(.punctuation) {
          cover(bytes, start..<index, &ids)
          if !isBlank { cover(bytes, index..<next, &ids) }
          start = next
        }
        index = next
      }
      cover(bytes, start..<bytes.count, &ids)
    }
  }

  /// Appends the pieces of one word, or the unknown token.
  private func cover(_ text: UnsafeBufferPointer<UInt8>, _ word: Range<Int>, _ ids: inout [Int32]) {
    guard !word.isEmpty else { return }
    let before = ids.count
    guard text[word].count(where: { $0 & 0xC0 != 0x80 }) <= Self.longestWord else {
      return ids.append(unknownToken)
    }
    var piece: [UInt8] = []
    var start = word.lowerBound
    while start < word.upperBound {
      let prefix = start > word.lowerBound ? [UInt8](repeating: UInt8(ascii: "#"), count: 2) : []
      var end = word.upperBound
      piece = prefix + text[start..<end]
      var found = table.id(of: piece)
      while found == nil {
        repeat {
          end -= 1
          piece.removeLast()
        } while end > start && text[end] & 0xC0 == 0x80
        if end == start { break }
        found = table.id(of: piece)
      }
      guard let id = found else {
        ids.removeLast(ids.count - before)
        return ids.append(unknownToken)
      }
      ids.append(id)
      start = end
    }
  }

  /// Words with blanks between them; the original spacing and case are lost. No blank goes before . , ! and ?.
  public func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    var isFirst = true
    for id in ids {
      guard let token = table[id], !(skipSpecial && specialIDs.contains(id)) else { continue }
      let continues = token.starts(with: "##".utf8)
      let closes = token.count == 1 && ".,!?".utf8.contains(token[token.startIndex])
      if !isFirst, !continues, !closes { bytes.append(0x20) }
      bytes.append(contentsOf: continues && !isFirst ? token.dropFirst(2) : token)
      isFirst = false
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  public func id(of token: String) -> Int32? { table.id(of: Array(token.utf8)) }

  public func tokenBytes(_ id: Int32) -> [UInt8]? { table[id].map(Array.init) }
}
