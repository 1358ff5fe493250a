import Rewards
import Testing
import Worlds

@testable import Control

@Suite struct LearnedPoliciesTests {
  @Test func theRegistryHoldsThePapers126Policies() {
    let kinds = PolicyRegistry.standard.kinds
    #expect(kinds.count == 126)
    #expect(kinds.count { $0.family == .learner } == 16)
    #expect(PolicyRegistry.learnerNames.allSatisfy { PolicyRegistry.standard.kind(named: $0) != nil })
  }

  @Test func aLearnerIsTrainedInTheGameAndPlaysThere() throws {
    let game = try Coopetition.game("slcd", mode: "cooperative")
    let kind = try #require(PolicyRegistry.standard.kind(named: "ippo"))
    func play(_ seed: UInt64) throws -> [Float] {
      var policy = try kind.policy(for: game, PolicyRequest(seed: seed, trainingSteps: 500))
      return policy.act(game.environment().reset(seed: 1)[..<game.observationWidth])
    }
    let actions = try play(1)
    #expect(actions.count == 2 && actions.allSatisfy { (0...100).contains($0) })
    #expect(try play(1) == actions)
    #expect(try play(2) != actions)
  }

  @Test func aMeanFieldOfTwoDoesNotGoWithTheGame() throws {
    let game = try Coopetition.game("slcd", mode: "private")
    let kind = try #require(PolicyRegistry.standard.kind(named: "MeanFieldAC"))
    #expect(throws: PolicyUnsuitable.self) { try kind.policy(for: game, PolicyRequest(trainingSteps: 10)) }
  }
}
