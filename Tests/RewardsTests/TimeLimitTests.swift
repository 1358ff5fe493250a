import Foundation
import Rewards
import Testing

/// Keeps calls hanging until the test is over, and counts how many were asked.
private final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOpen = false
  private var asked = 0

  var calls: Int { condition.withLock { asked } }

  func count() { condition.withLock { asked += 1 } }

  /// Blocks the thread.
  func block() {
    condition.withLock { while !isOpen { condition.wait() } }
  }

  /// Keeps the thread busy.
  func spin() {
    while condition.withLock({ !isOpen }) {}
  }

  func open() {
    condition.withLock {
      isOpen = true
      condition.broadcast()
    }
  }
}

/// The number that the completion is; misbehaves on some words.
private struct MoodyReward: PointwiseReward {
  typealias Subject = Sample
  let name = "moody"
  let gate: Gate

  func score(_ sample: Sample, state: RunState) throws -> Score {
    gate.count()
    switch sample.completion {
    case "block": gate.block()
    case "spin": gate.spin()
    case "throw": throw Failure(description: "thrown")
    case "nan": return Score(.nan)
    case "infinity": return Score(.infinity)
    default: break
    }
    return Score(Double(sample.completion) ?? -1)
  }
}

/// The same asked by whole batches, without a catch or a limit of its own.
private struct MoodyBatchReward: Reward {
  typealias Subject = Sample
  let name = "batch"
  var readsGroups = false
  let gate: Gate

  func score(_ batch: [Sample], state: RunState) async throws -> [Score] {
    var scores: [Score] = []
    for sample in batch { scores.append(try MoodyReward(gate: gate).score(sample, state: state)) }
    return scores
  }
}

@Suite struct TimeLimitTests {
  private let words = samples("1", "spin", "2", "throw", "3", "nan", "4", "infinity", "5")
  private let reasons = [
    "no answer within 1.0 s", "thrown", "the reward returned nan", "the reward returned inf",
  ]

  @Test("A sample that spins, throws, is NaN or infinite has no number, and the others have theirs")
  func pointwise() async throws {
    let gate = Gate()
    defer { gate.open() }
    let specification = RewardSpecification([RewardEntry(MoodyReward(gate: gate), timeout: 1)])
    let table = try await specification.score(words)
    #expect(table.column("moody") == [1, nil, 2, nil, 3, nil, 4, nil, 5])
    #expect(table.totals == [1, nil, 2, nil, 3, nil, 4, nil, 5])
    let counts = try #require(table.counts(of: "moody"))
    #expect(counts.scored == 5 && counts.timedOut == 1 && counts.failed == 3)
    #expect(table.messages.map(\.text) == reasons)
    #expect(gate.calls == 9)
  }

  @Test("The same holds for a reward that is asked about whole batches")
  func batchwise() async throws {
    let gate = Gate()
    defer { gate.open() }
    let specification = RewardSpecification([RewardEntry(MoodyBatchReward(gate: gate), timeout: 1)])
    let table = try await specification.score(words)
    #expect(table.column("batch") == [1, nil, 2, nil, 3, nil, 4, nil, 5])
    #expect(table.messages.map(\.text) == reasons)
    #expect(table.counts(of: "batch")?.timedOut == 1)
  }

  @Test("A reward that reads groups is asked again by whole groups")
  func groups() async throws {
    let gate = Gate()
    defer { gate.open() }
    let reward = MoodyBatchReward(readsGroups: true, gate: gate)
    var batch = samples("1", "2", "throw", "3", "4")
    for (index, group) in [7, 8, 8, 7, 9].enumerated() { batch[index].group = group }
    let table = try await RewardSpecification([RewardEntry(reward)]).score(batch)
    #expect(table.column("batch") == [1, nil, nil, 3, 4])
  }

  @Test("The limit is each sample's own: a batch may take longer than that")
  func limitPerSample() async throws {
    struct Slow: PointwiseReward {
      typealias Subject = Sample
      let name = "slow"
      func score(_ sample: Sample, state: RunState) -> Score {
        usleep(200_000)
        return Score(1)
      }
    }
    let specification = RewardSpecification([RewardEntry(Slow(), timeout: 1)])
    let table = try await specification.score([Sample](repeating: Sample(completion: ""), count: 12))
    #expect(table.counts(of: "slow")?.scored == 12)
  }

  @Test("A reward that hangs on every sample keeps a bounded number of threads, and the rest is not asked")
  func stuckCalls() async throws {
    let gate = Gate()
    let specification = RewardSpecification([
      RewardEntry(MoodyReward(gate: gate), timeout: 0.05, onFailure: .penalty(-1)),
      RewardEntry(NumberReward(), onFailure: .penalty(0)),
    ])
    let batch = [Sample](repeating: Sample(completion: "block"), count: 100)
    for _ in 0..<4 {
      let table = try await specification.score(batch)
      #expect(table.totals == [Double?](repeating: -1, count: 100))
    }
    #expect(gate.calls == 8)
    let table = try await specification.score(batch)
    #expect(
      table.messages.first { $0.reward == "moody" }?.text
        == "not asked: earlier samples had no answer within 0.05 s")
    // Once the stuck calls have returned, the reward is asked again.
    gate.open()
    for _ in 0..<200 where try await specification.score(samples("5")).column("moody") != [5] {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try await specification.score(samples("5")).column("moody") == [5])
  }

  @Test("A stuck reward counts as failed for its batch by on_failure: stop, with the sample's number")
  func stop() async throws {
    let gate = Gate()
    defer { gate.open() }
    let entry = RewardEntry(MoodyReward(gate: gate), timeout: 0.1, onFailure: .stop)
    let error = await #expect(throws: ScoringError.self) {
      try await RewardSpecification([entry]).score(samples("1", "block", "2"))
    }
    #expect(error?.description == "reward \"moody\" failed on sample 1: no answer within 0.1 s")
  }

  @Test("Cancelling the caller ends a pointwise reward's call, also one that blocks its thread")
  func cancellation() async throws {
    let gate = Gate()
    defer { gate.open() }
    let specification = RewardSpecification([RewardEntry(MoodyReward(gate: gate))])
    let start = Date()
    let task = Task { try await specification.score(samples("1", "block")) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await specification.score(samples("block"))
    }
    await #expect(throws: CancellationError.self) { try await early.value }
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test("timeout: in a file is the limit in seconds, and 60 when the file does not say")
  func file() async throws {
    let gate = Gate()
    defer { gate.open() }
    var registry = Registry()
    registry.register(RewardKind(name: "moody", help: "", make: { _, _ in MoodyReward(gate: gate) }))
    let yaml = "rewards:\n  - moody: {}\n    timeout: 0.2\n"
    let specification = try RewardSpecification(yaml: yaml, registry: registry)
    let table = try await specification.score(samples("1", "block", "2"))
    #expect(table.column("moody") == [1, nil, 2])
    #expect(table.messages.map(\.text) == ["no answer within 0.2 s"])
    #expect(try RewardSpecification(yaml: "rewards: [moody]", registry: registry).entries[0].timeout == 60)
  }
}
