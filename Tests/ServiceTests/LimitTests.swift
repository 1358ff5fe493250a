import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Rewards
import Testing
import Verifiers

@testable import Service

@Suite struct LimitTests {
  private func gated(_ gate: GatedReward, _ limits: ServiceLimits) throws -> TestService {
    try TestService([("gated", RewardSpecification([RewardEntry(gate)]))], limits: limits)
  }

  /// Waits until so many requests are being scored.
  private func wait(for service: RewardService, scoring: Int, waiting: Int) async throws {
    for _ in 0..<2000 {
      let load = service.load
      if load.scoring == scoring, load.waiting == waiting { return }
      try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("never \(scoring) scoring and \(waiting) waiting, but \(service.load)")
  }

  private let one = #"{"completions":["a"]}"#

  @Test("A body above the limit is refused, announced or not; so are too many samples")
  func sizes() async throws {
    var limits = ServiceLimits()
    limits.bodyBytes = 100
    limits.samples = 3
    for yaml in [TestService.rules, TestService.wholeSamples] {
      let service = try TestService(yaml, limits: limits)
      let long = "{\"completions\":[\"\(String(repeating: "x", count: 100))\"]}"
      for headers in [[:], [.contentLength: "\(long.utf8.count)"]] as [HTTPFields] {
        let answer = try await service.send("/score", long, headers: headers)
        #expect(answer.status == 413)
        #expect(answer["error"] == .string("the body has more than 100 bytes"))
      }
      let many = try await service.send("/score", #"{"completions":["","","",""]}"#)
      #expect(many.status == 413)
      #expect(many["error"] == .string("more than 3 samples in one request"))
      let rows = #"{"samples":[{"completion":""},{"completion":""},{"completion":""},{"completion":""}]}"#
      #expect(try await service.send("/score", rows).status == 413)
      #expect(try await service.send("/score", #"{"completions":["","",""]}"#).status == 200)
    }
  }

  @Test("Beyond what may wait comes 429 with Retry-After at once; who waits gets a turn, in order")
  func queue() async throws {
    let gate = GatedReward()
    var limits = ServiceLimits()
    limits.scoring = 1
    limits.waiting = 1
    let test = try gated(gate, limits)
    async let first = test.send("/score", one)
    try await wait(for: test.service, scoring: 1, waiting: 0)
    async let second = test.send("/score", one)
    try await wait(for: test.service, scoring: 1, waiting: 1)
    let third = try await test.send("/score", one)
    #expect(third.status == 429 && third.headers[.retryAfter] == "1")
    #expect(try await test.send("/health").status == 200)
    gate.open(2)
    #expect(try await first.status == 200)
    #expect(try await second["rewards"] == .array([.number(1)]))
    #expect(test.service.load == (0, 0, 0))
  }

  @Test("Bodies are bounded together, before they are read")
  func bytes() throws {
    var limits = ServiceLimits()
    limits.heldBytes = 1500
    let admission = Admission(limits)
    try admission.enter(bytes: 1000)
    let error = #expect(throws: ServiceError.self) { try admission.enter(bytes: 501) }
    #expect(error?.status == .tooManyRequests)
    try admission.enter(bytes: 500)
    admission.leave(bytes: 1000)
    try admission.enter(bytes: 1000)
    #expect(admission.load == (0, 2, 1500))
  }

  @Test("No turn in time is 503, no answer in time 504; trainers that need numbers get them")
  func times() async throws {
    let gate = GatedReward()
    var limits = ServiceLimits()
    limits.scoring = 1
    limits.waitSeconds = 0.05
    limits.scoreSeconds = 0.4
    let test = try gated(gate, limits)
    async let first = test.send("/score", one)
    try await wait(for: test.service, scoring: 1, waiting: 0)
    let second = try await test.send("/score", one)
    #expect(second.status == 503 && second.headers[.retryAfter] == "5")
    let late = try await first
    #expect(late.status == 504)
    #expect(late["error"] == .string("no answer within 0.4 s"))
    let numbers = try await test.send("/get_reward", #"{"query":["a"]}"#)
    #expect(numbers.status == 200 && numbers["rewards"] == .array([.number(0)]))
    gate.open(10)
  }

  @Test("A shutdown finishes what was accepted")
  func shutdown() async throws {
    let gate = GatedReward()
    let test = try gated(gate, ServiceLimits())
    let body = one
    let answer = try await test.service.application(
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))
    ).test(.live) { client in
      let other = TestClient(host: "127.0.0.1", port: try #require(client.port))
      other.connect()
      let answer = Task {
        let response = try await other.execute(
          TestClient.Request("/score", method: .post, body: ByteBuffer(string: body)))
        return String(buffer: response.body ?? ByteBuffer())
      }
      try await wait(for: test.service, scoring: 1, waiting: 0)
      Task {
        // By then the shutdown has begun, and waits.
        try await Task.sleep(for: .milliseconds(200))
        gate.open(1)
      }
      return answer
    }
    #expect(try await answer.value.contains(#""rewards":[1.0]"#))
  }

  @Test("A body that drips in is given up with 408")
  func slow() async throws {
    var limits = ServiceLimits()
    limits.readSeconds = 0.05
    let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
    let request = Request(
      head: HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/score"),
      body: RequestBody(asyncSequence: stream))
    continuation.yield(ByteBuffer(string: "{"))
    Task {
      try await Task.sleep(for: .milliseconds(100))
      continuation.yield(ByteBuffer(string: " "))
    }
    let error = await #expect(throws: ServiceError.self) {
      try await RequestReader.body(of: request, length: nil, limits)
    }
    #expect(error?.status == .requestTimeout)
  }
}
