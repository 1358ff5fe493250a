import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct VerifyCode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Run programs against their tests in a sandbox: one JSON line a row, in order.",
    discussion: """
      Rows have completion and either test and entry_point (and perhaps prompt), as in HumanEval, or
      cases: a list of objects with input and output, for whole programs.
      Out come passed, tests_passed, tests, verdicts, reason and milliseconds.
      Exit code 1 when lines were reported and left out, 2 when no sandbox can be set up.
      """)
  @Option(help: "JSONL with the programs and tests.") var tasks: String
  @Option(help: "Sandboxes that work at the same time; 0 is one a processor core.") var workers = 0
  @Option(help: "Seconds for one function's tests, or for one case.") var timeLimit = 5.0
  @Option(help: "Megabytes of memory for one program.") var memoryLimit = 512
  @Option(help: "Bytes of output that are read of one case.") var outputLimit = 1 << 16
  @Option(help: "Shell command for other languages, with {file} for the program, such as 'node {file}'.")
  var command: String?
  @Option(help: "Shell command to run once before, such as a compiler.") var build: String?
  @Option(name: .customLong("extension"), help: "Ending of the program's file.") var fileExtension = ".py"
  @Option(help: "Path of the Python interpreter.") var python: String?
  @Option(help: "A further folder that programs may read; may be given several times.") var path: [String] =
    []
  @Flag(help: "Run without a sandbox: a program can then do all that you can.") var unsafe = false

  func validate() throws {
    guard timeLimit > 0, memoryLimit >= 32, outputLimit > 0, workers >= 0, workers <= 256 else {
      throw ValidationError(
        "--time-limit and --output-limit are positive, --memory-limit is at least 32, --workers 0 to 256")
    }
    guard build == nil || command != nil else { throw ValidationError("--build needs --command") }
  }

  func run() throws {
    var options = CodeOptions()
    options.workers = workers
    options.seconds = timeLimit
    options.limits.memoryMegabytes = memoryLimit
    options.limits.outputBytes = outputLimit
    options.command = command
    options.build = build
    options.fileExtension = fileExtension
    options.python = python
    options.readOnlyFolders = path
    options.isUnsafe = unsafe
    let verifier: CodeVerifier
    do {
      verifier = try CodeVerifier(options: options)
    } catch {
      say("\(error) (--unsafe: programs can then do all that you can)")
      throw ExitCode(2)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let counts = try CodeCheckStream(verifier).run(path: tasks) { line in
      try FileHandle.standardOutput.write(contentsOf: line)
    } rejected: { error in
      say("\(tasks):\(error); the line is left out")
    }
    let seconds = (clock.now - start) / .seconds(1)
    say(
      "\(counts.checks) checks (\(counts.passed) passed, \(counts.failed) failed, \(counts.notJudged) not judged), "
        + "\(counts.rejected) left out, \(Int(Double(counts.checks) / max(seconds, 1e-9))) checks/s, slowest "
        + String(format: "%.1f ms", counts.slowestMilliseconds))
    if counts.rejected > 0 { throw ExitCode.failure }
  }
}
