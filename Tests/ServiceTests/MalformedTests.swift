import HTTPTypes
import HummingbirdTesting
import Rewards
import Testing
import Verifiers

@testable import Service

@Suite struct MalformedTests {
  private static let bodies = [
    #"{"prompts":["p","q"],"completions":["<think>é</think><answer>4</answer>","5"],"answer":["4",4]}"#,
    #"{"samples":[{"completion":[{"role":"assistant","content":"4"}],"answer":4,"id":"x"}]}"#,
    #"{"completions":["a"],"completion_ids":[[1,2,3]],"columns":{"solution":[null]},"step":3}"#,
    #"{"query":["p4"],"prompts":["p"],"labels":["4"]}"#,
    #"{"data_source":"d","solution_str":"4","ground_truth":"4","extra_info":{"question":"q"}}"#,
  ]

  /// A body with a few bytes changed, cut, doubled or swapped for another piece of JSON.
  private static func mutated(_ body: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var body = body
    let pieces = ["null", "[", "}", "\"", "1e999", "\\u", "{\"a\":", "-", "\u{0}", ",,"].map {
      Array($0.utf8)
    }
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...body.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: body = Array(body[..<place])
      case 1 where place < body.count: body[place] = UInt8.random(in: 0...255, using: &generator)
      case 2 where place < body.count: body.remove(at: place)
      case 3: body.insert(contentsOf: body[place...].prefix(12), at: place)
      default: body.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
      }
    }
    return body
  }

  @Test("A thousand malformed requests get 4xx, what is whole is answered, and nothing fails or falls")
  func fuzz() async throws {
    for (index, yaml) in [TestService.rules, TestService.wholeSamples].enumerated() {
      try await TestService(yaml).service.application().test(.router) { client in
        var generator = SeededGenerator(UInt64(index))
        var malformed = 0
        while malformed < 500 {
          let body = Self.mutated(
            Array((Self.bodies.randomElement(using: &generator) ?? "").utf8), &generator)
          let path = ["/score", "/get_reward", "/verl"].randomElement(using: &generator) ?? "/score"
          let answer = try await TestService.send(client, path, body)
          if body.withUnsafeBufferPointer({ try? JSONParser().parseObject($0) }) != nil {
            #expect([200, 422].contains(answer.status), "\(answer.text)")
          } else {
            malformed += 1
            #expect(
              [400, 413].contains(answer.status), "\(answer.status) \(String(decoding: body, as: UTF8.self))")
            #expect(answer["error"] != .null && answer["remedy"] != .null)
          }
        }
      }
    }
  }
}
