import Foundation

/// A file that appears under its name only when it is complete. Until `commit` it is a hidden temporary file in
/// the same folder, which is removed when the object goes away.
public final class AtomicFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32

  /// Puts a text in place of the file at `path`.
  public static func replace(_ path: String, with text: String) throws(SafetensorsError) {
    let file = try AtomicFile(path: path)
    try file.append(Array(text.utf8))
    try file.commit()
  }

  init(path: String) throws(SafetensorsError) {
    self.path = path
    let target = URL(fileURLWithPath: path)
    temporary =
      target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp")
      .path
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let written = write(descriptor, base + done, min(bytes.count - done, 1 << 30))
      if written < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path, errno)
      }
      done += written
    }
  }

  func append(_ array: [UInt8]) throws(SafetensorsError) {
    let result = array.withUnsafeBytes { bytes in
      Result { () throws(SafetensorsError) in try append(bytes) }
    }
    try result.get()
  }

  /// Flushes to the disk and gives the file its name.
  func commit() throws(SafetensorsError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
    close(descriptor)
    descriptor = -1
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private static func failure(_ path: String, _ code: Int32) -> SafetensorsError {
    let full = code == ENOSPC || code == EDQUOT
    return SafetensorsError(
      file: path, problem: "cannot write: \(full ? "the disk is full" : String(cString: strerror(code)))",
      remedy: full
        ? "Free some space and save again; the previous file is unchanged."
        : "Check that the folder exists and may be written to; a previous file is unchanged.")
  }
}
