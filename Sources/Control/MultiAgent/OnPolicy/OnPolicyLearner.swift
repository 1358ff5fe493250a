import Numeric
import Rewards
import Worlds

/// A learner that is one on-policy team: what sets it apart is its plan and its settings.
public class OnPolicyLearner: MultiAgentLearner {
  let engine: OnPolicyTeam
  private var seen: [Float]
  private let settings: String

  class var name: String { preconditionFailure("a learner has a name") }

  /// The plan for these settings.
  class func plan(_ settings: Parameters) -> OnPolicyPlan { preconditionFailure("a learner has a plan") }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    try Team(world).requireBounds(for: Self.name)
    engine = try OnPolicyTeam(world, OnPolicySettings(settings), Self.plan(settings))
    seen = engine.nothingSeen
    self.settings = "\(Self.name) \(settings.line)"
  }

  public var steps: Int { engine.steps }

  public func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    try engine.learn(total: totalTimesteps, progress: progress, isCancelled: isCancelled)
  }

  public func beginEpisode() { seen = engine.nothingSeen }

  public func act(_ observations: [Float], deterministic: Bool) throws -> [Float] {
    try engine.act(observations, deterministic: deterministic, seen: &seen)
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: settings)
    try engine.save(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    try engine.restore(from: archive)
  }

  public var policies: [(name: String, network: DenseNetwork)] { engine.policies }
  public var observationScale: (mean: [Double], deviation: [Double]) {
    get { engine.normalizer.scale }
    set { engine.normalizer.scale = newValue }
  }
}

extension OnPolicyTeam {
  var policies: [(name: String, network: DenseNetwork)] {
    actors.enumerated().map { (plan.sharesPolicy ? "shared" : "agent\($0.offset)", $0.element.policy) }
  }
}
