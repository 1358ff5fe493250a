import Control
import Foundation
import Learned
import Numeric
import Rewards
import Studio
import Torch
import Worlds

/// A control run from its file to its folder: run.yaml, metrics.jsonl, policy.safetensors, summary.json, report.html,
/// and while it is not finished checkpoint.state, from which it goes on.
struct ControlSession {
  let run: ControlRunFile
  let folder: URL
  var resumes = false

  static let checkpointName = "checkpoint.state"

  /// Trains to the end, or until the task is cancelled; then evaluates, and writes everything.
  func start(summary: String?) throws {
    if let summary { _ = try OutputFile(summary) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      if !resumes { try Data(run.resolvedYAML.utf8).write(to: folder.appending(path: "run.yaml")) }
    } catch {
      throw ValidationFailure("cannot write into \(folder.path): \(error.reason)")
    }
    let lock: RunLock
    do { lock = try RunLock(folder: folder) } catch { throw ValidationFailure("\(error)") }
    defer { withExtendedLifetime(lock) {} }
    do { try learn(summary) } catch {
      // A run that never began leaves nothing behind.
      if !resumes, !(error is CancellationError), isUnbegun {
        try? FileManager.default.removeItem(at: folder)
      }
      throw error
    }
  }

  /// Nothing has been measured yet.
  private var isUnbegun: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard names.allSatisfy({ ["run.yaml", "metrics.jsonl", RunLock.fileName].contains($0) }) else {
      return false
    }
    let metrics = try? FileManager.default.attributesOfItem(atPath: folder.path + "/metrics.jsonl")
    return (metrics?[.size] as? Int ?? 0) == 0
  }

  private func learn(_ summary: String?) throws {
    say("run \(folder.path): \(run.worldName), \(run.methodName), seed \(run.seed)")
    for warning in (run.world as? ImaginedWorld)?.warnings ?? [] { say("world: \(warning)") }
    if let kind = run.learner {
      try openTeam(kind, run.world, summary)
    } else if let world = run.world as? any ConstructionWorld, run.method == .gflownet {
      try openFlow(world, summary)
    } else if run.method.isTabular {
      try openTable(run.world, summary)
    } else {
      try open(run.world, summary)
    }
  }

  private func open(_ world: some World, _ summary: String?) throws {
    let books = try openBooks()
    let (metrics, progress, began) = (books.metrics, books.progress, books.began)
    var (record, keeper) = (books.record, books.keeper)
    let before: Evaluation
    let after: Evaluation
    let policy: DenseNetwork
    var rules: ShapedReward?
    var told: Set<String> = []
    /// What the shaping rules measure, for metrics.jsonl; their warnings are told once.
    func ruleMetrics(at steps: Int) -> [(String, Double)] {
      guard let rules else { return [] }
      for warning in rules.warnings where told.insert(warning).inserted { say("shaping: \(warning)") }
      for (name, value) in rules.measurements { record.series[name, default: .init()].append(steps, value) }
      return rules.measurements.map { ($0.name, $0.value) }
    }

    if run.method == .ppo {
      let ppo = PPO(world, run.ppo)
      if !run.shapers.isEmpty {
        rules = try ShapedReward(
          run.shapers, world: world, lanes: run.ppo.nEnvs * world.agents, discount: run.ppo.gamma,
          hasProbabilities: world.actionSpace(of: 0).isDiscrete)
        ppo.reward = rules
      }
      before = try begin(&record, books.archive, ppo.restore) { try evaluate(world) { ppo.act($0) } }
      try keeper.keep(record, ppo.save)
      try ppo.learn(totalSteps: run.totalTimesteps) { update in
        progress.reach(
          Double(update.steps), note: update.meanReturn.map { String(format: "return %.1f", $0) } ?? "")
        (record.steps, record.episodes) = (update.steps, update.episodes)
        if let value = update.meanReturn { record.returns.append(update.steps, value) }
        for (name, value) in [
          ("entropy", update.entropy), ("approximate KL", update.approximateKL),
          ("clipped share", update.clipFraction), ("value loss", update.valueLoss),
        ] { record.series[name, default: .init()].append(update.steps, value) }
        var row: [(String, Double)] = [
          ("steps", Double(update.steps)), ("episodes", Double(update.episodes)),
          ("return", update.meanReturn ?? .nan), ("length", update.meanLength ?? .nan),
          ("policy_loss", update.policyLoss), ("value_loss", update.valueLoss), ("entropy", update.entropy),
          ("approx_kl", update.approximateKL), ("clip_fraction", update.clipFraction),
          ("seconds", -began.timeIntervalSinceNow),
        ]
        row += ruleMetrics(at: update.steps)
        try metrics.append(row)
        if keeper.isDue || Task.isCancelled { try keeper.keep(record, ppo.save) }
        return !Task.isCancelled && !(update.episodes >= 100 && hasArrived(update.meanReturn))
      }
      after = try evaluate(world) { ppo.act($0) }
      policy = ppo.policy
    } else {
      let learner: OffPolicyLearner =
        run.method == .sac ? SAC(world, run.offPolicy) : TD3(world, run.offPolicy)
      if let data = run.offlineData { data.add(to: learner) }
      if let heron = run.heron {
        let reward = try HeronReward(
          heron, observationWidth: world.observationWidth, actionWidth: world.actionWidth, seed: run.seed)
        reward.attach(to: learner) { report in
          for warning in report.warnings where told.insert(warning).inserted { say("heron: \(warning)") }
        }
      } else if !run.shapers.isEmpty {
        rules = try ShapedReward(run.shapers, world: world, lanes: 1, discount: run.offPolicy.gamma)
        learner.reward = rules
        learner.rewardTime = .collected
      }
      before = try begin(&record, books.archive, learner.restore) {
        try evaluate(world) { learner.act($0) }
      }
      try keeper.keep(record, learner.save)
      try learner.learn(totalSteps: run.totalTimesteps) { episode in
        record.lastReturns = Array((record.lastReturns + [episode.worldReturn]).suffix(100))
        let last = record.lastReturns
        let mean = last.reduce(0, +) / Double(last.count)
        progress.reach(Double(episode.steps), note: String(format: "return %.1f", episode.worldReturn))
        record.steps = episode.steps
        record.episodes += 1
        record.returns.append(episode.steps, episode.worldReturn)
        var row: [(String, Double)] = [
          ("steps", Double(episode.steps)), ("return", episode.worldReturn),
          ("length", Double(episode.length)),
          ("seconds", -began.timeIntervalSinceNow),
        ]
        row += ruleMetrics(at: episode.steps)
        try metrics.append(row)
        if keeper.isDue || Task.isCancelled { try keeper.keep(record, learner.save) }
        return !Task.isCancelled && !(last.count >= 100 && hasArrived(mean))
      }
      record.steps = learner.steps
      after = try evaluate(world) { learner.act($0) }
      policy = learner.policy
    }
    progress.finish()
    try PolicyFile.write(policy, to: folder.appending(path: PolicyFile.name).path)
    record.seconds = -began.timeIntervalSinceNow
    try finish(record, before, after, summary)
  }

  /// Writes the summary and the page, and says where.
  /// - Throws: `CancellationError` at the end of a run that was stopped.
  func finish(_ record: RunRecord, _ before: Evaluation, _ after: Evaluation, _ summary: String?) throws {
    say("after: \(after.line)")
    try write(summary, before, after, record.steps, record.episodes, record.seconds)
    func points(_ curve: RunRecord.Curve) -> ControlReport.Curve {
      zip(curve.steps, curve.values).map { (steps: $0, value: $1) }
    }
    var report = ControlReport(
      name: run.name, world: run.worldName, method: run.methodName, seed: Int(run.seed),
      steps: record.steps, episodes: record.episodes, seconds: record.seconds,
      before: (before.mean, before.deviation),
      after: (after.mean, after.deviation), evaluationEpisodes: after.returns.count,
      returns: points(record.returns),
      series: record.series.sorted { $0.key < $1.key }.map { ($0.key, points($0.value)) },
      yaml: run.resolvedYAML)
    if run.method == .gflownet, run.learner == nil { report.words = ("reward", "objects", "choices") }
    if run.world is ImaginedWorld { report.words.steps = "imagined steps" }
    report.note = run.note
    if let note = run.note { say(note) }
    try report.write(to: folder.appending(path: "report.html").path)
    print("report: \(folder.appending(path: "report.html").path)")
    if Task.isCancelled {
      say("stopped after \(record.steps) steps: laurel train \(folder.path) --resume goes on")
      throw CancellationError()
    }
    // What is finished needs no checkpoint; without one and with a summary a run counts as finished.
    try? FileManager.default.removeItem(at: checkpoint)
  }

  func hasArrived(_ value: Double?) -> Bool {
    guard let stop = run.stopReturn, let value else { return false }
    return value >= stop
  }

  /// Episodes on seeds that training never used. Several agents share the policy; the return is their sum.
  func evaluate(_ world: some World, _ act: @escaping ([Float]) -> [Float]) throws -> Evaluation {
    let progress = Progress(total: Double(run.evalEpisodes), unit: "episodes")
    defer { progress.finish() }
    return try Evaluation(of: WorldPolicy(shared: act, in: world), in: world, episodes: run.evalEpisodes) {
      episode, _, _, _ in progress.reach(Double(episode))
    }
  }

  private func write(
    _ path: String?, _ before: Evaluation, _ after: Evaluation, _ steps: Int, _ episodes: Int,
    _ seconds: Double
  ) throws {
    let summary = JSONValue.object(
      JSONObject([
        ("seed", .integer(Int(run.seed))), ("before", .object(before.json)), ("after", .object(after.json)),
        ("steps", .integer(steps)), ("episodes", .integer(episodes)), ("seconds", .number(seconds)),
        ("interrupted", .bool(Task.isCancelled)),
      ]))
    for target in [folder.appending(path: "summary.json").path, path].compactMap({ $0 }) {
      try OutputFile(target).write(Data((summary.jsonText + "\n").utf8))
    }
  }
}
