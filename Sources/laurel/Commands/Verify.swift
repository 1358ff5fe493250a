import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check answers against references.",
    subcommands: [VerifyMath.self, VerifyCode.self, VerifyScreens.self])
}

struct VerifyMath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "math",
    abstract: "Decide exactly whether mathematical answers are equal: one JSON line a row, in order.",
    discussion: """
      Each has the row's line number, from 1, as line.
      --pairs: fields a and b; verdict is equal, different, undecided or unparsable.
      --answers: fields reference, completion and perhaps prompt; verdict is accepted, rejected,
      reference_unparsable or undecided, with extracted and reason.
      Exit code 1 when lines were reported and left out.
      """)
  @Option(help: "JSONL with fields a and b.") var pairs: String?
  @Option(help: "JSONL with fields reference, completion and perhaps prompt.") var answers: String?
  @Flag(help: "With --answers: a completion without a box is rejected.") var requireBox = false
  @Option(help: "Seconds for one check.") var timeLimit = 0.02
  @Option(help: "Largest relative difference at which two constants are equal.") var tolerance = 0.0

  func validate() throws {
    guard (pairs == nil) != (answers == nil) else {
      throw ValidationError("give either --pairs or --answers")
    }
    guard timeLimit > 0, tolerance >= 0 else { throw ValidationError("limits are not negative") }
  }

  func run() throws {
    var options = MathOptions()
    options.seconds = timeLimit
    options.tolerance = tolerance
    var stream = MathCheckStream(try MathVerifier(options: options), rows: pairs == nil ? .answers : .pairs)
    stream.requiresBox = requireBox
    guard let path = pairs ?? answers else { return }
    var buffer: [UInt8] = []
    let counts = try stream.run(path: path) { line in
      buffer += line
      if buffer.count > 1 << 16 {
        try FileHandle.standardOutput.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    } rejected: { error in
      say("\(path):\(error); the line is left out")
    }
    try FileHandle.standardOutput.write(contentsOf: buffer)
    let checks = counts.verdicts.values.reduce(0, +)
    let verdicts = counts.verdicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
      separator: ", ")
    say(
      "\(checks) checks (\(verdicts)), \(counts.rejected) left out, "
        + "\(Int(Double(checks) / max(counts.seconds, 1e-9))) checks/s, slowest "
        + String(format: "%.2f ms", counts.slowestMicroseconds / 1000))
    if counts.rejected > 0 { throw ExitCode.failure }
  }
}
