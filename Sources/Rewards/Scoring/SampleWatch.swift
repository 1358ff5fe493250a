import Dispatch
import Foundation

/// Scores samples one by one on a reward thread, and passes over each that takes longer than the limit: its
/// thread is left to itself and another one goes on with the next sample.
///
/// The watch ends early, with the rest not asked, when too many calls are stuck or time out in a row.
final class SampleWatch: @unchecked Sendable {
  private let seconds: Double
  private let stuck: StuckCalls
  private let score: @Sendable (Int) throws -> Score

  private let lock = NSLock()
  private var scores: [Score]
  /// The sample being asked; the number of samples when all is done.
  private var current = 0
  private var began = DispatchTime.now()
  /// The number of the thread whose answers count; every time-out makes a new one.
  private var worker = 0
  private var timeOutsInARow = 0
  private var continuation: CheckedContinuation<[Score], Never>?
  private var wakeUp: WakeUp?

  /// - Parameters:
  ///   - count: the number of samples.
  ///   - seconds: the time limit for one of them.
  ///   - score: asks about the sample of that index.
  init(count: Int, seconds: Double, stuck: StuckCalls, _ score: @escaping @Sendable (Int) throws -> Score) {
    self.seconds = seconds
    self.stuck = stuck
    self.score = score
    scores = [Score](repeating: .notAsked(seconds: seconds), count: count)
  }

  /// One score per sample. A cancelled caller gets what there is at once.
  func run() async -> [Score] {
    if scores.isEmpty || stuck.isFull { return scores }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isCancelled = lock.withLock {
          if current == scores.count { return true }
          self.continuation = continuation
          began = .now()
          wakeUp = WakeUp(after: seconds) { [weak self] in self?.check() }
          return false
        }
        if isCancelled { return continuation.resume(returning: scores) }
        RewardThreads.shared.run { self.work(0) }
      }
    } onCancel: {
      finish(
        lock.withLock {
          if continuation != nil { return stop(isStuck: true) }
          current = scores.count
          return nil
        })
    }
  }

  private func work(_ worker: Int) {
    var answer: Score?
    while let sample = next(worker, after: answer) {
      do { answer = try score(sample) } catch { answer = .failed("\(error)") }
    }
  }

  /// Keeps the answer about the current sample and gives the next one; nil when `worker` should end.
  private func next(_ worker: Int, after answer: Score?) -> Int? {
    let (sample, waiting): (Int?, CheckedContinuation<[Score], Never>?) = lock.withLock {
      guard worker == self.worker else {
        stuck.leave()
        return (nil, nil)
      }
      if let answer {
        // Made anew: a value put into a score by hand is checked here.
        scores[current] = answer.checked
        current += 1
        timeOutsInARow = 0
      }
      if current == scores.count { return (nil, stop(isStuck: false)) }
      began = .now()
      return (current, nil)
    }
    finish(waiting)
    return sample
  }

  /// Called when the current sample may have had its time.
  private func check() {
    var successor: Int?
    let waiting: CheckedContinuation<[Score], Never>? = lock.withLock {
      if current == scores.count { return nil }
      let passed = Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
      if passed < seconds {
        wakeUp?.move(to: seconds - passed)
        return nil
      }
      scores[current] = Score(.timedOut(seconds: seconds))
      current += 1
      timeOutsInARow += 1
      if current == scores.count || timeOutsInARow >= StuckCalls.patience { return stop(isStuck: true) }
      worker += 1
      stuck.enter()
      if stuck.isFull { return stop(isStuck: false) }
      began = .now()
      wakeUp?.move(to: seconds)
      successor = worker
      return nil
    }
    finish(waiting)
    if let successor { RewardThreads.shared.run { self.work(successor) } }
  }

  /// Ends the watch; under the lock. Gives who waits for the scores.
  private func stop(isStuck: Bool) -> CheckedContinuation<[Score], Never>? {
    if isStuck {
      worker += 1
      stuck.enter()
    }
    current = scores.count
    wakeUp?.cancel()
    defer { (continuation, wakeUp) = (nil, nil) }
    return continuation
  }

  private func finish(_ waiting: CheckedContinuation<[Score], Never>?) {
    waiting?.resume(returning: scores)
  }
}

extension Score {
  /// For the samples that a reward is no longer asked about.
  static func notAsked(seconds: Double) -> Score {
    .failed("not asked: earlier samples had no answer within \(seconds) s")
  }
}
