import Control
import Foundation
import Numeric
import Worlds

/// What a run has measured, and where it writes that: new, or as it was kept.
struct RunBooks {
  var record: RunRecord
  var keeper: Keeper
  let metrics: MetricsFile
  let progress: Progress
  let began: Date
  /// What a stopped run's learner goes on from.
  let archive: StateArchive?
}

extension ControlSession {
  var checkpoint: URL { folder.appending(path: Self.checkpointName) }

  /// Opens a run's books: those of the checkpoint where the run resumes.
  func openBooks() throws -> RunBooks {
    let kept = resumes ? try ControlCheckpoint(path: checkpoint.path).read() : nil
    var record = kept?.record ?? RunRecord(name: run.name, seed: run.seed)
    let inputs = run.inputs
    if let kept { try Self.requireUnchanged(kept.record.inputs, now: inputs) }
    record.inputs = inputs
    let began = Date() - record.seconds
    if kept != nil {
      say(
        record.steps == 0 ? "the checkpoint is of the very beginning" : "going on after \(record.steps) steps"
      )
    }
    let metrics = try MetricsFile(
      folder.appending(path: "metrics.jsonl"), keeping: kept.map { $0.record.metricsLength })
    let progress = Progress(total: Double(run.totalTimesteps), unit: "steps")
    if record.steps > 0 { progress.reach(Double(record.steps)) }
    return RunBooks(
      record: record, keeper: Keeper(ControlCheckpoint(path: checkpoint.path), metrics, began),
      metrics: metrics, progress: progress, began: began, archive: kept?.archive)
  }

  /// - Parameters: What the run read when it began, and what it would now (`ControlRunFile.inputs`).
  static func requireUnchanged(_ inputs: String, now: String) throws {
    let now = Set(now.split(separator: "\n"))
    let changed = inputs.split(separator: "\n").filter { !now.contains($0) }
      .map { $0.drop { $0 != " " }.dropFirst() }
    guard !changed.isEmpty else { return }
    throw ValidationFailure(
      "\(changed.joined(separator: ", ")) changed since the run began, which would end with other numbers: put back what was "
        + "there, or start anew with another --output")
  }

  /// Restores the learner, or measures it before it learns.
  func begin(
    _ record: inout RunRecord, _ archive: StateArchive?,
    _ restore: (StateArchive) throws(StateArchiveError) -> Void, measure: () throws -> Evaluation
  ) throws -> Evaluation {
    if let archive {
      do { try restore(archive) } catch { throw ValidationFailure("\(folder.path): \(error)") }
      return Evaluation(returns: record.before)
    }
    let before = try measure()
    record.before = before.returns
    say("before: \(before.line)")
    return before
  }
}
