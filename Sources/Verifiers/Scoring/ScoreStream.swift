import Foundation
import Rewards

/// Scores a JSONL file of any size: lines in, one JSON line per good line out, in order.
///
/// A line out is `{"line":n,"score":total,"rewards":{name:value|null},"errors":{name:reason}}`: the rewards
/// as they scored, and the specification's total. A reward that abstained is null without an error; one that
/// failed or timed out is null with one, and the total follows its `on_failure`. Bad lines are reported and
/// left out.
///
/// Chunks of whole lines are scored in parallel; at most two chunks a worker are held, so memory is flat.
/// When every reward is a ``BytewiseReward`` and the total a plain weighted sum, no sample is built at all.
/// What compares the samples of a group (a reward, a shaper, a combiner) sees the part of the group that
/// stands in one chunk.
public struct ScoreStream: Sendable {
  /// What came of a run.
  public struct Counts: Sendable, Equatable {
    /// Lines scored and written.
    public var scored = 0
    /// Lines reported and left out.
    public var rejected = 0
    /// For each reward: samples it failed on.
    public var failures: [Int]
    /// For each reward: samples on which it did not answer in time.
    public var timeOuts: [Int]
    /// For each reward: samples it abstained on.
    public var abstentions: [Int]

    init(columns: Int) {
      failures = [Int](repeating: 0, count: columns)
      timeOuts = failures
      abstentions = failures
    }

    mutating func add(_ other: Counts) {
      scored += other.scored
      rejected += other.rejected
      for index in failures.indices {
        failures[index] += other.failures[index]
        timeOuts[index] += other.timeOuts[index]
        abstentions[index] += other.abstentions[index]
      }
    }
  }

  /// A reward with `on_failure: stop` failed. Lines of earlier chunks have been written.
  public struct Stopped: Error, Sendable, Equatable, CustomStringConvertible {
    /// Line number in the file, from 1.
    public var line: Int
    public var reward: String
    public var reason: String

    public var description: String { "line \(line): reward \"\(reward)\" failed: \(reason)" }
  }

  /// The path in the `FileError` of an output that cannot be written.
  public static let outputName = "the output"

  public let specification: RewardSpecification
  public var mapping: FieldMapping
  public var state: RunState
  public var workers: Int
  public var maxLineBytes: Int
  public var chunkBytes: Int

  public init(
    _ specification: RewardSpecification, mapping: FieldMapping = FieldMapping(),
    state: RunState = RunState(),
    workers: Int = ProcessInfo.processInfo.activeProcessorCount, maxLineBytes: Int = 64 << 20,
    chunkBytes: Int = 1 << 20
  ) {
    self.specification = specification
    self.mapping = mapping
    self.state = state
    self.workers = max(1, workers)
    self.maxLineBytes = maxLineBytes
    self.chunkBytes = chunkBytes
  }

  /// Whether the run takes the fast path.
  public var isBytewise: Bool { BytewiseScorer(specification) != nil }

  /// Scores the file at `path` (`-`: standard input) and writes the lines to `output`.
  ///
  /// - Parameters:
  ///   - path: the JSONL file.
  ///   - output: where the lines go.
  ///   - rejected: called for every bad line, in order.
  ///   - report: called whenever a chunk has been written, with the counts so far and how many bytes of the
  ///     file they cover.
  /// - Throws: `FileError` when the file cannot be read or the output not be written; ``Stopped``
  ///   when a reward fails under `on_failure: stop`; `CancellationError`, between two chunks.
  public func run(
    path: String, output: FileHandle, rejected: (JSONLError) -> Void,
    written report: (_ counts: Counts, _ bytes: Int) -> Void = { _, _ in }
  ) async throws -> Counts {
    let reader = try JSONLReader(path: path, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
    let scorer = ChunkScorer(specification, isBytewise: isBytewise, mapping: mapping, state: state)
    var counts = Counts(columns: specification.entries.count)
    try await withThrowingTaskGroup(of: (Int, ScoredChunk).self) { group in
      var started = 0
      var finished = 0
      // One chunk more than workers waits, so that none idles while the finished ones are written.
      let running = workers > 1 ? workers + 1 : 1
      var written = 0
      var isAtEnd = false
      var waiting: [Int: ScoredChunk] = [:]
      while true {
        while !isAtEnd, started - finished < running, started - written < workers * 2 {
          guard let chunk = try reader.nextChunk() else {
            isAtEnd = true
            break
          }
          let index = started
          group.addTask { (index, try await scorer.score(chunk)) }
          started += 1
        }
        guard let (index, chunk) = try await group.next() else { break }
        try Task.checkCancellation()
        finished += 1
        waiting[index] = chunk
        while let ready = waiting.removeValue(forKey: written) {
          try Self.write(ready.output, to: output.fileDescriptor)
          ready.rejected.forEach(rejected)
          counts.add(ready.counts)
          written += 1
          report(counts, ready.end)
        }
      }
    }
    return counts
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Foundation.write(descriptor, $0 + done, buffer.count - done) } ?? 0
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError(path: Self.outputName, code: errno)
      }
      done += count
    }
  }
}
