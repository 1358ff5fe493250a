import Foundation
import Testing
import Torch

@testable import Language

@Suite(.enabled(if: TokenizerFixtures.hasMiniLM, "run scripts/setup to fetch the model"))
struct SentenceEncoderTests {
  static let encoder = Result { try SentenceEncoder(folder: TokenizerFixtures.miniLM) }

  struct Row: Decodable {
    var text: String
    /// In ten-thousandths.
    var vector: [Float]
  }

  /// The lines that scripts/fixtures/make_sentence_fixtures.py wrote.
  static func rows() throws -> [Row] {
    try Data(contentsOf: TokenizerFixtures.folder.appendingPathComponent("sentences.jsonl"))
      .split(separator: 0x0A).map { try JSONDecoder().decode(Row.self, from: Data($0)) }
  }

  @Test func `vectors are those of sentence-transformers`() throws {
    let rows = try Self.rows()
    #expect(rows.count >= 30)
    let vectors = try Self.encoder.get().encode(rows.map(\.text))
    #expect(vectors.count == rows.count)
    for (row, vector) in zip(rows, vectors) {
      #expect(cosineSimilarity(vector, row.vector) > 0.99999, "\(row.text.prefix(40).debugDescription)")
      let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(length - 1) < 1e-5)
    }
  }

  @Test func `a text's vector does not depend on its neighbours or their order`() throws {
    let encoder = try Self.encoder.get()
    let texts = [
      "a longer sentence about something else", "short", "", "short", "word " + "and word ".repeated(80),
    ]
    let together = try encoder.encode(texts)
    for (text, vector) in zip(texts, together) {
      let alone = try encoder.encode([text])[0]
      #expect(zip(vector, alone).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect(try encoder.encode([]).isEmpty)
    #expect(try encoder.embeddings([]).shape == [0, 384])
    #expect(try encoder.embeddings(texts).shape == [5, 384])
  }

  @Test func `texts beyond one pass's tokens keep their order`() throws {
    let encoder = try Self.encoder.get()
    let long = "reward ".repeated(300)
    let texts = (0..<40).map { $0 % 2 == 0 ? "text number \($0)" : long }
    let vectors = try encoder.encode(texts)
    #expect(cosineSimilarity(vectors[1], vectors[39]) > 0.99999)
    let last = try encoder.encode([texts[38]])[0]
    #expect(cosineSimilarity(vectors[38], last) > 0.99999)
    #expect(cosineSimilarity(vectors[0], vectors[38]) < 0.9999)
  }

  // The files of the model, one replaced or taken away.
  private func error(without file: String, replacedBy text: String? = nil) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("laurel-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("1_Pooling"), withIntermediateDirectories: true)
    for name in [
      "config.json", "model.safetensors", "tokenizer.json", "sentence_bert_config.json",
      "1_Pooling/config.json",
    ] where name != file {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: TokenizerFixtures.miniLM + "/" + name)
    }
    try text?.write(toFile: folder.path + "/" + file, atomically: true, encoding: .utf8)
    do {
      _ = try SentenceEncoder(folder: folder.path)
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  @Test(arguments: [
    ("config.json", "config.json: "), ("model.safetensors", "model.safetensors: "),
    ("tokenizer.json", "vocab.txt: "), ("sentence_bert_config.json", "sentence_bert_config.json: "),
    ("1_Pooling/config.json", "1_Pooling/config.json: "),
  ])
  func `a folder that lacks a file is told which`(file: String, start: String) throws {
    #expect(try error(without: file).hasPrefix(start))
  }

  @Test func `a configuration that this encoder does not compute is refused by name`() throws {
    let config = try String(contentsOfFile: TokenizerFixtures.miniLM + "/config.json", encoding: .utf8)
    func changed(_ old: String, _ new: String) throws -> String {
      try error(without: "config.json", replacedBy: config.replacingOccurrences(of: old, with: new))
    }
    #expect(
      try changed("\"gelu\"", "\"mish\"").contains("hidden_act 'mish' is unknown, expected one of relu, gelu")
    )
    #expect(try changed("\"bert\"", "\"mpnet\"").contains("model_type 'mpnet' is not bert"))
    #expect(try changed("\"absolute\"", "\"relative_key\"").contains("'relative_key' is not absolute"))
    #expect(try changed("\"hidden_size\": 384", "\"hidden_size\": \"384\"").contains("'hidden_size'"))
    #expect(try changed("\"hidden_size\": 384", "\"hidden_size\": 372").contains("expected [30522, 372]"))
    #expect(
      try changed("_layers\": 6", "_layers\": 7").contains("encoder.layer.6.attention.self.query.weight"))
    #expect(
      try changed("_layers\": 6", "_layers\": 5").contains("encoder.layer.5.attention.output.LayerNorm.bias"))
    #expect(try error(without: "config.json", replacedBy: "[]").contains("expected a JSON object"))
    #expect(
      try error(without: "1_Pooling/config.json", replacedBy: "{\"pooling_mode_cls_token\": true}")
        .contains("found pooling_mode_cls_token"))
    #expect(
      try error(without: "sentence_bert_config.json", replacedBy: "{\"do_lower_case\": true}")
        .contains("do_lower_case is true"))
    #expect(
      try error(without: "sentence_bert_config.json", replacedBy: "{\"max_seq_length\": \"long\"}")
        .contains("'max_seq_length'"))
    #expect(
      try error(without: "sentence_bert_config.json", replacedBy: "{\"max_seq_length\": null}") == "no error")
  }
}

struct CosineSimilarityTests {
  @Test func `the cosine of known angles`() {
    #expect(abs(cosineSimilarity([1, 0], [1, 1]) - 0.5.squareRoot()) < 1e-12)
    #expect(cosineSimilarity([3, 4], [6, 8]) == 1 && cosineSimilarity([1, 2], [-2, 1]) == 0)
    #expect(cosineSimilarity([1, 2], [-1, -2]) == -1)
    #expect(cosineSimilarity([0, 0], [1, 2]) == 0 && cosineSimilarity([], []) == 0)
  }
}

extension String {
  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
