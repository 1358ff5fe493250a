import Numeric
import Testing
import Worlds

@testable import Control

@Suite struct PolicyCopyTests {
  /// What a run writes of a learner (networks and scale) is its whole policy.
  @Test(arguments: LearnerTests.names) func networksAndScaleAreThePolicy(name: String) throws {
    let game = TargetGame(targets: LearnerTests.targets(name))
    let learner = try LearnerTests.learner(name, game)
    try learner.learn(totalTimesteps: 400)
    let copy = try LearnerTests.learner(name, game)
    #expect(copy.policies.map(\.name) == learner.policies.map(\.name))
    for (mine, other) in zip(copy.policies, learner.policies) {
      for place in mine.network.parameters.indices {
        mine.network.parameters[place] = other.network.parameters[place]
      }
    }
    copy.observationScale = learner.observationScale
    learner.beginEpisode()
    copy.beginEpisode()
    var random = PCG64(seed: 9)
    for _ in 0..<20 {
      let observations = (0..<game.agents * game.observationWidth).map { _ in Float(random.uniform(-2, 2)) }
      #expect(
        try copy.act(observations, deterministic: true) == learner.act(observations, deterministic: true))
    }
  }
}
