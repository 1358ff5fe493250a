import Foundation
import GRDB

/// One run: a folder with its specification, its numbers and its samples.
///
/// | file | what it is |
/// |---|---|
/// | `run.yaml` | the resolved specification |
/// | `laurel.sqlite` | steps, samples and component scores: the truth from which the rest can be made |
/// | `metrics.jsonl` | one object a line: step, time, metrics |
/// | `events.out.tfevents.*` | the same numbers for TensorBoard |
/// | `report.html` | the report |
/// | `checkpoints/` | the trainer's checkpoints |
///
/// One process writes a run (``RunLock``), any number read it at the same time. A step is one transaction and is
/// on disk when ``append(step:)`` returns. Opening for writing makes `metrics.jsonl` and the event file agree
/// with the database again, which repairs a line torn by `kill -9`.
public final class RunStore: Sendable {
  /// The run's folder.
  public let folder: URL

  let reader: any DatabaseReader
  private let writer: DatabasePool?
  private let lock: RunLock?
  private let logs: RunLogs?

  init(folder: URL, reader: any DatabaseReader, writer: DatabasePool?, lock: RunLock?, logs: RunLogs?) {
    self.folder = folder
    self.reader = reader
    self.writer = writer
    self.lock = lock
    self.logs = logs
  }

  /// Where the trainer keeps its checkpoints.
  public var checkpoints: URL { folder.appendingPathComponent("checkpoints", isDirectory: true) }
  /// Where the report goes.
  public var reportFile: URL { folder.appendingPathComponent("report.html") }
  /// True when the store was opened for reading only.
  public var isReadOnly: Bool { writer == nil }

  static func database(_ folder: URL) -> String { folder.appendingPathComponent("laurel.sqlite").path }
  static func specification(_ folder: URL) -> String { folder.appendingPathComponent("run.yaml").path }

  // MARK: Writing

  /// Appends one step: its metrics and samples in one transaction, then a line and an event.
  ///
  /// A step may be appended again with other metrics (an evaluation after a training step); metrics that it
  /// already has are refused with `duplicateMetrics`, and nothing is written.
  public func append(step record: StepRecord) throws(RunStoreError) {
    try write { db in
      let old = try String.fetchOne(
        db, sql: "SELECT metrics FROM steps WHERE step = ?", arguments: [record.step])
      if let old {
        var merged = MetricsJSON.parse(old) ?? Metrics()
        let doubles = record.metrics.names.filter { merged[$0] != nil }
        guard doubles.isEmpty else {
          throw RunStoreError(
            .duplicateMetrics(step: record.step, names: doubles), path: self.folder.path,
            reason: "step \(record.step) already has \(doubles.prefix(3).joined(separator: ", "))",
            remedy: "When resuming, call truncate(afterStep:) with the checkpoint's step first")
        }
        for (name, value) in record.metrics.pairs { merged[name] = value }
        try db.execute(
          sql: "UPDATE steps SET metrics = ? WHERE step = ?",
          arguments: [MetricsJSON.text(merged), record.step])
      } else {
        try db.execute(
          sql: "INSERT INTO steps (step, time, metrics) VALUES (?, ?, ?)",
          arguments: [record.step, record.time, MetricsJSON.text(record.metrics)])
      }
      try Self.insert(record.samples, step: record.step, in: db)
    }
    if !record.metrics.isEmpty { try logs?.append(record) }
  }

  /// Appends samples that belong to a step without metrics of their own (held-out samples before and after).
  public func append(samples: [SampleRecord], step: Int) throws(RunStoreError) {
    try write { db in try Self.insert(samples, step: step, in: db) }
  }

  /// Forgets everything past `step`, so that a run resumed from the checkpoint of that step has no doubles: in
  /// the database, in `metrics.jsonl` and in the event file. Samples of the phase `after` go too: the run is
  /// not over.
  public func truncate(afterStep step: Int) throws(RunStoreError) {
    try write { db in
      try db.execute(sql: "DELETE FROM samples WHERE step > ? OR phase = 'after'", arguments: [step])
      try db.execute(sql: "DELETE FROM steps WHERE step > ?", arguments: [step])
      try db.execute(sql: "DELETE FROM run WHERE key IN ('state', 'finished', 'message')")
    }
    try logs?.rewrite(steps: steps())
  }

  /// Sets a fact about the run, for example `device`; nil removes it.
  public func set(_ key: String, to value: String?) throws(RunStoreError) {
    try write { db in try Self.set(key, to: value, in: db) }
  }

  /// Records how the run ended. A run whose process ends without this counts as interrupted.
  public func finish(_ state: RunProgress, at time: Double, message: String? = nil) throws(RunStoreError) {
    try write { db in
      try Self.set("state", to: state.rawValue, in: db)
      try Self.set("finished", to: MetricsJSON.number(time), in: db)
      try Self.set("message", to: message, in: db)
    }
  }

  static func set(_ key: String, to value: String?, in db: Database) throws {
    if let value {
      try db.execute(
        sql:
          "INSERT INTO run (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        arguments: [key, StoredText(value)])
    } else {
      try db.execute(sql: "DELETE FROM run WHERE key = ?", arguments: [key])
    }
  }

  private static func insert(_ samples: [SampleRecord], step: Int, in db: Database) throws {
    guard !samples.isEmpty else { return }
    let sampleInsert = try db.cachedStatement(
      sql: """
        INSERT INTO samples (step, phase, "group", "index", prompt, completion, reference, tokens, truncated,
          advantage, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let componentInsert = try db.cachedStatement(
      sql: """
        INSERT INTO components (sample, place, name, value, outcome, message) VALUES (?, ?, ?, ?, ?, ?)
        """)
    for sample in samples {
      try sampleInsert.execute(arguments: [
        step, sample.phase.rawValue, sample.group, sample.index, StoredText(sample.prompt),
        StoredText(sample.completion), sample.reference.map(StoredText.init), sample.tokens,
        sample.isTruncated, sample.advantage?.finite, sample.total?.finite,
      ])
      let id = db.lastInsertedRowID
      for (place, component) in sample.components.enumerated() {
        try componentInsert.execute(arguments: [
          id, place, component.name, component.value?.finite, component.outcome,
          component.message.map(StoredText.init),
        ])
      }
    }
  }

  private func write(_ body: (Database) throws -> Void) throws(RunStoreError) {
    guard let writer else { throw .readOnly(folder.path) }
    do { try writer.write(body) } catch { throw .wrap(error, path: Self.database(folder)) }
  }

  // MARK: Reading

  /// The resolved specification.
  public func yaml() throws(RunStoreError) -> String {
    let path = Self.specification(folder)
    do { return try String(contentsOfFile: path, encoding: .utf8) } catch { throw .wrap(error, path: path) }
  }

  /// The facts about the run: `name`, `model`, `seed`, `max_steps`, `started`, `state`, and what was set.
  public func facts() throws(RunStoreError) -> [String: String] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT key, value FROM run").reduce(into: [:]) { facts, row in
        facts[row["key"]] = (row["value"] as StoredText).text
      }
    }
  }

  /// How far the run has come.
  public func progress() throws(RunStoreError) -> RunProgress {
    if let state = try facts()["state"].flatMap(RunProgress.init) { return state }
    return RunLock.isHeld(folder: folder) ? .running : .interrupted
  }

  /// The steps in order, without their samples.
  public func steps() throws(RunStoreError) -> [StepRecord] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT step, time, metrics FROM steps ORDER BY step").map(Self.step)
    }
  }

  /// The number of steps taken so far and the last of them.
  public func lastStep() throws(RunStoreError) -> (count: Int, last: StepRecord?) {
    try read { db in
      let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM steps") ?? 0
      let row = try Row.fetchOne(db, sql: "SELECT step, time, metrics FROM steps ORDER BY step DESC LIMIT 1")
      return (count, row.map(Self.step))
    }
  }

  /// Samples in the order of step, group and index; of one phase, of one step, or all of them.
  public func samples(phase: SamplePhase? = nil, step: Int? = nil, limit: Int? = nil)
    throws(RunStoreError) -> [SampleRecord]
  {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM samples WHERE (phase = ?1 OR ?1 IS NULL) AND (step = ?2 OR ?2 IS NULL)
          ORDER BY step, "group", "index", id LIMIT ?3
          """, arguments: [phase?.rawValue, step, limit ?? -1])
      let statement = try db.cachedStatement(
        sql: "SELECT name, value, outcome, message FROM components WHERE sample = ? ORDER BY place")
      return try rows.map { row in
        let components = try Row.fetchAll(statement, arguments: [row["id"] as Int64]).map {
          ComponentRecord(
            name: $0["name"], value: $0["value"], outcome: $0["outcome"],
            message: ($0["message"] as StoredText?)?.text)
        }
        return SampleRecord(
          phase: SamplePhase(rawValue: row["phase"]) ?? .train, group: row["group"], index: row["index"],
          prompt: (row["prompt"] as StoredText).text, completion: (row["completion"] as StoredText).text,
          reference: (row["reference"] as StoredText?)?.text, tokens: row["tokens"],
          isTruncated: row["truncated"], advantage: row["advantage"], total: row["total"],
          components: components)
      }
    }
  }

  /// The last step that has samples of `phase`; nil when there are none.
  public func lastStep(of phase: SamplePhase) throws(RunStoreError) -> Int? {
    try read { db in
      try Int.fetchOne(db, sql: "SELECT max(step) FROM samples WHERE phase = ?", arguments: [phase.rawValue])
    }
  }

  /// How many stored samples met each outcome, per reward.
  public func outcomes() throws(RunStoreError) -> [String: [String: Int]] {
    try read { db in
      let sql = "SELECT name, outcome, count(*) AS n FROM components GROUP BY name, outcome"
      return try Row.fetchAll(db, sql: sql).reduce(into: [:]) { result, row in
        result[row["name"], default: [:]][row["outcome"]] = row["n"]
      }
    }
  }

  /// The most frequent reasons for which rewards failed or timed out on stored samples.
  func failures(limit: Int) throws(RunStoreError) -> [(reward: String, reason: String, count: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT name, coalesce(message, outcome) AS reason, count(*) AS n FROM components
          WHERE outcome IN ('failed', 'timed_out') GROUP BY name, reason ORDER BY n DESC, name LIMIT ?
          """, arguments: [limit]
      ).map { ($0["name"], ($0["reason"] as StoredText).text, $0["n"]) }
    }
  }

  private static func step(_ row: Row) -> StepRecord {
    StepRecord(
      step: row["step"], time: row["time"], metrics: MetricsJSON.parse(row["metrics"]) ?? Metrics())
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(RunStoreError) -> Value {
    do { return try reader.read(body) } catch { throw .wrap(error, path: Self.database(folder)) }
  }
}

extension Double {
  /// The number itself, or nil for NaN and infinity.
  var finite: Double? { isFinite ? self : nil }
}
