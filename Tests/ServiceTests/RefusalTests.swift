import HTTPTypes
import Rewards
import Testing
import Verifiers

@testable import Service

/// What is not answered with 200: the status, and an explanation that helps.
@Suite struct RefusalTests {
  private func expect(
    _ body: String, _ status: Int, _ error: String, at place: String, path: String = "/score"
  ) async throws {
    // Both paths.
    for yaml in [TestService.rules, TestService.wholeSamples] {
      let answer = try await TestService(yaml).send(path, body)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer["error"] == .string(error))
      #expect(answer["where"] == .string(place))
      #expect(answer["remedy"] != .null && answer["request_id"] != .null)
    }
  }

  @Test("Broken JSON")
  func broken() async throws {
    try await expect("", 400, "broken JSON: expected a JSON object '{', found the end", at: "byte 0")
    try await expect("[]", 400, "broken JSON: expected a JSON object '{', found '['", at: "byte 0")
    try await expect(
      #"{"completions":["a"],}"#, 400, "broken JSON: expected a key in double quotes, found '}'",
      at: "byte 21")
    try await expect(
      #"{"completions":[NaN]}"#, 400,
      "broken JSON: expected \("a value"), found 'N'", at: "byte 16")
  }

  @Test("Missing columns, with what was probably meant")
  func missing() async throws {
    try await expect(
      #"{"completion":["a"]}"#, 422,
      #"no "completions" (did you mean "completion"?); the request has completion"#, at: "completions")
    try await expect(
      #"{"queries":["a"]}"#, 422, #"no "query"; the request has queries"#, at: "query", path: "/get_reward")
    try await expect(
      #"{"solution_str":5}"#, 422, #""solution_str" is 5, expected text"#, at: "solution_str", path: "/verl")
  }

  @Test("Columns of another length, and samples that cannot be read")
  func wrong() async throws {
    try await expect(
      #"{"completions":["a","b"],"answer":[1]}"#, 422, #""answer" has 1 values, "completions" 2"#,
      at: "answer")
    try await expect(
      #"{"completions":["a",5]}"#, 422,
      "'completion' is 5, expected text or a list of messages with role and content", at: "sample 1")
    try await expect(
      #"{"samples":[{"completion":"a"},{"completon":"b"}]}"#, 422,
      "no field 'completion' (did you mean 'completon'?); the row has completon", at: "sample 1")
    try await expect(
      #"{"samples":[7]}"#, 422, "a sample is 7, expected an object", at: "sample 0")
    try await expect(
      #"{"completions":["a"],"completion_tokens":[-1]}"#, 422,
      "'completion_tokens' is -1, expected an integer of at least 0", at: "sample 0")
  }

  @Test("Paths and methods that are not there")
  func paths() async throws {
    let service = try TestService()
    #expect(try await service.send("/").status == 404)
    #expect(try await service.send("/scores", "{}").status == 404)
    #expect(try await service.send("/score/rules/more", "{}").status == 404)
    let get = try await service.send("/score")
    #expect(get.status == 405 && get.headers[.allow] == "POST")
    let post = try await service.send("/health", "{}")
    #expect(post.status == 405 && post.headers[.allow] == "GET")
  }

  @Test("A reward that fails under on_failure: stop is the request's fault, not the service's")
  func stop() async throws {
    let service = try TestService([
      ("x", RewardSpecification([RewardEntry(MoodyReward(), onFailure: .stop)]))
    ])
    let answer = try await service.send("/score", #"{"completions":["a","fail"]}"#)
    #expect(answer.status == 422)
    #expect(answer["error"] == .string(#"reward "moody" failed: it said so"#))
    #expect(answer["where"] == .string("sample 1"))
  }

  @Test("The token: needed everywhere but for the probes, compared as a whole")
  func token() async throws {
    let service = try TestService(token: "secret")
    let body = #"{"completions":[]}"#
    let none = try await service.send("/score", body)
    #expect(none.status == 401 && none.headers[.wwwAuthenticate] == "Bearer")
    for wrong in ["Bearer secre", "Bearer secret2", "bearer", "Basic secret", "secret"] {
      #expect(try await service.send("/score", body, headers: [.authorization: wrong]).status == 401)
    }
    #expect(try await service.send("/metrics").status == 401)
    #expect(try await service.send("/nothing").status == 401)
    #expect(try await service.send("/health").status == 200)
    #expect(try await service.send("/ready").status == 200)
    #expect(try await service.send("/score", body, headers: [.authorization: "Bearer secret"]).status == 200)
  }

  @Test("The caller's request id comes back; one that a log cannot hold is replaced")
  func requestID() async throws {
    let service = try TestService()
    let good = try await service.send("/score", "{", headers: [.requestID: "run-7/3"])
    #expect(good.headers[.requestID] == "run-7/3" && good["request_id"] == .string("run-7/3"))
    let long = String(repeating: "x", count: 129)
    #expect(try await service.send("/health", headers: [.requestID: long]).headers[.requestID] != long)
  }
}
