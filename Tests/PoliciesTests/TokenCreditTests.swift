import Foundation
import Language
import LanguageTestSupport
import Rewards
import Testing
import Torch

@testable import Policies

/// Small letters: each earns for itself.
private struct SmallLetters: PointwiseReward {
  typealias Subject = Sample
  let name = "letters"

  func score(_ sample: Sample, state: RunState) throws -> Score {
    Score(Double(sample.completion.utf8.count { (97...122).contains($0) }))
  }
}

/// Pieces of bytes as tokens; the last one is an end mark without text.
private struct Pieces: Tokenizer {
  let pieces: [[UInt8]]
  var vocabularySize: Int { pieces.count + 1 }
  var eosToken: Int32? { Int32(pieces.count) }
  var beginToken: Int32? { nil }
  func encode(_ text: String, allowSpecial: Bool) -> [Int32] { [] }
  func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
    String(decoding: ids.filter { $0 < pieces.count }.flatMap { pieces[Int($0)] }, as: UTF8.self)
  }
  func id(of token: String) -> Int32? { nil }
  func tokenBytes(_ id: Int32) -> [UInt8]? { id < pieces.count ? pieces[Int(id)] : Array("<end>".utf8) }
}

@Suite struct TokenPlacesTests {
  private func units(_ pieces: [[UInt8]], _ ids: [Int]) -> [Int] {
    let tokenizer = Pieces(pieces: pieces)
    let text = tokenizer.decode(ids.map(Int32.init))
    return TokenPlaces(ids, tokenizer: tokenizer).units(TextUnits(text, by: .sentence))
  }

  @Test func `a token is of the unit in which it begins, an end mark of the last`() {
    let pieces = ["One", " two.", " Thr", "ee. F", "our.", " "].map { Array($0.utf8) }
    #expect(units(pieces, [0, 1, 2, 3, 4, 6]) == [0, 0, 0, 1, 2, 2])
    #expect(units(pieces, [6]) == [0])
    #expect(units(pieces, []) == [])
  }

  @Test func `characters that are split over tokens, and bytes that are none, move nothing`() {
    let euro = Array("€".utf8)
    let pieces = [[euro[0]], Array(euro[1...]), Array(". ".utf8), Array("Yes.".utf8), [0xFF]]
    #expect(units(pieces, [0, 1, 2, 3]) == [0, 0, 0, 1])
    // A stray byte becomes a mark of three bytes.
    #expect(units(pieces, [4, 2, 3, 3]) == [0, 0, 1, 1])
  }
}

@Suite struct TokenCreditTests {
  /// A tiny model that writes bytes, all of its weights trained.
  private static func bytes() throws -> (ModularEngine, BytePairTokenizer) {
    let folder = try TemporaryFolder()
    let path = try TinyModel(in: folder.url).folder
    let model = try LlamaModel(folder: path)
    try model.trainAll()
    return (
      try ModularEngine(model, baseModel: "tiny") { try AdamW($0, learningRate: 0.01) },
      try BytePairTokenizer(tokenizerJSON: path + "/tokenizer.json")
    )
  }

  /// Mean rewards of the steps of a run on a tiny model that writes bytes.
  private func train(_ credit: CreditSettings?, seed: UInt64, steps: Int) async throws -> [Double] {
    let (engine, tokenizer) = try Self.bytes()
    var settings = LanguageTrainerConfiguration()
    (settings.seed, settings.maxSteps, settings.numGenerations) = (seed, steps, 8)
    (settings.maxCompletionLength, settings.learningRate, settings.credit) = (12, 0.01, credit)
    let trainer = try LanguageTrainer(
      settings, engine: engine, tokenizer: tokenizer,
      rewards: RewardSpecification([RewardEntry(SmallLetters())]))
    let prompts = [1, 2].map { TrainingPrompt(ids: [$0, 65], sample: Sample(completion: "")) }
    var rewards: [Double] = []
    for step in 0..<steps {
      let result = try await trainer.run(step: step, prompts: prompts)
      #expect((result.credit == nil) == (credit == nil))
      if let credit = result.credit { #expect(credit.units >= 1 && credit.leftOut == 0) }
      rewards.append(result.table.totals.reduce(0) { $0 + ($1 ?? 0) } / Double(result.table.totals.count))
    }
    return rewards
  }

  @Test func `alpha 0 trains as without credit, bit for bit`() async throws {
    let plain = try await train(nil, seed: 1, steps: 2)
    #expect(try await train(CreditSettings(unit: .token, alpha: 0), seed: 1, steps: 2) == plain)
    #expect(try await train(CreditSettings(unit: .token), seed: 1, steps: 2) != plain)
  }

  /// Small letters earn each for itself, so that nothing before a token says what it earns: rewards to go are less noisy
  /// than totals, and mean the same.
  @Test func `credit leaves the mean gradient and lessens its noise`() async throws {
    let (engine, tokenizer) = try Self.bytes()
    let rewards = RewardSpecification(
      [RewardEntry(SmallLetters())], estimator: NamedPart(kind: "rloo", part: LeaveOneOutAdvantage()))
    let credit = TokenCredit(settings: CreditSettings(unit: .token), rewards: rewards, tokenizer: tokenizer)
    let step = PolicyStep(objective: PolicyObjective(normalization: .drGRPO), maxCompletionLength: 12)
    let options = SamplingOptions(temperature: 1, maxCompletionLength: 12, endTokens: [258], seed: 5)

    func gradient(_ group: PolicyGroup) throws -> [Double] {
      try engine.discardGradients()
      try step.accumulate([group], into: engine.model)
      // One matrix of the middle says enough.
      let own = try #require(
        try engine.model.trainable.first { $0.name.contains("layers.1.mlp.gate_up_proj") })
      return try #require(own.tensor.grad).floats().map(Double.init)
    }
    var (plain, credited): ([[Double]], [[Double]]) = ([], [])
    for batch in 0..<32 {
      let ids = try engine.complete([[1, 65]], count: 8, options: options, identity: batch * 8)[0].map(\.ids)
      let samples = ids.map {
        Sample(completion: tokenizer.decode($0.map(Int32.init)), completionTokens: $0.count)
      }
      let table = try await rewards.score(samples)
      let advantages = try rewards.advantages(of: table).values
      var group = PolicyGroup(prompt: [1, 65], completions: ids, advantages: advantages)
      plain.append(try gradient(group))
      group.tokenAdvantages = try await credit.advantages(
        samples, ids: ids, table: table, advantages: advantages, count: 8, state: RunState()
      ).values[0]
      credited.append(try gradient(group))
    }
    func mean(_ rows: [[Double]]) -> [Double] {
      rows.dropFirst().reduce(rows[0]) { zip($0, $1).map(+) }.map { $0 / Double(rows.count) }
    }
    func square(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    func noise(_ rows: [[Double]]) -> Double {
      let center = mean(rows)
      return rows.reduce(0) { $0 + square($1, center) } / Double(rows.count - 1)
    }
    let (noisePlain, noiseCredited) = (noise(plain), noise(credited))
    // The mean of the differences is 0 up to its own standard error.
    let differences = zip(plain, credited).map { zip($0, $1).map(-) }
    let center = mean(differences)
    let bias = square(center, center.map { _ in 0 })
    let error = noise(differences) / Double(differences.count)
    #expect(noiseCredited < 0.7 * noisePlain, "\(noiseCredited) against \(noisePlain)")
    #expect(bias < 2 * error, "\(bias) where chance gives \(error)")
  }

  @Test func `equal token advantages give the gradient of one for each completion`() throws {
    let folder = try TemporaryFolder()
    let model = try LlamaModel(folder: TinyModel(in: folder.url).folder)
    try model.trainAll()
    var group = PolicyGroup(prompt: [1, 2], completions: [[4, 5], [6]], advantages: [1, -0.5])
    let step = PolicyStep(objective: PolicyObjective(), maxCompletionLength: 4)
    func gradient() throws -> [[Float]] {
      for leaf in try model.trainable { try leaf.tensor.setGrad(nil) }
      try step.accumulate([group], into: model)
      return try model.trainable.map { try #require($0.tensor.grad).floats() }
    }
    let whole = try gradient()
    group.tokenAdvantages = [[1, 1], [-0.5]]
    #expect(try gradient() == whole)
    group.tokenAdvantages = [[1, 0], [-0.5]]
    #expect(try gradient() != whole)
  }
}
