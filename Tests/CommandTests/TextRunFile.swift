import Foundation

@testable import laurel

extension ControlRunFile {
  /// The run of a file with this text.
  init(text: String) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(text.utf8).write(to: path)
    try self.init(path: path.path)
  }
}
