import Foundation

/// Decides which requests are taken on: a bounded number is scored, a bounded number waits in order, and the bytes
/// of their bodies are bounded too. What does not fit is refused at once.
final class Admission: @unchecked Sendable {
  private let limits: ServiceLimits
  private let lock = NSLock()
  private var held = 0
  private var requests = 0
  private var scoring = 0
  private var waiters: [Waiter] = []
  private var nextWaiter = 0

  private struct Waiter {
    let number: Int
    let continuation: CheckedContinuation<Bool, Never>
    let alarm: Task<Void, Never>
  }

  init(_ limits: ServiceLimits) { self.limits = limits }

  /// How many requests are scored, how many are otherwise held, and the bytes set aside for them.
  var load: (scoring: Int, waiting: Int, bytes: Int) {
    lock.withLock { (scoring, requests - scoring, held) }
  }

  /// Takes a request on before its body is read; ``leave(bytes:)`` must follow.
  ///
  /// - Parameter bytes: the length of the body, or the largest possible one when it is not known.
  /// - Throws: ``ServiceError`` 429.
  func enter(bytes: Int) throws(ServiceError) {
    let isTaken = lock.withLock {
      guard requests < limits.scoring + limits.waiting, held + bytes <= limits.heldBytes else { return false }
      requests += 1
      held += bytes
      return true
    }
    if isTaken { return }
    throw ServiceError(
      .tooManyRequests, "the service has all the requests that it can hold",
      remedy: "send the same request again after the seconds in Retry-After", retryAfter: 1)
  }

  func leave(bytes: Int) {
    lock.withLock {
      requests -= 1
      held -= bytes
    }
  }

  /// Waits until the request may be scored; ``finish()`` must follow.
  ///
  /// - Throws: ``ServiceError`` 503 when that took too long.
  func turn() async throws(ServiceError) {
    let isFree = lock.withLock {
      guard scoring < limits.scoring else { return false }
      scoring += 1
      return true
    }
    if isFree { return }
    if await wait() { return }
    throw ServiceError(
      .serviceUnavailable, "no turn within \(limits.waitSeconds) s",
      remedy: "send the same request again after the seconds in Retry-After, or start the service with more "
        + "concurrency", retryAfter: 5)
  }

  private func wait() async -> Bool {
    await withCheckedContinuation { continuation in
      let isFree = lock.withLock {
        if scoring < limits.scoring {
          scoring += 1
          return true
        }
        let number = nextWaiter
        nextWaiter += 1
        let seconds = limits.waitSeconds
        let alarm = Task {
          do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
          self.giveUp(number)
        }
        waiters.append(Waiter(number: number, continuation: continuation, alarm: alarm))
        return false
      }
      if isFree { continuation.resume(returning: true) }
    }
  }

  /// Passes the turn on to who has waited longest.
  func finish() {
    let next: Waiter? = lock.withLock {
      if waiters.isEmpty {
        scoring -= 1
        return nil
      }
      return waiters.removeFirst()
    }
    next?.alarm.cancel()
    next?.continuation.resume(returning: true)
  }

  private func giveUp(_ number: Int) {
    let late: Waiter? = lock.withLock {
      waiters.firstIndex { $0.number == number }.map { waiters.remove(at: $0) }
    }
    late?.continuation.resume(returning: false)
  }
}
