import Foundation
import Rewards
import Testing

@testable import Verifiers

/// A reward that only the path over samples can ask: the completion's length in characters.
private struct CharacterCount: PointwiseReward {
  typealias Subject = Sample
  let name = "count"
  func score(_ subject: Sample, state: RunState) -> Score { Score(Double(subject.completion.count)) }
}

@Suite struct ScoreStreamTests {
  struct Run {
    var lines: [String]
    var rejected: [JSONLError]
    var counts: ScoreStream.Counts
  }

  func run(_ text: String, _ stream: ScoreStream) async throws -> Run {
    try await run(Data(text.utf8), stream)
  }

  func run(_ data: Data, _ stream: ScoreStream) async throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
    try data.write(to: input)
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    var rejected: [JSONLError] = []
    let counts = try await stream.run(path: input.path, output: handle) { rejected.append($0) }
    try handle.close()
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
    return Run(lines: lines, rejected: rejected, counts: counts)
  }

  func specification(_ rewards: [any Reward<Sample>]) -> RewardSpecification {
    RewardSpecification(rewards.map { RewardEntry($0) })
  }

  static let rows = """
    {"completion": "\\\\boxed{72}", "answer": "#### 72"}
    {"completion": "71", "answer": 72}

    {"completion": [{"role": "assistant", "content": "72"}], "ground_truth": 72}
    {"completion": 5}
    {"output": "72"}
    {"completion": "72", "answer": "Paris"}
    {broken
    {"completion": null, "response": "72", "reference": "72", "x": [1, {"a": null}]}
    """

  @Test func linesComeOutInOrderAndBadOnesAreReported() async throws {
    let stream = ScoreStream(specification([try AnswerReward()]))
    #expect(stream.isBytewise)
    let run = try await run(Self.rows, stream)
    #expect(
      run.lines == [
        #"{"line":1,"score":1.0,"rewards":{"answer":1.0},"errors":{}}"#,
        #"{"line":2,"score":0.0,"rewards":{"answer":0.0},"errors":{}}"#,
        #"{"line":4,"score":1.0,"rewards":{"answer":1.0},"errors":{}}"#,
        #"{"line":7,"score":null,"rewards":{"answer":null},"errors":{"answer":"the reference answer is not a plain number"}}"#,
        #"{"line":9,"score":1.0,"rewards":{"answer":1.0},"errors":{}}"#,
      ])
    #expect(run.rejected.map(\.line) == [5, 6, 8])
    #expect(run.rejected[1].reason == .missingField("completion", present: ["output"]))
    #expect(run.counts.scored == 5 && run.counts.rejected == 3 && run.counts.failures == [1])
  }

  @Test func thePathOverSamplesGivesTheSameLines() async throws {
    let both: [any Reward<Sample>] = [try AnswerReward(), CharacterCount()]
    let stream = ScoreStream(specification(both))
    #expect(!stream.isBytewise)
    let slow = try await run(Self.rows, stream)
    let fast = try await run(Self.rows, ScoreStream(specification([try AnswerReward()])))
    #expect(slow.rejected == fast.rejected)
    #expect(slow.lines.first == #"{"line":1,"score":11.0,"rewards":{"answer":1.0,"count":10.0},"errors":{}}"#)
    #expect(slow.lines.count == fast.lines.count)
  }

  @Test(arguments: [16, 100, 5_000, 1 << 20])
  func chunksAndWorkersDoNotChangeTheLines(_ chunkBytes: Int) async throws {
    let rows = (0..<2_000).map { "{\"completion\": \"is \($0)\", \"answer\": \($0 / 2 * 2)}\n" }.joined()
    let stream = ScoreStream(
      specification([try AnswerReward(), try FormatReward()]), workers: 3, chunkBytes: chunkBytes)
    let run = try await run(rows, stream)
    let expected = (0..<2_000).map { index in
      let value = index % 2 == 0 ? "1.0" : "0.0"
      return
        "{\"line\":\(index + 1),\"score\":\(value),\"rewards\":{\"answer\":\(value),\"format\":0.0},\"errors\":{}}"
    }
    #expect(run.lines == expected)
  }

  @Test func failureRulesReachTheTotal() async throws {
    let row = "{\"completion\": \"72\"}\n"
    func entry(_ rule: FailureRule) throws -> RewardSpecification {
      RewardSpecification([RewardEntry(try AnswerReward(), weight: 2, onFailure: rule)])
    }
    let penalty = try await run(row, ScoreStream(try entry(.penalty(-1))))
    #expect(penalty.lines.first?.hasPrefix(#"{"line":1,"score":-2.0,"rewards":{"answer":null}"#) == true)
    await #expect(throws: ScoreStream.Stopped.self) { try await run(row, ScoreStream(try entry(.stop))) }
  }

  @Test func aSpecificationInYAMLNamesEveryVerifier() throws {
    let yaml = """
      rewards:
        - answer: {order: [boxed, last], weight: 2}
        - format: {tags: [think, answer]}
        - keywords: {words: [because]}
        - length: {target: 200}
        - repetition: {size: 4}
        - regex: {pattern: "^a+$", whole: true}
        - json_schema: {schema: {type: object, required: [a]}}
        - tool_call: {component: name, style: hermes}
      """
    let specification = try RewardSpecification(yaml: yaml, registry: .standard)
    #expect(
      specification.names == [
        "answer", "format", "keywords", "length", "repetition", "regex", "json_schema", "tool_call",
      ])
    #expect(throws: SpecificationError.self) {
      try RewardSpecification(yaml: "rewards: [{answer: {order: [boxd]}}]", registry: .standard)
    }
  }
}
