import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// How an application runs: until SIGTERM or SIGINT, and then for the time that what was accepted needs.
struct ServiceRun {
  var host: String
  var port: Int
  /// Seconds that a shutdown waits for what was accepted.
  var graceSeconds: Double
  var logger: Logger

  /// - Throws: ``ServiceError`` when the address cannot be had.
  func run(_ application: some ApplicationProtocol) async throws {
    let group = ServiceGroup(
      configuration: {
        var configuration = ServiceGroupConfiguration(
          services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(graceSeconds)
        return configuration
      }())
    do {
      if #available(macOS 15, *) {
        let executor = EventLoopExecutor(.singleton)
        try await withTaskExecutorPreference(executor) { try await group.run() }
      } else {
        try await group.run()
      }
    } catch let error as IOError {
      throw ServiceError(
        .serviceUnavailable, String(cString: strerror(error.errnoCode)).lowercased(), at: "\(host):\(port)",
        remedy: "choose another --host or --port, or stop what listens there")
    }
  }
}
