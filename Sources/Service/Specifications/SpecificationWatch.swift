import Logging
import ServiceLifecycle

/// Looks at the served files every so often, until the service shuts down.
struct SpecificationWatch: Service {
  let specifications: SpecificationSet
  let metrics: ServiceMetrics
  let interval: Duration
  let logger: Logger

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: interval)
        look()
      }
    }
  }

  /// Looks once, and says what came of it.
  func look() {
    for reload in specifications.reload() {
      switch reload {
      case .unchanged: break
      case .reloaded(let name, let version):
        metrics.countReload(of: name, isGood: true)
        logger.notice(
          "specification reloaded", metadata: ["specification": "\(name)", "version": "\(version)"])
      case .failed(let name, let reason):
        metrics.countReload(of: name, isGood: false)
        logger.error(
          "specification not reloaded; the old one stays",
          metadata: ["specification": "\(name)", "reason": "\(reason)"])
      }
    }
  }
}
