import Foundation
import Rewards

/// Scores a JSONL file of any size: lines in, one JSON line per good line out, in order.
///
/// A line out is `{"line":n,"score":total,"rewards":{name:value|null},"errors":{name:reason}}`. The total is the
/// weighted sum of the rewards that scored; one that abstained takes no part (value null, no error), one that failed
/// or timed out makes the total null. Bad lines are reported and left out.
///
/// Chunks of whole lines are scored in parallel; at most two chunks a worker are held, so memory is flat. When every
/// reward is a ``BytewiseReward`` no sample is built at all. A reward that compares the samples of a group sees the
/// part of the group that stands in one chunk.
public struct ScoreStream: Sendable {
  /// One reward with its weight.
  public struct Column: Sendable {
    public var name: String
    public var weight: Double
    public var reward: any Reward<Sample>

    /// - Parameter name: nil takes the reward's own name.
    public init(_ reward: any Reward<Sample>, name: String? = nil, weight: Double = 1) {
      self.name = name ?? reward.name
      self.weight = weight
      self.reward = reward
    }
  }

  /// What came of a run.
  public struct Counts: Sendable, Equatable {
    /// Lines scored and written.
    public var scored = 0
    /// Lines reported and left out.
    public var rejected = 0
    /// For each column: samples it failed on or did not answer in time.
    public var failures: [Int]
    /// For each column: samples it abstained on.
    public var abstentions: [Int]

    init(columns: Int) {
      failures = [Int](repeating: 0, count: columns)
      abstentions = failures
    }

    mutating func add(_ other: Counts) {
      scored += other.scored
      rejected += other.rejected
      for index in failures.indices {
        failures[index] += other.failures[index]
        abstentions[index] += other.abstentions[index]
      }
    }
  }

  public let columns: [Column]
  public var mapping: FieldMapping
  public var state: RunState
  public var workers: Int
  public var maxLineBytes: Int
  public var chunkBytes: Int

  /// - Throws: ``VerifierError`` when there are no columns, two share a name, or a weight is not finite.
  public init(
    columns: [Column], mapping: FieldMapping = FieldMapping(), state: RunState = RunState(),
    workers: Int = ProcessInfo.processInfo.activeProcessorCount, maxLineBytes: Int = 64 << 20,
    chunkBytes: Int = 1 << 20
  ) throws(VerifierError) {
    guard !columns.isEmpty, Set(columns.map(\.name)).count == columns.count else {
      throw VerifierError(parameter: "rewards", "expected at least one reward, each with its own name")
    }
    guard columns.allSatisfy({ $0.weight.isFinite }) else {
      throw VerifierError(parameter: "weight", "expected finite numbers")
    }
    self.columns = columns
    self.mapping = mapping
    self.state = state
    self.workers = max(1, workers)
    self.maxLineBytes = maxLineBytes
    self.chunkBytes = chunkBytes
  }

  /// Whether the run takes the fast path.
  public var isBytewise: Bool { columns.allSatisfy { $0.reward is any BytewiseReward } }

  /// Scores the file at `path` (`-`: standard input) and writes the lines to `output`.
  ///
  /// - Parameter rejected: called for every bad line, in order.
  /// - Throws: ``JSONLFileError`` when the file cannot be read or the output not be written.
  public func run(
    path: String, output: FileHandle, rejected: (JSONLError) -> Void
  ) async throws -> Counts {
    let reader = try JSONLReader(path: path, maxLineBytes: maxLineBytes, chunkBytes: chunkBytes)
    let scorer = ChunkScorer(columns: columns, mapping: mapping, state: state)
    var counts = Counts(columns: columns.count)
    try await withThrowingTaskGroup(of: (Int, ScoredChunk).self) { group in
      var started = 0
      var written = 0
      var isAtEnd = false
      var waiting: [Int: ScoredChunk] = [:]
      while true {
        while !isAtEnd, started - written < workers * 2 {
          guard let chunk = try reader.nextChunk() else {
            isAtEnd = true
            break
          }
          let index = started
          group.addTask { (index, await scorer.score(chunk)) }
          started += 1
        }
        guard let (index, chunk) = try await group.next() else { break }
        waiting[index] = chunk
        while let ready = waiting.removeValue(forKey: written) {
          try Self.write(ready.output, to: output.fileDescriptor)
          ready.rejected.forEach(rejected)
          counts.add(ready.counts)
          written += 1
        }
      }
    }
    return counts
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(JSONLFileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Foundation.write(descriptor, $0 + done, buffer.count - done) } ?? 0
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw JSONLFileError(path: "output", code: errno, message: String(cString: strerror(errno)))
      }
      done += count
    }
  }
}
