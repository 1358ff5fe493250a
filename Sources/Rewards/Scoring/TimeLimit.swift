import Dispatch
import Foundation

/// The queue on which all time limits fire. Nothing on it ever blocks.
private let clockQueue = DispatchQueue(label: "laurel.time-limits")

/// A moment to be woken at, which can be moved and called off.
final class WakeUp: @unchecked Sendable {
  private let timer = DispatchSource.makeTimerSource(queue: clockQueue)

  /// Calls `handler` once, `seconds` from now.
  init(after seconds: Double, _ handler: @escaping @Sendable () -> Void) {
    timer.setEventHandler(handler: handler)
    move(to: seconds)
    timer.resume()
  }

  /// Calls the handler again, or later, `seconds` from now.
  func move(to seconds: Double) {
    timer.schedule(deadline: .now() + min(max(seconds, 0), 1e9))
  }

  func cancel() {
    // The handler may hold whoever holds this.
    timer.setEventHandler {}
    timer.cancel()
  }
}

/// The race between a piece of work, its time limit and the caller's cancellation: the first answer counts.
private final class Race<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var continuation: CheckedContinuation<Value, Never>?
  private var answer: Value?
  private var task: Task<Void, Never>?
  private var wakeUp: WakeUp?

  /// Starts waiting; resumes at once when an answer is there already.
  func wait(_ continuation: CheckedContinuation<Value, Never>) {
    let early: Value? = lock.withLock {
      if answer == nil { self.continuation = continuation }
      return answer
    }
    if let early { continuation.resume(returning: early) }
  }

  /// Says what to call off when something else wins.
  func run(_ task: Task<Void, Never>, until wakeUp: WakeUp) {
    let isLate = lock.withLock {
      (self.task, self.wakeUp) = (task, wakeUp)
      return answer != nil
    }
    if isLate { callOff() }
  }

  /// Gives the answer; false when there was one already.
  @discardableResult func finish(_ value: Value) -> Bool {
    let (isFirst, waiting): (Bool, CheckedContinuation<Value, Never>?) = lock.withLock {
      if answer != nil { return (false, nil) }
      answer = value
      defer { continuation = nil }
      return (true, continuation)
    }
    if isFirst { callOff() }
    waiting?.resume(returning: value)
    return isFirst
  }

  private func callOff() {
    let (task, wakeUp) = lock.withLock {
      defer { (self.task, self.wakeUp) = (nil, nil) }
      return (self.task, self.wakeUp)
    }
    task?.cancel()
    wakeUp?.cancel()
  }
}

/// How a piece of work under a time limit ended.
package enum LimitedResult<Value: Sendable>: Sendable {
  case finished(Value)
  case threw(any Error)
  case timedOut
}

/// Runs `work` for at most `seconds`, or until the calling task is cancelled (which counts as a thrown
/// `CancellationError`).
///
/// The work is cancelled then; if it ignores that it goes on by itself (its thread stays busy, and `stuck`
/// counts it), but the caller is not kept waiting.
package func withTimeLimit<Value: Sendable>(
  seconds: Double, stuck: StuckCalls, _ work: @escaping @Sendable () async throws -> Value
) async -> LimitedResult<Value> {
  let race = Race<LimitedResult<Value>>()
  let attempt: @Sendable () async -> Void = {
    let result: LimitedResult<Value>
    do { result = .finished(try await work()) } catch { result = .threw(error) }
    if !race.finish(result) { stuck.leave() }
  }
  let giveUp: @Sendable (LimitedResult<Value>) -> Void = { result in
    if race.finish(result) { stuck.enter() }
  }
  return await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      race.wait(continuation)
      let wakeUp = WakeUp(after: seconds) { giveUp(.timedOut) }
      if #available(macOS 15, iOS 18, *) {
        race.run(Task(executorPreference: RewardThreads.shared) { await attempt() }, until: wakeUp)
      } else {
        race.run(Task { await attempt() }, until: wakeUp)
      }
    }
  } onCancel: {
    giveUp(.threw(CancellationError()))
  }
}
