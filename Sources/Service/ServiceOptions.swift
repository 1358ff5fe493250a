import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOSSL
import Rewards
import Verifiers

/// How a service is started: everything that `laurel-serve` can be told.
public struct ServiceOptions: Sendable {
  /// `PATH` or `NAME=PATH`, at least one.
  public var specifications: [String] = []
  public var host = "127.0.0.1"
  /// 0: any free port.
  public var port = 8900
  public var limits = ServiceLimits()
  /// Columns of the reference, in place of the usual names.
  public var reference: [String] = []
  public var token: String?
  /// PEM files; both or none.
  public var certificate: String?
  public var key: String?
  /// Seconds between looks at the files; 0: never.
  public var reloadSeconds = 1.0
  /// Seconds that a shutdown waits for what was accepted.
  public var graceSeconds = 180.0
  public var unscored = 0.0
  public var logger = Logger(label: "laurel")

  public init() {}

  /// Runs until SIGTERM or SIGINT, then finishes what was accepted.
  ///
  /// - Throws: what is wrong with specifications, certificate or address.
  public func run() async throws {
    try await ServiceRun(host: host, port: port, graceSeconds: graceSeconds, logger: logger).run(
      application())
  }

  /// The application that ``run()`` runs.
  func application() throws -> Application<RouterResponder<BasicRequestContext>> {
    var mapping = FieldMapping()
    if !reference.isEmpty { mapping.reference = reference }
    let set = try SpecificationSet(specifications.map { SpecificationSet.Source(argument: $0) })
    let service = RewardService(
      set, limits: limits, mapping: mapping, token: token, unscored: unscored, logger: logger)
    if token == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
      logger.warning("anybody who reaches \(host) may ask: no token is set")
    }
    for (served, _) in set.all {
      logger.notice(
        "specification loaded",
        metadata: [
          "specification": "\(served.name)",
          "rewards": "\(served.specification.names.joined(separator: ", "))",
          "path": served.bytewise == nil ? "samples" : "bytes",
        ])
    }
    return service.application(
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024),
      reloadSeconds: reloadSeconds > 0 ? reloadSeconds : nil, server: try tlsServer(service))
  }

  private func tlsServer(_ service: RewardService) throws -> HTTPServerBuilder? {
    guard let certificate, let key else { return nil }
    for path in [certificate, key] where !FileManager.default.isReadableFile(atPath: path) {
      throw FileError(path: path, code: FileManager.default.fileExists(atPath: path) ? EACCES : ENOENT)
    }
    let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
    let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
    return try .tls(
      service.plainServer,
      tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(privateKey))
    )
  }
}
