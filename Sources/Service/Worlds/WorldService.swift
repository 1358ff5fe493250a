import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging

import Rewards
import Worlds

/// Serves one world by the OpenEnv protocol (0.10): `/ws` for episodes, one environment a connection; over HTTP
/// `/reset` and `/step`, each a new environment, `/state`, `/health`, `/metadata`, `/schema`, `/mcp`, and the
/// paths of task lists, of which worlds have none.
public struct WorldService: Sendable {
  public let kind: WorldKind
  public let limits: WorldLimits
  private let world: any World
  private let conversations: WorldConversations
  private let token: BearerToken?
  private let logger: Logger

  /// - Parameters:
  ///   - kind: The world.
  ///   - parameters: Its parameters.
  ///   - token: What `Authorization: Bearer` must hold, but for `/health`; nil: everybody may ask.
  /// - Throws: `ParameterError` (see `WorldKind.world(_:)`).
  public init(
    _ kind: WorldKind, _ parameters: JSONObject = JSONObject(), limits: WorldLimits = WorldLimits(),
    token: String? = nil, logger: Logger = Logger(label: "laurel")
  ) throws(ParameterError) {
    self.kind = kind
    self.limits = limits
    self.token = token.map { BearerToken($0) }
    self.logger = logger
    world = try kind.world(parameters)
    conversations = WorldConversations(world, limits: limits)
  }

  /// The WebSocket sessions that are open.
  var sessions: Int { conversations.count }

  /// The service as an application that runs.
  public func application(
    configuration: ApplicationConfiguration = ApplicationConfiguration()
  ) -> Application<RouterResponder<BasicRequestContext>> {
    var configuration = configuration
    configuration.availableConnectionsDelegate = MaximumAvailableConnections(
      limits.connections, logger: logger)
    return Application(router: router, server: server, configuration: configuration, logger: logger)
  }

  private var server: HTTPServerBuilder {
    HTTPServerBuilder { [limits, token, conversations] responder in
      WebSocketChannel(
        responder: responder, limits: limits,
        admits: { head in
          let path = head.uri.prefix { $0 != "?" }
          guard path == "/ws" else { return false }
          return token?.isHeld(by: head.headers.first(name: "authorization")) ?? true
        }, converse: conversations.converse)
    }
  }

  // MARK: HTTP

  private static let paths = [
    "reset", "step", "mcp", "state", "health", "metadata", "schema", "list_environments",
  ]

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: WorldEnvelope(token: token, paths: Self.paths + ["ws"]))
    router.post("reset") { request, _ in
      try await answer(request) { (body) throws(OpenEnvProblem) in try OpenEnv.reset(world, body) }
    }
    router.post("step") { request, _ in
      try await answer(request) { (body) throws(OpenEnvProblem) in try OpenEnv.step(world, body) }
    }
    router.post("mcp") { request, _ in
      try await answer(request) { body in OpenEnv.withoutMCP(.object(body)) }
    }
    router.get("state") { _, _ in Self.json(.object(OpenEnv.state)) }
    router.get("health") { _, _ in Self.json(.object(JSONObject([("status", .string("healthy"))]))) }
    router.get("metadata") { _, _ in
      Self.json(.object(OpenEnv.metadata(of: kind, version: WorldService.version)))
    }
    router.get("schema") { _, _ in Self.json(.object(OpenEnv.schema(of: world))) }
    router.get("list_environments") { _, _ in Self.json(.array([.string(kind.name)])) }
    router.get("ws") { _, _ -> Response in
      throw WorldServiceError(
        .upgradeRequired,
        "this path is a WebSocket: send Connection: Upgrade, Upgrade: websocket, "
          + "Sec-WebSocket-Version: 13 and Sec-WebSocket-Key")
    }
    router.get(":environment/splits") { _, context in try withoutTasks(context) }
    for path in ["num_tasks", "tasks", "task", "task_range"] {
      router.post(":environment/\(path)") { _, context in try withoutTasks(context) }
    }
    return router
  }

  private func withoutTasks(_ context: BasicRequestContext) throws -> Response {
    let name = context.parameters.get("environment") ?? ""
    guard name == kind.name else {
      throw WorldServiceError(.notFound, "unknown environment '\(name.prefix(100))'; this is \(kind.name)")
    }
    throw WorldServiceError(.notImplemented, "\(kind.name) has no tasks: reset it with a seed")
  }

  private func answer(
    _ request: Request, _ reply: (JSONObject) throws(OpenEnvProblem) -> JSONObject
  ) async throws -> Response {
    var limits = ServiceLimits()
    limits.bodyBytes = self.limits.messageBytes
    limits.readSeconds = self.limits.readSeconds
    let body = try await RequestReader.body(
      of: request, length: try RequestReader.length(of: request, limits), limits)
    let object = try Self.object(body)
    do { return Self.json(.object(try reply(object))) } catch {
      throw WorldServiceError(
        error.code == .executionError ? .conflict : .unprocessableContent, .object(error.detail))
    }
  }

  /// The body's JSON object; an empty body is an empty one.
  private static func object(_ body: ByteBuffer) throws(WorldServiceError) -> JSONObject {
    if body.readableBytes == 0 { return JSONObject() }
    do { return try JSONParser().parse(body.readableBytesView).object() } catch {
      throw WorldServiceError(.badRequest, "the body is not a JSON object: \(error)")
    }
  }

  private static func json(_ value: JSONValue) -> Response {
    var writer = JSONWriter()
    writer.value(value)
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }

  /// OpenEnv's `info.version`.
  static let version = "1.0.0"
}

extension JSONValue {
  fileprivate func object() throws(JSONError) -> JSONObject {
    if case .object(let object) = self { return object }
    throw JSONError(kind: .syntax, offset: 0, expected: "a JSON object", found: summary)
  }
}
