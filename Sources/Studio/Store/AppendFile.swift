import Foundation

/// A file that only grows. Every append reaches the operating system before it returns (users tail these
/// files), and an append that fails leaves nothing of itself behind.
final class AppendFile: Sendable {
  let path: String
  private let descriptor: Int32

  init(path: String) throws(RunStoreError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "open the file for writing") }
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(RunStoreError) {
    let start = lseek(descriptor, 0, SEEK_END)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if start >= 0 { _ = ftruncate(descriptor, start) }
        throw .system(code, path: path, doing: "write")
      }
      written += count
    }
  }

  /// Puts `bytes` in place of the file at `path`, in one rename: a reader sees the old file or the new one.
  static func replace(path: String, with bytes: [UInt8]) throws(RunStoreError) {
    let temporary = path + ".new"
    unlink(temporary)
    do {
      let file = try AppendFile(path: temporary)
      try file.append(bytes)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw .system(code, path: path, doing: "replace the file")
    }
  }
}
