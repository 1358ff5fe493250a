import Rewards

/// What OpenEnv's HTTP paths answer; `reset` and `step` know no episode there and begin one of their own each time.
public enum OpenEnv {
  /// The name of the action's one field.
  static func actionField(agents: Int) -> String { agents == 1 ? "action" : "actions" }

  /// `POST /reset`: how an episode begins.
  public static func reset(_ world: any World, _ body: JSONObject) throws(OpenEnvProblem) -> JSONObject {
    withMetadata(try OpenEnvSession(world).reset(.object(body)))
  }

  /// `POST /step`: the first step of an episode with seed 0. `body` holds `action`, whose value are the action's
  /// fields, and may hold `timeout_s` and `request_id`.
  public static func step(_ world: any World, _ body: JSONObject) throws(OpenEnvProblem) -> JSONObject {
    for (key, value) in zip(body.keys, body.values)
    where !["action", "timeout_s", "request_id"].contains(key) {
      throw .validation("extra_forbidden", ["body", key], "Extra inputs are not permitted", value)
    }
    guard let action = body["action"] else {
      throw .validation("missing", ["body", "action"], "Field required", .object(body))
    }
    let session = OpenEnvSession(world)
    _ = try session.reset(.object(JSONObject([("seed", .integer(0))])))
    return withMetadata(try session.step(action))
  }

  private static func withMetadata(_ object: JSONObject) -> JSONObject {
    var object = object
    if object["metadata"] == nil { object["metadata"] = .null }
    return object
  }

  /// `GET /state`: of no episode.
  public static var state: JSONObject { JSONObject([("episode_id", .null), ("step_count", .integer(0))]) }

  /// `GET /metadata`.
  public static func metadata(of kind: WorldKind, version: String) -> JSONObject {
    JSONObject([
      ("name", .string(kind.name)), ("description", .string(kind.summary)), ("readme_content", .null),
      ("version", .string(version)), ("author", .string("Laurel")), ("documentation_url", .null),
    ])
  }

  /// `GET /schema`: JSON schemas of action, observation and state.
  public static func schema(of world: any World) -> JSONObject {
    let field = actionField(agents: world.agents)
    let actions = (0..<world.agents).map { schema(of: world.actionSpace(of: $0)) }
    let observation = observationSchema(of: world)
    return JSONObject([
      (
        "action",
        object([(field, world.agents == 1 ? actions[0] : tuple(actions))], required: [field], closed: true)
      ),
      ("observation", observation),
      (
        "state",
        object([
          ("episode_id", .object(JSONObject([("type", .array([.string("string"), .string("null")]))]))),
          ("step_count", type("integer")),
        ])
      ),
      ("reset_observation", observation),
    ])
  }

  private static func observationSchema(of world: any World) -> JSONValue {
    let isShared = world.agents == 1 || world.sharesObservation
    let values = (0..<(isShared ? 1 : world.agents)).map { agent -> JSONValue in
      let space = world.observationSpace(of: agent)
      if case .discrete(let count) = space { return tuple([schema(of: .discrete(count))]) }
      return schema(of: space)
    }
    var fields = [
      ("metadata", type("object")), ("values", isShared ? values[0] : tuple(values)),
      ("terminated", type("boolean")), ("truncated", type("boolean")),
    ]
    if world.agents > 1 {
      fields.append(
        ("rewards", .object(JSONObject([("type", .string("array")), ("items", type("number"))]))))
    }
    return object(fields)
  }

  private static func type(_ name: String) -> JSONValue { .object(JSONObject([("type", .string(name))])) }

  private static func tuple(_ items: [JSONValue]) -> JSONValue {
    .object(
      JSONObject([
        ("type", .string("array")), ("prefixItems", .array(items)), ("minItems", .integer(items.count)),
        ("maxItems", .integer(items.count)),
      ]))
  }

  private static func object(
    _ fields: [(String, JSONValue)], required: [String] = [], closed: Bool = false
  ) -> JSONValue {
    var object = JSONObject([
      ("type", .string("object")), ("properties", .object(JSONObject(fields))),
    ])
    if !required.isEmpty { object["required"] = .array(required.map { .string($0) }) }
    if closed { object["additionalProperties"] = .bool(false) }
    return .object(object)
  }

  private static func schema(of space: Space) -> JSONValue {
    switch space {
    case .discrete(let count):
      return .object(
        JSONObject([
          ("type", .string("integer")), ("minimum", .integer(0)), ("maximum", .integer(count - 1)),
        ]))
    case .box(let low, let high):
      return tuple(
        zip(low, high).map { from, to in
          var number = JSONObject([("type", .string("number"))])
          if from.isFinite { number["minimum"] = .number(Double(from)) }
          if to.isFinite { number["maximum"] = .number(Double(to)) }
          return .object(number)
        })
    }
  }

  /// The answer to any JSON-RPC request: there are no tools here.
  public static func withoutMCP(_ request: JSONValue) -> JSONObject {
    var id = JSONValue.null
    if case .object(let object) = request { id = object["id"] ?? .null }
    let error = JSONObject([
      ("code", .integer(-32603)), ("message", .string("Environment does not support MCP")), ("data", .null),
    ])
    return JSONObject([("jsonrpc", .string("2.0")), ("id", id), ("error", .object(error))])
  }
}

/// Why OpenEnv's message was refused.
public struct OpenEnvProblem: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case invalidJSON = "INVALID_JSON"
    case unknownType = "UNKNOWN_TYPE"
    case validationError = "VALIDATION_ERROR"
    case executionError = "EXECUTION_ERROR"
    case capacityReached = "CAPACITY_REACHED"
  }

  public var code: Code
  public var text: String
  /// Of `validationError`: `{type, loc, msg, input}` each.
  public var errors: [JSONValue] = []
  /// Further fields of the message.
  public var fields = JSONObject()

  public init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
  }

  static func validation(_ type: String, _ place: [String], _ text: String, _ input: JSONValue)
    -> OpenEnvProblem
  {
    var problem = OpenEnvProblem(.validationError, (place + [text]).joined(separator: ": "))
    problem.errors = [
      .object(
        JSONObject([
          ("type", .string(type)), ("loc", .array(place.map { .string($0) })), ("msg", .string(text)),
          ("input", input),
        ]))
    ]
    return problem
  }

  /// A connection beyond the number that is served.
  public static func capacity(active: Int, maximum: Int) -> OpenEnvProblem {
    var problem = OpenEnvProblem(
      .capacityReached, "all \(maximum) sessions are taken: close one, or serve with a larger --sessions")
    problem.fields = JSONObject([("active_sessions", .integer(active)), ("max_sessions", .integer(maximum))])
    return problem
  }

  public static func == (a: OpenEnvProblem, b: OpenEnvProblem) -> Bool { a.message == b.message }

  /// `{"type":"error","data":{"message","code"}}`.
  public var message: [UInt8] {
    var data = JSONObject([("message", .string(text)), ("code", .string(code.rawValue))])
    if !errors.isEmpty { data["errors"] = .array(errors) }
    for (key, value) in zip(fields.keys, fields.values) { data[key] = value }
    var writer = JSONWriter()
    writer.value(.object(JSONObject([("type", .string("error")), ("data", .object(data))])))
    return writer.bytes
  }

  /// The body of an HTTP answer: `{"detail": [...]}` or `{"detail": "..."}`.
  public var detail: JSONObject {
    JSONObject([("detail", errors.isEmpty ? .string(text) : .array(errors))])
  }
}
