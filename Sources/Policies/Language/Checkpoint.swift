import Foundation
import Rewards
import Torch

/// A run's state after a step, in a folder `checkpoint-STEP`.
///
/// It is written beside and takes its name in one rename, so a kill or a full disk leaves the ones before it as
/// they were. Everything random in a run is a function of seed and step: weights, optimiser state and the step's
/// number are all there is to keep.
public struct Checkpoint: Sendable, Equatable {
  private static let prefix = "checkpoint-"
  private static let stateFile = "trainer_state.json"

  public let folder: URL
  /// Steps taken.
  public let step: Int

  /// Writes the engine's state.
  /// - Throws: `SafetensorsError` or an error of the file system; nothing is left behind.
  public static func write(_ engine: any PolicyEngine, step: Int, in parent: URL) throws -> Checkpoint {
    let manager = FileManager.default
    let target = parent.appendingPathComponent("\(prefix)\(step)", isDirectory: true)
    let temporary = parent.appendingPathComponent(".\(prefix)\(step).tmp", isDirectory: true)
    try? manager.removeItem(at: temporary)
    do {
      try manager.createDirectory(at: temporary, withIntermediateDirectories: true)
      try engine.write(checkpoint: temporary.path)
      let state = JSONValue.object(JSONObject([("global_step", .integer(step))]))
      try AtomicFile.replace(temporary.appendingPathComponent(stateFile).path, with: state.jsonText + "\n")
      try? manager.removeItem(at: target)
      try manager.moveItem(at: temporary, to: target)
    } catch {
      try? manager.removeItem(at: temporary)
      throw error
    }
    return Checkpoint(folder: target, step: step)
  }

  /// The checkpoints beneath a folder, oldest first. Unfinished ones do not have the name yet.
  public static func all(in parent: URL) -> [Checkpoint] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)) else { return nil }
      return Checkpoint(folder: parent.appendingPathComponent(name, isDirectory: true), step: step)
    }.sorted { $0.step < $1.step }
  }

  /// Deletes all but the newest `count`, as TRL's `save_total_limit`.
  public static func prune(in parent: URL, keeping count: Int) {
    for checkpoint in all(in: parent).dropLast(count) {
      try? FileManager.default.removeItem(at: checkpoint.folder)
    }
  }

  /// Gives the engine the state of this checkpoint.
  /// - Throws: `SafetensorsError` that names the file and the tensor.
  public func restore(_ engine: any PolicyEngine) throws { try engine.read(checkpoint: folder.path) }
}
