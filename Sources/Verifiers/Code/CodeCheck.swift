import Foundation
import Rewards

/// A task that is being checked.
public final class CodeCheck: @unchecked Sendable {
  public let task: CodeTask
  private let condition = NSCondition()
  private var result: CodeVerdict?
  private var continuation: CheckedContinuation<CodeVerdict, Never>?
  private var pending: SandboxRequest?

  init(_ task: CodeTask) { self.task = task }

  var request: SandboxRequest? {
    get { condition.withLock { pending } }
    set { condition.withLock { pending = newValue } }
  }

  /// The verdict, as soon as there is one. To be asked once.
  public func verdict() async -> CodeVerdict {
    await withCheckedContinuation { continuation in
      let early = condition.withLock {
        if result == nil { self.continuation = continuation }
        return result
      }
      if let early { continuation.resume(returning: early) }
    }
  }

  /// Blocks the calling thread until there is a verdict.
  public func waitForVerdict() -> CodeVerdict {
    condition.withLock {
      while true {
        if let result { return result }
        condition.wait()
      }
    }
  }

  /// Takes the task off the queue; a check that has begun goes on.
  public func cancel() { request?.cancel() }

  func finish(_ verdict: CodeVerdict) {
    let waiting = condition.withLock {
      result = verdict
      condition.broadcast()
      defer { continuation = nil }
      return continuation
    }
    waiting?.resume(returning: verdict)
  }

  /// Reads what the sandbox said. A program that destroys its sandbox twice has failed every test.
  func verdict(for answer: SandboxAnswer, _ options: CodeOptions) -> CodeVerdict {
    func notJudged(_ reason: String) -> CodeVerdict {
      CodeVerdict(tests: [], reason: reason, isJudged: false)
    }
    switch answer {
    case .unavailable(let error): return notJudged("\(error)")
    case .cancelled: return notJudged("cancelled")
    case .lost(let loss):
      let reason =
        switch loss {
        case .ended, .nonsense: "the program destroyed its sandbox"
        case .silent: "no answer within \(options.seconds) s"
        }
      return CodeVerdict(tests: [Bool](repeating: false, count: task.caseCount ?? 1), reason: reason)
    case .answered(let answers):
      switch task.tests {
      case .function: return answers.last.flatMap(functionVerdict) ?? notJudged("the sandbox gave no verdict")
      case .cases(let cases): return casesVerdict(answers, cases)
      }
    }
  }

  private func functionVerdict(_ answer: JSONObject) -> CodeVerdict? {
    guard case .array(let tests)? = answer["tests"], case .string(let reason)? = answer["reason"],
      case .bool(let isJudged)? = answer["judged"]
    else { return nil }
    return CodeVerdict(
      tests: tests.map { $0 == .bool(true) }, reason: reason, isJudged: isJudged,
      milliseconds: Self.milliseconds(of: answer))
  }

  private func casesVerdict(_ answers: [JSONObject], _ cases: [CodeCase]) -> CodeVerdict {
    var verdict = CodeVerdict(tests: [])
    for (index, test) in cases.enumerated() {
      var why = "no answer"
      if index < answers.count, case .string(let reason)? = answers[index]["reason"],
        case .string(let output)? = answers[index]["output"]
      {
        why = reason.isEmpty && !test.accepts(output) ? "another output" : reason
        verdict.milliseconds += Self.milliseconds(of: answers[index])
      }
      verdict.tests.append(why.isEmpty)
      if !why.isEmpty && verdict.reason.isEmpty {
        verdict.reason = "test \(index + 1) of \(cases.count): \(why)"
      }
    }
    return verdict
  }

  private static func milliseconds(of answer: JSONObject) -> Double { answer["milliseconds"]?.double ?? 0 }
}
