import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// What every request gets around its answer: an id, the check of the token, an answer for every error, a log line
/// and its place in the metrics.
struct Envelope<Context: RequestContext>: RouterMiddleware {
  let metrics: ServiceMetrics
  /// What a request must hold; nil when nothing is needed.
  let token: BearerToken?

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let began = ContinuousClock.now
    let route = Route(path: request.uri.path)
    let id = Self.id(of: request) ?? "\(RequestID())"
    var response: Response
    var problem: ServiceError?
    do {
      try check(request, route)
      response = try await next(request, context)
    } catch {
      let answer = Self.answer(to: error, request, route)
      problem = answer
      response = Self.response(answer, id)
      if answer.status == .internalServerError {
        context.logger.error("unexpected error", metadata: ["request_id": "\(id)", "reason": "\(error)"])
      }
    }
    response.headers[.requestID] = id
    let seconds = Self.seconds(since: began)
    metrics.count(route, status: response.status.code, seconds: seconds)
    log(request, route, id, response.status, problem, seconds, context.logger)
    return response
  }

  /// The id that the caller gave, when it is one that a log can hold.
  private static func id(of request: Request) -> String? {
    guard let id = request.headers[.requestID], (1...128).contains(id.utf8.count),
      id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    return id
  }

  /// - Throws: ``ServiceError`` 401.
  private func check(_ request: Request, _ route: Route) throws(ServiceError) {
    guard let token, !route.isOpen else { return }
    let given = request.headers[.authorization]
    if token.isHeld(by: given) { return }
    throw ServiceError(
      .unauthorized, given == nil ? "no token" : "not the service's token", at: "Authorization",
      remedy: "send Authorization: Bearer TOKEN")
  }

  private static func answer(to error: any Error, _ request: Request, _ route: Route) -> ServiceError {
    if let error = error as? ServiceError { return error }
    guard let error = error as? any HTTPResponseError, error.status == .notFound else {
      return ServiceError(
        .internalServerError, "the service failed", remedy: "look for the request_id in the service's log")
    }
    if route != .other {
      return ServiceError(
        .methodNotAllowed, "\(request.method.rawValue) is not answered here", at: request.uri.path,
        remedy: "send \(route.method)")
    }
    let routes = Route.allCases.filter { $0 != .other }.map { "/" + $0.rawValue }
    return ServiceError(
      .notFound, "there is nothing at this path", at: String(request.uri.path.prefix(200)),
      remedy: "ask for one of " + routes.joined(separator: ", "))
  }

  private static func response(_ error: ServiceError, _ id: String) -> Response {
    var response = Response(
      status: error.status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: error.json(requestID: id))))
    if let seconds = error.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
    if error.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
    if error.status == .methodNotAllowed {
      response.headers[.allow] = Route(path: error.place).method
    }
    return response
  }

  private static func seconds(since began: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - began).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Answers are logged at debug, refusals at notice, failures at error.
  private func log(
    _ request: Request, _ route: Route, _ id: String, _ status: HTTPResponse.Status, _ problem: ServiceError?,
    _ seconds: Double, _ logger: Logger
  ) {
    let level: Logger.Level = status.code >= 500 ? .error : status.code >= 400 ? .notice : .debug
    logger.log(
      level: level, "request",
      metadata: [
        "request_id": "\(id)", "method": "\(request.method.rawValue)",
        "path": "\(request.uri.path.prefix(200))", "status": "\(status.code)",
        "milliseconds": "\((seconds * 1e6).rounded() / 1000)",
      ].merging(problem.map { ["error": "\($0.error)", "where": "\($0.place)"] } ?? [:]) { $1 })
  }
}

extension HTTPField.Name {
  static var requestID: Self { Self("x-request-id") ?? .via }
}
