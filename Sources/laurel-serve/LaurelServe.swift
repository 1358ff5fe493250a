import ArgumentParser
import Foundation
import Logging
import Rewards
import Service

/// `laurel-serve world NAME` serves a world; everything else is about rewards.
@main
enum Entry {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "world" {
      await WorldServe.main(Array(arguments.dropFirst()))
    } else {
      await LaurelServe.main(arguments)
    }
  }
}

struct LaurelServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laurel serve",
    abstract: "Serve reward specifications over HTTP, to TRL, OpenRLHF, verl and anything that speaks JSON.",
    discussion: """
      POST /score, /get_reward (OpenRLHF) and /verl score with the first specification, or with the one named behind \
      (/score/NAME). GET /specifications, /health, /ready, /metrics. A file that changes is read again; when it is \
      wrong, the old one stays. SIGTERM and Ctrl-C finish what was accepted.

      laurel world serve NAME (laurel-serve world NAME) serves an environment.

      Exit code 0 after a shutdown, 1 when the service cannot start.
      """)

  @Argument(help: "Specifications (YAML), each PATH or NAME=PATH; the name is the file's when not given.")
  var specifications: [String]
  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes a free one.") var port = 8900
  @Option(help: "A file with the token that Authorization: Bearer must hold (or LAUREL_SERVE_TOKEN).")
  var tokenFile: String?
  @Option(help: "A certificate chain (PEM) for TLS.") var tlsCertificate: String?
  @Option(help: "Its private key (PEM).") var tlsKey: String?
  @Option(help: "Columns that hold the reference, in place of reference, answer, solution, ground_truth.")
  var reference: [String] = []
  @Option(help: "What a sample without a total gets where a trainer needs a number (OpenRLHF, verl).")
  var unscored = 0.0
  @Option(help: "Megabytes of one request's body.") var maxBodyMb = 16
  @Option(help: "Samples of one request.") var maxSamples = 16_384
  @Option(help: "Requests scored at the same time.") var concurrency = 64
  @Option(help: "Requests that may wait; beyond, 429.") var queue = 4096
  @Option(help: "Megabytes of bodies held at the same time; beyond, 429.") var maxHeldMb = 512
  @Option(help: "Open connections.") var connections = 4096
  @Option(help: "Seconds for scoring one request.") var timeout = 110.0
  @Option(help: "Seconds that a request may wait for its turn.") var waitTimeout = 60.0
  @Option(help: "Seconds for reading a body.") var readTimeout = 30.0
  @Option(help: "Seconds that a shutdown waits for what was accepted.") var grace = 180.0
  @Option(help: "Seconds between looks at the files; 0: never.") var reload = 1.0
  @Option(help: "trace, debug (every request), info, notice, warning, error.") var logLevel = "info"
  @Flag(help: "Log text lines in place of JSON lines.") var logText = false

  func validate() throws {
    if specifications.isEmpty { throw ValidationError("name at least one specification") }
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    if Logger.Level(rawValue: logLevel) == nil {
      throw ValidationError(
        "--log-level: \"\(logLevel)\" is not one of trace, debug, info, notice, warning, error")
    }
    if !(0...65_535).contains(port) { throw ValidationError("--port: \(port) is not between 0 and 65535") }
    for (name, value) in [
      ("max-body-mb", maxBodyMb), ("max-samples", maxSamples), ("concurrency", concurrency),
      ("max-held-mb", maxHeldMb), ("connections", connections),
    ] where !(1...1_000_000).contains(value) {
      throw ValidationError("--\(name): \(value) is not between 1 and 1000000")
    }
    if !(0...1_000_000).contains(queue) {
      throw ValidationError("--queue: \(queue) is not between 0 and 1000000")
    }
    for (name, value) in [
      ("timeout", timeout), ("wait-timeout", waitTimeout), ("read-timeout", readTimeout), ("grace", grace),
    ] where !(0.001...1e6).contains(value) {
      throw ValidationError("--\(name): \(value) is not between 0.001 and 1000000 seconds")
    }
    if !(0...1e6).contains(reload) {
      throw ValidationError("--reload: \(reload) is not between 0 and 1000000")
    }
    if !unscored.isFinite { throw ValidationError("--unscored: \(unscored) is not a finite number") }
    if maxHeldMb < maxBodyMb { throw ValidationError("--max-held-mb is less than --max-body-mb") }
  }

  func run() async throws {
    do { try await options().run() } catch {
      FileHandle.standardError.write(Data((Self.explanation(error) + "\n").utf8))
      throw ExitCode.failure
    }
  }

  private func options() throws -> ServiceOptions {
    OpenFiles.raiseLimit(to: connections + 256)
    var options = ServiceOptions()
    options.specifications = specifications
    options.host = host
    options.port = port
    options.reference = reference
    options.token = try Self.token(file: tokenFile)
    options.certificate = tlsCertificate
    options.key = tlsKey
    options.reloadSeconds = reload
    options.graceSeconds = grace
    options.unscored = unscored
    options.limits.bodyBytes = maxBodyMb << 20
    options.limits.samples = maxSamples
    options.limits.scoring = concurrency
    options.limits.waiting = queue
    options.limits.heldBytes = maxHeldMb << 20
    options.limits.connections = connections
    options.limits.scoreSeconds = timeout
    options.limits.waitSeconds = waitTimeout
    options.limits.readSeconds = readTimeout
    options.logger = Self.logger(isText: logText, level: logLevel)
    return options
  }

  /// The bearer token: a file's first line, or the environment's. It is no option, for options can be read by
  /// everybody on the machine.
  static func token(file: String?) throws -> String? {
    var text = ProcessInfo.processInfo.environment["LAUREL_SERVE_TOKEN"]
    if let file { text = try String(contentsOfFile: file, encoding: .utf8) }
    guard let text else { return nil }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if token.isEmpty { throw ValidationError("the token is empty") }
    return token
  }

  /// Lines of JSON or text on the standard error.
  static func logger(isText: Bool, level: String) -> Logger {
    var logger = Logger(label: "laurel") { label -> any LogHandler in
      if isText { StreamLogHandler.standardError(label: label) } else { JSONLogHandler() }
    }
    logger.logLevel = Logger.Level(rawValue: level) ?? .info
    return logger
  }

  private static func explanation(_ error: any Error) -> String {
    if let error = error as? ServiceError { return "\(error.place): \(error.error); \(error.remedy)" }
    return "laurel serve: \(error)"
  }
}
