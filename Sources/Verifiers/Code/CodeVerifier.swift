import Foundation
import Rewards

/// How programs are run.
public struct CodeOptions: Sendable, Equatable {
  /// Seconds, by the clock on the wall: for all calls of a function's tests together, for one case of a program.
  public var seconds = 5.0
  public var limits = SandboxLimits()
  /// Sandboxes that work at the same time; 0 is one a processor core.
  public var workers = 0
  /// How a program that is not Python is run: a shell command with `{file}` where the program's path goes.
  public var command: String?
  /// A command that is run once before, for example a compiler.
  public var build: String?
  /// The ending of the program's file, with its dot.
  public var fileExtension = ".py"
  /// The Python interpreter; nil takes the system's.
  public var python: String?
  /// Further folders that programs may read.
  public var readOnlyFolders: [String] = []
  /// Runs without a sandbox: programs can then do all that this process can.
  public var isUnsafe = false

  public init() {}
}

/// Runs programs against tests, in sandboxes that stay warm.
///
/// Python functions: the candidate's module lives in a process of its own, the tests in another. Only plain data
/// passes between them (numbers, strings, bytes, lists, tuples, dictionaries, sets, ranges, with their exact types,
/// iterators, functions to call back, and instances of classes that the prompt defines). The candidate therefore has
/// no test, no expected value and no comparison to read or replace. A test that passes anything else is not judged; a
/// candidate that returns anything else fails. What a function does to its arguments is seen by the tests only when it
/// returns nothing.
///
/// Programs with cases: each case is a process of its own; outputs are compared outside the sandbox.
///
/// See ``Sandbox`` for the walls.
public final class CodeVerifier: Sendable {
  public let options: CodeOptions
  private let pool: SandboxPool

  /// Time on top of the tests' own, for starting processes on a busy machine, before a sandbox counts as lost.
  private static let patience = 10.0

  /// - Throws: ``SandboxError`` when no sandbox can be set up.
  public init(options: CodeOptions = CodeOptions()) throws(SandboxError) {
    self.options = options
    let sandbox = try Sandbox(
      limits: options.limits, python: options.python, readOnlyFolders: options.readOnlyFolders,
      runsCommands: options.command != nil, isUnsafe: options.isUnsafe)
    let workers = options.workers > 0 ? options.workers : ProcessInfo.processInfo.activeProcessorCount
    pool = try SandboxPool(sandbox, workers: workers)
  }

  /// One verdict a task, in order. A cancelled caller gets verdicts that are not judged.
  public func verdicts(on tasks: [CodeTask]) async -> [CodeVerdict] {
    let checks = tasks.map(start)
    return await withTaskCancellationHandler {
      var verdicts: [CodeVerdict] = []
      for check in checks { verdicts.append(await check.verdict()) }
      return verdicts
    } onCancel: {
      for check in checks { check.cancel() }
    }
  }

  /// Queues a task; its verdict is to be asked of the check.
  public func start(_ task: CodeTask) -> CodeCheck {
    let check = CodeCheck(task)
    if let verdict = refusal(of: task) {
      check.finish(verdict)
      return check
    }
    let seconds = options.seconds * Double(max(task.caseCount ?? 1, 1) + (options.build == nil ? 0 : 1))
    check.request = pool.submit(frames(for: task), seconds: seconds + Self.patience) { [options] answer in
      check.finish(check.verdict(for: answer, options))
    }
    return check
  }

  /// Why a task cannot be asked about at all.
  private func refusal(of task: CodeTask) -> CodeVerdict? {
    switch task.tests {
    case .function where options.command != nil:
      CodeVerdict(tests: [], reason: "a command is judged by cases, not by a Python test", isJudged: false)
    case .cases(let cases) where cases.isEmpty:
      CodeVerdict(tests: [], reason: "there is no case", isJudged: false)
    default: nil
    }
  }

  private func frames(for task: CodeTask) -> [JSONValue] {
    var header = JSONObject([
      ("seconds", .number(options.seconds)), ("memory", .integer(options.limits.memoryMegabytes << 20)),
      ("output", .integer(options.limits.outputBytes)),
    ])
    switch task.tests {
    case .function(let test, let entryPoint):
      header["mode"] = .string("function")
      let code = CompletionCode.extract(from: task.completion, entryPoint: entryPoint)
      let program = JSONObject([("prompt", .string(task.prompt)), ("completion", .string(code))])
      let tests = JSONObject([
        ("prompt", .string(task.prompt)), ("test", .string(test)), ("entry_point", .string(entryPoint)),
      ])
      return [.object(header), .object(program), .object(tests)]
    case .cases(let cases):
      header["mode"] = .string("cases")
      header["cases"] = .integer(cases.count)
      let code = CompletionCode.extract(from: task.completion, entryPoint: nil)
      let program = JSONObject([
        ("prompt", .string("")), ("completion", .string(code)), ("extension", .string(options.fileExtension)),
        ("command", options.command.map { .string($0) } ?? .null),
        ("build", options.build.map { .string($0) } ?? .null),
      ])
      return [.object(header), .object(program)] + cases.map { .string($0.input) }
    }
  }
}
