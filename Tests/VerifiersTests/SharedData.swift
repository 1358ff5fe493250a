import Foundation

/// Data sets that may stand beside the package; tests skip with a message where they do not.
enum SharedData {
  static func path(_ name: String) -> String? {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let path = root.appending(path: "../shared/data/\(name)").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  static func skip(_ name: String) { print("skipped: ../shared/data/\(name) is not there") }
}
