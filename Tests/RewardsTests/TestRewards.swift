import Rewards

struct Failure: Error, CustomStringConvertible { var description: String }

/// A reward made from a closure over the batch.
struct ClosureReward: Reward {
  var name: String
  var body: @Sendable ([Sample]) async throws -> [Score]

  init(_ name: String, _ body: @escaping @Sendable ([Sample]) async throws -> [Score]) {
    self.name = name
    self.body = body
  }

  func score(_ batch: [Sample], state: RunState) async throws -> [Score] { try await body(batch) }
}

/// The number that the completion is; abstains on "skip", fails on other words.
struct NumberReward: PointwiseReward {
  typealias Subject = Sample

  var name = "number"

  func score(_ sample: Sample, state: RunState) throws -> Score {
    if sample.completion == "skip" { return .abstained("told to") }
    guard let value = Double(sample.completion) else { throw Failure(description: "not a number") }
    return Score(value)
  }
}

func samples(_ completions: String...) -> [Sample] {
  completions.map { Sample(group: 0, completion: $0) }
}

/// A registry with two reward kinds.
func testRegistry() -> Registry {
  var registry = Registry()
  registry.register(
    RewardKind(
      name: "number", help: "The number that the completion is.",
      parameters: [
        Parameter("scale", .number, default: .number(1), range: 0...10, help: "a factor"),
        Parameter("tags", .strings, default: .array([]), help: "tags"),
        Parameter("mode", .choice(["strict", "loose"]), default: .string("strict"), help: "how"),
      ],
      make: { name, _ in NumberReward(name: name) }))
  registry.register(
    RewardKind(
      name: "length", help: "Characters.", parameters: [Parameter("target", .integer, help: "the aim")],
      make: { name, _ in ClosureReward(name) { batch in batch.map { Score(Double($0.completion.count)) } } }))
  return registry
}
