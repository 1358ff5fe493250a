import Foundation
import Rewards
import RewardsTestSupport
import Testing

@Suite struct ScoringTests {
  private let batch = samples("1", "2", "bad", "skip")

  @Test("A broken sample fails alone, an abstention is no failure, and both are counted")
  func outcomes() async throws {
    let specification = RewardSpecification([RewardEntry(NumberReward(), weight: 2)])
    let table = try await specification.score(batch)
    #expect(table.totals == [2, 4, nil, nil])
    #expect(table.column("number") == [1, 2, nil, nil])
    let counts = try #require(table.counts(of: "number"))
    #expect(counts.scored == 2 && counts.failed == 1 && counts.abstained == 1 && counts.timedOut == 0)
    #expect(table.messages.map(\.text) == ["not a number", "told to"])
    #expect(table.components.isLeftOut == [false, false, true, false])
    let advantages = try specification.advantages(of: table)
    #expect(Array(advantages.values[2...]) == [0, 0])
    #expect(advantages.values[0] < 0 && advantages.values[1] > 0)
    #expect(advantages.statistics.leftOutSamples == 2)
  }

  @Test("on_failure: penalty counts a failure as the penalty and leaves abstentions alone")
  func penalty() async throws {
    let specification = RewardSpecification([RewardEntry(NumberReward(), onFailure: .penalty(-3))])
    #expect(try await specification.score(batch).totals == [1, 2, -3, nil])
  }

  @Test("on_failure: stop names the reward, the sample and the reason")
  func stop() async throws {
    let specification = RewardSpecification([RewardEntry(NumberReward(), onFailure: .stop)])
    let error = await #expect(throws: ScoringError.self) { try await specification.score(batch) }
    #expect(error?.description == "reward \"number\" failed on sample 2: not a number")
  }

  @Test("A reward that throws fails for its batch and leaves the other rewards alone")
  func throwing() async throws {
    let broken = ClosureReward("broken") { _ in throw Failure(description: "no connection") }
    let specification = RewardSpecification([
      RewardEntry(broken, onFailure: .penalty(0)), RewardEntry(NumberReward()),
    ])
    let table = try await specification.score(samples("1", "2"))
    #expect(table.totals == [1, 2])
    #expect(table.counts(of: "broken")?.failed == 2)
    #expect(table.messages.first?.text == "no connection")
  }

  @Test("NaN and infinity become failures, also when they are put into a score by hand")
  func nonFinite() async throws {
    let reward = ClosureReward("odd") { _ in
      var forced = Score(1)
      forced.outcome = .scored(-.infinity)
      return [Score(.nan), Score(.infinity), forced, Score(4)]
    }
    let table = try await RewardSpecification([RewardEntry(reward)]).score(samples("a", "b", "c", "d"))
    #expect(table.counts(of: "odd")?.failed == 3)
    #expect(table.totals == [nil, nil, nil, 4])
  }

  @Test("A wrong number of scores fails the batch with a message")
  func wrongCount() async throws {
    let reward = ClosureReward("short") { _ in [Score(1)] }
    let table = try await RewardSpecification([RewardEntry(reward)]).score(samples("a", "b"))
    #expect(table.counts(of: "short")?.failed == 2)
    #expect(table.messages.first?.text == "the reward returned 1 scores for 2 samples")
  }

  @Test("Rewards that hang, even with their threads blocked, time out and keep nobody waiting")
  func hanging() async throws {
    let entries = (0..<6).map { index in
      RewardEntry(
        ClosureReward("hang\(index)") { batch in
          if index == 0 { try? await Task.sleep(for: .seconds(20)) } else { usleep(8_000_000) }
          return batch.map { _ in Score(1) }
        }, timeout: 0.3, onFailure: .penalty(0))
    }
    let specification = RewardSpecification(entries + [RewardEntry(NumberReward())])
    let start = Date()
    let table = try await specification.score(samples("1", "2"))
    #expect(Date().timeIntervalSince(start) < 5)
    #expect(table.totals == [1, 2])
    #expect(entries.allSatisfy { table.counts(of: $0.name)?.timedOut == 2 })
  }

  @Test("Rewards run at the same time")
  func concurrency() async throws {
    let entries = (0..<8).map { index in
      RewardEntry(
        ClosureReward("slow\(index)") { batch in
          try await Task.sleep(for: .milliseconds(400))
          return batch.map { _ in Score(1) }
        })
    }
    let start = Date()
    _ = try await RewardSpecification(entries).score(samples("a"))
    #expect(Date().timeIntervalSince(start) < 2.4)
  }

  @Test("Cancelling the caller ends the call")
  func cancellation() async throws {
    let slow = ClosureReward("slow") { batch in
      usleep(8_000_000)
      return batch.map { _ in Score(1) }
    }
    let specification = RewardSpecification([RewardEntry(slow)])
    let start = Date()
    let task = Task { try await specification.score(samples("a")) }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test("Shapers come before conditions, and conditions compare the number as scored")
  func conditioning() async throws {
    let length = ClosureReward("length") { batch in batch.map { Score(Double($0.completion.count)) } }
    let specification = RewardSpecification([
      RewardEntry(NumberReward(), shapers: [NamedPart(kind: "affine", part: Affine(factor: 0.5))]),
      RewardEntry(length, condition: RewardCondition(reward: "number", atLeast: 10)),
    ])
    let table = try await specification.score(samples("5", "10", "skip"))
    #expect(table.totals == [2.5, 7, 4])
    #expect(table.components.values == [2.5, 0, 5, 2, 0, 4])
  }

  @Test("An empty batch gives an empty table")
  func empty() async throws {
    let specification = RewardSpecification([RewardEntry(NumberReward())])
    let table = try await specification.score([])
    #expect(table.count == 0)
    #expect(try specification.advantages(of: table).values.isEmpty)
  }

  @Test("A well-made reward passes the checker, and broken ones do not")
  func checker() async {
    let good = await checkReward(NumberReward(), on: samples("1", "2", "3"), broken: Sample(completion: "x"))
    #expect(good == [])
    let sorted = ClosureReward("sorted") { batch in
      batch.map { Double($0.completion.count) }.sorted().map { Score($0) }
    }
    let unordered = await checkReward(sorted, on: samples("aaa", "b", "cc"))
    #expect(!unordered.isEmpty)
    let fragile = ClosureReward("fragile") { batch in
      batch.contains { $0.completion == "x" } ? batch.map { _ in .failed("x") } : batch.map { _ in Score(1) }
    }
    let spreading = await checkReward(fragile, on: samples("1", "2"), broken: Sample(completion: "x"))
    #expect(!spreading.isEmpty)
  }
}
