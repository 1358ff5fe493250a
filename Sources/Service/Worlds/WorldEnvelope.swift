import HTTPTypes
import Hummingbird
import Rewards

/// An HTTP answer of a world's service other than 200: `{"detail": ...}`, as OpenEnv's server gives it.
struct WorldServiceError: Error {
  var status: HTTPResponse.Status
  var body: JSONValue

  init(_ status: HTTPResponse.Status, _ body: JSONValue) {
    self.status = status
    self.body = body
  }

  init(_ status: HTTPResponse.Status, _ detail: String) {
    self.init(status, .object(JSONObject([("detail", .string(detail))])))
  }
}

/// The check of the token and an answer for every error.
struct WorldEnvelope<Context: RequestContext>: RouterMiddleware {
  let token: BearerToken?
  /// The paths that exist, for the answer to one that does not.
  let paths: [String]

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      if let token, request.uri.path != "/health", !token.isHeld(by: request.headers[.authorization]) {
        throw WorldServiceError(.unauthorized, "send Authorization: Bearer TOKEN")
      }
      return try await next(request, context)
    } catch {
      let answer = self.answer(to: error, request)
      if answer.status.code >= 500, answer.status != .notImplemented {
        context.logger.error("unexpected error", metadata: ["reason": "\(error)"])
      }
      var response = Response(
        status: answer.status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body.jsonText)))
      if answer.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
      if answer.status == .upgradeRequired { response.headers[.upgrade] = "websocket" }
      return response
    }
  }

  private func answer(to error: any Error, _ request: Request) -> WorldServiceError {
    if let error = error as? WorldServiceError { return error }
    if let error = error as? ServiceError {
      return WorldServiceError(error.status, "\(error.error); \(error.remedy)")
    }
    guard let error = error as? any HTTPResponseError, error.status == .notFound else {
      return WorldServiceError(.internalServerError, "the service failed")
    }
    let path = String(request.uri.path.dropFirst().prefix(100))
    if paths.contains(path) {
      return WorldServiceError(
        .methodNotAllowed,
        "\(request.method.rawValue) is not answered at /\(path): use the other of GET and POST")
    }
    return WorldServiceError(
      .notFound,
      "there is nothing at /\(path); ask for one of " + paths.map { "/" + $0 }.joined(separator: ", "))
  }
}
