import Rewards
import Testing

@testable import Worlds

@Suite struct LoyaltyShapingTests {
  private func shaping(_ given: [(String, JSONValue)]) throws -> any TransitionShaper {
    try TransitionShapers.shaper("loyalty", JSONObject(given))
  }

  private func team(_ agents: Int = 3) throws -> CoopetitionGame {
    try game(
      "teamproduction",
      [
        ("payoff", .string("theory")), ("n_agents", .integer(agents)), ("beta", .number(0.5)),
        ("c", .number(2.5)),
      ])
  }

  /// Payoffs of the theory become the loyal utilities, in one environment and in a vector of them; efforts below 0
  /// and above the endowment count as the game counts them.
  @Test(arguments: ["sum", "average"])
  func theShapedGamePaysTheLoyalUtilities(form: String) throws {
    let world = try team()
    let loyalties = [0.0, 0.5, 0.9]
    let shaper = try shaping([
      ("theta", .array(loyalties.map { .number($0) })), ("c", .number(2.5)), ("form", .string(form)),
    ])
    let parameters = TeamParameters(
      productivity: 25, returns: 0.5, cost: 2.5, welfare: form == "sum" ? .sum : .mean)
    let actions: [Float] = [-1, 20, 70]
    let expected = parameters.utilities([0, 20, 50], loyalties: loyalties)
    let single = try ShapedEnvironment(world.anyEnvironment(), shaper: shaper, discount: 1)
    _ = single.reset(seed: 1)
    let paid = try single.step(actions).rewards
    #expect(zip(paid, expected).allSatisfy { $0.isClose($1, 1e-9) })
    let many = try ShapedVectorEnvironment(world.anyVector(count: 2), shaper: shaper, discount: 1)
    many.step(actions + actions.reversed())
    #expect(zip(many.rewards.prefix(3), expected).allSatisfy { $0.isClose($1, 1e-9) })
    let turned = parameters.utilities([50, 20, 0], loyalties: loyalties)
    #expect(zip(many.rewards.suffix(3), turned).allSatisfy { $0.isClose($1, 1e-9) })
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    func message(_ given: [(String, JSONValue)]) -> String {
      do {
        _ = try shaping(given)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message([("theta", .number(1.2))]).contains("from 0 to 1"))
    #expect(message([("theta", .array([]))]).contains("an empty list"))
    #expect(message([("phi_b", .number(-0.5))]).contains("envy: true"))
    #expect(message([("phi_b", .number(-0.5)), ("envy", .bool(true))]) == "")
    #expect(message([("phi_c", .number(1))]).contains("phi_c"))
    #expect(message([("form", .string("averag"))]).contains("average"))

    func refusal(_ shaper: any TransitionShaper, _ environment: any Environment) -> String {
      do {
        _ = try ShapedEnvironment(environment, shaper: shaper, discount: 0.9)
        return ""
      } catch { return "\(error)" }
    }
    let two = try shaping([("theta", .array([.number(0.1), .number(0.2)]))])
    #expect(refusal(two, try team().anyEnvironment()).contains("2 loyalties for 3 agents"))
    let cartpole = try WorldRegistry.standard.world("cartpole")
    #expect(refusal(try shaping([]), cartpole.anyEnvironment()).contains("one agent"))
    // Inside another shaper it would see one agent at a time.
    let annealed = try TransitionShapers.shaper(
      "annealed", JSONObject([("shaper", .string("loyalty")), ("steps", .integer(10))]))
    #expect(refusal(annealed, try team().anyEnvironment()).contains("not inside another shaper"))
  }

  /// Algorithm 1 against water filling, with unequal loyalties.
  @Test func bestResponsesInTurnFillLikeWater() throws {
    var random = PCG64(seed: 8)
    var capped = 0
    for _ in 0..<40 {
      let team = TeamParameters(productivity: random.uniform(10, 30), returns: 0.55, cost: 2)
      let equilibrium = try TeamEquilibrium(team)
      let loyalties = (0..<5).map { _ in Double(random.integer(below: 10)) / 10 }
      let (solved, filled) = (
        equilibrium.solve(loyalties: loyalties), equilibrium.waterFilling(loyalties: loyalties)
      )
      #expect(abs(solved.actions.reduce(0, +) - filled.reduce(0, +)) < 5e-3)
      if filled.contains(50) { capped += 1 }
      // Nobody gains by another effort.
      for member in 0..<5 {
        let best = BoundedMinimizer.minimum(
          of: { effort in
            var trial = filled
            trial[member] = effort
            return -team.utilities(trial, loyalties: loyalties)[member]
          }, in: 0.01...50, tolerance: 1e-9)
        #expect(abs(best - filled[member]) < 1e-3)
      }
    }
    #expect(capped > 5)
  }
}
