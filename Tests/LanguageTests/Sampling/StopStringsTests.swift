import Foundation
import Testing
import Torch

@testable import Language

struct StopStringsTests {
  /// The first chunk after which the bytes so far contain one of the strings, by searching them anew each time.
  private func searched(_ strings: [String], _ chunks: [[UInt8]]) -> Int? {
    let wanted = strings.map { Array($0.utf8) }
    return chunks.indices.first { last in
      let bytes = Array(chunks[...last].joined())
      return wanted.contains { string in
        bytes.indices.contains { bytes[$0...].starts(with: string) }
      }
    }
  }

  private func streamed(_ strings: [String], _ chunks: [[UInt8]]) -> Int? {
    let stop = StopStrings(strings)
    var state = StopStrings.State()
    return chunks.firstIndex { stop.advance(&state, over: $0) }
  }

  @Test func `the stream ends where searching the whole text anew would end it`() {
    var random = CounterSequence()
    var ends = 0
    for _ in 0..<600 {
      let alphabet = ["a", "b", "é", "😀"]
      func text(_ length: Int) -> String {
        (0..<length).map { _ in alphabet[random.below(alphabet.count)] }.joined()
      }
      let strings = (0...random.below(4)).map { _ in text(1 + random.below(4)) }
      var bytes = ArraySlice(text(random.below(24)).utf8)
      var chunks: [[UInt8]] = []
      while !bytes.isEmpty {
        let count = random.below(5)
        chunks.append(Array(bytes.prefix(count)))
        bytes = bytes.dropFirst(count)
      }
      let end = searched(strings, chunks)
      #expect(streamed(strings, chunks) == end, "\(strings) in \(chunks)")
      ends += end == nil ? 0 : 1
    }
    #expect((100..<500).contains(ends))
  }

  @Test func `a string within another, an overlapping start, and equal text in other bytes`() {
    #expect(streamed(["abcd", "bc"], ["ab", "c", "d"].map { Array($0.utf8) }) == 1)
    #expect(streamed(["aab"], ["a", "a", "a", "b"].map { Array($0.utf8) }) == 3)
    #expect(streamed(["\u{E9}"], [Array("e\u{301}".utf8)]) == nil)
  }

  // The model spells: Hello 😀! The end\n\nmore
  private static let pieces: [[UInt8]] =
    ["He", "llo "].map { Array($0.utf8) } + [[0xF0, 0x9F], [0x98], [0x80]]
    + ["!", " The", " end\n", "\nmo", "re"].map { Array($0.utf8) }
  private static let speller = Result { try SpellingModel(pieces) }

  private func complete(_ stop: [String], endTokens: [Int] = [], length: Int = 9) throws -> Completion {
    let speller = try Self.speller.get()
    let options = SamplingOptions(
      temperature: 0, maxCompletionLength: length, endTokens: endTokens, stopStrings: stop)
    return try Sampler.complete(
      speller.model, prompts: [[0]], count: 1, options: options, tokenizer: speller)[0][0]
  }

  @Test(arguments: [
    ([], 9, FinishReason.length), (["llo"], 1, .stopString), (["😀"], 4, .stopString),
    (["😀!"], 5, .stopString),
    (["! Th"], 6, .stopString), (["\n\n"], 8, .stopString), (["never", " end"], 7, .stopString),
    (["!", "😀"], 4, .stopString), (["Hello"], 9, .length), (["more"], 9, .stopString),
  ])
  func `a completion keeps the token that completes a stop string and no more`(
    stop: [String], last: Int, reason: FinishReason
  ) throws {
    let completion = try complete(stop)
    #expect(completion.ids == Array(1...last))
    #expect(completion.logProbabilities.count == last)
    #expect(completion.finishReason == reason)
    #expect(completion.isTruncated == (reason == .length))
  }

  @Test func `an end token goes before a stop string, and a stop string before the limit`() throws {
    #expect(try complete(["!"], endTokens: [5]).finishReason == .endToken)
    #expect(try complete(["!"], length: 5).finishReason == .stopString)
    #expect(try complete(["!"], length: 4).finishReason == .length)
  }

  @Test func `rows of one batch stop each for itself`() throws {
    let speller = try Self.speller.get()
    let options = SamplingOptions(temperature: 0, maxCompletionLength: 6, stopStrings: ["! The"])
    // The second prompt ends in the middle of the string, which therefore does not occur in its completion.
    let groups = try Sampler.complete(
      speller.model, prompts: [[0], [5], [3]], count: 2, options: options, tokenizer: speller)
    #expect(
      groups.map { $0.map(\.ids) } == [
        [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]], [[6, 7, 8, 9, 9, 9], [6, 7, 8, 9, 9, 9]],
        [[4, 5, 6], [4, 5, 6]],
      ])
    #expect(groups.map { $0[0].finishReason } == [.stopString, .length, .stopString])
  }

  @Test func `an empty stop string and a missing tokenizer are refused`() throws {
    #expect(throws: TorchError.self) { try complete(["a", ""]) }
    let model = try Self.speller.get().model
    #expect(throws: TorchError.self) {
      try Sampler.complete(
        model, prompts: [[0]], count: 1,
        options: SamplingOptions(maxCompletionLength: 2, stopStrings: ["a"]))
    }
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: RealModel.path), "run scripts/setup for the model"))
  func `the real model stops within what it says without stop strings`() throws {
    let model = try #require(RealModel.model)
    let tokenizer = try BytePairTokenizer(gguf: GGUFFile(path: RealModel.path))
    let prompt = tokenizer.encode("Count: one, two, three,").map(Int.init)
    func draw(_ stop: [String]) throws -> Completion {
      try Sampler.complete(
        model, prompts: [prompt], count: 1,
        options: SamplingOptions(temperature: 0, maxCompletionLength: 8, stopStrings: stop),
        tokenizer: tokenizer)[0][0]
    }
    let free = try draw([])
    let texts = (1...8).map { tokenizer.decode(free.ids.prefix($0).map(Int32.init)) }
    // The last character of the third token with the first of the fourth.
    let stop = String(texts[2].suffix(1)) + String(texts[3].dropFirst(texts[2].count).prefix(1))
    let first = try #require(texts.firstIndex { $0.contains(stop) })
    let stopped = try draw([stop])
    #expect(stopped.ids == Array(free.ids.prefix(first + 1)))
    #expect(stopped.finishReason == .stopString && free.finishReason == .length)
  }
}

/// Small numbers from a fixed sequence.
private struct CounterSequence {
  private var state: UInt64 = 9

  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}
