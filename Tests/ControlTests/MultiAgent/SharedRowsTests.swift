import Rewards
import Testing
import Worlds

@testable import Control

/// Where all agents see the same, learners keep it once; what they learn does not depend on that.
@Suite struct SharedRowsTests {
  /// Everybody sees how far the game is and the last actions, and is paid for meeting the others.
  private struct Meeting: World {
    var sharesObservation: Bool
    var agents: Int { 3 }
    var maximumSteps: Int? { 6 }
    func observationSpace(of agent: Int) -> Space { .box(-1, 6, width: 4) }
    func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }
    func initialState(after previous: [Float]?, random: inout PCG64) -> [Float] {
      [0] + (0..<3).map { _ in Float(random.uniform(-1, 1)) }
    }
    func step(
      _ state: inout [Float], actions: UnsafeBufferPointer<Float>,
      rewards: UnsafeMutableBufferPointer<Double>, random: inout PCG64
    ) -> Bool {
      let mean = actions.reduce(0, +) / 3
      for agent in 0..<3 { rewards[agent] = -Double(abs(actions[agent] - mean)) + Double(state[1 + agent]) }
      state = [state[0] + 1] + actions
      return mean > 0.9
    }
    func observe(_ state: [Float], agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
      for place in 0..<4 { target[place] = state[place] }
    }
  }

  @Test(arguments: ["ippo", "ia2c", "selfplay_ppo", "fcp", "meanfieldac", "isac", "independentreinforce"])
  func learnersOfOwnRowsLearnTheSame(name: String) throws {
    let parameters = try [true, false].map { shares in
      let learner = try LearnerTests.learner(name, Meeting(sharesObservation: shares))
      try learner.learn(totalTimesteps: 400)
      return learner.policies.flatMap { Array($0.network.parameters) }
    }
    #expect(parameters[0] == parameters[1])
  }

  @Test(arguments: [false, true]) func ppoLearnsTheSame(isShaped: Bool) throws {
    let parameters = try [true, false].map { shares in
      var settings = PPOConfiguration()
      (settings.nEnvs, settings.nSteps, settings.batchSize, settings.netArch) = (2, 32, 32, [8])
      let world = Meeting(sharesObservation: shares)
      let ppo = PPO(world, settings)
      if isShaped {
        let rules: [any TransitionShaper] = [CountBonus(scale: 1, bins: 3), LoyaltyShaping(loyalties: [0.5])]
        ppo.reward = try ShapedReward(rules, world: world, lanes: 6, discount: 0.99)
      }
      ppo.learn(totalSteps: 256)
      return Array(ppo.policy.parameters) + Array(ppo.value.parameters)
    }
    #expect(parameters[0] == parameters[1])
  }

  @Test func whatAllSeeIsKeptOnce() throws {
    for (shares, rows) in [(true, 128), (false, 3 * 128)] {
      let learner = try LearnerTests.learner("ippo", Meeting(sharesObservation: shares))
      let engine = try #require(learner as? IPPO).engine
      let kept = Set(engine.rollouts.map { ObjectIdentifier($0.inputs) })
      #expect(kept.count * engine.rollouts[0].inputs.values.count == rows * 4)
    }
  }
}
