import Foundation

/// Byte-level byte-pair encoding, as GPT-2, Llama 3, Qwen 2 and SmolLM 2 use it.
///
/// Text is cut at control tokens, then into words; the UTF-8 bytes of a word are the first symbols, and the
/// adjacent pair with the lowest merge rank is joined until no pair is in the table.
public struct BytePairTokenizer: Tokenizer {
  public let eosToken: Int32?
  public let beginToken: Int32?
  private let table: TokenTable
  private let decoded: TokenTable
  private let isSpecial: [Bool]
  private let special: SpecialTokens
  private let preTokenizer: PreTokenizer
  private let merges: MergeTable
  /// The first symbol of each byte; -1 for a byte that the vocabulary lacks, which is then dropped.
  private let byteTokens: [Int32]
  /// A word that is a token is taken as that token without merging.
  private let ignoresMerges: Bool
  private let composes: Bool
  private let caches = WordCache.Pool()

  /// What the readers of GGUF and tokenizer.json hand over.
  struct Parts {
    var file: String
    /// Spellings in the byte alphabet by id; empty for unused ids.
    var tokens: [String]
    var merges: [(String, String)]
    var specialTokens: [SpecialTokens.Token]
    /// Ids that `skipSpecial` leaves out.
    var controlIDs: Set<Int32>
    var preTokenizer: PreTokenizer
    var eosToken: Int32?
    var beginToken: Int32?
    var ignoresMerges = false
    /// Text is brought into NFC first.
    var composes = false
  }

  init(_ parts: Parts) throws(TokenizerError) {
    let table = TokenTable(parts.tokens.map { Array($0.utf8) })
    var pairs: [(left: Int32, right: Int32, merged: Int32)] = []
    pairs.reserveCapacity(parts.merges.count)
    for (rank, merge) in parts.merges.enumerated() {
      let (left, right) = (Array(merge.0.utf8), Array(merge.1.utf8))
      guard let first = table.id(of: left), let second = table.id(of: right),
        let merged = table.id(of: left + right)
      else {
        throw TokenizerError(
          file: parts.file,
          problem: "merge \(rank) ('\(merge.0)' with '\(merge.1)') has a token that is not in the vocabulary",
          remedy: "The tokenizer's parts do not belong together: download the model again.")
      }
      pairs.append((first, second, merged))
    }
    self.table = table
    decoded = TokenTable(parts.tokens.map(ByteAlphabet.decode))
    merges = MergeTable(pairs)
    byteTokens = (0...255).map { table.id(of: ByteAlphabet.spelling(UInt8($0))) ?? -1 }
    isSpecial = parts.tokens.indices.map { parts.controlIDs.contains(Int32($0)) }
    special = SpecialTokens(parts.specialTokens)
    preTokenizer = parts.preTokenizer
    eosToken = parts.eosToken
    beginToken = parts.beginToken
    ignoresMerges = parts.ignoresMerges
    composes = parts.composes
  }

  public var vocabularySize: Int { table.count }

  public func encode(_ text: String, allowSpecial: Bool) -> [Int32] {
    var text = text
    return text.withUTF8 { bytes in
      var ids: [Int32] = []
      ids.reserveCapacity(bytes.count / 3 + 8)
      caches.with { cache in
        var symbols: [Int32] = []
        let plain = { (range: Range<Int>) in
          encode(UnsafeBufferPointer(rebasing: bytes[range]), cache, &symbols, &ids)
        }
        if allowSpecial {
          special.forEachPart(of: bytes) { range, token in
            if let token { ids.append(token) }
            if let range { plain(range) }
          }
        } else if !bytes.isEmpty {
          plain(0..<bytes.count)
        }
      }
      return ids
    }
  }

  /// Appends the ids of a stretch without control tokens.
  private func encode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cache: WordCache, _ symbols: inout [Int32], _ ids: inout [Int32]
  ) {
    let needsPrefix = preTokenizer.addsPrefixSpace && bytes.first != 0x20
    let needsComposing = composes && bytes.contains { $0 >= 0x80 }
    if needsPrefix || needsComposing {
      var text = (needsPrefix ? " " : "") + String(decoding: bytes, as: UTF8.self)
      if needsComposing { text = Self.composed(text) }
      text.withUTF8 { words($0, cache, &symbols, &ids) }
    } else {
      words(bytes, cache, &symbols, &ids)
    }
  }

  /// NFC. The text is cut at U+1113, which composes with nothing: Swift 6.3 takes it for the leading consonant
  /// of a modern Hangul syllable and puts U+FFFD in place of it and the vowel after it.
  static func composed(_ text: String) -> String {
    var result = ""
    for (index, part) in text.unicodeScalars.split(separator: "\u{1113}", omittingEmptySubsequences: false)
      .enumerated()
    {
      if index > 0 { result.unicodeScalars.append("\u{1113}") }
      result.unicodeScalars.append(
        contentsOf: String(part).precomposedStringWithCanonicalMapping.unicodeScalars)
    }
    return result
  }

  private func words(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cache: WordCache, _ symbols: inout [Int32], _ ids: inout [Int32]
  ) {
    preTokenizer.forEachWord(of: bytes, in: 0..<bytes.count) { word in
      let key = WordCache.key(bytes, word)
      if let key, cache.append(key, to: &ids) { return }
      symbols.removeAll(keepingCapacity: true)
      if ignoresMerges, let whole = decoded.id(of: UnsafeBufferPointer(rebasing: bytes[word])) {
        symbols.append(whole)
      } else {
        for byte in bytes[word] where byteTokens[Int(byte)] >= 0 { symbols.append(byteTokens[Int(byte)]) }
        merges.merge(&symbols)
      }
      if let key { cache.remember(key, symbols) }
      ids.append(contentsOf: symbols)
    }
  }

  public func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
    var bytes: [UInt8] = []
    for id in ids {
      guard let token = decoded[id], !(skipSpecial && isSpecial[Int(id)]) else { continue }
      bytes.append(contentsOf: token)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  public func id(of token: String) -> Int32? { table.id(of: Array(token.utf8)) }

  public func tokenBytes(_ id: Int32) -> [UInt8]? { decoded[id].map(Array.init) }
}
