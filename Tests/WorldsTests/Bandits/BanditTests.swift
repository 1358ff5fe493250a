import Rewards
import Testing

@testable import Worlds

@Suite struct BanditTests {
  @Test func `bandits keep the rules`() throws {
    for kind in Bandits.kinds {
      #expect(WorldChecker.problems(of: try kind.world()) == [], "\(kind.name)")
    }
  }

  @Test func `an arm pays its mean, within four standard errors`() throws {
    let count = 20_000
    for (payment, deviation) in [
      (Bandit.Payment.bernoulli(means: [0.1, 0.7]), (0.7 * 0.3).squareRoot()),
      (Bandit.Payment.gaussian(means: [-2, 0.7], deviation: 3), 3),
    ] {
      let environment = Bandit(payment, maximumSteps: nil).environment(seed: 5)
      environment.reset()
      var sum = 0.0
      for _ in 0..<count { sum += try environment.step([1]).reward }
      #expect(abs(sum / Double(count) - 0.7) < 4 * deviation / Double(count).squareRoot())
    }
  }

  @Test func `drawn means outlive episodes and change with the seed`() throws {
    let environment = Bandit(.gaussian(arms: 5), maximumSteps: 2).environment()
    environment.reset(seed: 1)
    let means = try #require(environment.state?.means)
    try environment.step([0])
    #expect(try environment.step([4]).truncated)
    environment.reset()
    #expect(environment.state?.means == means)
    environment.reset(seed: 2)
    #expect(environment.state?.means != means)
    environment.reset(seed: 1)
    #expect(environment.state?.means == means)
  }

  @Test func `regret is what the best arm pays more`() throws {
    let environment = Bandit(.bernoulli(means: [0.25, 0.75, 0.5])).environment()
    environment.reset()
    try environment.step([0])
    #expect(environment.info["best_arm"] == .integer(1))
    #expect(environment.info["regret"] == .number(0.5))
  }

  @Test func `means of a wrong form are refused with what was expected`() {
    #expect(
      throws: ParameterError(
        parameter: "means", expected: "a list of numbers from 0.0 to 1.0", found: "a list")
    ) {
      try WorldRegistry.standard.world(
        "bernoulli-bandit", JSONObject([("means", .array([.number(1.5)]))]))
    }
  }
}
