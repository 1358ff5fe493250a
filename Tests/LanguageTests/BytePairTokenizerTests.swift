import Foundation
import Rewards
import Testing
import Torch

@testable import Language

@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
struct BytePairTokenizerTests {
  static let tokenizer = try? BytePairTokenizer(GGUFFile(path: RealModel.path))

  // Reference: the `tokenizers` package with this file's tokens and merges.
  @Test(arguments: [
    ("Hello world", [19556, 905]),
    ("  two  spaces", [216, 827, 216, 5600]),
    ("x = 3.14159e10", [104, 446, 216, 35, 30, 33, 36, 33, 37, 41, 85, 33, 32]),
    ("I'm can't we'LL", [57, 5248, 416, 982, 392, 23, 16421]),
    ("a\n\n\n b\t c", [81, 16506, 278, 197, 265]),
    ("naïve café 漢字 🙂", [3546, 46494, 37366, 17097, 137, 112, 36518, 47526]),
    ("\\boxed{\\frac{1}{2}}", [76, 4810, 277, 26754, 18169, 107, 33, 15009, 34, 17859]),
    ("2024-01-01 12:30", [34, 32, 34, 36, 29, 32, 33, 29, 32, 33, 216, 33, 34, 42, 35, 32]),
    ("trailing   ", [4861, 4966, 333]),
    ("1½ ²", [33, 16738, 216, 19133]),
    ("def f(x):\n    return x+1\n", [1604, 275, 24, 104, 727, 472, 1003, 1792, 27, 33, 198]),
  ])
  func `ids equal the tokenizers package's`(_ text: String, _ ids: [Int]) throws {
    let tokenizer = try #require(Self.tokenizer)
    #expect(tokenizer.encode(text) == ids)
    #expect(tokenizer.decode(ids) == text)
  }

  @Test func `a chat is rendered and tokenised as the model expects`() throws {
    let tokenizer = try #require(Self.tokenizer)
    let text = ChatTemplate.smolLM2.render([ChatMessage(role: "user", content: "What is 2+2?")])
    #expect(
      tokenizer.encode(text) == [
        1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365, 3511, 308, 34519, 28, 7018, 411, 407, 19712,
        8182,
        2, 198, 1, 4093, 198, 1780, 314, 216, 34, 27, 34, 47, 2, 198, 1, 520, 9531, 198,
      ])
    #expect(!tokenizer.encode("<|im_end|>", allowSpecial: false).contains(2))
  }
}
