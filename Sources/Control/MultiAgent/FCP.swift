import Numeric
import Rewards
import Worlds

/// Fictitious co-play (Strouse et al. 2021, arXiv 2110.08176): first a population of policies that only know
/// themselves, each from its own seed and kept as it was at the beginning, in the middle and at the end; then one policy
/// that learns to play with all of them, which stay as they are.
public final class FCP: MultiAgentLearner {
  private let population: [OnPolicyTeam]
  private let learner: OnPolicyTeam
  private let partnerShare, recentProbability: Double
  private let checkpointSteps: Int
  private var pool: PartnerPool
  /// Which of the population is being trained, and up to which step before it is kept again; nil between two.
  private var trained: (member: Int, mark: Int)?
  /// Whether the learner's training with the pool has begun and not ended.
  private var isPlaying = false
  private let settings: String

  public init(_ settings: Parameters, world: some World) throws(ParameterError) {
    try Team(world).requireBounds(for: "fcp")
    self.settings = "fcp \(settings.line)"
    var given = try OnPolicySettings(settings)
    partnerShare = settings.double("partner_share")
    recentProbability = settings.double("recent_prob")
    checkpointSteps = settings.int("checkpoint_steps")
    let paysTeam = settings.bool("team_reward")
    pool = PartnerPool(recentProbability: recentProbability, includesLearner: false)
    let together = OnPolicyPlan(sharesPolicy: true, teamReward: paysTeam)
    var others: [OnPolicyTeam] = []
    for member in 0..<settings.int("population") {
      given.seed = settings.seed &+ UInt64(1_009 * (member + 1))
      others.append(try OnPolicyTeam(world, given, together))
    }
    population = others
    given.seed = settings.seed
    var alone = together
    alone.partners = pool
    learner = try OnPolicyTeam(world, given, alone)
  }

  /// Of the population and of the learner.
  public var steps: Int { population.reduce(learner.steps) { $0 + $1.steps } }

  /// The population takes the share `partner_share` of the steps.
  public func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    let budget = Int(Double(totalTimesteps) * partnerShare) / population.count
    for (index, member) in population.enumerated()
    where (member.steps < budget || trained?.member == index) && !isCancelled() {
      try train(index, budget, progress, isCancelled)
    }
    if isCancelled() { return }
    if !isPlaying { learner.useNewPartners(pool) }
    isPlaying = true
    let (before, episodes) = spent(on: population.count)
    try learner.learn(
      total: max(totalTimesteps - before, 0),
      progress: { report in
        var report = report
        report.steps += before
        report.episodes += episodes
        try progress(report)
      }, isCancelled: isCancelled)
    isPlaying = learner.steps < totalTimesteps - before
  }

  /// Steps and episodes of the first `count` of the population.
  private func spent(on count: Int) -> (steps: Int, episodes: Int) {
    population.prefix(count).reduce((0, 0)) { ($0.0 + $1.steps, $0.1 + $1.log.episodes) }
  }

  /// Trains one of the population with itself, and keeps it on the way.
  private func train(
    _ index: Int, _ budget: Int, _ progress: (LearnerProgress) throws -> Void, _ isCancelled: () -> Bool
  ) throws {
    let member = population[index]
    if member.steps == 0, trained == nil { pool.older.append(member.snapshot()) }
    var marks = Set(stride(from: checkpointSteps, to: budget, by: checkpointSteps))
    marks.insert(budget / 2)
    let before = spent(on: index)
    while let mark = trained?.mark ?? (marks.sorted() + [budget]).first(where: { $0 > member.steps }) {
      trained = (index, mark)
      try member.learn(
        total: mark,
        progress: { report in
          var report = report
          report.steps += before.steps
          report.episodes += before.episodes
          try progress(report)
        }, isCancelled: isCancelled)
      if member.steps < mark { return }
      if mark < budget { pool.older.append(member.snapshot()) }
      trained = nil
    }
    pool.recent.append(member.snapshot())
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: settings)
    archive.put("trained", trained.map { [$0.member, $0.mark] } ?? [])
    archive.put("is.playing", [isPlaying])
    try archive.put(part: "pool", pool.save)
    for (index, member) in population.enumerated() { try archive.put(part: "member.\(index)", member.save) }
    try archive.put(part: "learner", learner.save)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    let place = try archive.integers("trained")
    trained = place.count == 2 ? (place[0], place[1]) : nil
    isPlaying = try archive.flags("is.playing") == [true]
    try pool.restore(from: archive.part("pool"), like: learner.snapshot)
    for (index, member) in population.enumerated() {
      try member.restore(from: archive.part("member.\(index)"))
    }
    try learner.restore(from: archive.part("learner"))
  }

  public func act(_ observations: [Float], deterministic: Bool) throws -> [Float] {
    var seen = learner.nothingSeen
    return try learner.act(observations, deterministic: deterministic, seen: &seen)
  }

  public var policies: [(name: String, network: DenseNetwork)] { learner.policies }
  public var observationScale: (mean: [Double], deviation: [Double]) {
    get { learner.normalizer.scale }
    set { learner.normalizer.scale = newValue }
  }

  static let kind = LearnerKind(
    "fcp", summary: "fictitious co-play: the best partner for a population kept at several ages",
    paper: "Strouse et al. 2021, arXiv 2110.08176",
    parameters: OnPolicySettings.parameters() + [
      LearnerParameters.teamReward(false),
      LearnerParameters.integer("population", 3, 1...1_000, "policies that the learner is trained with"),
      LearnerParameters.number("partner_share", 0.5, 0.01...0.99, "share of the steps that they take"),
      LearnerParameters.integer(
        "checkpoint_steps", 50_000, 1...1e12,
        "steps after which each is kept, besides at its beginning, middle and end"),
      LearnerParameters.number("recent_prob", 0.5, 0...1, "share of partners that are at their end"),
    ]
  ) { settings, world throws(ParameterError) in try FCP(settings, world: world) }
}
