import ArgumentParser
import Foundation
import Rewards
import Verifiers

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract:
      "Score a JSONL file: one JSON line per good line, in order; bad lines are reported and left out.",
    discussion: "Exit code 0 when every line was scored, 1 when some were left out or a reward failed.")
  @Argument(help: "The specification (YAML).") var rewards: String
  @Argument(help: "JSONL with completion, and prompt, reference, group where rewards want them.") var data:
    String
  @Option(help: "Chunks scored at a time; default: the processors.") var workers: Int?

  func run() async throws {
    let specification = try RewardSpecification(contentsOf: rewards, registry: .standard)
    var stream = ScoreStream(specification)
    if let workers { stream.workers = max(1, workers) }
    let path = data
    let began = Date()
    let counts = try await stream.run(path: path, output: .standardOutput) { error in
      say("\(path):\(error); the line is left out")
    }
    let seconds = -began.timeIntervalSinceNow
    say(
      "\(counts.scored) scored, \(counts.rejected) left out, \(counts.failures.reduce(0, +)) failures, "
        + "\(Int(Double(counts.scored) / max(seconds, 1e-9))) samples/s")
    if counts.rejected > 0 || counts.failures.contains(where: { $0 > 0 }) { throw ExitCode.failure }
  }
}
