import Rewards
import Testing
import Verifiers

@testable import Service

/// The object that a text is.
func object(_ text: String) throws -> JSONObject {
  guard case .object(let object) = try JSONValue(json: text) else { return JSONObject() }
  return object
}

@Suite struct NativeTests {
  static let good = "<think>2</think><answer>4</answer>"

  @Test("Columns are scored in order, with every reward's values beside the totals")
  func columns() async throws {
    let service = try TestService()
    let answer = try await service.send(
      "/score", #"{"prompts":["p","p"],"completions":["\#(Self.good)","5"],"answer":["4",4]}"#)
    #expect(answer.status == 200)
    #expect(
      answer.text
        == #"{"rewards":[3.0,0.0],"extra_logs":{"format":[1.0,0.0],"answer":[1.0,0.0]},"errors":[],"#
        + #""specification":"rules","version":1}"# + "\n")
  }

  @Test("Columns may stand under columns, rows under samples, messages in place of text")
  func shapes() async throws {
    let service = try TestService()
    for body in [
      #"{"completions":["\#(Self.good)"],"columns":{"ground_truth":[4]},"trainer_state":null,"step":3}"#,
      #"{"samples":[{"completion":"\#(Self.good)","answer":4}]}"#,
      #"{"completions":[[{"role":"assistant","content":"\#(Self.good)"}]],"solution":["4"]}"#,
      #"{"c\u006fmpletions":["<think>2<\/think>\u003canswer>4</answer>"],"reference":[null],"answer":[4]}"#,
    ] {
      let answer = try await service.send("/score", body)
      #expect(answer["rewards"] == .array([.number(3)]), "\(answer.text)")
    }
  }

  @Test("An empty batch is a batch")
  func empty() async throws {
    let answer = try await TestService().send("/score", #"{"completions":[]}"#)
    #expect(answer.status == 200 && answer["rewards"] == .array([]))
  }

  @Test("Token ids give the completion's length, on both paths")
  func tokenIDs() async throws {
    let yaml = "rewards:\n  - length: {target: 10, tolerance: 10}\n"
    let body = #"{"completions":["abc","abc","abc"],"completion_ids":[[1, 2,3,4],[],[7]]}"#
    let expected = JSONValue.array([.number(0.4), .number(0), .number(0.1)])
    for more in ["", "combine: minimum\n"] {
      let answer = try await TestService(yaml + more).send("/score", body)
      guard case .array(let rewards) = answer["rewards"], case .array(let wanted) = expected else {
        Issue.record("\(answer.text)")
        continue
      }
      for case (.number(let reward), .number(let value)) in zip(rewards, wanted) {
        #expect(abs(reward - value) < 1e-12)
      }
      #expect(rewards.count == 3)
    }
  }

  @Test("A reward over whole samples: failures have a reason, abstentions none, and the step arrives")
  func samples() async throws {
    let service = try TestService([("moody", RewardSpecification([RewardEntry(MoodyReward())]))])
    let answer = try await service.send("/score", #"{"completions":["x","","fail"],"step":5}"#)
    #expect(answer["rewards"] == .array([.number(5), .null, .null]))
    #expect(
      answer["errors"]
        == .array([
          .object(
            JSONObject([
              ("sample", .integer(2)), ("reward", .string("moody")), ("reason", .string("it said so")),
            ]))
        ]))
  }

  @Test("A specification is chosen by name; an unknown one gives the nearest")
  func names() async throws {
    let service = try TestService([
      ("first", RewardSpecification([RewardEntry(try AnswerReward())])),
      ("second", RewardSpecification([RewardEntry(MoodyReward())])),
    ])
    #expect(try await service.send("/score", #"{"completions":[]}"#)["specification"] == .string("first"))
    let second = try await service.send("/score/second", #"{"completions":[]}"#)
    #expect(second["specification"] == .string("second"))
    let wrong = try await service.send("/score/secnd", #"{"completions":[]}"#)
    #expect(wrong.status == 404)
    #expect(wrong["error"] == .string(#"no specification is named "secnd"; did you mean "second"?"#))
    #expect(wrong["remedy"] == .string("name one of first, second"))
  }

  @Test("The fast path and the path over samples read the same from the same request")
  func paths() async throws {
    let fast = try TestService()
    let served = try fast.service.specifications.served(nil)
    #expect(served.bytewise != nil)
    var generator = SeededGenerator(7)
    let texts = [
      #""\u003cthink>1</think><answer>4</answer>""#, #""4""#, "\"é\\n\\u00e9 #### 4\"", #""""#,
      #"[{"role":"assistant","content":"4"}]"#, #"{"role":"assistant","content":"\u0034"}"#,
    ]
    let references = ["4", "null", #""4""#, "4.0", "true", "[4]", "\"#### 4\"", "-1e2"]
    for _ in 0..<200 {
      let count = Int.random(in: 0...4, using: &generator)
      func list(_ values: [String]) -> String {
        "[" + (0..<count).map { _ in values.randomElement(using: &generator) ?? "" }.joined(separator: ", ")
          + "]"
      }
      let body =
        #"{"completions": \#(list(texts)), "answer": \#(list(references)),"#
        + #" "columns": {"solution": \#(list(references))}, "other": 1}"#
      let answer = try await fast.send("/score", body)
      let asked = try NativeDialect(mapping: FieldMapping()).request(object(body))
      let batch = ScoredBatch(try await served.specification.score(asked.samples))
      let expected = String(
        decoding: NativeDialect(mapping: FieldMapping()).response(batch, of: served), as: UTF8.self)
      #expect(answer.text == expected, "\(body)")
    }
  }
}
