import Control
import Foundation
import Numeric
import Rewards

/// Writes checkpoints as long as the run can be kept.
struct Keeper {
  private var checkpoint: ControlCheckpoint
  private let metrics: MetricsFile
  private let began: Date
  private var canKeep = true

  init(_ checkpoint: ControlCheckpoint, _ metrics: MetricsFile, _ began: Date) {
    self.checkpoint = checkpoint
    self.metrics = metrics
    self.began = began
  }

  var isDue: Bool { canKeep && checkpoint.isDue }

  mutating func keep(
    _ record: RunRecord, _ learner: (inout StateArchive) throws(StateArchiveError) -> Void
  ) throws {
    guard canKeep else { return }
    var record = record
    record.metricsLength = metrics.length
    record.seconds = -began.timeIntervalSinceNow
    do { try checkpoint.write(record, learner: learner) } catch let error as StateArchiveError {
      say("no checkpoints: \(error)")
      canKeep = false
    } catch {
      throw ValidationFailure("cannot write \(checkpoint.path): \(error.reason)")
    }
  }
}

/// One JSON object a line, each written as soon as it is known.
final class MetricsFile {
  private let handle: FileHandle
  private let path: String

  /// Bytes so far.
  private(set) var length = 0

  /// - Parameter keeping: Bytes of the file that stay; nil for a new one.
  init(_ url: URL, keeping: Int? = nil) throws {
    path = url.path
    guard keeping != nil || FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw ValidationFailure("cannot write \(url.path): no permission, or no room") }
    self.handle = handle
    guard let keeping else { return }
    guard try handle.seekToEnd() >= UInt64(keeping) else {
      throw ValidationFailure("\(path) is shorter than at the last checkpoint: the run cannot go on")
    }
    // What was measured after the checkpoint is measured again.
    try handle.truncate(atOffset: UInt64(keeping))
    length = keeping
  }

  func append(_ values: [(String, Double)]) throws {
    let object = JSONObject(values.map { ($0.0, $0.1.isFinite ? .number($0.1) : .null) })
    let line = Data((JSONValue.object(object).jsonText + "\n").utf8)
    do { try handle.write(contentsOf: line) } catch {
      throw ValidationFailure("cannot write \(path): \(error.reason)")
    }
    length += line.count
  }
}
