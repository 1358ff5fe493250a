import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Rewards
import Testing
import Worlds

@testable import Service

@Suite struct WorldServiceTests {
  private func service(
    _ name: String = "cartpole", limits: WorldLimits = WorldLimits(), token: String? = nil
  ) throws -> WorldService {
    let kind = try #require(WorldRegistry.standard.kind(named: name))
    return try WorldService(kind, limits: limits, token: token, logger: TestService.quiet)
  }

  private func send(
    _ path: String, _ body: String? = nil, to service: WorldService? = nil, headers: HTTPFields = [:]
  ) async throws -> TestService.Answer {
    try await (service ?? self.service()).application().test(.router) { client in
      try await TestService.send(client, path, body.map { Array($0.utf8) }, nil, headers)
    }
  }

  private func data(_ object: JSONObject) -> JSONObject {
    if case .object(let data)? = object["data"] { data } else { JSONObject() }
  }

  private let begin = #"{"type":"reset","data":{"seed":7}}"#
  private let push = #"{"type":"step","data":{"action":1}}"#

  @Test("The paths of OpenEnv")
  func paths() async throws {
    #expect(try await send("/health").text == #"{"status":"healthy"}"#)
    #expect(try await send("/state").text == #"{"episode_id":null,"step_count":0}"#)
    #expect(try await send("/list_environments").text == #"["cartpole"]"#)
    #expect(try await send("/metadata")["name"] == .string("cartpole"))
    #expect(try await send("/schema")["action"] != .null)
    #expect(try await send("/mcp", #"{"id":1}"#)["id"] == .integer(1))
    let reset = try await send("/reset", #"{"seed":3}"#)
    #expect(reset.status == 200 && reset["done"] == .bool(false) && reset["reward"] == .null)
    let step = try await send("/step", #"{"action":{"action":1},"timeout_s":null,"request_id":null}"#)
    #expect(step.status == 200 && step["reward"] == .number(1))
    #expect(try await send("/reset", #"{"seed":3}"#).text == reset.text)
  }

  @Test(
    "What is refused has its status and a detail",
    arguments: [
      ("/nothing", nil, 404), ("/reset", nil, 405), ("/health", "{}", 405), ("/ws", nil, 426),
      ("/step", "{", 400), ("/step", "[]", 400), ("/step", "{}", 422),
      ("/step", #"{"action":{"action":2}}"#, 422), ("/step", #"{"action":{"action":1},"x":1}"#, 422),
      ("/step", #"{"action":{"jump":1}}"#, 422), ("/reset", #"{"seed":-1}"#, 422),
      ("/cartpole/splits", nil, 501), ("/other/splits", nil, 404), ("/cartpole/num_tasks", "{}", 501),
    ] as [(String, String?, Int)])
  func refusals(path: String, body: String?, status: Int) async throws {
    let answer = try await send(path, body)
    #expect(answer.status == status)
    #expect(answer["detail"] != .null)
  }

  @Test("A body beyond the limit is refused")
  func large() async throws {
    var limits = WorldLimits()
    limits.messageBytes = 100
    let body = #"{"seed":3,"x":""# + String(repeating: "x", count: 200) + #""}"#
    #expect(try await send("/reset", body, to: try service(limits: limits)).status == 413)
  }

  @Test("Two sessions at once each have an episode of their own")
  func sessions() async throws {
    try await service().application().test(.live) { client in
      let port = try #require(client.port)
      let alone = try await WebSocketClient.talk(port: port) { talk in
        _ = try await talk.ask(begin)
        return JSONValue.object(try await talk.ask(push))
      }
      try await WebSocketClient.talk(port: port, path: "/ws?session_id=a") { first in
        _ = try await first.ask(begin)
        try await WebSocketClient.talk(port: port) { second in
          _ = try await second.ask(#"{"type":"reset","data":{"seed":8}}"#)
          for _ in 0..<5 { _ = try await second.ask(push) }
          let state = try await second.ask(#"{"type":"state"}"#)
          #expect(data(state)["step_count"] == .integer(5))
        }
        #expect(JSONValue.object(try await first.ask(push)) == alone)
      }
    }
  }

  @Test("A session lives on after what it refuses, answers pings, joins fragments and closes with 1000")
  func life() async throws {
    try await service().application().test(.live) { client in
      let port = try #require(client.port)
      try await WebSocketClient.talk(port: port) { talk in
        for (line, code) in [("x", "INVALID_JSON"), (push, "EXECUTION_ERROR"), ("{}", "UNKNOWN_TYPE")] {
          #expect(data(try await talk.ask(line))["code"] == .string(code))
        }
        try await talk.send([1], .ping)
        let bytes = Array(begin.utf8)
        try await talk.send(Array(bytes[..<5]), fin: false)
        try await talk.send(Array(bytes[5...]), .continuation)
        #expect(try await talk.next()["type"] == .string("observation"))
        try await talk.send(Array(#"{"type":"close"}"#.utf8))
        await #expect(throws: WebSocketClient.Closed(code: 1000)) { _ = try await talk.next() }
      }
    }
  }

  @Test("A session too many is told and closed; when one ends there is room again")
  func capacity() async throws {
    var limits = WorldLimits()
    limits.sessions = 1
    let service = try service(limits: limits)
    try await service.application().test(.live) { client in
      let port = try #require(client.port)
      try await WebSocketClient.talk(port: port) { first in
        _ = try await first.ask(begin)
        try await WebSocketClient.talk(port: port) { second in
          let refused = data(try await second.next())
          #expect(refused["code"] == .string("CAPACITY_REACHED"))
          #expect(refused["active_sessions"] == .integer(1) && refused["max_sessions"] == .integer(1))
          await #expect(throws: WebSocketClient.Closed(code: 1011)) { _ = try await second.next() }
        }
        #expect(try await first.ask(push)["type"] == .string("observation"))
      }
      for _ in 0..<200 where service.sessions > 0 { try await Task.sleep(for: .milliseconds(20)) }
      let again = try await WebSocketClient.talk(port: port) { try await $0.ask(begin)["type"] }
      #expect(again == .string("observation"))
    }
  }

  @Test("A message beyond the limit closes its session with 1009, and a silent one is closed with 1001")
  func limits() async throws {
    var limits = WorldLimits()
    limits.messageBytes = 1000
    limits.idleSeconds = 0.3
    try await service(limits: limits).application().test(.live) { client in
      let port = try #require(client.port)
      try await WebSocketClient.talk(port: port) { talk in
        try await talk.send([UInt8](repeating: 0x20, count: 2000))
        await #expect(throws: WebSocketClient.Closed(code: 1009)) { _ = try await talk.next() }
      }
      try await WebSocketClient.talk(port: port) { talk in
        await #expect(throws: WebSocketClient.Closed(code: 1001)) { _ = try await talk.next() }
      }
    }
  }

  @Test("The token is needed everywhere but for health, the WebSocket included")
  func token() async throws {
    let service = try service(token: "secret")
    #expect(try await send("/health", to: service).status == 200)
    #expect(try await send("/state", to: service).status == 401)
    #expect(try await send("/state", to: service, headers: [.authorization: "Bearer secret"]).status == 200)
    try await service.application().test(.live) { client in
      let port = try #require(client.port)
      #expect(try await WebSocketClient.talk(port: port) { try await $0.ask(begin)["type"] } == nil)
      let type = try await WebSocketClient.talk(
        port: port, headers: [("Authorization", "Bearer secret")]
      ) { try await $0.ask(begin)["type"] }
      #expect(type == .string("observation"))
    }
  }
}
