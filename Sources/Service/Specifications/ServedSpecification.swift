import Foundation
import Rewards
import Verifiers

/// One specification as the service holds it: read, and made ready for the path that it allows.
struct ServedSpecification: Sendable {
  let name: String
  let specification: RewardSpecification
  /// The fast path; nil when rewards need whole samples.
  let bytewise: BytewiseScorer?
  /// `,"name":` of every reward, as it stands in a response.
  let keys: [[UInt8]]
  /// How often the file has been read well; the first time is 1.
  let version: Int
  private let stuck = StuckCalls()

  init(name: String, specification: RewardSpecification, version: Int) {
    self.name = name
    self.specification = specification
    self.version = version
    bytewise = BytewiseScorer(specification)
    keys = specification.names.enumerated().map { index, name in
      var writer = JSONWriter()
      if index > 0 { writer.raw(",") }
      writer.string(name)
      writer.raw(":")
      return writer.bytes
    }
  }

  /// Scores samples that somebody else keeps alive; only where ``bytewise`` is there.
  func score(_ samples: [SampleBytes], _ scorer: BytewiseScorer) throws(ScoringError) -> ScoredBatch {
    try ScoredBatch(samples, names: specification.names, scorer: scorer)
  }

  /// Scores whole samples, in at most `seconds`; nil when they were not enough.
  ///
  /// - Throws: `ScoringError` for a failure under `on_failure: stop`; `CancellationError`.
  func score(_ samples: [Sample], state: RunState, seconds: Double) async throws -> ScoredBatch? {
    if let bytewise { return try score(samples, bytewise) }
    let specification = specification
    // A reward that hangs past every limit of its own leaves its call behind; the next request must not wait.
    if stuck.isFull { return nil }
    let result = await withTimeLimit(seconds: seconds, stuck: stuck) {
      try await specification.score(samples, state: state)
    }
    switch result {
    case .finished(let table): return ScoredBatch(table)
    case .threw(let error): throw error
    case .timedOut: return nil
    }
  }

  /// Whole samples on the fast path, one after the other.
  private func score(_ samples: [Sample], _ scorer: BytewiseScorer) throws(ScoringError) -> ScoredBatch {
    var batch = ScoredBatch(names: specification.names)
    for (row, sample) in samples.enumerated() {
      let result = sample.withBytes { bytes in
        Result { () throws(ScoringError) in try score([bytes], scorer) }
      }
      do throws(ScoringError) {
        batch.append(try result.get())
      } catch {
        throw ScoringError(reward: error.reward, sample: row, reason: error.reason)
      }
    }
    return batch
  }
}
