import Foundation
import Rewards
import Testing

@testable import Worlds

@Suite struct BehaviourSpecificationTests {
  typealias Bound = ConstraintMultipliers.Bound

  @Test("Weights begin equal, sum to 1, follow what is broken, and fall where it is kept")
  func multipliers() {
    let multipliers = ConstraintMultipliers(
      [Bound("lava", .atMost, 0.01), Bound("goal", .atLeast, 0.9, isBootstrap: true)], learningRate: 0.05)
    #expect(multipliers.multipliers.allSatisfy { abs($0 - 1.0 / 3) < 1e-6 })
    for _ in 0..<20 { multipliers.update(rates: [0.5, 1]) }
    let now = multipliers.multipliers
    #expect(now[1] > 0.5 && now[0] < 0.25 && now[2] < 0.25 && abs(now.reduce(0, +) - 1) < 1e-6)
    #expect(multipliers.weights.costs[0] == -now[1] && multipliers.weights.costs[1] == now[2])
    #expect(multipliers.weights.main == max(now[0], now[2]))
    for _ in 0..<60 { multipliers.update(rates: [0, 0]) }
    let later = multipliers.multipliers
    #expect(later[2] > later[0] && multipliers.weights.main == later[2])
    #expect(multipliers.warnings.isEmpty)
  }

  @Test("The first step of the weights is Adam's along the softmax gradient of sum sign lambda (rate - d)")
  func gradient() {
    let bounds = [Bound("a", .atMost, 0.1), Bound("b", .atLeast, 0.5)]
    let multipliers = ConstraintMultipliers(bounds, learningRate: 0.01)
    multipliers.update(rates: [0.4, nil])
    // c = (0, -0.3, 0): gradient 1/3 (c - mean c) = (1/30, -2/30, 1/30); Adam's first step is -rate x its sign.
    let z = [0.02 - 0.01, 0.02 + 0.01, 0.02 - 0.01]
    let sum = z.reduce(0) { $0 + exp($1) }
    for (one, other) in zip(multipliers.multipliers, z) { #expect(abs(one - exp(other) / sum) < 1e-5) }
  }

  @Test("A constraint that cannot be met is warned about once it has taken nearly all weight")
  func infeasible() {
    let multipliers = ConstraintMultipliers([Bound("never", .atMost, 0)], learningRate: 0.1)
    for _ in 0..<80 { multipliers.update(rates: [1]) }
    #expect(multipliers.warnings.count == 1 && multipliers.warnings[0].contains("\"never\""))
    let free = ConstraintMultipliers([Bound("never", .atMost, 0)], learningRate: 0.1, isNormalized: false)
    for _ in 0..<80 { free.update(rates: [1]) }
    #expect(free.weights.main == 1 && free.weights.costs[0] < -5)
    for _ in 0..<2000 { free.update(rates: [0]) }
    #expect(free.weights.costs[0] <= 0)
  }

  @Test("Indicators read comparisons, and binds closer than or, abs, ends of episodes")
  func indicators() throws {
    func holds(_ text: String, _ observation: [Float], _ action: [Float] = [0], terminated: Bool = false)
      throws -> Bool
    {
      let indicator = try StepIndicator(text)
      return observation.withUnsafeBufferPointer { seen in
        action.withUnsafeBufferPointer { done in
          indicator.holds(
            ShapingTransition(
              observation: seen, action: done, nextObservation: seen, reward: -2, terminated: terminated,
              truncated: false))
        }
      }
    }
    #expect(try holds("observation[1] > 0.5", [0, 1]) && !holds("observation[1]>0.5", [0, 0.5]))
    #expect(try holds("abs(observation[0]) >= 1 and action[0] != 3", [-1]))
    #expect(try holds("reward < -3 and reward > 5 or terminated == 1", [0], terminated: true))
    #expect(try !holds("terminated == 1 and reward > 5 or reward == 0", [0], terminated: true))
    for wrong in [
      "", "observation > 1", "observation[0] >", "speed[0] > 1", "observation[0] > x", "reward 5",
    ] {
      #expect(throws: ParameterError.self) { try StepIndicator(wrong) }
    }
  }

  static func rule(_ constraint: [(String, JSONValue)], _ more: [(String, JSONValue)] = []) throws
    -> any TransitionShaper
  {
    try TransitionShapers.shaper(
      "behaviour_specification",
      JSONObject([("constraints", .array([.object(JSONObject(constraint))]))] + more))
  }

  @Test("The rule pays the weighted reward and costs, measures rates over its window, and adapts")
  func paying() throws {
    let rule = try Self.rule(
      [("name", .string("right")), ("cost", .string("action[0] == 1")), ("at_most", .number(0.1))],
      [("interval", .integer(10)), ("window", .integer(20)), ("learning_rate", .number(0.1))])
    let world = try WorldRegistry.standard.world("open-grid", JSONObject([("max_steps", .integer(5))]))
    let environment = try ShapedEnvironment(world.anyEnvironment(seed: 1), shaper: rule, discount: 0.9)
    _ = environment.reset(seed: 1)
    var paid: [Double] = []
    for step in 0..<40 {
      let transition = try environment.step([step % 2 == 0 ? 1 : 0])
      paid.append(transition.reward)
      if transition.isLast { _ = environment.reset(seed: nil) }
    }
    #expect(abs(paid[0] + 0.5) < 1e-6 && paid[1] == 0 && paid[38] < -0.55)
    let shaper = try #require(environment.shaper as? BehaviourSpecification)
    #expect(shaper.rates == [0.5] && shaper.multipliers.updates == 4)
    #expect(shaper.measurements.map(\.name).contains("rate, right"))
  }

  @Test("A question for each episode is asked at its end; a wish never met is warned about")
  func episodes() throws {
    let rule = try Self.rule(
      [
        ("name", .string("arrive")), ("cost", .string("terminated == 1")), ("at_least", .number(0.9)),
        ("per", .string("episode")), ("bootstrap", .bool(true)),
      ], [("window", .integer(20))])
    let world = try WorldRegistry.standard.world("open-grid", JSONObject([("max_steps", .integer(5))]))
    let environment = try ShapedEnvironment(world.anyEnvironment(seed: 1), shaper: rule, discount: 0.9)
    _ = environment.reset(seed: 1)
    for _ in 0..<3 { _ = try environment.step([0]) }
    #expect((environment.shaper as? BehaviourSpecification)?.rates == [nil])
    for _ in 0..<20 { if try environment.step([0]).isLast { _ = environment.reset(seed: nil) } }
    let shaper = try #require(environment.shaper as? BehaviourSpecification)
    #expect(shaper.rates == [0] && shaper.warnings.contains { $0.contains("\"arrive\"") })
  }

  @Test("Constraints that make no sense are refused with their place")
  func refusals() throws {
    let (name, cost) = (("name", JSONValue.string("a")), ("cost", JSONValue.string("reward > 0")))
    for (constraint, place) in [
      ([name, cost], "constraints[0].at_most"),
      ([name, cost, ("at_most", .number(2))], "constraints[0].at_most"),
      ([name, cost, ("at_most", .number(0.1)), ("at_least", .number(0.5))], "constraints[0].at_least"),
      ([name, cost, ("at_most", .number(0.1)), ("bootstrap", .bool(true))], "constraints[0].bootstrap"),
      ([name, ("cost", .string("speed > 1")), ("at_most", .number(0.1))], "constraints[0].cost"),
      ([cost, ("at_most", .number(0.1))], "constraints[0].name"),
    ] {
      let error = #expect(throws: ParameterError.self) { try Self.rule(constraint) }
      #expect(error?.parameter == place)
    }
    let both = try Self.rule([name, cost, ("at_most", .number(0.5)), ("at_least", .number(0.1))])
    #expect((both as? BehaviourSpecification)?.constraints.count == 2)
    var wide = try Self.rule([name, ("cost", .string("observation[7] > 0")), ("at_most", .number(0.5))])
    #expect(throws: ShapingError.self) {
      try wide.begin(
        ShapingSetting(observationSpace: .box(0, 1, width: 2), actionSpace: .discrete(2), discount: 0.9))
    }
  }
}
