import ArgumentParser
import Foundation

@main
struct Laurel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laurel",
    abstract: "State rewards, train a language model with them, look at what it learned.",
    subcommands: [
      Train.self, ReportCommand.self, Runs.self, ScoreCommand.self, VerifyCommand.self, RewardsCommand.self,
      TasksCommand.self,
      Tokenize.self,
      LogProbs.self, Generate.self, Doctor.self, Bench.self,
    ])
}

/// Writes a line to standard error, where progress and complaints go.
func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
