import Numeric
import Rewards
import Worlds

/// A learner that is one replay team: what sets it apart is its method.
public class ReplayLearner: MultiAgentLearner {
  let engine: ReplayTeam
  private let settings: String

  /// The method for these settings.
  class func method(_ settings: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    preconditionFailure("a learner has a method")
  }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    let team = Team(world)
    engine = ReplayTeam(world, team, ReplaySettings(settings), try Self.method(settings, team))
    self.settings = "\(Self.self) \(settings.line)"
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

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: settings)
    try engine.save(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    try engine.restore(from: archive)
  }

  public var policies: [(name: String, network: DenseNetwork)] { engine.method.policies }
  public var observationScale: (mean: [Double], deviation: [Double]) {
    get { engine.normalizer.scale }
    set { engine.normalizer.scale = newValue }
  }
  public var warnings: [String] { engine.method.warnings }
}
