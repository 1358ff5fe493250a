import Foundation
import Logging
import Rewards
import Testing
import Verifiers

@testable import Service

/// What was logged, from any thread.
private final class Lines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []
  var all: [String] { lock.withLock { lines } }
  func append(_ line: String) { lock.withLock { lines.append(line) } }
}

@Suite struct ObservingTests {
  @Test("The metrics count requests, samples and outcomes, in Prometheus' text format")
  func metrics() async throws {
    let test = try TestService([("moody", RewardSpecification([RewardEntry(MoodyReward())]))])
    _ = try await test.send("/score", #"{"completions":["x","","fail"],"step":2}"#)
    _ = try await test.send("/score/moody", #"{"completions":["x"],"step":2}"#)
    _ = try await test.send("/score", "{")
    _ = try await test.send("/secret/path")
    let answer = try await test.send("/metrics")
    #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    for line in [
      #"laurel_requests_total{route="score",status="200"} 2"#,
      #"laurel_requests_total{route="score",status="400"} 1"#,
      #"laurel_requests_total{route="other",status="404"} 1"#,
      #"laurel_request_seconds_bucket{route="score",le="+Inf"} 3"#,
      #"laurel_request_seconds_count{route="score"} 3"#,
      #"laurel_samples_total{specification="moody"} 4"#,
      #"laurel_unscored_samples_total{specification="moody"} 2"#,
      #"laurel_scores_total{specification="moody",reward="moody",outcome="scored"} 2"#,
      #"laurel_scores_total{specification="moody",reward="moody",outcome="abstained"} 1"#,
      #"laurel_scores_total{specification="moody",reward="moody",outcome="failed"} 1"#,
      #"laurel_score_sum{specification="moody",reward="moody"} 4"#,
      "laurel_requests_scoring 0",
    ] {
      #expect(answer.text.contains(line + "\n"), "\(line)")
    }
    #expect(answer.text.hasSuffix("\n") && !answer.text.contains("secret"))
    // Every metric is declared once, before its samples.
    let declared = answer.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    #expect(Set(declared).count == declared.count)
  }

  @Test("A refusal is logged as one JSON line with the request's id")
  func log() async throws {
    let lines = Lines()
    var logger = Logger(label: "test") { _ in
      JSONLogHandler { line in lines.append(String(decoding: line, as: UTF8.self)) }
    }
    logger.logLevel = .info
    let service = RewardService(
      try SpecificationSet([("r", RewardSpecification([RewardEntry(MoodyReward())]))]), logger: logger)
    _ = try await TestService(service).send("/score", "{\"a\n", headers: [.requestID: "abc"])
    _ = try await TestService(service).send("/score", #"{"completions":[]}"#)
    let requests = lines.all.filter { $0.contains("\"message\":\"request\"") }
    #expect(requests.count == 1)
    guard case .object(let line) = try JSONValue(json: try #require(requests.first)) else { return }
    #expect(line["request_id"] == .string("abc") && line["status"] == .string("400"))
    #expect(line["level"] == .string("notice") && line["path"] == .string("/score"))
    #expect(line["where"] == .string("byte 3"))
    guard case .string(let time) = line["time"] else { return }
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }
}
