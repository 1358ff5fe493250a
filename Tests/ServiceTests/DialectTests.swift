import Rewards
import Testing
import Verifiers

@testable import Service

@Suite struct DialectTests {
  private let moody = [("moody", RewardSpecification([RewardEntry(MoodyReward())]))]

  @Test("OpenRLHF: the completion is what follows the prompt, without the tokens that end a turn")
  func openRLHF() async throws {
    let query = "<|im_start|>user\\n2+2?<|im_end|>\\n<|im_start|>assistant\\n"
    let answer = try await TestService().send(
      "/get_reward",
      #"{"query":["\#(query)\#(NativeTests.good)<|im_end|>"],"prompts":["\#(query)"],"labels":["4"]}"#)
    #expect(
      answer.text
        == #"{"rewards":[3.0],"scores":[1.0],"extra_logs":{"format":[1.0],"answer":[1.0],"unscored":[0.0],"#
        + #""failed":[0.0],"abstained":[0.0]}}"#)
  }

  @Test(
    "OpenRLHF: the prompt is found behind tokens that a tokenizer adds, and byte for byte",
    arguments: [
      ("abc", "ab", "c"), ("<s>abc</s>", "ab", "c"), ("ab", "ab", ""), ("abc<|eot_id|></s>", "ab", "c"),
      ("e\u{301}x", "e", "\u{301}x"), ("abc", "", "abc"), ("xyz", "ab", nil), ("a", "ab", nil),
    ])
  func prompts(query: String, prompt: String, response: String?) {
    #expect(
      OpenRLHFDialect.response(in: query, to: prompt).map { Array($0.utf8) }
        == response.map { Array($0.utf8) })
  }

  @Test("OpenRLHF: every sample has a number, and the flags say what it hides")
  func flags() async throws {
    let service = try TestService(moody)
    let answer = try await service.send(
      "/get_reward",
      #"{"query":["pa","p","pfail","other"],"prompts":["p","p","p","p"],"labels":["","","",""]}"#)
    #expect(answer["rewards"] == .array([.number(0), .number(0), .number(0), .number(0)]))
    guard case .object(let logs) = answer["extra_logs"] else { return }
    #expect(logs["unscored"] == .array([.number(0), .number(1), .number(1), .number(1)]))
    #expect(logs["failed"] == .array([.number(0), .number(0), .number(1), .number(1)]))
    #expect(logs["abstained"] == .array([.number(0), .number(1), .number(0), .number(0)]))
  }

  @Test("OpenRLHF: prompts and labels may be missing, but not have another length")
  func lengths() async throws {
    let service = try TestService()
    #expect(try await service.send("/get_reward", #"{"query":["4"]}"#).status == 200)
    let answer = try await service.send("/get_reward", #"{"query":["4"],"labels":["4","5"]}"#)
    #expect(answer.status == 422)
    #expect(answer["error"] == .string(#""labels" has 2 values, "query" 1"#))
  }

  @Test("verl: a sample has the same keys whatever came of it")
  func verl() async throws {
    let service = try TestService(moody)
    func ask(_ text: String) async throws -> String {
      try await service.send(
        "/verl",
        #"{"data_source":"d","solution_str":"\#(text)","ground_truth":null,"extra_info":{"question":"q","index":3}}"#
      ).text
    }
    #expect(
      try await ask("x") == #"{"score":0.0,"moody":0.0,"unscored":0.0,"failed":0.0,"abstained":0.0}"#)
    #expect(
      try await ask("fail") == #"{"score":0.0,"moody":0.0,"unscored":1.0,"failed":1.0,"abstained":0.0}"#)
    #expect(
      try await ask("") == #"{"score":0.0,"moody":0.0,"unscored":1.0,"failed":0.0,"abstained":1.0}"#)
  }

  @Test("verl: the ground truth is the reference, and extra_info cannot take its place")
  func truth() async throws {
    let answer = try await TestService().send(
      "/verl", #"{"solution_str":"4","ground_truth":"4","extra_info":{"reference":"5","answer":"6"}}"#)
    #expect(answer["answer"] == .number(1) && answer["score"] == .number(2))
  }

  @Test("A reward whose name a dialect has taken gets another key")
  func keys() async throws {
    let service = try TestService(
      "rewards:\n  - name: score\n    answer: {}\n  - name: failed\n    answer: {}\n")
    let answer = try await service.send("/verl", #"{"solution_str":"4","ground_truth":4}"#)
    #expect(
      answer.text
        == #"{"score":2.0,"reward_score":1.0,"reward_failed":1.0,"unscored":0.0,"failed":0.0,"abstained":0.0}"#
    )
  }
}
