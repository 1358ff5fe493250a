import Numeric
import Rewards
import Worlds

/// PPO by self-play against its own past (fictitious self-play: Heinrich et al. 2015; Bansal et al. 2018, arXiv
/// 1710.03748): the learner takes one seat, another one in every episode; each other seat is taken by its present
/// policy or by one of those it kept every `chunk_steps` steps.
public final class SelfPlayPPO: OnPolicyLearner {
  private let chunkSteps: Int
  /// The steps after which the policy is kept next.
  private var nextKept: Int

  override class var name: String { "selfplay_ppo" }
  override class func plan(_ settings: Parameters) -> OnPolicyPlan {
    OnPolicyPlan(
      sharesPolicy: true, teamReward: settings.bool("team_reward"),
      partners: PartnerPool(recentProbability: settings.double("latest_prob"), includesLearner: true))
  }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    chunkSteps = settings.int("chunk_steps")
    nextKept = chunkSteps
    try super.init(settings, world: world)
  }

  public override func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    while steps < totalTimesteps, !isCancelled() {
      if steps >= nextKept {
        engine.plan.partners?.older.append(engine.snapshot())
        nextKept = steps + chunkSteps
      }
      try super.learn(
        totalTimesteps: min(nextKept, totalTimesteps), progress: progress, isCancelled: isCancelled)
    }
  }

  public override func save(in archive: inout StateArchive) throws(StateArchiveError) {
    try super.save(in: &archive)
    archive.put("next.kept", nextKept)
  }

  public override func restore(from archive: StateArchive) throws(StateArchiveError) {
    try super.restore(from: archive)
    nextKept = try archive.integer("next.kept")
  }

  static let kind = LearnerKind(
    "selfplay_ppo", summary: "PPO that takes one seat and leaves the others to its past selves",
    paper: "Heinrich et al. 2015; Bansal et al. 2018, arXiv 1710.03748",
    parameters: OnPolicySettings.parameters() + [
      LearnerParameters.teamReward(false),
      LearnerParameters.integer("chunk_steps", 10_000, 1...1e12, "steps after which the policy is kept"),
      LearnerParameters.number(
        "latest_prob", 0.5, 0...1, "share of partners that are the present policy, not a past one"),
    ]
  ) { settings, world throws(ParameterError) in try SelfPlayPPO(settings, world: world) }
}
