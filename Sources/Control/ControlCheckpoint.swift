import Foundation
import Numeric

/// The file from which a stopped control run goes on: the learner and its record, replaced in one rename.
public struct ControlCheckpoint {
  public let path: String
  /// Seconds between two checkpoints while a run goes well.
  public let interval: Double
  private var last: Date
  /// Seconds that the last one took to write: a replay buffer can be of gigabytes.
  private var cost = 0.0

  static let kind = "control run"
  static let version = 1

  public init(path: String, interval: Double = 30) {
    self.path = path
    self.interval = interval
    last = Date()
  }

  /// Whether it is time for the next. Writing takes no more than a twentieth of a run.
  public var isDue: Bool { -last.timeIntervalSinceNow >= max(interval, 20 * cost) }

  /// Writes the record and what `learner` adds.
  /// - Throws: `StateArchiveError`, or what Foundation says when the file cannot be written (the old one then stays).
  public mutating func write(
    _ record: RunRecord, learner: (inout StateArchive) throws(StateArchiveError) -> Void
  ) throws {
    let start = Date()
    var archive = StateArchive(kind: Self.kind, version: Self.version)
    record.save(in: &archive)
    try learner(&archive)
    try archive.write(to: path)
    last = Date()
    cost = last.timeIntervalSince(start)
  }

  /// What was kept; nil when there is no checkpoint.
  /// - Throws: `StateArchiveError` for a file that cannot be used.
  public func read() throws(StateArchiveError) -> (record: RunRecord, archive: StateArchive)? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let archive = try StateArchive(path: path, kind: Self.kind, version: Self.version)
    return (try RunRecord(from: archive), archive)
  }
}
