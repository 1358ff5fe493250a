import Foundation
import Torch

/// Byte-level byte-pair encoding as SmolLM2 uses it: control tokens cut out, every digit by itself, GPT-2's
/// pattern, then merges by rank.
public final class BytePairTokenizer: @unchecked Sendable {
  public let vocabularySize: Int
  public let endToken: Int
  private let pieces: [[UInt8]]
  private let idOfPiece: [[UInt8]: Int32]
  private let rank: [UInt64: (rank: Int32, merged: Int32)]
  private let idOfByte: [Int32]
  private let control: [(text: [UInt8], id: Int32)]
  private let isControl: [Bool]
  private let lock = NSLock()
  private var cache: [[UInt8]: [Int32]] = [:]

  /// Reads the `tokenizer.ggml.*` keys.
  /// - Throws: `GGUFError` when the file's tokenizer is of another kind or a key is missing.
  public init(_ file: GGUFFile) throws {
    let model: String = try file.required("tokenizer.ggml.model") { file.string($0) }
    let kind = file.string("tokenizer.ggml.pre") ?? "default"
    guard model == "gpt2", kind == "smollm" else {
      throw GGUFError(
        file: file.path, problem: "tokenizer '\(model)' with pre-tokenizer '\(kind)' is not supported",
        remedy: "Use a model with SmolLM's byte-level tokenizer.")
    }
    let tokens: [String] = try file.required("tokenizer.ggml.tokens") { file.strings($0) }
    let merges: [String] = try file.required("tokenizer.ggml.merges") { file.strings($0) }
    let types = file.integers("tokenizer.ggml.token_type") ?? []
    let byteOf = Self.bytesOfAlphabet()
    let controlFlags = tokens.indices.map { $0 < types.count && types[$0] == 3 }
    isControl = controlFlags
    pieces = zip(tokens, controlFlags).map { token, isControl in
      isControl ? Array(token.utf8) : token.unicodeScalars.map { byteOf[$0.value] ?? UInt8(ascii: "?") }
    }
    var ids: [[UInt8]: Int32] = [:]
    for (index, piece) in pieces.enumerated() where !controlFlags[index] { ids[piece] = Int32(index) }
    var ranks: [UInt64: (rank: Int32, merged: Int32)] = [:]
    for (index, merge) in merges.enumerated() {
      let parts = merge.split(separator: " ").map { part in
        part.unicodeScalars.compactMap { byteOf[$0.value] }
      }
      guard parts.count == 2, let left = ids[parts[0]], let right = ids[parts[1]],
        let merged = ids[parts[0] + parts[1]]
      else {
        throw GGUFError(
          file: file.path, problem: "merge \(index) ('\(merge)') names tokens that do not exist")
      }
      ranks[Self.pair(left, right)] = (Int32(index), merged)
    }
    idOfByte = (0...255).map { ids[[UInt8($0)]] ?? 0 }
    idOfPiece = ids
    rank = ranks
    control = controlFlags.indices.filter { controlFlags[$0] }.map { (Array(tokens[$0].utf8), Int32($0)) }
      .sorted { $0.text.count > $1.text.count }
    vocabularySize = tokens.count
    endToken = try file.required("tokenizer.ggml.eos_token_id") { file.integer($0) }
  }

  /// Token ids of a text. Control tokens written in it are taken as such unless `allowSpecial` is false.
  public func encode(_ text: String, allowSpecial: Bool = true) -> [Int] {
    let bytes = Array(text.utf8)
    var ids: [Int] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      // Control tokens of this family begin with '<'; others are found the same way.
      if allowSpecial, let match = control.first(where: { bytes[index...].starts(with: $0.text) }) {
        encode(bytes[start..<index], into: &ids)
        ids.append(Int(match.id))
        index += match.text.count
        start = index
      } else {
        index += 1
      }
    }
    encode(bytes[start...], into: &ids)
    return ids
  }

  /// The text of token ids; bytes that are not UTF-8 become U+FFFD.
  public func decode(_ ids: [Int], skipSpecial: Bool = true) -> String {
    var bytes: [UInt8] = []
    for id in ids where pieces.indices.contains(id) && !(skipSpecial && isControl[id]) { bytes += pieces[id] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One text without control tokens.
  private func encode(_ bytes: ArraySlice<UInt8>, into ids: inout [Int]) {
    guard !bytes.isEmpty else { return }
    let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    for word in WordSplitter.words(scalars) {
      var text: [UInt8] = []
      for scalar in scalars[word] { text += UTF8.encode(scalar).map(Array.init) ?? [] }
      ids += merge(text).map(Int.init)
    }
  }

  private func merge(_ word: [UInt8]) -> [Int32] {
    lock.lock()
    let known = cache[word]
    lock.unlock()
    if let known { return known }
    var parts = word.map { idOfByte[Int($0)] }
    while parts.count > 1 {
      var best: (rank: Int32, merged: Int32)?
      for index in 0..<(parts.count - 1) {
        guard let entry = rank[Self.pair(parts[index], parts[index + 1])] else { continue }
        if entry.rank < best?.rank ?? .max { best = entry }
      }
      guard let best else { break }
      var merged: [Int32] = []
      merged.reserveCapacity(parts.count)
      var index = 0
      while index < parts.count {
        if index + 1 < parts.count, rank[Self.pair(parts[index], parts[index + 1])]?.rank == best.rank {
          merged.append(best.merged)
          index += 2
        } else {
          merged.append(parts[index])
          index += 1
        }
      }
      parts = merged
    }
    if word.count <= 32 {
      lock.lock()
      if cache.count > 100_000 { cache.removeAll(keepingCapacity: true) }
      cache[word] = parts
      lock.unlock()
    }
    return parts
  }

  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// GPT-2's printable stand-ins for bytes, by scalar.
  private static func bytesOfAlphabet() -> [UInt32: UInt8] {
    var table: [UInt32: UInt8] = [:]
    var next: UInt32 = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 33...126, 161...172, 174...255: table[UInt32(byte)] = byte
      default:
        table[next] = byte
        next += 1
      }
    }
    return table
  }
}
