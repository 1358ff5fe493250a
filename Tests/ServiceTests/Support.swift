import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Rewards
import Testing
import Verifiers

@testable import Service

/// One for the samples whose completion holds an a, after the gate has been opened.
final class GatedReward: PointwiseReward {
  typealias Subject = Sample
  let name = "gated"
  private let gate = DispatchSemaphore(value: 0)

  /// Lets that many samples through.
  func open(_ count: Int) {
    for _ in 0..<count { gate.signal() }
  }

  func score(_ subject: Sample, state: RunState) -> Score {
    _ = gate.wait(timeout: .now() + 20)
    return Score(subject.completion.contains("a") ? 1 : 0)
  }
}

/// Fails on completions that say so, abstains on empty ones, and needs whole samples.
struct MoodyReward: PointwiseReward {
  typealias Subject = Sample
  let name = "moody"
  func score(_ subject: Sample, state: RunState) throws -> Score {
    if subject.completion == "fail" { return .failed("it said so") }
    return subject.completion.isEmpty ? .abstained("nothing said") : Score(Double(state.step))
  }
}

/// Requests to a service in this process.
struct TestService {
  let service: RewardService

  init(_ service: RewardService) { self.service = service }

  /// Serves `yaml` under the name rules.
  init(
    _ yaml: String = TestService.rules, limits: ServiceLimits = ServiceLimits(), token: String? = nil,
    mapping: FieldMapping = FieldMapping()
  ) throws {
    try self.init(
      [("rules", RewardSpecification(yaml: yaml, registry: .standard))], limits: limits, token: token,
      mapping: mapping)
  }

  init(
    _ specifications: [(name: String, specification: RewardSpecification)],
    limits: ServiceLimits = ServiceLimits(), token: String? = nil, mapping: FieldMapping = FieldMapping()
  ) throws {
    service = RewardService(
      try SpecificationSet(specifications), limits: limits, mapping: mapping, token: token,
      logger: Self.quiet)
  }

  static let rules = """
    rewards:
      - format: {tags: [think, answer]}
      - answer: {}
        weight: 2

    """

  /// The same rules with a shaper that changes nothing, so that whole samples are needed.
  static let wholeSamples = rules + "    shape: [{clip: {low: 0, high: 1}}]\n"

  static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  struct Answer {
    var status: Int
    var headers: HTTPFields
    var text: String

    var json: JSONValue { (try? JSONValue(json: text)) ?? .null }

    subscript(key: String) -> JSONValue {
      if case .object(let object) = json { object[key] ?? .null } else { .null }
    }
  }

  /// Sends one request past the socket.
  func send(
    _ path: String, _ body: String? = nil, method: HTTPRequest.Method? = nil, headers: HTTPFields = [:]
  ) async throws -> Answer {
    try await send(path, bytes: body.map { Array($0.utf8) }, method: method, headers: headers)
  }

  func send(
    _ path: String, bytes: [UInt8]?, method: HTTPRequest.Method? = nil, headers: HTTPFields = [:]
  ) async throws -> Answer {
    try await service.application().test(.router) { client in
      try await Self.send(client, path, bytes, method, headers)
    }
  }

  static func send(
    _ client: some TestClientProtocol, _ path: String, _ bytes: [UInt8]?,
    _ method: HTTPRequest.Method? = nil, _ headers: HTTPFields = [:]
  ) async throws -> Answer {
    let response = try await client.executeRequest(
      uri: path, method: method ?? (bytes == nil ? .get : .post), headers: headers,
      body: bytes.map { ByteBuffer(bytes: $0) })
    return Answer(
      status: response.status.code, headers: response.headers, text: String(buffer: response.body))
  }
}

/// A folder that is gone after the test.
struct TemporaryFolder: ~Copyable {
  let url = FileManager.default.temporaryDirectory.appending(path: "laurel-\(UUID())")
  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws -> String {
    let file = url.appending(path: name)
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    func step() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 32
    }
    return step() << 32 | step()
  }
}
