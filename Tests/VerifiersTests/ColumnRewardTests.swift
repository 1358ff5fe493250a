import Rewards
import RewardsTestSupport
import Testing
import Verifiers

@Suite struct ColumnRewardTests {
  private func sample(_ value: JSONValue?) -> Sample {
    Sample(completion: "", columns: JSONObject(value.map { [("x", $0)] } ?? []))
  }

  @Test("A column's number, flag or list of step scores is the reward; anything else fails")
  func columns() async {
    let reward = ColumnReward(column: "x")
    let good = [sample(.integer(2)), sample(.number(0.5)), sample(.bool(true))]
    #expect(await checkReward(reward, on: good, broken: sample(nil)) == [])
    #expect(good.map { reward.score($0, state: RunState()).outcome.value } == [2, 0.5, 1])
    let steps = reward.score(sample(.array([.integer(1), .number(0.5)])), state: RunState())
    #expect(steps.steps == [1, 0.5] && steps.outcome.value == 1.5)
    for value: JSONValue in [.null, .string("1"), .array([.string("1")]), .object(JSONObject())] {
      #expect(reward.score(sample(value), state: RunState()).outcome.value == nil)
    }
  }
}
