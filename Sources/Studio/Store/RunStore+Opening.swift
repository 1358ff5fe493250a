import Foundation
import GRDB

extension RunStore {
  /// Makes a new run in `folder` (created when absent) and takes its lock.
  ///
  /// - Parameters:
  ///   - folder: the run's folder.
  ///   - yaml: the resolved specification, kept as `run.yaml`.
  ///   - info: what the run is.
  /// - Throws: `alreadyARun` when the folder holds one, `locked` when another process is writing it.
  public static func create(folder: URL, yaml: String, info: RunInfo) throws(RunStoreError) -> RunStore {
    try makeFolder(folder)
    let lock = try RunLock(folder: folder)
    let path = database(folder)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw RunStoreError(
        .alreadyARun, path: folder.path, reason: "the folder already holds a run",
        remedy: "Resume it, or choose another folder")
    }
    try makeFolder(folder.appendingPathComponent("checkpoints", isDirectory: true))
    try AppendFile.replace(path: specification(folder), with: Array(yaml.utf8))
    let pool = try openPool(path)
    do {
      try pool.write { db in
        try set("name", to: info.name, in: db)
        try set("model", to: info.model, in: db)
        try set("seed", to: info.seed.map(String.init), in: db)
        try set("max_steps", to: info.maxSteps.map(String.init), in: db)
        try set("started", to: MetricsJSON.number(info.started), in: db)
      }
    } catch {
      throw .wrap(error, path: path)
    }
    let logs = try RunLogs(folder: folder, steps: [])
    return RunStore(folder: folder, reader: pool, writer: pool, lock: lock, logs: logs)
  }

  /// Opens the run in `folder`; for writing, it also takes the lock and repairs what `kill -9` tore.
  ///
  /// - Throws: `notARun`, `newerSchema`, `locked`, `notWritable`, `damaged`.
  public static func open(folder: URL, readOnly: Bool) throws(RunStoreError) -> RunStore {
    let path = database(folder)
    guard FileManager.default.fileExists(atPath: path) else {
      throw RunStoreError(
        .notARun, path: folder.path, reason: "the folder holds no run (there is no laurel.sqlite in it)",
        remedy: "Check the path; `laurel runs` lists the runs beneath a folder")
    }
    if readOnly {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      do {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try checkSchema(queue, path: folder.path)
        return RunStore(folder: folder, reader: queue, writer: nil, lock: nil, logs: nil)
      } catch {
        throw .wrap(error, path: path)
      }
    }
    let lock = try RunLock(folder: folder)
    let pool = try openPool(path)
    let bare = RunStore(folder: folder, reader: pool, writer: pool, lock: lock, logs: nil)
    let logs = try RunLogs(folder: folder, steps: try bare.steps())
    return RunStore(folder: folder, reader: pool, writer: pool, lock: lock, logs: logs)
  }

  private static func openPool(_ path: String) throws(RunStoreError) -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    do {
      let pool = try DatabasePool(path: path, configuration: configuration)
      try checkSchema(pool, path: path)
      try RunSchema.migrator.migrate(pool)
      return pool
    } catch {
      throw .wrap(error, path: path)
    }
  }

  private static func checkSchema(_ reader: any DatabaseReader, path: String) throws {
    guard try reader.read(RunSchema.migrator.hasBeenSuperseded) else { return }
    throw RunStoreError(
      .newerSchema, path: path, reason: "the run was written by a newer version of Laurel",
      remedy: "Update Laurel to read it")
  }

  private static func makeFolder(_ folder: URL) throws(RunStoreError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw RunStoreError(
        .notWritable, path: folder.path, reason: "cannot create the folder (\(error.localizedDescription))",
        remedy: "Choose a folder that you may write, or change its permissions")
    }
  }
}
