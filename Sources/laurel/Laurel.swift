import ArgumentParser
import Foundation

@main
struct Laurel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laurel",
    abstract: "State rewards, test and attack them, train with them, look at what was learned.",
    subcommands: [
      Train.self, Evaluate.self, Export.self, ReportCommand.self, Runs.self, ScoreCommand.self,
      TestCommand.self,
      AttackCommand.self, CreditCommand.self, Serve.self, VerifyCommand.self, WorldCommand.self,
      CoopetitionCommand.self, Explore.self, Inverse.self, Imitate.self, DynamicsCommand.self, Reproduce.self,
      RewardsCommand.self, TasksCommand.self, Tokenize.self, LogProbs.self, Embed.self, Generate.self,
      Doctor.self, Bench.self,
    ])

  static func main() async {
    watchStandardOutput()
    await main(nil)
  }
}

/// Writes a line to standard error, where progress and complaints go.
func say(_ line: String) { writeToStandardError(line + "\n") }

/// Writes text to standard error; when nobody can take it, it is lost.
func writeToStandardError(_ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { return }
    rest = rest.dropFirst(count)
  }
}
