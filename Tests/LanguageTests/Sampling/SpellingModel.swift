import Foundation
import Torch

@testable import Language

/// A model that spells a fixed text at temperature 0, and its tokenizer: token i is always followed by token i + 1,
/// the last by itself. A llama decoder without layers whose head is that permutation.
struct SpellingModel: Tokenizer {
  /// The bytes of each token.
  let pieces: [[UInt8]]
  let model: LlamaModel

  init(_ pieces: [[UInt8]]) throws {
    self.pieces = pieces
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "laurel-\(UUID().uuidString).gguf")
    defer { try? FileManager.default.removeItem(at: path) }
    try Self.gguf(vocabulary: pieces.count).write(to: path)
    model = try LlamaModel(GGUFFile(path: path.path))
  }

  var vocabularySize: Int { pieces.count }
  var eosToken: Int32? { nil }
  var beginToken: Int32? { nil }
  func encode(_ text: String, allowSpecial: Bool) -> [Int32] { [] }
  func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
    String(decoding: ids.compactMap(tokenBytes).joined(), as: UTF8.self)
  }
  func id(of token: String) -> Int32? { nil }
  func tokenBytes(_ id: Int32) -> [UInt8]? { pieces.indices.contains(Int(id)) ? pieces[Int(id)] : nil }

  private static func gguf(vocabulary: Int) -> Data {
    let width = 16 * ((vocabulary + 15) / 16)
    let integers: [(String, UInt32)] = [
      ("block_count", 0), ("embedding_length", UInt32(width)), ("attention.head_count", 1),
      ("feed_forward_length", 4), ("context_length", 256),
    ]
    var embedding = [Float](repeating: 0, count: vocabulary * width)
    var head = embedding
    for token in 0..<vocabulary {
      embedding[token * width + token] = 1
      head[min(token + 1, vocabulary - 1) * width + token] = 1
    }
    let tensors: [(name: String, shape: [Int], values: [Float])] = [
      ("token_embd.weight", [vocabulary, width], embedding), ("output.weight", [vocabulary, width], head),
      ("output_norm.weight", [width], [Float](repeating: 1, count: width)),
    ]
    var data = Data("GGUF".utf8)
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
    func append(text: String) {
      append(UInt64(text.utf8.count))
      data.append(contentsOf: text.utf8)
    }
    append(UInt32(3))
    append(UInt64(tensors.count))
    append(UInt64(integers.count + 2))
    append(text: "general.architecture")
    append(UInt32(8))
    append(text: "llama")
    append(text: "llama.attention.layer_norm_rms_epsilon")
    append(UInt32(6))
    append(Float(1e-5).bitPattern)
    for (key, value) in integers {
      append(text: "llama." + key)
      append(UInt32(4))
      append(value)
    }
    var offset = 0
    for tensor in tensors {
      append(text: tensor.name)
      append(UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { append(UInt64(size)) }
      append(UInt32(0))
      append(UInt64(offset))
      offset += tensor.values.count * 4
    }
    // Widths are multiples of 16, so the tensors stay at multiples of the alignment, 32.
    data.append(Data(count: (32 - data.count % 32) % 32))
    for tensor in tensors { tensor.values.withUnsafeBytes { data.append(contentsOf: $0) } }
    return data
  }
}
