import Foundation

/// The two logs beside the database, `metrics.jsonl` and TensorBoard's event file. Both say what the `steps`
/// table says, and are made anew from it whenever they do not.
final class RunLogs: @unchecked Sendable {
  private let folder: URL
  // `lock` guards `lines` and `events`: the only mutable state, replaced when the files are rewritten.
  private let lock = NSLock()
  private var lines: AppendFile
  private var events: AppendFile

  static func linesPath(_ folder: URL) -> String { folder.appendingPathComponent("metrics.jsonl").path }

  init(folder: URL, steps: [StepRecord]) throws(RunStoreError) {
    self.folder = folder
    lines = try Self.makeLines(folder, steps)
    events = try Self.makeEvents(folder, steps)
  }

  func append(_ record: StepRecord) throws(RunStoreError) {
    lock.lock()
    defer { lock.unlock() }
    let line = MetricsJSON.line(step: record.step, time: record.time, metrics: record.metrics)
    try lines.append(Array(line.utf8))
    try events.append(Self.event(record))
  }

  func rewrite(steps: [StepRecord]) throws(RunStoreError) {
    lock.lock()
    defer { lock.unlock() }
    lines = try Self.makeLines(folder, steps)
    events = try Self.makeEvents(folder, steps)
  }

  private static func makeLines(_ folder: URL, _ steps: [StepRecord]) throws(RunStoreError) -> AppendFile {
    let path = linesPath(folder)
    let logged = steps.filter { !$0.metrics.isEmpty }
    let text = logged.map { MetricsJSON.line(step: $0.step, time: $0.time, metrics: $0.metrics) }.joined()
    let bytes = Array(text.utf8)
    let old = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    if old != bytes { try AppendFile.replace(path: path, with: bytes) }
    return try AppendFile(path: path)
  }

  private static func makeEvents(_ folder: URL, _ steps: [StepRecord]) throws(RunStoreError) -> AppendFile {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let old = files.filter { $0.hasPrefix("events.out.tfevents.") }
    let time = steps.first?.time ?? Date().timeIntervalSince1970
    var unique = 0
    while old.contains(EventFile.name(time: time, unique: unique)) { unique += 1 }
    let path = folder.appendingPathComponent(EventFile.name(time: time, unique: unique)).path
    var bytes = EventFile.versionRecord(time: time)
    for step in steps where !step.metrics.isEmpty { bytes += event(step) }
    try AppendFile.replace(path: path, with: bytes)
    for file in old { unlink(folder.appendingPathComponent(file).path) }
    return try AppendFile(path: path)
  }

  private static func event(_ record: StepRecord) -> [UInt8] {
    EventFile.record(
      step: record.step, time: record.time,
      scalars: record.metrics.pairs.map { (EventFile.tag($0.name), $0.value) })
  }
}
