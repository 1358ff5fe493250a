import Foundation
import Rewards

/// What became of a request to a sandbox.
enum SandboxAnswer: Sendable {
  case answered([JSONObject])
  /// The sandbox was destroyed, or stopped answering, twice in a row.
  case lost(SandboxLoss)
  /// No sandbox could be started.
  case unavailable(SandboxError)
  /// Nobody waits for the answer any more.
  case cancelled
}

/// Warm sandboxes, each with a thread of its own, that take requests from one queue.
///
/// A sandbox that is lost is replaced, and the request that it was lost on is tried once more in a fresh one.
final class SandboxPool: Sendable {
  private let queue: RequestQueue

  /// Starts the first sandbox and waits until it answers; the others follow when there is work for them.
  /// - Throws: ``SandboxError`` when it cannot be started.
  init(_ sandbox: Sandbox, workers: Int) throws(SandboxError) {
    precondition(workers > 0, "a pool has workers")
    queue = RequestQueue(sandbox, workers: workers)
    if let error = queue.startFirst() {
      queue.close()
      throw error
    }
  }

  deinit { queue.close() }

  /// Sends `frames`; `completion` is called once, on another thread.
  func submit(
    _ frames: [JSONValue], seconds: Double, _ completion: @escaping @Sendable (SandboxAnswer) -> Void
  ) -> SandboxRequest {
    let request = SandboxRequest(frames: frames, seconds: seconds, completion: completion)
    queue.append(request)
    return request
  }
}

/// A request in the queue, which can be called off as long as no sandbox has taken it.
final class SandboxRequest: @unchecked Sendable {
  let frames: [JSONValue]
  let seconds: Double
  private let lock = NSLock()
  private var completion: (@Sendable (SandboxAnswer) -> Void)?

  init(frames: [JSONValue], seconds: Double, completion: @escaping @Sendable (SandboxAnswer) -> Void) {
    self.frames = frames
    self.seconds = seconds
    self.completion = completion
  }

  var isWaitedFor: Bool { lock.withLock { completion != nil } }

  func cancel() { finish(.cancelled) }

  func finish(_ answer: SandboxAnswer) {
    let waiting = lock.withLock {
      defer { completion = nil }
      return completion
    }
    waiting?(answer)
  }
}

private final class RequestQueue: @unchecked Sendable {
  private let sandbox: Sandbox
  private let workers: Int
  private let condition = NSCondition()
  private var requests: [SandboxRequest] = []
  private var taken = 0
  private var threads = 0
  private var idle = 0
  private var isClosed = false
  /// How the first sandbox came up: nil while it has not.
  private var first: Result<Void, SandboxError>?

  init(_ sandbox: Sandbox, workers: Int) {
    self.sandbox = sandbox
    self.workers = workers
  }

  func startFirst() -> SandboxError? {
    condition.withLock {
      addThread()
      while true {
        switch first {
        case nil: condition.wait()
        case .success?: return nil
        case .failure(let error)?: return error
        }
      }
    }
  }

  func append(_ request: SandboxRequest) {
    condition.withLock {
      requests.append(request)
      if idle < requests.count - taken && threads < workers { addThread() }
      condition.signal()
    }
  }

  /// Ends the threads, and with them the sandboxes. What is still queued is cancelled.
  func close() {
    let rest = condition.withLock {
      isClosed = true
      condition.broadcast()
      defer { (requests, taken) = ([], 0) }
      return requests[taken...]
    }
    for request in rest { request.cancel() }
  }

  private func addThread() {
    threads += 1
    let thread = Thread { self.work() }
    thread.name = "laurel.sandbox"
    thread.start()
  }

  /// The next request; nil when the thread should end.
  private func next() -> SandboxRequest? {
    condition.withLock {
      while requests.isEmpty && !isClosed {
        idle += 1
        condition.wait()
        idle -= 1
      }
      if isClosed { return nil }
      defer {
        taken += 1
        if taken == requests.count {
          requests.removeAll(keepingCapacity: true)
          taken = 0
        }
      }
      return requests[taken]
    }
  }

  private func work() {
    var process: SandboxProcess?
    if condition.withLock({ first == nil }) {
      let result: Result<Void, SandboxError>
      do {
        process = try SandboxProcess(sandbox)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      condition.withLock {
        first = result
        condition.broadcast()
      }
    }
    while let request = next() {
      guard request.isWaitedFor else { continue }
      request.finish(answer(request, &process))
    }
  }

  private func answer(_ request: SandboxRequest, _ process: inout SandboxProcess?) -> SandboxAnswer {
    var loss = SandboxLoss.ended
    for _ in 0..<2 {
      do {
        let server = try process ?? SandboxProcess(sandbox)
        process = server
        return .answered(try server.exchange(request.frames, seconds: request.seconds))
      } catch let error as SandboxError {
        return .unavailable(error)
      } catch {
        process = nil
        loss = error as? SandboxLoss ?? .ended
      }
    }
    return .lost(loss)
  }
}
