import Dispatch
import Foundation
import Rewards

/// Worlds x policies x reward modes x seeds, into a table that may be broken off and taken up again.
public struct BenchmarkSweep: Sendable {
  public var worlds: [String]
  public var policies: [PolicyKind]
  public var modes: [RewardMode]
  public var seeds: [UInt64]
  public var episodes: Int
  public var trainingSteps: Int?
  public var threads: Int
  /// Seconds between two saves.
  public var period = 2.0

  public struct Summary: Sendable, Equatable {
    /// Cells played now, found in the table, that do not go together (an oracle and a game without its theory), and
    /// not reached.
    public var played = 0
    public var found = 0
    public var unsuitable = 0
    public var left = 0
  }

  /// - Parameter worlds: Names; `all` and TR-1 to TR-4 stand for several.
  /// - Throws: `ParameterError` for a world that is none.
  public init(
    worlds: [String], policies: [PolicyKind], modes: [RewardMode], seeds: [UInt64], episodes: Int = 1,
    trainingSteps: Int? = nil, threads: Int = 1
  ) throws(ParameterError) {
    var names: [String] = []
    for name in worlds {
      if name.lowercased() == "all" {
        names += Coopetition.kinds.map(\.name)
      } else if let tier = Coopetition.Tier(rawValue: name.uppercased()) {
        names += tier.kinds.map(\.name)
      } else {
        _ = try Coopetition.game(name)
        names.append(name.lowercased())
      }
    }
    self.worlds = Coopetition.kinds.map(\.name).filter(names.contains)
    self.policies = policies
    self.modes = modes
    self.seeds = seeds
    self.episodes = episodes
    self.trainingSteps = trainingSteps
    self.threads = threads
  }

  /// World after world, in each policy after policy.
  public var cells: [BenchmarkCell] { jobs.map(\.cell) }

  private struct Job: Sendable {
    var cell: BenchmarkCell
    var kind: PolicyKind
  }

  private var jobs: [Job] {
    worlds.flatMap { world in
      policies.flatMap { kind in
        modes.flatMap { mode in
          seeds.map {
            Job(
              cell: BenchmarkCell(world: world, policy: kind.name, mode: mode.rawValue, seed: $0), kind: kind)
          }
        }
      }
    }
  }

  /// Plays the cells that the table lacks, and saves it now and then and at the end.
  /// - Parameters:
  ///   - progress: Called with the cells done, all cells, and the cell that has just been played.
  ///   - isCancelled: Asked between cells.
  /// - Throws: `BenchmarkTable.Failure` when the table was made with other settings or cannot be written;
  ///   `ParameterError` for options that a game refuses.
  public func run(
    into table: inout BenchmarkTable, metadata: CroissantMetadata,
    progress: @escaping @Sendable (Int, Int, BenchmarkCell) -> Void = { _, _, _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Summary {
    let jobs = jobs
    var summary = Summary()
    var missing: [Job] = []
    for job in jobs {
      guard let row = table.row(of: job.cell) else {
        missing.append(job)
        continue
      }
      let asked = job.kind.family == .learner ? trainingSteps ?? 0 : 0
      guard row.episodes == episodes, row.trainingSteps == asked else {
        throw BenchmarkTable.Failure(
          path: table.path,
          message:
            "its row of \(job.cell.policy) in \(job.cell.world) was made with \(row.episodes) episodes and \(row.trainingSteps) training steps, not \(episodes) and \(asked): take the same settings, or another file"
        )
      }
      summary.found += 1
    }
    let todo = missing
    let board = SweepBoard(todo.count)
    let (kept, all) = (summary.found, jobs.count)
    // The threads play; this one saves.
    let group = DispatchGroup()
    for _ in 0..<max(1, min(threads, missing.count)) {
      DispatchQueue.global().async(group: group) {
        while !isCancelled(), let index = board.take() {
          let job = todo[index]
          board.finish(Result { try self.play(job, isCancelled) })
          progress(kept + board.finished, all, job.cell)
        }
      }
    }
    var isOver = false
    while !isOver {
      isOver = group.wait(timeout: .now() + period) == .success
      let outcomes = try board.collect()
      for outcome in outcomes {
        switch outcome {
        case .row(let row):
          summary.played += 1
          table.insert(row)
        case .unsuitable: summary.unsuitable += 1
        case .stopped: break
        }
      }
      if isOver { table.sort(by: jobs.map(\.cell)) }
      if !outcomes.isEmpty || isOver { try table.save(metadata) }
    }
    summary.left = missing.count - summary.played - summary.unsuitable
    return summary
  }

  private func play(_ job: Job, _ isCancelled: @escaping @Sendable () -> Bool) throws -> SweepOutcome {
    let request = PolicyRequest(
      seed: job.cell.seed, trainingSteps: trainingSteps, isCancelled: isCancelled)
    do {
      let row = try BenchmarkRow.play(
        job.kind, world: job.cell.world, mode: job.cell.mode, episodes: episodes, request: request
      ).row
      // A learner that was told to stop is half trained.
      return job.kind.family == .learner && isCancelled() ? .stopped : .row(row)
    } catch is PolicyUnsuitable { return .unsuitable }
  }
}

private enum SweepOutcome: Sendable {
  case row(BenchmarkRow)
  /// The policy does not go with the game.
  case unsuitable
  case stopped
}

/// The cells still to be played, handed out once each, and the rows that wait to be saved.
private final class SweepBoard: @unchecked Sendable {
  /// Guards everything below.
  private let lock = NSLock()
  private let count: Int
  private var next = 0
  private var done = 0
  private var waiting: [Result<SweepOutcome, any Error>] = []
  private var hasFailed = false

  init(_ count: Int) { self.count = count }

  var finished: Int { lock.withLock { done } }

  func take() -> Int? {
    lock.withLock {
      guard !hasFailed, next < count else { return nil }
      next += 1
      return next - 1
    }
  }

  func finish(_ result: Result<SweepOutcome, any Error>) {
    lock.withLock {
      waiting.append(result)
      done += 1
      if case .failure = result { hasFailed = true }
    }
  }

  func collect() throws -> [SweepOutcome] {
    let results = lock.withLock {
      defer { waiting = [] }
      return waiting
    }
    return try results.map { try $0.get() }
  }
}
