import Rewards
import Testing

@testable import Worlds

@Suite struct OpenEnvTests {
  private func ask(_ session: OpenEnvSession, _ line: String) throws -> JSONObject {
    let answer = session.answer(to: Array(line.utf8))
    guard let message = answer.message, case .object(let object) = try JSONParser().parse(message) else {
      throw PipeError("no message")
    }
    return object
  }

  private func data(_ object: JSONObject) -> JSONObject {
    if case .object(let data)? = object["data"] { data } else { JSONObject() }
  }

  @Test func `an episode goes as OpenEnv's frames do`() throws {
    let session = OpenEnvSession(Pendulum(maximumSteps: 2))
    #expect(try ask(session, #"{"type":"state"}"#)["data"] == .object(OpenEnv.state))
    let first = try ask(session, #"{"type":"reset","data":{"seed":7,"episode_id":"x","more":1}}"#)
    #expect(first["type"] == .string("observation"))
    #expect(data(first)["reward"] == .null && data(first)["done"] == .bool(false))
    #expect(data(first)["metadata"] == nil)
    let environment = Pendulum().environment()
    let start = environment.reset(seed: 7)
    func values(_ frame: JSONObject) -> JSONValue? {
      if case .object(let seen)? = data(frame)["observation"] { seen["values"] } else { nil }
    }
    #expect(values(first) == .array(start.map { .number(Double($0)) }))
    let second = try ask(session, #"{"type":"step","data":{"action":[0.5]}}"#)
    let transition = try environment.step([0.5])
    #expect(values(second) == .array(transition.observation.map { .number(Double($0)) }))
    #expect(data(second)["reward"] == .number(transition.reward))
    #expect(
      try ask(session, #"{"type":"state"}"#)["data"]
        == .object(JSONObject([("episode_id", .string("x")), ("step_count", .integer(1))])))
    #expect(data(try ask(session, #"{"type":"step","data":{"action":0.5}}"#))["done"] == .bool(true))
    #expect(session.answer(to: Array(#"{"type":"close"}"#.utf8)) == .init(message: nil, closes: true))
  }

  @Test(arguments: [
    ("nonsense", "INVALID_JSON"), ("[]", "INVALID_JSON"), (#"{"type":"jump"}"#, "UNKNOWN_TYPE"),
    ("{}", "UNKNOWN_TYPE"), (#"{"type":"step","data":{"action":2}}"#, "VALIDATION_ERROR"),
    (#"{"type":"step","data":{"action":1,"speed":2}}"#, "VALIDATION_ERROR"),
    (#"{"type":"step","data":{}}"#, "VALIDATION_ERROR"), (#"{"type":"step"}"#, "VALIDATION_ERROR"),
    (#"{"type":"reset","data":{"seed":-1}}"#, "VALIDATION_ERROR"),
    (#"{"type":"reset","data":{"episode_id":3}}"#, "VALIDATION_ERROR"),
    (#"{"type":"step","data":{"action":1}}"#, "EXECUTION_ERROR"),
  ])
  func `what is refused has a code, and the session lives on`(line: String, code: String) throws {
    let session = OpenEnvSession(CartPole())
    let refused = try ask(session, line)
    #expect(refused["type"] == .string("error"))
    #expect(data(refused)["code"] == .string(code))
    if code == "VALIDATION_ERROR" {
      guard case .array(let errors)? = data(refused)["errors"], case .object(let error)? = errors.first else {
        Issue.record("no errors")
        return
      }
      #expect(error.keys == ["type", "loc", "msg", "input"])
    }
    #expect(try ask(session, #"{"type":"reset","data":{"seed":1}}"#)["type"] == .string("observation"))
    #expect(try ask(session, #"{"type":"step","data":{"action":1}}"#)["type"] == .string("observation"))
  }

  @Test func `sessions of one world know nothing of each other`() throws {
    let (first, second) = (OpenEnvSession(CartPole()), OpenEnvSession(CartPole()))
    _ = try ask(first, #"{"type":"reset","data":{"seed":1}}"#)
    let frame = try ask(second, #"{"type":"reset","data":{"seed":2}}"#)
    for _ in 0..<3 { _ = try ask(first, #"{"type":"step","data":{"action":1}}"#) }
    #expect(
      JSONValue.object(try ask(second, #"{"type":"reset","data":{"seed":2}}"#)) == JSONValue.object(frame))
  }

  @Test func `the paths without an episode answer a begin and a first step`() throws {
    let reset = try OpenEnv.reset(CartPole(), JSONObject([("seed", .integer(3))]))
    #expect(reset.keys == ["observation", "reward", "done", "metadata"] && reset["metadata"] == .null)
    let action = JSONObject([("action", .integer(1))])
    let step = try OpenEnv.step(CartPole(), JSONObject([("action", .object(action)), ("timeout_s", .null)]))
    #expect(step["reward"] == .number(1) && step["done"] == .bool(false))
    #expect(throws: OpenEnvProblem.self) { try OpenEnv.step(CartPole(), action) }
    #expect(OpenEnv.schema(of: CartPole()).keys == ["action", "observation", "state", "reset_observation"])
  }

  @Test func `settings are JSON where they can be`() throws {
    let object = try JSONObject(settings: ["a=1", "b=[1, 2]", "c=red", "d=x=y"])
    #expect(
      JSONValue.object(object)
        == .object(
          JSONObject([
            ("a", .integer(1)), ("b", .array([.integer(1), .integer(2)])), ("c", .string("red")),
            ("d", .string("x=y")),
          ])))
    #expect(throws: ParameterError.self) { try JSONObject(settings: ["a"]) }
  }
}
