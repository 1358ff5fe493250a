import Foundation
import Hummingbird
import Logging
import Rewards
import Worlds

/// How a world's service is started: everything that `laurel-serve world` can be told.
public struct WorldServiceOptions: Sendable {
  /// One of `WorldRegistry.standard`.
  public var name: String
  public var parameters = JSONObject()
  public var host = "127.0.0.1"
  /// 0: any free port.
  public var port = 8000
  public var limits = WorldLimits()
  public var token: String?
  /// Seconds that a shutdown waits for requests.
  public var graceSeconds = 10.0
  public var logger = Logger(label: "laurel")

  public init(name: String) { self.name = name }

  /// Runs until SIGTERM or SIGINT; sessions are then closed with 1001.
  /// - Throws: `ParameterError` for a wrong name or parameter, `ServiceError` when the address cannot be had.
  public func run() async throws {
    let registry = WorldRegistry.standard
    guard let kind = registry.kind(named: name) else {
      _ = try registry.world(name)
      return
    }
    let service = try WorldService(kind, parameters, limits: limits, token: token, logger: logger)
    if token == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
      logger.warning("anybody who reaches \(host) may ask: no token is set")
    }
    let application = service.application(
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024))
    try await ServiceRun(host: host, port: port, graceSeconds: graceSeconds, logger: logger).run(application)
  }
}
