import Foundation
import Rewards
import Testing

@testable import Verifiers

/// A fast reward that misbehaves on some completions; a hanging one lasts until `isOver` is set.
private struct MoodyBytes: BytewiseReward {
  final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool {
      get { lock.withLock { value } }
      set { lock.withLock { value = newValue } }
    }
  }

  let name = "moody"
  let isOver: Flag

  func outcome(of sample: SampleBytes) -> Outcome {
    switch String(decoding: sample.completion, as: UTF8.self) {
    case "spin":
      while !isOver.isSet { usleep(1000) }
      return .scored(9)
    case "nan": return .scored(.nan)
    case "infinity": return .scored(.infinity)
    case "huge": return .scored(.greatestFiniteMagnitude)
    default: return .scored(Double(sample.completion.count))
    }
  }
}

extension ScoreStreamTests {
  private static func rows(_ completions: [String]) -> String {
    completions.map { "{\"completion\": \"\($0)\", \"answer\": 7}\n" }.joined()
  }

  private static func line(_ number: Int, _ value: Double?, _ error: String = "") -> String {
    let text = value.map { "\($0)" } ?? "null"
    let errors = error.isEmpty ? "{}" : "{\"moody\":\"\(error)\"}"
    return "{\"line\":\(number),\"score\":\(text),\"rewards\":{\"moody\":\(text)},\"errors\":\(errors)}"
  }

  @Test func onTheFastPathASampleThatHangsIsPassedOverAndTheFileGoesOn() async throws {
    let flag = MoodyBytes.Flag()
    defer { flag.isSet = true }
    var completions = (0..<3000).map { _ in "word" }
    completions[1500] = "spin"
    let stream = ScoreStream(
      RewardSpecification([RewardEntry(MoodyBytes(isOver: flag), timeout: 1)]), chunkBytes: 16 << 10)
    #expect(stream.isBytewise)
    let run = try await run(Self.rows(completions), stream)
    #expect(run.lines.count == 3000)
    #expect(run.lines[1500] == Self.line(1501, nil, "no answer within 1.0 s"))
    #expect(run.lines[1501] == Self.line(1502, 4))
    #expect(run.lines.count { $0.contains("\"score\":4.0") } == 2999)
    #expect(run.counts.timeOuts == [1] && run.counts.failures == [0] && run.counts.scored == 3000)
  }

  @Test func aFileOnWhichEverySampleHangsEnds() async throws {
    let flag = MoodyBytes.Flag()
    defer { flag.isSet = true }
    let stream = ScoreStream(
      RewardSpecification([RewardEntry(MoodyBytes(isOver: flag), timeout: 0.05)]), workers: 2,
      chunkBytes: 1 << 10)
    let run = try await run(Self.rows([String](repeating: "spin", count: 1000)), stream)
    #expect(run.lines.count == 1000)
    #expect(run.counts.timeOuts[0] >= 4 && run.counts.timeOuts[0] < 40)
    #expect(run.counts.timeOuts[0] + run.counts.failures[0] == 1000)
    #expect(run.lines.last?.contains("not asked: earlier samples had no answer within 0.05 s") == true)
  }

  @Test func aVeryShortLimitCostsSpeedButNoLine() async throws {
    let flag = MoodyBytes.Flag()
    let completions = (0..<20_000).map { "\($0)" }
    let stream = ScoreStream(
      RewardSpecification([RewardEntry(MoodyBytes(isOver: flag), timeout: 0.002)]), chunkBytes: 1 << 18)
    let run = try await run(Self.rows(completions), stream)
    #expect(run.lines.count == 20_000)
  }

  @Test func onTheFastPathNaNAndInfinityAreFailuresAndTotalsAreFinite() async throws {
    let flag = MoodyBytes.Flag()
    let entry = RewardEntry(MoodyBytes(isOver: flag))
    let nan = try await run(Self.rows(["a", "nan", "infinity"]), ScoreStream(RewardSpecification([entry])))
    #expect(
      nan.lines == [
        Self.line(1, 1), Self.line(2, nil, "the reward returned nan"),
        Self.line(3, nil, "the reward returned inf"),
      ])
    #expect(nan.counts.failures == [2])
    let pair = RewardSpecification([
      RewardEntry(MoodyBytes(isOver: flag), name: "a", weight: 2),
      RewardEntry(MoodyBytes(isOver: flag), name: "b", weight: 2),
    ])
    let huge = try await run(Self.rows(["huge"]), ScoreStream(pair))
    #expect(huge.lines.first?.hasPrefix("{\"line\":1,\"score\":1.7976931348623157e+308,") == true)
    let stop = RewardSpecification([RewardEntry(MoodyBytes(isOver: flag), onFailure: .stop)])
    let error = await #expect(throws: ScoreStream.Stopped.self) {
      try await run(Self.rows(["a", "nan"]), ScoreStream(stop))
    }
    #expect(error?.description == "line 2: reward \"moody\" failed: the reward returned nan")
  }

  @Test func progressIsReportedUpToTheFilesLastByte() async throws {
    let text = Self.rows((0..<500).map { "\($0)" })
    let folder = FileManager.default.temporaryDirectory
    let input = folder.appending(path: "\(UUID()).jsonl")
    try Data(text.utf8).write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    let null = try #require(FileHandle(forWritingAtPath: "/dev/null"))
    var reports: [(scored: Int, bytes: Int)] = []
    let stream = ScoreStream(
      RewardSpecification([RewardEntry(try LengthReward(target: 3, tolerance: 3))]), chunkBytes: 4096)
    let counts = try await stream.run(path: input.path, output: null, rejected: { _ in }) {
      reports.append(($0.scored, $1))
    }
    #expect(counts.scored == 500)
    #expect(reports.count > 2)
    #expect(reports.last?.scored == 500 && reports.last?.bytes == text.utf8.count)
    #expect(zip(reports, reports.dropFirst()).allSatisfy { $0.bytes < $1.bytes })
  }

  @Test func cancellingEndsTheRun() async throws {
    let flag = MoodyBytes.Flag()
    defer { flag.isSet = true }
    let stream = ScoreStream(RewardSpecification([RewardEntry(MoodyBytes(isOver: flag))]))
    let task = Task { try await run(Self.rows(["a", "spin"]), stream) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
