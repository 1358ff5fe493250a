import Testing

@testable import Rewards

/// Counts of words, and a bonus for two of them together.
private struct WordScore: PointwiseReward {
  typealias Subject = Sample
  let name = "words"

  func score(_ sample: Sample, state: RunState) throws -> Score {
    let words = sample.completion.split { !$0.isLetter }.map { $0.lowercased() }
    if words.contains("nan") { return Score(.nan) }
    let count = { (word: String) in Double(words.count { $0 == word }) }
    let bonus: Double = words.contains("not") && words.contains("bad") ? 4 : 0
    return Score(count("good") - count("bad") + bonus)
  }
}

@Suite struct CreditAssignerTests {
  private func assigner(
    unit: TextUnit = .token, blank: TextBlank = .space, method: CreditMethod = .shapley
  ) throws -> CreditAssigner {
    try CreditAssigner(
      RewardSpecification([RewardEntry(WordScore())]), unit: unit, blank: blank, method: method)
  }

  @Test("Words get the credit that the reward gives them, a pair that works together shares it")
  func words() async throws {
    for blank in TextBlank.allCases {
      let result = try await assigner(blank: blank).credits(
        of: [Sample(completion: "It is good, not bad.")], seeds: [1])[0].get()
      let credits = Dictionary(
        uniqueKeysWithValues: zip(result.units.units.map(\.text), result.credits.values))
      #expect(abs(credits["good"]! - 1) < 1e-12 && abs(credits["not "]! - 2) < 1e-12)
      #expect(abs(credits["bad"]! - 1) < 1e-12 && abs(credits["It "]!) < 1e-12)
      #expect(result.credits.full == 4 && result.computation == .shapley)
    }
  }

  @Test("NaN drops its sample with the part that gave it, and no other")
  func notANumber() async throws {
    let results = try await assigner().credits(
      of: [Sample(completion: "good nan"), Sample(completion: "good")], seeds: [1, 2])
    guard case .failure(.unscored(let text, let reason)) = results[0] else {
      Issue.record("the sample was kept")
      return
    }
    #expect(text.contains("nan") && reason.contains("words: the reward returned nan"))
    #expect(try results[1].get().credits.values == [1])
  }

  @Test("Responses of many parts are scored in slices: the same credits as alone, and a report of each slice")
  func slices() async throws {
    let long = Sample(completion: String(repeating: "good bad not bad ", count: 10))
    let samples = [
      Sample(completion: "good"), long, long, Sample(completion: "not bad"), Sample(completion: "nan"),
    ]
    let seeds: [UInt64] = [1, 2, 3, 4, 5]
    var reports: [(done: Int, count: Int)] = []
    let together = try await assigner().credits(of: samples, seeds: seeds) { reports.append(($0, $1)) }
    #expect(reports.contains { $0.done < $0.count } && reports.contains { $0.done == $0.count })
    #expect(together.count == samples.count)
    for (index, sample) in samples.enumerated().dropLast() {
      let alone = try await assigner().credits(of: [sample], seeds: [seeds[index]])[0].get()
      #expect(try together[index].get().credits == alone.credits)
    }
    #expect(throws: CreditError.self) { try together[4].get() }
  }

  @Test("An empty response has one unit without credit whose reward is the whole score")
  func empty() async throws {
    let result = try await assigner().credits(of: [Sample(completion: "")], seeds: [1])[0].get()
    #expect(
      result.units.count == 1 && result.credits.values == [0] && result.credits.rewards(alpha: 1) == [0])
  }

  @Test("A specification that compares samples is refused with the part's name")
  func comparing() {
    let whitened = RewardEntry(WordScore(), shapers: [NamedPart(kind: "whiten", part: Whiten())])
    let group = RewardGroup(
      name: "both", [whitened], combiner: NamedPart(kind: "weighted_sum", part: WeightedSum()))
    for specification in [RewardSpecification([whitened]), RewardSpecification([RewardEntry(group)])] {
      let error = #expect(throws: CreditError.self) { try CreditAssigner(specification) }
      #expect(error?.description.contains("shape: whiten of reward \"words\"") ?? false)
    }
    #expect(throws: CreditError.comparesSamples("combine: lexicographic")) {
      try CreditAssigner(
        RewardSpecification(
          [RewardEntry(WordScore())],
          combiner: NamedPart(kind: "lexicographic", part: Lexicographic())))
    }
  }

  @Test("A part has the tokens of its share of the characters when the rest is deleted")
  func tokens() throws {
    let sample = Sample(completion: "good bad ", completionTokens: 9)
    let deleted = try assigner(blank: .delete).question(sample, seed: 1)
    let kept = deleted.plan.coalitions.map(deleted.part)
    #expect(kept.map(\.completionTokens) == [0, 9, 5, 4])
    #expect(kept.map(\.completion) == ["", "good bad ", "good ", "bad "])
    let blanked = try assigner(blank: .space).question(sample, seed: 1)
    #expect(
      blanked.plan.coalitions.map(blanked.part).allSatisfy {
        $0.completionTokens == 9 && $0.completion.count == 9
      })
  }
}

@Suite struct TextUnitsTests {
  func texts(_ text: String, _ unit: TextUnit) -> [String] {
    let units = TextUnits(text, by: unit)
    #expect(units.units.map(\.text).joined() == text)
    for one in units.units {
      let scalars = Array(text.unicodeScalars)[one.start..<one.end]
      #expect(String(String.UnicodeScalarView(scalars)) == one.text)
    }
    #expect(units.groups.joined().sorted() == Array(0..<units.count))
    return units.units.map(\.text)
  }

  @Test("Tokens are words and marks, with the white space behind them")
  func tokens() {
    #expect(texts(" Yes, it's 3.5!\n", .token) == [" Yes", ", ", "it", "'", "s ", "3", ".", "5", "!\n"])
    #expect(texts("héllo 👩‍👧 ok", .token) == ["héllo ", "👩‍👧 ", "ok"])
  }

  @Test("Spans end at marks, and long ones are cut into about five tokens")
  func spans() {
    #expect(texts("First 1,000 men, then more. End", .span) == ["First 1,000 men, ", "then more. ", "End"])
    let long = (1...23).map { "w\($0)" }.joined(separator: " ")
    #expect(texts(long, .span).map { $0.split(separator: " ").count } == [4, 5, 4, 5, 5])
  }

  @Test("Sentences end before white space, not in numbers or before a small letter; lines are their groups")
  func sentences() {
    #expect(
      texts("It is 3.14. \"Really?\" she said, e.g. now!\nNew line\n\nLast", .sentence)
        == ["It is 3.14. ", "\"Really?\" she said, e.g. now!\n", "New line\n\n", "Last"])
    #expect(texts("他说：「来！」我去。ok。", .sentence) == ["他说：「来！」", "我去。", "ok。"])
    #expect(TextUnits("A. B.\nC. D.", by: .sentence).groups == [[0, 1], [2, 3]])
    #expect(TextUnits("A b. C", by: .token).groups == [[0, 1, 2], [3]])
  }

  @Test("An empty response has one empty unit; white space alone is one unit")
  func empty() {
    for unit in TextUnit.allCases {
      #expect(texts("", unit) == [""])
      #expect(texts(" \n ", unit).count == 1)
    }
  }
}
