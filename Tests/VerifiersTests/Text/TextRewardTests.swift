import Foundation
import Rewards
import RewardsTestSupport
import Testing

@testable import Verifiers

func value(_ reward: some BytewiseReward, _ completion: String, tokens: Int? = nil) -> Double? {
  Sample(completion: completion, completionTokens: tokens).withBytes { reward.outcome(of: $0) }.value
}

@Suite struct FormatRewardTests {
  @Test(arguments: [
    ("<think>a</think><answer>b</answer>", 1.0), (" <think>a < b <c></think>\n<answer>b</answer>\n", 1),
    ("", 0), ("<think></think><answer>b</answer>", 0), ("x<think>a</think><answer>b</answer>", 0),
    ("<think>a</think>x<answer>b</answer>", 0), ("<think>a</think><answer>b</answer>x", 0),
    ("<think>a</think><answer>b</answer><answer>b</answer>", 0),
    ("<think><think>a</think><answer>b</answer>", 0),
    ("<answer>b</answer><think>a</think>", 0), ("<think>a</think><answer>b", 0), ("<think>a", 0),
    ("<think>a<answer>b</answer></think>", 0), ("<think>a</think><<answer>b</answer>", 0),
    ("<think>a</think><answer>b<</answer>", 1),
  ])
  func theWholeCompletionMustBeTheTags(_ completion: String, _ expected: Double) throws {
    #expect(try value(FormatReward(), completion) == expected)
  }

  @Test func aPrefilledPromptLeavesOutTheFirstOpeningTag() throws {
    let reward = try FormatReward(isPrefilled: true)
    #expect(value(reward, "a</think><answer>b</answer>") == 1)
    #expect(value(reward, "<think>a</think><answer>b</answer>") == 0)
    #expect(throws: ParameterError.self) { try FormatReward(tags: []) }
    #expect(throws: ParameterError.self) { try FormatReward(tags: ["a", "a"]) }
  }
}

@Suite struct TextRewardTests {
  @Test func keywordsCountOnceAndFoldASCIIOnly() throws {
    func keywords(_ mode: KeywordReward.Mode, whole: Bool = false) throws -> KeywordReward {
      try KeywordReward(words: ["Cat", "dog"], mode: mode, matchesWholeWords: whole)
    }
    #expect(try value(keywords(.all), "CAT dogs") == 1)
    #expect(try value(keywords(.all, whole: true), "CAT dogs") == 0)
    #expect(try value(keywords(.fraction), "cat cat cat") == 0.5)
    #expect(try value(keywords(.any), "") == 0)
    #expect(try value(keywords(.none), "") == 1)
    #expect(throws: ParameterError.self) { try KeywordReward(words: []) }
  }

  @Test func lengthIsCountedInTheUnitAskedFor() throws {
    func length(_ unit: LengthReward.Unit) throws -> LengthReward {
      try LengthReward(unit: unit, target: 4, tolerance: 4)
    }
    #expect(try value(length(.characters), "éééé") == 1)
    #expect(try value(length(.bytes), "éééé") == 0)
    #expect(try value(length(.words), " a b ") == 0.5)
    #expect(try value(length(.tokens), "whatever", tokens: 4) == 1)
    #expect(try value(length(.tokens), "1234") == 1)
    #expect(try value(length(.tokens), "") == 0)
    for text in ["", "a", "aé日🙂", "naïve café 日本語 🙂🙂 0123456789 ÿ\u{7FF}\u{800}\u{FFFF}\u{10FFFF}"] {
      for count in 0..<12 {
        let long = String(repeating: "x", count: count) + text
        #expect(try value(LengthReward(mode: .count), long) == Double(long.unicodeScalars.count))
      }
    }
    #expect(try value(LengthReward(mode: .count, unit: .words), "one two three") == 3)
  }

  @Test("A count needs no target, every other mode does; HARMO's length aspect can be named in a file")
  func lengthInFiles() throws {
    func read(_ length: String) throws -> RewardSpecification {
      try RewardSpecification(
        yaml: """
          rewards:
            - answer
            - keywords: {words: [please], name: judged}
            - length: {\(length)}
          combine: {hybrid: {rule: answer, model: judged, length: length, length_penalty: 1}}
          """, registry: .standard)
    }
    #expect(throws: Never.self) { try read("mode: count, unit: words") }
    #expect(throws: SpecificationError.self) { try read("mode: overlong") }
    #expect(throws: SpecificationError.self) { try read("unit: words") }
  }

  @Test func overlongFollowsDAPO() throws {
    let reward = try LengthReward(mode: .overlong, target: 100, tolerance: 20)
    let values = [0, 80, 90, 100, 500].map { value(reward, "", tokens: $0) }
    #expect(values == [0, 0, -0.5, -1, -1])
  }

  @Test func cosineRunsFromStartToEndAndTurnsNegativeWhenWrong() throws {
    let reward = try LengthReward(mode: .cosine, target: 100, tolerance: 1)
    #expect([0, 50, 100, 200].map { value(reward, "", tokens: $0) } == [1, 0.75, 0.5, 0.5])
    let judged = try LengthReward(mode: .cosine, target: 100, tolerance: 1, correctness: AnswerReward())
    func outcome(_ completion: String, _ reference: JSONValue?) -> Outcome {
      judged.score(
        Sample(completion: completion, completionTokens: 0, reference: reference), state: RunState()
      ).outcome
    }
    #expect(outcome("5", .integer(5)) == .scored(1))
    #expect(outcome("6", .integer(5)) == .scored(-1))
    guard case .failed = outcome("6", nil) else {
      Issue.record("a missing reference must fail")
      return
    }
  }

  @Test func repetitionIsOneMinusTheShareOfDistinctGrams() throws {
    let reward = try RepetitionReward(size: 2, maxPenalty: -1)
    #expect(value(reward, "") == 0)
    #expect(value(reward, "a b c d") == 0)
    #expect(value(reward, "a A a a a") == -0.75)
    #expect(value(reward, "a b a b a") == -0.5)
    let start = ContinuousClock.now
    #expect(value(reward, String(repeating: "spam ", count: 500_000)) ?? 0 < -0.99)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func bytewiseRewardsKeepTheirProtocolsPromises() async throws {
    let samples = ["", "one two two", "<think>a</think><answer>1</answer>", "\u{0}😀"].map {
      Sample(completion: $0)
    }
    let rewards: [any BytewiseReward] = [
      try FormatReward(), try KeywordReward(words: ["one"]), try LengthReward(target: 5, tolerance: 5),
      try RepetitionReward(),
    ]
    for reward in rewards { #expect(await checkReward(reward, on: samples).isEmpty) }
  }
}
