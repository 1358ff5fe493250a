import Rewards
import Testing
import Worlds

@testable import Control

@Suite struct TabularTrainerTests {
  /// The optimal value of the first state, and that of the greedy policy of a table.
  static func values(_ world: FiniteWorld, _ table: StateActionTable, start: Int) throws -> (Double, Double) {
    let best = world.process.optimalActionValues().maximum(start)
    return (best, try world.process.values(of: table.greedy)[start])
  }

  static func grid(slip: Double = 0.1) throws -> FiniteWorld {
    let world = try WorldRegistry.standard.world(
      "open-grid", JSONObject([("size", .integer(4)), ("slip", .number(slip)), ("max_steps", .integer(60))]))
    var finite = try #require(world as? FiniteWorld)
    var process = finite.process
    process.discount = 0.9
    finite = FiniteWorld(process, maximumSteps: 60)
    return finite
  }

  @Test(arguments: TabularConfiguration.Method.allCases)
  func everyMethodLearnsASmallGrid(_ method: TabularConfiguration.Method) throws {
    let world = try Self.grid()
    var configuration = TabularConfiguration(method)
    configuration.gamma = 0.9
    configuration.seed = 3
    let trainer = try TabularTrainer(world, configuration)
    var episodes = 0
    try trainer.learn(totalSteps: 60_000) { episode in
      episodes += 1
      return episode.length <= 60
    }
    let start = try #require(world.process.start.firstIndex { $0 > 0 })
    let (best, reached) = try Self.values(world, trainer.table, start: start)
    #expect(reached > 0.97 * best)
    #expect(trainer.steps >= 60_000 && episodes > 100)
  }

  @Test func equalSeedsGiveEqualTables() throws {
    func learn(_ seed: UInt64) throws -> StateActionTable {
      var configuration = TabularConfiguration(.sarsa)
      configuration.seed = seed
      let trainer = try TabularTrainer(try Self.grid(), configuration)
      try trainer.learn(totalSteps: 2_000) { _ in true }
      return trainer.table
    }
    #expect(try learn(1) == learn(1))
    #expect(try learn(1) != learn(2))
  }

  /// Wiewiora 2003: with a potential Q-learning does what it does from values that begin as the potential.
  @Test func aPotentialEqualsItsValuesAtTheBeginning() throws {
    let world = try Self.grid()
    let potential = (0..<world.process.states).map { world.process.isTerminal[$0] ? 0 : Double($0) * 0.01 }
    var configuration = TabularConfiguration(.qLearning)
    configuration.gamma = 0.9
    configuration.ties = .first
    let trainer = try TabularTrainer(
      world, configuration, shapers: [PotentialShaping(TablePotential(potential))])
    try trainer.learn(totalSteps: 5_000) { _ in true }

    var random = PCG64(seed: configuration.seed &+ 1)
    var plain = QLearning(
      StateActionTable(states: world.process.states, actions: world.process.actions) { state, _ in
        potential[state]
      },
      learningRate: 0.1, discount: 0.9, exploration: 0.1, ties: .first)
    let environment = world.environment()
    environment.reset(seed: configuration.seed)
    var steps = 0
    while steps < 5_000 {
      var state = Int(environment.reset(seed: nil)[0])
      while true {
        let action = plain.act(state, random: &random)
        let transition = try environment.step([Float(action)])
        steps += 1
        let next = Int(transition.observation[0])
        plain.learn(state, action, reward: transition.reward, next: next, terminated: transition.terminated)
        if transition.isLast { break }
        state = next
      }
    }
    for state in 0..<world.process.states where !world.process.isTerminal[state] {
      for action in 0..<world.process.actions {
        #expect(abs(trainer.table[state, action] + potential[state] - plain.values[state, action]) < 1e-9)
      }
    }
  }

  @Test func worldsThatNoTableFitsAreRefused() throws {
    let registry = WorldRegistry.standard
    #expect(throws: ShapingError.self) {
      try Self.open(try registry.world("pendulum"))
    }
    #expect(throws: ShapingError.self) { try Self.open(try registry.world("cartpole")) }
    #expect(throws: ShapingError.self) { try Self.open(try registry.world("slcd")) }
    #expect(throws: Never.self) { try Self.open(try registry.world("cartpole"), bins: 6) }
  }

  private static func open(_ world: some World, bins: Int? = nil) throws {
    var configuration = TabularConfiguration(.qLearning)
    configuration.bins = bins
    _ = try TabularTrainer(world, configuration)
  }

  @Test func expradesignsTheRoomsAsItsPaperDoes() throws {
    let world = try #require(try WorldRegistry.standard.world("rooms") as? FiniteWorld)
    var shaper = DesignedReward()
    try shaper.begin(
      ShapingSetting(
        observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
        discount: world.process.discount, process: world.process))
    #expect(Set(shaper.states).isSuperset(of: [48, 0, 9, 15, 19, 37]))
    #expect(abs(shaper.informativeness + 0.072073) < 1e-5)
    // What is optimal stays optimal.
    let designed = world.process.withRewards(shaper.rewards)
    let (old, new) = (world.process.optimalActionValues(), designed.optimalActionValues())
    for state in 0..<world.process.states where !world.process.isTerminal[state] {
      let kept = new.bestActions(state, tolerance: 1e-6)
      #expect(old.bestActions(state, tolerance: 1e-6).contains(kept[0]), "state \(state)")
    }
    #expect(throws: ShapingError.self) {
      var blind = DesignedReward()
      try blind.begin(
        ShapingSetting(
          observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
          discount: 0.9))
    }
  }

  /// ExpAdaRD teaches REINFORCE the line with a key, which the original reward does not.
  @Test func rewardsDesignedForTheLearnerTeachIt() throws {
    let world = try #require(try WorldRegistry.standard.world("line-key") as? FiniteWorld)
    let start = try #require(world.process.start.firstIndex { $0 > 0 })
    func learn(_ shapers: [any TransitionShaper]) throws -> Double {
      var configuration = TabularConfiguration(.reinforce, learningRate: 0.1)
      configuration.gamma = world.process.discount
      configuration.seed = 5
      let trainer = try TabularTrainer(world, configuration, shapers: shapers)
      var episodes = 0
      try trainer.learn(totalSteps: .max) { _ in
        episodes += 1
        return episodes < 1_500
      }
      return try world.process.values(of: trainer.table)[start]
    }
    let taught = try learn([try TransitionShapers.shaper("expadard")])
    let alone = try learn([])
    #expect(taught > 2 && taught > alone + 1, "\(taught) against \(alone)")
  }

  /// A hint that pays for a decoy: the plain sum is drawn to it, BARFI learns not to be.
  @Test func barfiLearnsNotToTrustABadHint() throws {
    let world = try WorldRegistry.standard.world("decoy-grid")
    let hint: [any TransitionShaper] = [
      try TransitionShapers.shaper(
        "potential",
        JSONObject([
          ("form", .string("table")),
          ("values", .array((0..<25).map { .number($0 == DecoyGrid.decoy ? 0.3 : 0) })),
          ("discount", .number(0.95)),
        ]))
    ]
    var settings = BehaviourAlignment.Settings()
    settings.discount = 0.95
    settings.innerDiscount = 0.95
    let trainer = try AlignmentTrainer(world, hint: hint, settings: settings, seed: 2)
    var returns: [Double] = []
    var iterations = 0
    try trainer.learn(totalSteps: 60_000) { episode in
      returns.append(episode.worldReturn)
      return true
    } onIteration: { _ in
      iterations += 1
    }
    #expect(iterations > 10 && returns.count == iterations * 20)
    let late = returns.suffix(200)
    #expect(late.reduce(0, +) / 200 > 0.8)
    let again = try BehaviourAlignmentReward(json: JSONValue(json: trainer.reward.json.jsonText))
    #expect(again == trainer.reward)
  }

  @Test func barfiWithoutAHintIsRefused() throws {
    let world = try WorldRegistry.standard.world("decoy-grid")
    #expect(throws: ShapingError.self) {
      try AlignmentTrainer(world, hint: [], settings: BehaviourAlignment.Settings())
    }
  }
}
