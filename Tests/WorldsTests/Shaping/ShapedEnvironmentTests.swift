import Rewards
import Testing

@testable import Worlds

@Suite struct ShapedEnvironmentTests {
  @Test func theVectorShapesLaneByLaneAsTheSingleEnvironmentDoes() throws {
    let world = try Gridworld(GridMap(width: 4, height: 4), slip: 0.3).world(view: .position, maximumSteps: 9)
    let potential = PotentialShaping(GoalDistancePotential(goal: [3, 3], scale: 0.2, metric: .manhattan))
    let vector = try ShapedVectorEnvironment(
      world.vector(count: 3, seed: 5), shaper: potential, discount: 0.9)
    let singles = try (0..<3).map { lane in
      try ShapedEnvironment(
        world.environment(seed: 5 + UInt64(lane)), shaper: potential, discount: 0.9)
    }
    var observations = singles.map { $0.reset(seed: nil) }
    var random = PCG64(seed: 1)
    for _ in 0..<60 {
      let actions = (0..<3).map { _ in Float(random.integer(below: 4)) }
      let before = observations
      vector.step(actions)
      for lane in 0..<3 {
        let transition = try singles[lane].step([actions[lane]])
        #expect(vector.rewards[lane] == transition.reward)
        #expect(vector.originalRewards[lane] == singles[lane].originalRewards[0])
        let phi = { (seen: [Float]) in -0.2 * Double(6 - seen[0] - seen[1]) }
        let after = transition.terminated ? 0 : phi(transition.observation)
        let expected = singles[lane].originalRewards[0] + 0.9 * after - phi(before[lane])
        #expect(abs(transition.reward - expected) < 1e-12)
        observations[lane] = transition.isLast ? singles[lane].reset(seed: nil) : transition.observation
      }
      #expect(Array(vector.observations) == observations.flatMap { $0 })
    }
  }

  @Test func countsWorkOnRealObservations() throws {
    let vector = try ShapedVectorEnvironment(
      CartPole().vector(count: 2), shaper: CountBonus(bins: 6), discount: 0.99)
    vector.step([0, 1])
    #expect(vector.rewards.allSatisfy { $0 == 2 })
    for _ in 0..<200 { vector.step([0, 1]) }
    #expect(vector.rewards.allSatisfy { $0 > 1 && $0 < 1.5 })
    #expect(throws: ShapingError.self) {
      try ShapedVectorEnvironment(CartPole().vector(count: 2), shaper: CountBonus(), discount: 0.99)
    }
  }

  @Test func everyKindIsMadeByName() throws {
    func json(_ text: String) throws -> JSONValue { try JSONValue(json: text) }
    for text in [
      #"{"name": "potential", "goal": [3, 3], "metric": "manhattan"}"#,
      #"{"name": "potential", "form": "linear", "values": [0.1, 0.2]}"#,
      #"{"name": "count_bonus", "bins": 4}"#, #"{"name": "first_visit", "states": [3], "bins": 4}"#,
      #"{"name": "episode_neutral", "shaper": {"name": "count_bonus", "bins": 4}}"#,
      #"{"name": "annealed", "steps": 100, "shaper": {"name": "distance", "goal": [3, 3]}}"#,
      #"{"name": "learned_potential", "bins": 4}"#, #"{"name": "affine", "offset": -1, "high": 5}"#,
      #"{"name": "potential_advice", "advice": [[0, 1, 0.5]], "bins": 4}"#,
    ] {
      let shaper = try TransitionShapers.shaper(json(text))
      let world = try Gridworld(GridMap(width: 4, height: 4)).world(view: .position, maximumSteps: 9)
      let vector = try ShapedVectorEnvironment(world.vector(count: 2), shaper: shaper, discount: 0.9)
      for step in 0..<30 { vector.step([Float(step % 4), 3]) }
      #expect(vector.rewards.allSatisfy { $0.isFinite }, "\(text)")
    }
    #expect(throws: ParameterError.self) { try TransitionShapers.shaper("potental") }
    #expect(throws: ParameterError.self) { try TransitionShapers.shaper("potential") }
    #expect(throws: ParameterError.self) {
      try TransitionShapers.shaper(json(#"{"name": "first_visit", "states": [1e300]}"#))
    }
  }

  @Test func differenceRewardsAreAlignedWithTheTeam() throws {
    let world = Lift().differenceRewards(defaultAction: [0])
    #expect(WorldChecker.problems(of: world) == [])
    for joint in [[0, 0, 0], [1, 0, 1], [1, 1, 1]] as [[Float]] {
      for agent in 0..<3 {
        var other = joint
        other[agent] = 1 - other[agent]
        let (here, there) = (try pay(world, joint), try pay(world, other))
        let (team, changed) = (try pay(Lift(), joint), try pay(Lift(), other))
        #expect(abs((there[agent] - here[agent]) - (changed.reduce(0, +) - team.reduce(0, +))) < 1e-12)
      }
    }
    let idle = try pay(world, [1, 1, 0])[2]
    #expect(idle == 0)
  }

  private func pay(_ world: some World, _ actions: [Float]) throws -> [Double] {
    let environment = world.environment(seed: 3)
    environment.reset(seed: 3)
    return try environment.step(actions).rewards
  }
}

/// Three agents lift a load: the team is paid for how many lift, with noise, in equal shares.
private struct Lift: World {
  var agents: Int { 3 }
  var maximumSteps: Int? { 5 }
  func observationSpace(of agent: Int) -> Space { .discrete(2) }
  func actionSpace(of agent: Int) -> Space { .discrete(2) }
  func initialState(after previous: Int?, random: inout PCG64) -> Int { random.integer(below: 2) }
  func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let strength = Double(actions.reduce(0, +))
    let total = strength * strength * (1 + random.uniform()) - strength
    for agent in rewards.indices { rewards[agent] = total / 3 }
    state = random.integer(below: 2)
    return false
  }
  func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state)
  }
}

@Suite struct ShapingCatalogueTests {
  @Test func everyShapingRuleNamesAPart() {
    let rules = ShapingRule.catalogue
    #expect(rules.map(\.number) == Array(1...16))
    let names = TransitionShapers.kinds.map(\.name)
    let other = [
      "gridworld", "weighted_sum", "InverseRewardDesign", "DifferenceRewardWorld", "BehaviourAlignment",
    ]
    for rule in rules { if let part = rule.part { #expect((names + other).contains(part), "\(part)") } }
    let later = [
      "exploration_guided", "loyalty", "exprd", "expadard", "aligned", "graph_reachability",
      "behaviour_specification",
    ]
    #expect(Set(names).isSubset(of: Set(rules.compactMap(\.part) + later)))
  }
}
