import ArgumentParser
import Foundation
import Logging
import Rewards
import Service

struct WorldServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laurel world serve",
    abstract: "Serve a world over HTTP and WebSocket by the OpenEnv protocol (0.10).",
    discussion: """
      Episodes go over the WebSocket /ws, one environment a connection: {"type":"reset","data":{"seed":7}}, \
      {"type":"step","data":{"action":1}} (actions, a list, where there are several agents), {"type":"state"}, \
      {"type":"close"}. POST /reset and /step answer for a new environment each; GET /state, /health, /metadata, \
      /schema, /list_environments.

      Exit code 0 after SIGTERM or Ctrl-C, 1 when the service cannot start, 64 for a wrong name or option.
      """)

  @Argument(help: "One of the names of laurel world list.") var name: String
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "Parameters, each NAME=VALUE; the value is JSON, or text when it is none.") var values: [String] =
      []
  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes a free one.") var port = 8000
  @Option(help: "A file with the token that Authorization: Bearer must hold (or LAUREL_SERVE_TOKEN).")
  var tokenFile: String?
  @Option(help: "WebSocket sessions at the same time; beyond, CAPACITY_REACHED.") var sessions = 256
  @Option(help: "Open connections.") var connections = 1024
  @Option(help: "Kilobytes of one message or body.") var maxMessageKb = 1024
  @Option(help: "Seconds without traffic after which a connection is closed.") var idleTimeout = 120.0
  @Option(help: "Seconds that a shutdown waits for requests.") var grace = 10.0
  @Option(help: "trace, debug (every session), info, notice, warning, error.") var logLevel = "info"
  @Flag(help: "Log text lines in place of JSON lines.") var logText = false

  func validate() throws {
    if Logger.Level(rawValue: logLevel) == nil {
      throw ValidationError(
        "--log-level: \"\(logLevel)\" is not one of trace, debug, info, notice, warning, error")
    }
    if !(0...65_535).contains(port) { throw ValidationError("--port: \(port) is not between 0 and 65535") }
    for (name, value) in [
      ("sessions", sessions), ("connections", connections), ("max-message-kb", maxMessageKb),
    ] where !(1...1_000_000).contains(value) {
      throw ValidationError("--\(name): \(value) is not between 1 and 1000000")
    }
    for (name, value) in [("idle-timeout", idleTimeout), ("grace", grace)]
    where !(0.001...1e6).contains(value) {
      throw ValidationError("--\(name): \(value) is not between 0.001 and 1000000 seconds")
    }
  }

  func run() async throws {
    do { try await options().run() } catch let error as ParameterError {
      // An unknown world's message names it; a parameter's needs to say of which world it is.
      let message =
        error.parameter == "world" ? error.message : "\(name): \(error.parameter): \(error.message)"
      throw ValidationError(message + (error.suggestion.map { "; did you mean \($0)?" } ?? ""))
    } catch let error as ServiceError {
      FileHandle.standardError.write(Data("\(error.place): \(error.error); \(error.remedy)\n".utf8))
      throw ExitCode.failure
    }
  }

  private func options() throws -> WorldServiceOptions {
    OpenFiles.raiseLimit(to: connections + 256)
    var options = WorldServiceOptions(name: name)
    options.parameters = try JSONObject(settings: values)
    options.host = host
    options.port = port
    options.token = try LaurelServe.token(file: tokenFile)
    options.limits.sessions = sessions
    options.limits.connections = connections
    options.limits.messageBytes = maxMessageKb << 10
    options.limits.idleSeconds = idleTimeout
    options.graceSeconds = grace
    options.logger = LaurelServe.logger(isText: logText, level: logLevel)
    return options
  }
}
