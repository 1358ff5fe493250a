import ArgumentParser
import Dispatch
import Foundation

/// Runs `work` and lets Ctrl-C (SIGINT) and SIGTERM cancel it, so that it ends at a good place. A second signal,
/// or `grace` seconds without an end, ends the process at once.
///
/// - Parameters:
///   - grace: seconds; nil for work that needs its time to end well.
///   - announce: called when the first signal comes.
///   - report: says how far the work came; called once, when it was ended by a signal.
/// - Throws: what `work` throws; after a signal `ExitCode` 128 + its number, as shells have it.
func interruptible<Value: Sendable>(
  grace: Double? = 2, announce: @escaping @Sendable () -> Void = {}, report: @escaping @Sendable () -> Void,
  _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let task = Task { try await work() }
  let interruption = Interruption(grace: grace, report: report) {
    announce()
    task.cancel()
  }
  defer { interruption.end() }
  do { return try await task.value } catch {
    try tell(error, interruption)
    throw error
  }
}

/// The same for work that does not await: it is told to stop by its parameter, which it asks now and then.
func interruptible<Value>(
  grace: Double? = 2, announce: @escaping @Sendable () -> Void = {}, report: @escaping @Sendable () -> Void,
  _ work: (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Value
) throws -> Value {
  let stop = StopMark()
  let interruption = Interruption(grace: grace, report: report) {
    announce()
    stop.set()
  }
  defer { interruption.end() }
  do { return try work { stop.isSet } } catch {
    try tell(error, interruption)
    throw error
  }
}

/// After a signal: what went wrong besides is said, and the code is the signal's.
private func tell(_ error: any Error, _ interruption: Interruption) throws {
  guard let code = interruption.exitCode else { return }
  if !(error is CancellationError) { say("\(error)") }
  throw ExitCode(code)
}

/// Set once, when work should stop.
private final class StopMark: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}

/// Listens for signals.
private final class Interruption: @unchecked Sendable {
  private let queue = DispatchQueue(label: "laurel.signals")
  private let grace: Double?
  private let report: @Sendable () -> Void
  private let cancel: @Sendable () -> Void
  private var sources: [any DispatchSourceSignal] = []
  private var signal: Int32?

  init(grace: Double?, report: @escaping @Sendable () -> Void, cancel: @escaping @Sendable () -> Void) {
    self.grace = grace
    self.report = report
    self.cancel = cancel
    for number in [SIGINT, SIGTERM] where !Self.isIgnored(number) {
      // The default would end the process before the source hears of the signal.
      _ = Foundation.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.received(number) }
      source.resume()
      sources.append(source)
    }
  }

  /// The code to exit with; nil when no signal came. Reports what a signal has cut short.
  var exitCode: Int32? {
    queue.sync {
      guard let signal else { return nil }
      report()
      return 128 + signal
    }
  }

  func end() {
    queue.sync {
      for source in sources {
        source.cancel()
        _ = Foundation.signal(Int32(source.handle), SIG_DFL)
      }
      sources = []
    }
  }

  private func received(_ number: Int32) {
    if signal != nil { exitNow(number) }
    signal = number
    cancel()
    guard let grace else { return }
    queue.asyncAfter(deadline: .now() + grace) { [weak self] in
      guard let self, !sources.isEmpty else { return }
      report()
      exitNow(number)
    }
  }

  private func exitNow(_ number: Int32) -> Never { _exit(128 + number) }

  /// A job that a shell runs in the background ignores Ctrl-C, and should go on doing so.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
