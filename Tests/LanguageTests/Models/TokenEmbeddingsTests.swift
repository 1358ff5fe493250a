import Testing

@testable import Language

@Suite(.enabled(if: TokenizerFixtures.hasMiniLM, "run scripts/setup to fetch the model"))
struct TokenEmbeddingsTests {
  /// The ids are those of `tokenizers`; the numbers those that safetensors reads:
  ///
  ///     from safetensors.numpy import load_file
  ///     load_file("model.safetensors")["embeddings.word_embeddings.weight"][7592, :4]
  @Test func `rows are the checkpoint's and tokens their numbers`() throws {
    let embeddings = try TokenEmbeddings(folder: TokenizerFixtures.miniLM)
    #expect(embeddings.width == 384 && embeddings.table.count == 30522 * 384)
    #expect(embeddings.tokens(of: "Hello, world!") == [7592, 1010, 2088, 999])
    #expect(embeddings.tokens(of: "").isEmpty)
    #expect(embeddings.tokens(of: "[SEP]") != [102])
    let row = Array(embeddings.table[7592 * 384..<7592 * 384 + 4])
    #expect(zip(row, Self.hello).allSatisfy { abs($0 - $1) < 1e-6 }, "\(row)")
  }

  static let hello: [Float] = [-0.03976293, 0.10533975, 0.02986719, 0.01261219]

  @Test func `a folder without a model is refused by name`() {
    #expect(throws: (any Error).self) { try TokenEmbeddings(folder: "/nonexistent") }
  }
}
