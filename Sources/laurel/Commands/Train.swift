import ArgumentParser
import Control
import Foundation
import Rewards
import Studio
import Torch

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Train a language model or a control policy from a run file; the run is a folder with a report.",
    discussion: """
      Ctrl-C stops after keeping a checkpoint; --resume goes on from the last one, also after a kill, and ends \
      with the weights of a run that was never stopped.
      """)

  @Argument(help: "The run file (YAML), or with --resume the run's folder.") var file: String?
  @Flag(help: "List the keys of a run file with their defaults, and stop.") var keys = false
  @Option(help: "Overrides the file's seed.") var seed: UInt64?
  @Option(help: "The run's folder; default runs/NAME-seedS, with a number when taken.") var output: String?
  @Flag(help: "Go on with the run of this file and seed, from its last checkpoint.") var resume = false
  @Option(help: "Threads to compute with; default: the processors, on --resume as before.") var threads: Int?
  @Option(help: "Writes a JSON summary here.") var summary: String?

  func validate() throws {
    if file == nil, !keys {
      throw ValidationError("which run file? (laurel train --keys lists what it may hold)")
    }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is 1 to 1024") }
  }

  func run() async throws {
    guard let file, !keys else { return Self.printKeys() }
    let isFolder = FileManager.default.fileExists(atPath: file + "/run.yaml")
    if ControlRunFile.isControl(path: isFolder ? file + "/run.yaml" : file) {
      return try await trainControl(file, isFolder: isFolder)
    }
    let began = Date()
    var run = try RunFile(path: isFolder ? file + "/run.yaml" : file)
    if let seed {
      guard seed <= UInt64(Int32.max) else { throw ValidationError("--seed must be at most \(Int32.max)") }
      run.trainer.seed = seed
    }
    if let summary,
      !FileManager.default.isWritableFile(
        atPath: URL(fileURLWithPath: summary).deletingLastPathComponent().path)
    {
      throw ValidationFailure(
        "cannot write the summary \(summary): its folder is not there, or may not be written")
    }
    let base = "runs/\(run.name)-seed\(run.trainer.seed)"
    let store: RunStore
    if resume {
      let path = isFolder ? file : try output ?? newestFolder(base)
      store = try RunStore.open(folder: URL(fileURLWithPath: path), readOnly: false)
      try requireEqual(store.yaml(), run.resolvedYAML, file, folder: store.folder.path)
    } else {
      store = try create(run, folder: output ?? freeFolder(base), began)
    }
    let isFinished = resume ? try store.progress() == .finished : false
    if isFinished {
      say("run \(store.folder.path) is finished: nothing to resume")
    } else {
      try Threads.use(threads ?? store.facts()["threads"].flatMap(Int.init))
      try store.set("threads", to: String(Torch.threads))
      try await interruptible(
        grace: nil, announce: { say("stopping (Ctrl-C again to stop at once)") }, report: {}
      ) { [run, resume] in
        try await TrainingSession.open(run, store: store, resumes: resume).start()
      }
    }
    print("report: \(try Report.write(store).path)")
    if let summary { try write(summary, run, store, began) }
  }

  private func trainControl(_ file: String, isFolder: Bool) async throws {
    var run = try ControlRunFile(path: isFolder ? file + "/run.yaml" : file)
    if let seed { run.seed = seed }
    let base = "runs/\(run.name)-seed\(run.seed)"
    let folder: String
    if resume {
      folder = isFolder ? file : try output ?? newestFolder(base)
      guard try canGoOn(run, file, folder) else {
        return say("run \(folder) is finished: nothing to resume")
      }
    } else {
      folder = output ?? freeFolder(base)
      if FileManager.default.fileExists(atPath: folder) {
        throw ValidationFailure("\(folder) exists already: choose another --output, or --resume")
      }
    }
    let session = ControlSession(run: run, folder: URL(fileURLWithPath: folder), resumes: resume)
    try await interruptible(
      grace: nil, announce: { say("stopping (Ctrl-C again to stop at once)") }, report: {}
    ) { [summary] in try session.start(summary: summary) }
  }

  /// Checks that a control run can go on as this file says.
  /// - Returns: Whether there is anything left to do.
  private func canGoOn(_ run: ControlRunFile, _ file: String, _ folder: String) throws -> Bool {
    guard let kept = try? String(contentsOfFile: folder + "/run.yaml", encoding: .utf8) else {
      throw ValidationFailure("there is no run in \(folder) to resume: name its folder with --output")
    }
    try requireEqual(kept, run.resolvedYAML, file, folder: folder)
    do {
      let path = folder + "/" + ControlSession.checkpointName
      if try ControlCheckpoint(path: path).read() != nil { return true }
    } catch { throw ValidationFailure("\(error)") }
    if let summary = try? Data(contentsOf: URL(fileURLWithPath: folder + "/summary.json")) {
      let text = String(decoding: summary, as: UTF8.self)
      guard case .object(let facts)? = try? JSONValue(json: text), facts["interrupted"] == .bool(true) else {
        return false
      }
      throw ValidationFailure(
        "the run in \(folder) was broken off and has no checkpoint: start it anew, with another --output")
    }
    throw ValidationFailure("there is no checkpoint in \(folder): start the run anew, with another --output")
  }

  /// A run goes on only with the settings it began with.
  private func requireEqual(_ kept: String, _ given: String, _ file: String, folder: String) throws {
    let (kept, given) = (kept.split(separator: "\n"), given.split(separator: "\n"))
    let changed = zip(kept, given).first { $0 != $1 }
    guard changed == nil, kept.count == given.count else {
      let difference = changed.map { "'\($0.1)' where the run has '\($0.0)'" } ?? "other rewards"
      throw ValidationFailure(
        "\(file) differs from the run in \(folder): \(difference). Resume with the run's own file: laurel train \(folder) --resume"
      )
    }
  }

  private static func printKeys() {
    print("language runs")
    for key in RunKey.all {
      let name = key.name.padding(toLength: 22, withPad: " ", startingAt: 0)
      print("\(name)\(key.default.map { "[\($0)] " } ?? "(needed) ")\(key.help)")
    }
    print("\ncontrol runs (files with the key world)")
    for line in ControlRunFile.keyLines { print(line) }
  }

  private func create(_ run: RunFile, folder: String, _ began: Date) throws -> RunStore {
    // A model that is not there is found out before a folder is made for the run.
    _ = try ModelFiles(run.model)
    return try RunStore.create(
      folder: URL(fileURLWithPath: folder), yaml: run.resolvedYAML,
      info: RunInfo(
        name: run.name, model: run.model, seed: run.trainer.seed, maxSteps: run.trainer.maxSteps,
        started: began.timeIntervalSince1970))
  }

  private func freeFolder(_ base: String) -> String { firstFreeFolder(base) }

  private func newestFolder(_ base: String) throws -> String {
    guard FileManager.default.fileExists(atPath: base) else {
      throw ValidationFailure("there is no run in \(base) to resume: name its folder with --output")
    }
    var path = base
    var number = 2
    while FileManager.default.fileExists(atPath: "\(base)-\(number)") {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }

  private func write(_ path: String, _ run: RunFile, _ store: RunStore, _ began: Date) throws {
    let summary = RunSummary(
      seed: run.trainer.seed, names: run.rewards.names, before: try store.samples(phase: .before),
      after: try store.samples(phase: .after), maximum: run.rewards.maximum, steps: run.trainer.maxSteps,
      seconds: -began.timeIntervalSinceNow)
    do {
      try Data((summary.json + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ValidationFailure("cannot write the summary \(path): \(error.reason)")
    }
  }
}
