import Foundation

/// Data sets that may stand beside the package; tests skip with a message where they do not.
enum SharedData {
  static func path(_ name: String) -> String? {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let places =
      [root.appending(path: "../shared/data/\(name)").standardized.path]
      + (ProcessInfo.processInfo.environment["LAUREL_SHARED_DATA"].map { ["\($0)/\(name)"] } ?? [])
    return places.first { FileManager.default.fileExists(atPath: $0) }
  }

  static func skip(_ name: String) { print("skipped: ../shared/data/\(name) is not there") }
}
