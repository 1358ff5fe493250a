import Testing

@testable import Rewards

@Suite struct TokenAdvantagesTests {
  private typealias Response = TokenAdvantages.Response

  /// Two responses of three tokens in two units; GRPO without a deviation, so k = 1.
  private let group = [
    Response(total: 5, advantage: 2, credits: [1, 4], units: [0, 0, 1]),
    Response(total: 1, advantage: -2, credits: [3, -2], units: [0, 1, 1]),
  ]

  @Test func `alpha 0 leaves the advantage as it is`() {
    #expect(TokenAdvantages.values(group, alpha: 0) == [[2, 2, 2], [-2, -2, -2]])
  }

  @Test func `a token is worth what comes after it, against the group at its position`() {
    // Earned before each token: 0, 0, 1 and 0, 3, 3; means 0, 1.5, 2.
    #expect(TokenAdvantages.values(group, alpha: 1) == [[2, 3.5, 3], [-2, -3.5, -3]])
    #expect(TokenAdvantages.values(group, alpha: 0.5) == [[2, 2.75, 2.5], [-2, -2.75, -2.5]])
  }

  @Test func `differences are scaled as the estimator scales totals`() throws {
    let totals = group.map(\.total)
    for (kind, slope) in [("grpo", 1 / (8.0.squareRoot() + 1e-4)), ("rloo", 2.0)] {
      let estimator: any AdvantageEstimator =
        kind == "rloo" ? LeaveOneOutAdvantage() : GroupRelativeAdvantage()
      let advantages = try estimator.advantages(
        AdvantageBatch(rewards: totals.compactMap { $0 }, groups: [0, 0]))
      let scaled = zip(group, advantages.values).map { response, advantage in
        var response = response
        response.advantage = advantage
        return response
      }
      let values = TokenAdvantages.values(scaled, alpha: 1)
      #expect(abs(values[0][1] - (advantages.values[0] + slope * 1.5)) < 1e-9)
    }
  }

  @Test func `one that has ended has earned everything, and one without credits keeps its advantage`() {
    let values = TokenAdvantages.values(
      [
        Response(total: 2, advantage: 1, credits: [2], units: [0]),
        Response(total: 0, advantage: -1, credits: [1, -1], units: [0, 1]),
        Response(total: 1, advantage: 0, credits: nil, units: [0, 0, 0]),
      ], alpha: 1)
    #expect(values[0] == [1])
    // Second token: earned 1 here and 2 by the first: 0.5 below the mean.
    #expect(values[1] == [-1, -0.5])
    #expect(values[2] == [0, 0, 0])
  }

  @Test func `a group whose totals are all equal teaches nothing`() {
    let equal = [
      Response(total: 1, advantage: 0, credits: [1, 0], units: [0, 1]),
      Response(total: 1, advantage: 0, credits: [0, 1], units: [0, 1]),
    ]
    #expect(TokenAdvantages.values(equal, alpha: 1) == [[0, 0], [0, 0]])
    #expect(TokenAdvantages.values([], alpha: 1).isEmpty)
  }
}
