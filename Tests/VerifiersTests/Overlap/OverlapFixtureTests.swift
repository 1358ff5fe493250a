import Rewards
import Testing

@testable import Verifiers

@Suite struct OverlapFixtureTests {
  struct Pair { var hypothesis: String, references: [String], values: [String: Double?] }

  static func pairs() throws -> [Pair] {
    let lines = try Fixtures.lines("overlap.jsonl")
    let names = lines[0].items.map(\.text)
    return lines.dropFirst().map { line in
      Pair(
        hypothesis: line["hypothesis"].text, references: line["references"].items.map(\.text),
        values: Dictionary(uniqueKeysWithValues: zip(names, line["values"].items.map(\.double))))
    }
  }

  /// Compares one reward with one column of the fixture; nil there is a reference that Laurel refuses.
  static func differences(_ name: String, _ reward: some Reward<Sample>) async throws -> [String] {
    let pairs = try pairs()
    #expect(pairs.count >= 200)
    let samples = pairs.map {
      Sample(completion: $0.hypothesis, reference: .array($0.references.map { .string($0) }))
    }
    let scores = try await reward.score(samples, state: RunState())
    return zip(pairs, scores).compactMap { pair, score in
      guard let expected = pair.values[name] else { return "no column \(name)" }
      if expected == nil && score.outcome.value == nil { return nil }
      guard let expected, let value = score.outcome.value, abs(value - expected) <= 1e-6 else {
        return "\(name): \(score.outcome), not \(expected as Any), for \(pair.hypothesis.debugDescription) "
          + "against \(pair.references)"
      }
      return nil
    }
  }

  @Test func bleuEqualsSacrebleu() async throws {
    for (name, reward) in [
      ("13a exp", try BLEUReward()), ("13a floor", try BLEUReward(smoothing: .floor)),
      ("13a floor 0.5", try BLEUReward(smoothing: .floor, smoothValue: 0.5)),
      ("13a add-k", try BLEUReward(smoothing: .addK)), ("13a none", try BLEUReward(smoothing: .none)),
      ("13a exp whole", try BLEUReward(effectiveOrder: false)),
      ("none exp", try BLEUReward(tokenizer: .none)), ("char exp", try BLEUReward(tokenizer: .char)),
      ("13a exp lower", try BLEUReward(lowercase: true)), ("13a exp 2", try BLEUReward(maxOrder: 2)),
    ] {
      #expect(try await Self.differences(name, reward).isEmpty)
    }
  }

  @Test func chrfEqualsSacrebleu() async throws {
    for (name, reward) in [
      ("chrf", try ChrFReward()), ("chrf++", try ChrFReward(wordOrder: 2)),
      ("chrf eps", try ChrFReward(wordOrder: 2, epsilonSmoothing: true)),
      ("chrf space lower", try ChrFReward(lowercase: true, whitespace: true)),
      ("chrf 3 beta 1", try ChrFReward(charOrder: 3, beta: 1)),
    ] {
      #expect(try await Self.differences(name, reward).isEmpty)
    }
  }

  @Test func rougeEqualsRougeScore() async throws {
    for variant in ROUGEReward.Variant.allCases {
      let plain = ROUGEReward(variant: variant)
      #expect(try await Self.differences(variant.rawValue, plain).isEmpty)
      let stemmed = ROUGEReward(variant: variant, usesStemmer: true)
      #expect(try await Self.differences(variant.rawValue + " stem", stemmed).isEmpty)
    }
    #expect(try await Self.differences("rougeL precision", ROUGEReward(measure: .precision)).isEmpty)
    #expect(try await Self.differences("rougeL recall", ROUGEReward(measure: .recall)).isEmpty)
  }

  @Test func answersEqualSQuADsScript() async throws {
    #expect(try await Self.differences("token_f1", AnswerOverlapReward(.tokenF1)).isEmpty)
    #expect(try await Self.differences("exact_match", AnswerOverlapReward(.exactMatch)).isEmpty)
  }

  @Test func stemsEqualNLTKs() throws {
    let stems = try Fixtures.json("stems.json").items
    #expect(stems.count == 1500)
    let wrong = stems.filter {
      PorterStemmer.stem(Array($0.items[0].text.utf8)) != Array($0.items[1].text.utf8)
    }
    #expect(wrong.isEmpty)
  }
}
