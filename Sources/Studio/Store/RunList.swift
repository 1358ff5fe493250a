import Foundation

/// The runs beneath a folder, for a list of them.
public enum RunList {
  /// One run in a list.
  public struct Entry: Sendable, Equatable {
    public var folder: URL
    public var name: String
    /// nil when the run cannot be read.
    public var state: RunProgress?
    /// The number of steps taken.
    public var steps: Int
    public var maxSteps: Int?
    /// The last step's `reward`; nil when it has none.
    public var lastReward: Double?
    /// Seconds since 1970.
    public var started: Double?
    /// Why the run cannot be read.
    public var problem: RunStoreError?
  }

  /// Every run in `folder` and in the folders beneath it, the newest first. A run that cannot be read is listed
  /// with its problem. A run's own subfolders are not searched.
  public static func runs(beneath folder: URL, depth: Int = 4) -> [Entry] {
    var entries: [Entry] = []
    collect(folder, depth: depth, into: &entries)
    return entries.sorted {
      ($0.started ?? 0, $1.folder.path) > ($1.started ?? 0, $0.folder.path)
    }
  }

  private static func collect(_ folder: URL, depth: Int, into entries: inout [Entry]) {
    if FileManager.default.fileExists(atPath: RunStore.database(folder)) {
      entries.append(entry(folder))
      return
    }
    guard depth > 0 else { return }
    let children = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.isDirectoryKey, .isSymbolicLinkKey],
      options: .skipsHiddenFiles)
    for child in children ?? [] {
      let values = try? child.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
      guard values?.isDirectory == true, values?.isSymbolicLink != true else { continue }
      collect(child, depth: depth - 1, into: &entries)
    }
  }

  private static func entry(_ folder: URL) -> Entry {
    var entry = Entry(folder: folder, name: folder.lastPathComponent, steps: 0)
    do throws(RunStoreError) {
      let store = try RunStore.open(folder: folder, readOnly: true)
      let facts = try store.facts()
      let (count, last) = try store.lastStep()
      entry.name = facts["name"] ?? entry.name
      entry.state = try store.progress()
      entry.steps = count
      entry.maxSteps = facts["max_steps"].flatMap(Int.init)
      entry.lastReward = last?.metrics["reward"]?.finite
      entry.started = facts["started"].flatMap(Double.init)
    } catch {
      entry.problem = error
    }
    return entry
  }
}
