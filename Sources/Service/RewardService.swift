import Hummingbird
import HummingbirdCore
import Logging
import Rewards
import Verifiers

/// Serves reward specifications over HTTP: `/score`, `/get_reward` (OpenRLHF) and `/verl`, each for the first
/// specification or, with `/NAME` behind, for the one of that name; `/specifications`, `/health`, `/ready`,
/// `/metrics`.
public struct RewardService: Sendable {
  public let specifications: SpecificationSet
  public let limits: ServiceLimits
  private let native: NativeDialect
  private let openRLHF: OpenRLHFDialect
  private let verl: VerlDialect
  private let columns: ColumnReader
  private let token: String?
  private let admission: Admission
  private let logger: Logger
  let metrics = ServiceMetrics()

  /// How many requests are scored, how many are otherwise held, and the bytes set aside for them.
  var load: (scoring: Int, waiting: Int, bytes: Int) { admission.load }

  /// - Parameters:
  ///   - specifications: what is served.
  ///   - limits: what is taken on.
  ///   - mapping: the columns that hold completion, reference and so on.
  ///   - token: what `Authorization: Bearer` must hold, but for `/health` and `/ready`; nil: everybody may ask.
  ///   - unscored: the number of a sample without a total, for the trainers that need one.
  public init(
    _ specifications: SpecificationSet, limits: ServiceLimits = ServiceLimits(),
    mapping: FieldMapping = FieldMapping(), token: String? = nil, unscored: Double = 0,
    logger: Logger = Logger(label: "laurel")
  ) {
    self.specifications = specifications
    self.limits = limits
    self.token = token
    self.logger = logger
    native = NativeDialect(mapping: mapping)
    openRLHF = OpenRLHFDialect(mapping: mapping, unscored: unscored)
    verl = VerlDialect(mapping: mapping, unscored: unscored)
    columns = ColumnReader(mapping: mapping, limit: limits.samples)
    admission = Admission(limits)
  }

  /// The service as an application that runs.
  ///
  /// - Parameters:
  ///   - reloadSeconds: how often the files are looked at; nil: never.
  ///   - server: plain HTTP, or with TLS around it.
  public func application(
    configuration: ApplicationConfiguration = ApplicationConfiguration(), reloadSeconds: Double? = nil,
    server: HTTPServerBuilder? = nil
  ) -> Application<RouterResponder<BasicRequestContext>> {
    var configuration = configuration
    configuration.availableConnectionsDelegate = MaximumAvailableConnections(
      limits.connections, logger: logger)
    var application = Application(
      router: router, server: server ?? plainServer, configuration: configuration, logger: logger)
    if let reloadSeconds { application.addServices(watch(every: reloadSeconds)) }
    return application
  }

  /// HTTP/1.1, with the limits on idle connections and on headers.
  public var plainServer: HTTPServerBuilder {
    .http1(
      configuration: .init(
        idleTimeout: .milliseconds(Int64(limits.idleSeconds * 1000)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)))
  }

  func watch(every seconds: Double) -> SpecificationWatch {
    SpecificationWatch(
      specifications: specifications, metrics: metrics, interval: .seconds(seconds), logger: logger)
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: Envelope(metrics: metrics, token: token.map { BearerToken($0) }))
    add(native, at: .score, to: router)
    add(openRLHF, at: .getReward, to: router)
    add(verl, at: .verl, to: router)
    router.get("specifications") { _, _ in Self.json(list) }
    router.get("health") { _, _ in Self.json(Array("{\"status\":\"ok\"}\n".utf8)) }
    router.get("ready") { _, _ in Self.json(Array("{\"status\":\"ready\"}\n".utf8)) }
    router.get("metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text(load: load))))
    }
    return router
  }

  private func add(_ dialect: some Dialect, at route: Route, to router: Router<BasicRequestContext>) {
    router.post(RouterPath(route.rawValue)) { request, _ in try await answer(request, nil, dialect) }
    router.post("\(route.rawValue)/:name") { request, context in
      try await answer(request, context.parameters.get("name"), dialect)
    }
  }

  private static func json(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  // MARK: Scoring

  private func answer(
    _ request: Request, _ name: String?, _ dialect: some Dialect
  ) async throws -> Response {
    let served = try specifications.served(name)
    let length = try RequestReader.length(of: request, limits)
    let bytes = length ?? limits.bodyBytes
    try admission.enter(bytes: bytes)
    defer { admission.leave(bytes: bytes) }
    let body = try await RequestReader.body(of: request, length: length, limits)
    try await admission.turn()
    defer { admission.finish() }
    let batch = try await score(body, served, dialect)
    metrics.count(batch, of: served.name)
    return Self.json(dialect.response(batch, of: served))
  }

  private func score(
    _ body: ByteBuffer, _ served: ServedSpecification, _ dialect: some Dialect
  ) async throws -> ScoredBatch {
    do {
      if dialect is NativeDialect, let scorer = served.bytewise {
        let batch = try body.withUnsafeReadableBytes { bytes in
          try columns.withSamples(of: bytes.assumingMemoryBound(to: UInt8.self)) { samples in
            try served.score(samples, scorer)
          }
        }
        if let batch { return batch }
      }
      let asked = try dialect.request(try Self.object(body))
      if asked.samples.count > limits.samples { throw ServiceError.tooManySamples(limits.samples) }
      let scored = try await served.score(asked.samples, state: asked.state, seconds: limits.scoreSeconds)
      return try finished(scored, asked, served, dialect)
    } catch let error as ScoringError {
      throw ServiceError(error)
    }
  }

  private func finished(
    _ scored: ScoredBatch?, _ asked: ScoreRequest, _ served: ServedSpecification, _ dialect: some Dialect
  ) throws(ServiceError) -> ScoredBatch {
    guard var batch = scored else {
      let reason = "no answer within \(limits.scoreSeconds) s"
      if dialect.needsNumbers {
        return ScoredBatch(
          failing: asked.samples.count, names: served.specification.names, reason: reason)
      }
      throw ServiceError(
        .gatewayTimeout, reason,
        remedy:
          "send smaller batches, give slow rewards a shorter timeout in the specification, or start the "
          + "service with a longer --timeout")
    }
    for (row, reason) in asked.refused { batch.refuse(row, reason: reason) }
    return batch
  }

  private static func object(_ body: ByteBuffer) throws(ServiceError) -> JSONObject {
    let result = body.withUnsafeReadableBytes { bytes in
      Result { () throws(JSONError) in
        try JSONParser().parseObject(bytes.assumingMemoryBound(to: UInt8.self))
      }
    }
    do throws(JSONError) { return try result.get() } catch { throw ServiceError(error) }
  }

  // MARK: Listing

  /// The specifications, their rewards, and why a changed file is not served.
  private var list: [UInt8] {
    var writer = JSONWriter()
    let items = specifications.all.map { served, problem -> JSONValue in
      .object(
        JSONObject([
          ("name", .string(served.name)), ("version", .integer(served.version)),
          ("rewards", .array(served.specification.names.map { .string($0) })),
          ("maximum", served.specification.maximum.map { .number($0) } ?? .null),
          ("problem", problem.map { .string($0) } ?? .null),
        ]))
    }
    writer.value(.object(JSONObject([("specifications", .array(items))])))
    return writer.bytes
  }
}
