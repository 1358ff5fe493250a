import Foundation
import Rewards

/// One server in its sandbox, and the line to it.
///
/// Frames are a length of 4 bytes, the highest first, and JSON. The kernel kills the server when the thread that
/// started it ends: the thread that made a value of this type must outlive it.
final class SandboxProcess {
  private let process: pid_t
  private let socket: Int32
  private let complaints: Int32

  /// How long a server may take to start.
  private static let startSeconds = 30.0
  private static let frameLimit = 32 << 20
  /// Two threads that start servers at once would hand each other's lines down.
  private static let spawning = NSLock()

  /// - Throws: ``SandboxError`` with what the system, bubblewrap or Python said.
  init(_ sandbox: Sandbox) throws(SandboxError) {
    let (process, socket, complaints) = try Self.spawn(sandbox.command)
    self.process = process
    self.socket = socket
    self.complaints = complaints
    let deadline = ContinuousClock.now + .seconds(Self.startSeconds)
    guard case .object(let hello)? = try? receive(until: deadline), hello["ready"] == .bool(true) else {
      let said = complaint()
      throw SandboxError(
        reason: "it did not start" + (said.isEmpty ? "" : " (\(said))"),
        remedy: "allow user namespaces on this machine, or run unsafely")
    }
    guard sandbox.isUnsafe || hello["filter"] == .bool(true) else {
      throw SandboxError(
        reason: "system calls cannot be filtered on this processor",
        remedy: "use x86_64 or arm64, or run unsafely")
    }
  }

  deinit {
    // The sandbox ends with its first process, and everything in it.
    kill(-process, SIGKILL)
    kill(process, SIGKILL)
    close(socket)
    close(complaints)
    while waitpid(process, nil, 0) < 0 && errno == EINTR {}
  }

  private static func spawn(_ command: [String]) throws(SandboxError) -> (pid_t, Int32, Int32) {
    spawning.lock()
    defer { spawning.unlock() }
    var line: [Int32] = [0, 0]
    var errors: [Int32] = [0, 0]
    #if os(Linux)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, stream, 0, &line) == 0 else { throw failure("socketpair") }
    guard pipe(&errors) == 0 else {
      line.forEach { close($0) }
      throw failure("pipe")
    }
    defer {
      close(line[1])
      close(errors[1])
    }
    for descriptor in line + errors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    for descriptor in [line[0], errors[0]] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var one: Int32 = 1
      setsockopt(line[0], SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (from, to) in [(line[1], 0), (line[1], 1), (errors[1], 2)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    // A group of its own, so that Ctrl-C is for this process alone; no signal blocked or ignored.
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process: pid_t = 0
    let words = command.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let status = posix_spawn(&process, command[0], &actions, &attributes, words, environ)
    guard status == 0 else {
      close(line[0])
      close(errors[0])
      throw SandboxError(
        reason: "\(command[0]) could not be started: \(String(cString: strerror(status)))",
        remedy: "check the installation")
    }
    return (process, line[0], errors[0])
  }

  private static func failure(_ call: String) -> SandboxError {
    SandboxError(
      reason: "\(call): \(String(cString: strerror(errno)))", remedy: "close other programs, then try again")
  }

  /// What the server, or who should have started it, wrote to standard error.
  private func complaint() -> String {
    var buffer = [UInt8](repeating: 0, count: 2000)
    let count = read(complaints, &buffer, buffer.count)
    let lines = String(decoding: buffer[..<max(count, 0)], as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last.map(String.init) ?? ""
  }

  /// Sends frames and gives the answers up to the one that ends them.
  /// - Throws: ``SandboxLoss`` when the server ends, says nonsense, or does not answer within `seconds`.
  func exchange(_ frames: [JSONValue], seconds: Double) throws(SandboxLoss) -> [JSONObject] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes: [UInt8] = []
    for frame in frames {
      var writer = JSONWriter()
      writer.value(frame)
      let size = UInt32(writer.bytes.count)
      bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
      bytes += writer.bytes
    }
    try send(bytes, until: deadline)
    var answers: [JSONObject] = []
    while true {
      guard case .object(let answer) = try receive(until: deadline) else { throw .nonsense }
      if answer["end"] == .bool(true) { return answers }
      answers.append(answer)
    }
  }

  private func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(SandboxLoss) {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemSend(socket, $0.baseAddress?.advanced(by: start), $0.count - start, flags)
      }
      if count > 0 {
        start += count
      } else if count < 0 && errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline)
      } else if !(count < 0 && errno == EINTR) {
        throw .ended
      }
    }
  }

  private func receive(until deadline: ContinuousClock.Instant) throws(SandboxLoss) -> JSONValue {
    let size = try receive(4, until: deadline).reduce(0) { $0 << 8 | Int($1) }
    guard size <= Self.frameLimit else { throw .nonsense }
    let bytes = try receive(size, until: deadline)
    guard let value = try? JSONParser().parse(bytes) else { throw .nonsense }
    return value
  }

  private func receive(_ count: Int, until deadline: ContinuousClock.Instant) throws(SandboxLoss) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var start = 0
    while start < count {
      let got = bytes.withUnsafeMutableBytes {
        read(socket, $0.baseAddress?.advanced(by: start), count - start)
      }
      if got > 0 {
        start += got
      } else if got < 0 && errno == EAGAIN {
        try wait(for: POLLIN, until: deadline)
      } else if !(got < 0 && errno == EINTR) {
        throw .ended
      }
    }
    return bytes
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(SandboxLoss) {
    let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
    if rest <= 0 { throw .silent }
    var request = pollfd(fd: socket, events: Int16(event), revents: 0)
    _ = poll(&request, 1, Int32(min(rest.rounded(.up), 1e6)))
  }
}

/// How a server was lost.
enum SandboxLoss: Error, Sendable {
  case ended
  case silent
  case nonsense
}

#if os(Linux)
  private let systemSend = Glibc.send
#else
  private let systemSend = Darwin.send
#endif
