import Foundation
import Testing
import Torch

@testable import Language

@Suite struct WordPieceTokenizerTests {
  static let miniLM = Result { try WordPieceTokenizer(path: TokenizerFixtures.miniLM + "/tokenizer.json") }

  @Test func aGGUFVocabularyGetsItsUsualSpellingBack() throws {
    let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁un", "aff", "able", "▁cafe", "▁!", "▁漢"]
    try TokenizerFixtures.withGGUF(
      strings: ["tokenizer.ggml.model": "bert"], arrays: ["tokenizer.ggml.tokens": tokens]
    ) { path in
      let tokenizer = try WordPieceTokenizer(path: path)
      #expect(tokenizer.encode("Unaffable CAFÉ! 漢x") == [4, 5, 6, 7, 8, 9, 1])
      #expect(tokenizer.encode("unaffable", maxLength: 4) == [2, 4, 5, 3])
      #expect(tokenizer.decode([2, 4, 5, 6, 7, 8, 3]) == "unaffable cafe!")
      #expect(
        tokenizer.encode("[SEP]") == [3] && tokenizer.encode("[SEP]", allowSpecial: false) == [1, 1, 1])
      #expect(tokenizer.encode(String(repeating: "un", count: 51)) == [1])
      #expect(tokenizer.encode("") == [] && tokenizer.encode(" \u{0}\u{200B} ") == [])
    }
  }

  @Test func aVocabularyWithoutTheClassTokenIsRefused() throws {
    try TokenizerFixtures.withGGUF(
      strings: ["tokenizer.ggml.model": "bert"], arrays: ["tokenizer.ggml.tokens": ["[PAD]"]]
    ) { path in
      #expect(throws: TokenizerError.self) { try WordPieceTokenizer(path: path) }
    }
    #expect(throws: TokenizerError.self) { try WordPieceTokenizer(path: "/nonexistent/vocab.txt") }
    #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(path: TokenizerFixtures.folder.path + "/tiny/tokenizer.json")
    }
  }

  @Test(
    .enabled(if: TokenizerFixtures.hasMiniLM, "run scripts/setup to fetch the model"),
    arguments: ["tokenizer.json", "vocab.txt"])
  func everyLineOfTheCorpusHasTheIdsOfTheTokenizersPackage(file: String) throws {
    let tokenizer = try WordPieceTokenizer(path: TokenizerFixtures.miniLM + "/" + file)
    #expect(tokenizer.vocabularySize == 30522)
    for row in try TokenizerFixtures.rows() {
      #expect(tokenizer.encode(row.text, maxLength: 1 << 20) == row.wordpiece, "\(row.text.debugDescription)")
    }
  }

  @Test(
    .enabled(if: TokenizerFixtures.hasMiniLM, "run scripts/setup to fetch the model"),
    arguments: [
      ("Hello, World!", "101 7592 1010 2088 999 102"),
      ("naïve café unaffable", "101 15743 7668 14477 20961 3468 102"), ("漢字 test", "101 1904 100 3231 102"),
      ("don't stop-believing 3.14", "101 2123 1005 1056 2644 1011 8929 1017 1012 2403 102"),
    ])
  func knownTextsHaveTheirPublishedIds(text: String, ids: String) throws {
    let expected = ids.split(separator: " ").compactMap { Int32($0) }
    #expect(try Self.miniLM.get().encode(text, maxLength: 256) == expected)
  }
}
