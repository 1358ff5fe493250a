import Foundation
import Testing

@testable import Studio

@Suite("Run lock")
struct RunLockTests {
  @Test("A second writer is refused with the first one's process id, and readers are not")
  func conflict() throws {
    let scratch = try ScratchFolder()
    var store: RunStore? = try scratch.makeRun()
    #expect {
      try RunStore.open(folder: scratch.url, readOnly: false)
    } throws: { error in
      (error as? RunStoreError)?.kind == .locked(pid: getpid()) && "\(error)".contains("kill \(getpid())")
    }
    _ = try RunStore.open(folder: scratch.url, readOnly: true)
    #expect(RunLock.isHeld(folder: scratch.url))
    try store?.append(step: step(1))
    store = nil
    #expect(!RunLock.isHeld(folder: scratch.url))
    _ = try RunStore.open(folder: scratch.url, readOnly: false)
  }

  @Test("Two runs in one folder: while the first runs and after it, the second is told where and what to do")
  func sameFolder() throws {
    let scratch = try ScratchFolder()
    let path = scratch.url.path
    var store: RunStore? = try scratch.makeRun()
    func message() -> String? {
      do {
        _ = try scratch.makeRun()
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      message()
        == "\(path): process \(getpid()) is writing this run. "
        + "Wait for it, end it with `kill \(getpid())`, or choose another folder.")
    #expect(store != nil)
    store = nil
    #expect(message() == "\(path): the folder already holds a run. Resume it, or choose another folder.")
  }

  @Test(
    "A lock held by a process that is killed with SIGKILL is free at once",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
  func killed() async throws {
    let scratch = try ScratchFolder()
    let ready = scratch.url.appendingPathComponent("ready").path
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    // --no-fork: flock becomes the command, so the kill meets the holder itself.
    other.arguments = [
      "--no-fork", scratch.url.appendingPathComponent(RunLock.fileName).path,
      "/bin/sh", "-c", "touch '\(ready)'; exec sleep 60",
    ]
    try other.run()
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: ready) {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect { try RunLock(folder: scratch.url) } throws: { ($0 as? RunStoreError)?.kind == .locked(pid: nil) }
    kill(other.processIdentifier, SIGKILL)
    other.waitUntilExit()
    _ = try RunLock(folder: scratch.url)
  }
}
