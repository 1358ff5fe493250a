import Foundation
import Rewards
import Testing

@testable import Verifiers

@Suite struct ToolCallDataTests {
  @Test func everyReferenceOfTheTrainingSetEarnsTheMaximumAndDamageCosts() throws {
    let name = "toolrl-sft.json"
    guard let path = SharedData.path(name) else { return SharedData.skip(name) }
    let data = try Data(contentsOf: URL(filePath: path))
    guard case .array(let items) = try JSONParser().parse(data) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    var sums = [String: Double]()
    var singles = 0.0
    for item in items {
      guard case .object(let row) = item, case .string(let output)? = row["output"] else { continue }
      let reference = try ToolCallReference(.string(output), style: .toolrl)
      let best = ToolCallReward().score(
        Sample(completion: output, reference: .string(output)), state: RunState())
      // By the paper's rule a thought that mentions the tag is read as the block, and loses.
      let mentions = output.components(separatedBy: "<tool_call>").count > 2
      if !mentions { #expect(best.parts["correctness"] == (reference.hasCalls ? 3 : 0)) }
      guard reference.calls.count == 1, let call = reference.calls.first, !call.arguments.isEmpty else {
        continue
      }
      singles += 1
      func add(_ label: String, _ predicted: [ToolCall]) {
        sums[label, default: 0] += ToolCallReward.correctness(of: predicted, reference: reference.calls)
      }
      var changed = call
      changed.arguments[call.arguments.keys[0]] = .string("another value")
      var dropped = call
      dropped.arguments[call.arguments.keys[0]] = nil
      add("exact", [call])
      add("extra", [call, ToolCall(name: "unknown")])
      add("changed", [changed])
      add("dropped", [dropped])
      add("renamed", [ToolCall(name: "unknown", arguments: call.arguments)])
    }
    let means = ["exact", "extra", "changed", "dropped", "renamed"].map { (sums[$0] ?? 0) / singles }
    print("means over \(Int(singles)) single-call items:", means)
    #expect(items.count == 400 && means[0] == 3 && means[4] == -3)
    #expect(zip(means, means.dropFirst()).allSatisfy { $0 >= $1 })
  }
}
