import Rewards
import Testing

@testable import Worlds

@Suite struct TurnBasedTests {
  private func slcd(_ form: String = "full", steps: Int = 100) throws -> CoopetitionGame {
    try game("slcd", [("observation", .string(form)), ("max_steps", .integer(steps))])
  }

  /// The lengths of the original's wrappers with two agents: 12 and 10 in the parallel form, 14 in turns.
  @Test(arguments: [("full", 12), ("realistic", 10), ("minimal", 3)])
  func observationsHaveTheMeasuredLengths(form: String, width: Int) throws {
    let world = try slcd(form)
    #expect(world.observationWidth == width)
    let turns = world.turnBased()
    turns.reset(seed: 1)
    #expect(turns.observe(0).count == width + 2 && turns.observationSpace(of: 0).width == width + 2)
    #expect(turns.observationSpace(of: 1).contains(turns.observe(1)))
    let silent = world.turnBased(revealsActions: false)
    silent.reset(seed: 1)
    #expect(silent.observe(0).count == width && silent.observationSpace(of: 0).width == width)
  }

  @Test func whatWasChosenIsRevealedAndTheRoundIsPlayedWhenAllHaveActed() throws {
    let turns = try slcd().turnBased()
    turns.reset(seed: 1)
    #expect(turns.selectedAgent == 0 && turns.last().observation.suffix(2) == [-1, -1])
    try turns.step([40])
    #expect(turns.selectedAgent == 1 && turns.rounds == 0 && turns.rewards == [0, 0])
    #expect(turns.last().observation.suffix(2) == [40, -1])
    try turns.step([60])
    #expect(turns.selectedAgent == 0 && turns.rounds == 1 && turns.last().observation.suffix(2) == [-1, -1])
    // Everybody is rewarded at once; each keeps its reward until it acts.
    let paid = turns.rewards
    #expect(paid.allSatisfy { $0 > 0 } && turns.cumulativeRewards == paid && turns.last().reward == paid[0])
    #expect(turns.last().observation[0] == 40 && turns.observe(1)[0] == 60)
    try turns.step([40])
    #expect(turns.rewards == [0, 0] && turns.cumulativeRewards == [0, paid[1]])
    #expect(turns.last().reward == paid[1])
  }

  /// The same actions give what they give at once, to the last bit; also where the rules end an episode, and in worlds
  /// with choices.
  @Test(arguments: ["slcd", "trustdilemma", "teamproduction", "mini-gems"])
  func turnsPayWhatStepsDo(name: String) throws {
    try check(WorldRegistry.standard.world(name))

    func check(_ world: some World) throws {
      let (turns, steps) = (world.turnBased(), world.environment())
      turns.reset(seed: 5)
      var seen = steps.reset(seed: 5)
      var random = PCG64(seed: 3)
      var totals = [Double](repeating: 0, count: world.agents)
      var paid = totals
      while true {
        let actions = (0..<world.agents).map { world.actionSpace(of: $0).sample(&random).map { $0 * 0.4 } }
        let whole = actions.map { $0.map { world.actionSpace(of: 0).isDiscrete ? $0.rounded(.down) : $0 } }
        for agent in 0..<world.agents {
          let last = turns.last()
          #expect(turns.selectedAgent == agent && !last.isOver)
          let width = world.observationWidth
          #expect(Array(last.observation.prefix(width)) == Array(seen[agent * width..<(agent + 1) * width]))
          paid[agent] += last.reward
          try turns.step(whole[agent])
        }
        let transition = try steps.step(whole.flatMap { $0 })
        seen = transition.observation
        for agent in 0..<world.agents { totals[agent] += transition.rewards[agent] }
        #expect(turns.rewards == transition.rewards && turns.terminated == transition.terminated)
        #expect(turns.truncated == transition.truncated)
        if transition.isLast { break }
      }
      // Each is selected once more, takes its last reward and leaves.
      for agent in 0..<world.agents {
        let last = turns.last()
        #expect(last.isOver && turns.selectedAgent == agent)
        paid[agent] += last.reward
        #expect(throws: EnvironmentError.hasEnded(agent: agent)) { try turns.step(whole(agent)) }
        try turns.step(nil)
        #expect(turns.remainingAgents == Array(agent + 1..<world.agents))
      }
      #expect(turns.selectedAgent == nil && paid == totals)
      #expect(throws: EnvironmentError.needsReset) { try turns.step(nil) }
      turns.reset(seed: 5)
      #expect(turns.selectedAgent == 0 && !turns.last().isOver)

      func whole(_ agent: Int) -> [Float] { world.actionSpace(of: agent).sample(&random) }
    }
  }

  @Test func aRefusedActionLeavesTheTurn() throws {
    let turns = try slcd().turnBased()
    #expect(throws: EnvironmentError.needsReset) { try turns.step([1]) }
    turns.reset(seed: 1)
    try turns.step([10])
    #expect(throws: EnvironmentError.self) { try turns.step([.nan]) }
    #expect(throws: EnvironmentError.wrongActionCount(0, expected: 1)) { try turns.step(nil) }
    #expect(throws: EnvironmentError.wrongActionCount(2, expected: 1)) { try turns.step([1, 2]) }
    #expect(turns.selectedAgent == 1 && turns.rounds == 0)
    try turns.step([20])
    #expect(turns.rounds == 1)
  }
}
