import ArgumentParser
import Foundation

/// Hands over to `laurel-serve`, which is built apart: the server's libraries take minutes to compile, and nothing
/// else needs them.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve reward specifications over HTTP, to TRL, OpenRLHF, verl and anything that speaks JSON.",
    discussion: "The options are those of laurel-serve: laurel serve --help, once make service has built it.")
  @Argument(parsing: .captureForPassthrough, help: "Specifications, and the options of laurel-serve.")
  var arguments: [String] = []

  func run() throws { try Self.handOver(arguments) }

  /// Becomes `laurel-serve` with these arguments.
  static func handOver(_ arguments: [String]) throws {
    let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let path = URL(fileURLWithPath: own).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "laurel-serve").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ValidationFailure("\(path) is not there; build it with: make service")
    }
    let strings = ([path] + arguments).map { strdup($0) }
    defer { strings.forEach { free($0) } }
    _ = execv(path, strings + [nil])
    throw ValidationFailure("\(path): \(String(cString: strerror(errno)))")
  }
}
