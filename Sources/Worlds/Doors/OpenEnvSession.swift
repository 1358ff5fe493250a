import Foundation
import Rewards

/// One environment behind the messages of OpenEnv 0.10, one connection's worth: `reset`, `step`, `state`, `mcp`,
/// `close`. What carries the messages (a WebSocket, a test) is somebody else's matter.
///
/// The action has one field: `action` in a world with one agent, `actions` (a list) in one with several. The
/// observation is `{"metadata", "values", "terminated", "truncated"}`, `values` being the numbers; with several
/// agents a list of them for each agent, unless all see the same, and `rewards`, of which the outer `reward` is the
/// sum.
public final class OpenEnvSession {
  /// What is sent back, and whether the connection is closed after it.
  public struct Answer: Sendable, Equatable {
    /// One JSON message; nil for `close`, which is answered by closing.
    public var message: [UInt8]?
    public var closes: Bool
  }

  private let environment: any Environment
  /// Whether `values` is one list for all agents.
  private let isShared: Bool
  private let reader: ActionReader
  private var episode: String?
  private var hasBegun = false

  public init(_ world: any World) {
    environment = world.anyEnvironment()
    isShared = world.agents == 1 || world.sharesObservation
    reader = ActionReader(environment)
  }

  /// Answers one message.
  public func answer(to message: some Collection<UInt8>) -> Answer {
    do {
      return try reply(to: message)
    } catch {
      return Answer(message: error.message, closes: false)
    }
  }

  private func reply(to message: some Collection<UInt8>) throws(OpenEnvProblem) -> Answer {
    let value: JSONValue
    do { value = try JSONParser().parse(message) } catch {
      throw OpenEnvProblem(.invalidJSON, "Invalid JSON: \(error)")
    }
    guard case .object(let object) = value else {
      throw OpenEnvProblem(.invalidJSON, "expected an object with type, found \(value.summary)")
    }
    switch object["type"] {
    case .string("reset"): return Self.framed("observation", try reset(object["data"] ?? .null))
    case .string("step"): return Self.framed("observation", try step(object["data"] ?? .null))
    case .string("state"): return Self.framed("state", state)
    case .string("mcp"): return Self.framed("mcp", OpenEnv.withoutMCP(object["data"] ?? .null))
    case .string("close"): return Answer(message: nil, closes: true)
    case let type:
      throw OpenEnvProblem(
        .unknownType,
        "Unknown message type: \(type?.summary ?? "none"); expected reset, step, state, mcp or close")
    }
  }

  private static func framed(_ type: String, _ data: JSONObject) -> Answer {
    var writer = JSONWriter()
    writer.value(.object(JSONObject([("type", .string(type)), ("data", .object(data))])))
    return Answer(message: writer.bytes, closes: false)
  }

  /// Begins an episode; `data` may hold `seed`, `episode_id` and more.
  func reset(_ data: JSONValue) throws(OpenEnvProblem) -> JSONObject {
    var fields = JSONObject()
    switch data {
    case .null: break
    case .object(let object): fields = object
    default: throw .validation("value_error", ["data"], "expected an object", data)
    }
    var seed: UInt64?
    switch fields["seed"] ?? .null {
    case .null: if !hasBegun { seed = .random(in: 0..<1 << 63) }
    case .integer(let value) where value >= 0: seed = UInt64(value)
    case let other:
      throw .validation("greater_than_equal", ["seed"], "expected a whole number of at least 0", other)
    }
    switch fields["episode_id"] ?? .null {
    case .null: episode = UUID().uuidString.lowercased()
    case .string(let text): episode = text
    case let other: throw .validation("string_type", ["episode_id"], "expected a string", other)
    }
    hasBegun = true
    return observation(environment.reset(seed: seed), nil)
  }

  /// One step with the action's fields.
  func step(_ data: JSONValue) throws(OpenEnvProblem) -> JSONObject {
    let actions = try actions(data)
    do {
      let transition = try environment.step(actions)
      return observation(transition.observation, transition)
    } catch {
      throw OpenEnvProblem(.executionError, "\(error)")
    }
  }

  private func actions(_ data: JSONValue) throws(OpenEnvProblem) -> [Float] {
    let field = OpenEnv.actionField(agents: environment.agents)
    guard case .object(let object) = data else {
      throw .validation("model_type", [], "expected an object with \"\(field)\"", data)
    }
    guard let value = object[field] else {
      throw .validation("missing", [field], "Field required", data)
    }
    for (key, other) in zip(object.keys, object.values) where key != field && key != "metadata" {
      throw .validation("extra_forbidden", [key], "Extra inputs are not permitted; only \(field) is", other)
    }
    do { return try reader.actions(value) } catch {
      throw .validation("value_error", [field], "\(error)", value)
    }
  }

  var state: JSONObject {
    JSONObject([
      ("episode_id", episode.map { .string($0) } ?? .null), ("step_count", .integer(environment.steps)),
    ])
  }

  private func observation(_ numbers: [Float], _ transition: Transition?) -> JSONObject {
    let info = environment.info
    let width = numbers.count / environment.agents
    let rows = (0..<(isShared ? 1 : environment.agents)).map { agent in
      JSONValue.array(numbers[agent * width..<(agent + 1) * width].map { .number(Double($0)) })
    }
    var seen = JSONObject([
      ("metadata", .object(info)), ("values", isShared ? rows[0] : .array(rows)),
      ("terminated", .bool(transition?.terminated ?? false)),
      ("truncated", .bool(transition?.truncated ?? false)),
    ])
    if environment.agents > 1, let transition {
      seen["rewards"] = .array(transition.rewards.map { .number($0) })
    }
    var object = JSONObject([
      ("observation", .object(seen)),
      ("reward", transition.map { .number($0.rewards.reduce(0, +)) } ?? .null),
      ("done", .bool(transition?.isLast ?? false)),
    ])
    if !info.isEmpty { object["metadata"] = .object(info) }
    return object
  }
}
