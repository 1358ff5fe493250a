import Foundation
import Testing
import Torch

@testable import Language

@Suite struct BytePairTokenizerTests {
  static let smolLM = Result { try BytePairTokenizer(gguf: try GGUFFile(path: TokenizerFixtures.gguf)) }

  private func tiny() throws -> BytePairTokenizer {
    try BytePairTokenizer(tokenizerJSON: TokenizerFixtures.folder.path + "/tiny/tokenizer.json")
  }

  @Test func aTokenizerJSONWithTheLlama3PatternGivesTheIdsOfTheTokenizersPackage() throws {
    let tokenizer = try tiny()
    var compared = 0
    for row in try TokenizerFixtures.rows() {
      guard let ids = row.tiny else { continue }
      #expect(tokenizer.encode(row.text) == ids, "\(row.text.debugDescription)")
      compared += 1
    }
    #expect(compared == 100)
  }

  @Test func everyTextIsGivenBackByDecode() throws {
    let tokenizer = try tiny()
    for row in try TokenizerFixtures.rows() {
      let decoded = tokenizer.decode(tokenizer.encode(row.text, allowSpecial: true), skipSpecial: false)
      #expect(Array(decoded.utf8) == Array(row.text.utf8))
      let plain = tokenizer.decode(tokenizer.encode(row.text, allowSpecial: false))
      #expect(Array(plain.utf8) == Array(row.text.utf8))
    }
  }

  @Test func controlTokensAreTextWhenTheyAreNotAllowed() throws {
    let tokenizer = try tiny()
    let end = try #require(tokenizer.id(of: "<|im_end|>"))
    #expect(tokenizer.eosToken == end && tokenizer.beginToken == tokenizer.id(of: "<|im_start|>"))
    #expect(tokenizer.encode("a<|im_end|>").last == end)
    #expect(!tokenizer.encode("a<|im_end|>", allowSpecial: false).contains(end))
    #expect(tokenizer.decode([end]) == "" && tokenizer.decode([end], skipSpecial: false) == "<|im_end|>")
    #expect(tokenizer.decode([-1, 1_000_000]) == "" && tokenizer.tokenBytes(-1) == nil)
    #expect(tokenizer.encode("") == [])
  }

  @Test func longWordsAreMergedLikeShortOnes() throws {
    // Above 48 symbols another algorithm runs: cutting the same word at an unmergeable byte must not matter.
    let tokenizer = try tiny()
    for length in [30, 48, 49, 200, 5000] {
      let word = String(repeating: "thereward", count: length / 9 + 1).prefix(length)
      let ids = tokenizer.encode(String(word))
      #expect(tokenizer.decode(ids) == word)
      #expect(ids.count < length)
    }
  }

  @Test func compositionKeepsOldKoreanConsonants() {
    let text = "e\u{301}\u{1113}\u{1169}\u{1112}\u{1161}"
    let scalars = BytePairTokenizer.composed(text).unicodeScalars.map(\.value)
    #expect(scalars == [0xE9, 0x1113, 0x1169, 0xD558])
  }

  @Test func threadsThatEncodeAtTheSameTimeAgree() async throws {
    let tokenizer = try tiny()
    let texts = try TokenizerFixtures.rows().map(\.text)
    let expected = texts.map { tokenizer.encode($0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { texts.map { tokenizer.encode($0) } == expected } }
      for await equal in group { #expect(equal) }
    }
  }

  @Test func anUnknownPreTokenizerOrModelIsRefusedByName() throws {
    try TokenizerFixtures.withGGUF(
      strings: ["tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "martian"],
      arrays: ["tokenizer.ggml.tokens": ["a", "b", "ab"], "tokenizer.ggml.merges": ["a b"]]
    ) { path in
      let error = #expect(throws: TokenizerError.self) {
        try BytePairTokenizer(gguf: try GGUFFile(path: path))
      }
      #expect(error?.description.contains("martian") == true && error?.description.contains("smollm") == true)
    }
    try TokenizerFixtures.withGGUF(strings: ["tokenizer.ggml.model": "llama"]) { path in
      #expect(throws: TokenizerError.self) { try BytePairTokenizer(gguf: try GGUFFile(path: path)) }
    }
    try TokenizerFixtures.withGGUF(
      strings: ["tokenizer.ggml.model": "gpt2"],
      arrays: ["tokenizer.ggml.tokens": ["a", "b"], "tokenizer.ggml.merges": ["a b"]]
    ) { path in
      #expect(throws: TokenizerError.self) { try BytePairTokenizer(gguf: try GGUFFile(path: path)) }
    }
    #expect(throws: TokenizerError.self) {
      try BytePairTokenizer(tokenizerJSON: "/nonexistent/tokenizer.json")
    }
  }

  @Test(.enabled(if: TokenizerFixtures.hasGGUF, "run scripts/setup to fetch the model"))
  func everyLineOfTheCorpusHasTheIdsOfTheTokenizersPackage() throws {
    let tokenizer = try Self.smolLM.get()
    let rows = try TokenizerFixtures.rows()
    #expect(rows.count == 400)
    for row in rows { #expect(tokenizer.encode(row.text) == row.bpe, "\(row.text.debugDescription)") }
  }

  @Test(
    .enabled(if: TokenizerFixtures.hasGGUF, "run scripts/setup to fetch the model"),
    arguments: [
      ("Hello world", "19556 905"), ("  two  spaces", "216 827 216 5600"),
      ("x = 3.14159e10", "104 446 216 35 30 33 36 33 37 41 85 33 32"),
      ("I'm can't we'LL", "57 5248 416 982 392 23 16421"), ("a\n\n\n b\t c", "81 16506 278 197 265"),
      ("naïve café 漢字 🙂", "3546 46494 37366 17097 137 112 36518 47526"),
      (#"\boxed{\frac{1}{2}}"#, "76 4810 277 26754 18169 107 33 15009 34 17859"),
      ("2024-01-01 12:30", "34 32 34 36 29 32 33 29 32 33 216 33 34 42 35 32"),
      ("trailing   ", "4861 4966 333"), ("1½ ²", "33 16738 216 19133"),
      ("def f(x):\n    return x+1\n", "1604 275 24 104 727 472 1003 1792 27 33 198"),
    ])
  func knownTextsHaveTheirPublishedIds(text: String, ids: String) throws {
    let tokenizer = try Self.smolLM.get()
    #expect(tokenizer.encode(text) == ids.split(separator: " ").compactMap { Int32($0) })
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
  }

  @Test(.enabled(if: TokenizerFixtures.hasGGUF, "run scripts/setup to fetch the model"))
  func theInstructModelNamesItsControlTokens() throws {
    let tokenizer = try Self.smolLM.get()
    #expect(tokenizer.vocabularySize == 49152 && tokenizer.eosToken == 2 && tokenizer.beginToken == 1)
    #expect(tokenizer.id(of: "<|im_end|>") == 2 && tokenizer.tokenBytes(216) == [0x20])
    // Half of a character is replaced as Python does, not dropped.
    #expect(tokenizer.decode([137]) == "\u{FFFD}")
  }
}
