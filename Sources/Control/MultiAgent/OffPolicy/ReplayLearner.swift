import Numeric
import Rewards
import Worlds

/// A learner that is one replay team: what sets it apart is its method.
public class ReplayLearner: MultiAgentLearner {
  let engine: ReplayTeam

  /// The method for these settings.
  class func method(_ settings: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    preconditionFailure("a learner has a method")
  }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    let team = Team(world)
    engine = ReplayTeam(world, team, ReplaySettings(settings), try Self.method(settings, team))
  }

  public var steps: Int { engine.steps }

  public func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    try engine.learn(total: totalTimesteps, progress: progress, isCancelled: isCancelled)
  }

  public func act(_ observations: [Float], deterministic: Bool) throws -> [Float] {
    try engine.act(observations, deterministic: deterministic)
  }

  public var policies: [(name: String, network: DenseNetwork)] { engine.method.policies }
  public var warnings: [String] { engine.method.warnings }
  public var observationScale: (mean: [Double], deviation: [Double]) { engine.normalizer.scale }
}
