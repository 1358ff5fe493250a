import Foundation
import Numeric

/// A state that went through a file, and the file's bytes: two learners are the same when their bytes are.
struct ArchivedState {
  let archive: StateArchive
  let bytes: Data

  init(_ save: (inout StateArchive) throws(StateArchiveError) -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("state-\(UInt64.random(in: 0 ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var written = StateArchive(kind: "test", version: 1)
    try save(&written)
    try written.write(to: path)
    bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    archive = try StateArchive(path: path, kind: "test", version: 1)
  }
}
