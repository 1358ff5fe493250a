import Foundation

/// The right to write one run folder, held by one process at a time.
///
/// It is a `flock` on `run.lock`: the kernel frees it when the process ends, also after `kill -9`, so there is
/// no stale lock to clean up. The file's text (the process id) only serves the error message.
public final class RunLock: Sendable {
  /// The lock's file inside a run folder.
  public static let fileName = "run.lock"

  private let descriptor: Int32

  /// Takes the lock of `folder`, or throws ``RunStoreError`` of kind `locked` that names the holder.
  public init(folder: URL) throws(RunStoreError) {
    let path = folder.appendingPathComponent(Self.fileName).path
    // Close-on-exec: a sandboxed child that outlives us must not keep the lock.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(errno, path: path, doing: "create the lock file") }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw .system(code, path: path, doing: "lock the run (does the file system support flock?)")
      }
      let holder = Self.holder(path)
      throw RunStoreError(
        .locked(pid: holder), path: folder.path,
        reason: "process \(holder.map(String.init) ?? "(unknown)") is writing this run",
        remedy: holder.map { "Wait for it, end it with `kill \($0)`, or choose another folder" }
          ?? "Wait for it to end, or choose another folder")
    }
    self.descriptor = descriptor
    let text = "\(getpid())\n"
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count
    else {
      let code = errno
      close(descriptor)
      throw .system(code, path: path, doing: "write the lock file")
    }
  }

  deinit { close(descriptor) }

  /// Whether a process holds the lock of `folder` now.
  public static func isHeld(folder: URL) -> Bool {
    let descriptor = open(folder.appendingPathComponent(fileName).path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A shared lock: two lists made at the same time do not mistake each other for the writer.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func holder(_ path: String) -> Int32? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
