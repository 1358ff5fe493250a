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

  struct Evaluation {
    var returns: [Double]
    var mean: Double { returns.reduce(0, +) / Double(max(returns.count, 1)) }
    var deviation: Double {
      let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return returns.count > 1 ? (squares / Double(returns.count - 1)).squareRoot() : 0
    }
  }

  /// Trains to the end, or until the task is cancelled; then evaluates, and writes everything.
  func start(summary: String?) throws {
    if let summary { _ = try OutputFile(summary) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      if !resumes { try Data(run.text.utf8).write(to: folder.appending(path: "run.yaml")) }
    } catch {
      throw ValidationFailure("cannot write into \(folder.path): no permission, or no room")
    }
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
    guard names.allSatisfy({ $0 == "run.yaml" || $0 == "metrics.jsonl" }) else { return false }
    let metrics = try? FileManager.default.attributesOfItem(atPath: folder.path + "/metrics.jsonl")
    return (metrics?[.size] as? Int ?? 0) == 0
  }

  private func learn(_ summary: String?) throws {
    say("run \(folder.path): \(run.worldName), \(run.methodName), seed \(run.seed)")
    if let kind = run.learner {
      try openTeam(kind, run.world, summary)
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
    let policy: [NamedTensor]
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
      policy = try Self.tensors(of: ppo.policy)
    } else {
      let learner: OffPolicyLearner =
        run.method == .sac ? SAC(world, run.offPolicy) : TD3(world, run.offPolicy)
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
      policy = try Self.tensors(of: learner.policy)
    }
    progress.finish()
    try TensorFile.write(folder.appending(path: "policy.safetensors").path, policy)
    record.seconds = -began.timeIntervalSinceNow
    try finish(record, before, after, summary)
  }

  /// Writes the summary and the page, and says where.
  /// - Throws: `CancellationError` at the end of a run that was stopped.
  func finish(_ record: RunRecord, _ before: Evaluation, _ after: Evaluation, _ summary: String?) throws {
    say(line("after", after))
    try write(summary, before, after, record.steps, record.episodes, record.seconds)
    func points(_ curve: RunRecord.Curve) -> ControlReport.Curve {
      zip(curve.steps, curve.values).map { (steps: $0, value: $1) }
    }
    let report = ControlReport(
      name: run.name, world: run.worldName, method: run.methodName, seed: Int(run.seed),
      steps: record.steps, episodes: record.episodes, seconds: record.seconds,
      before: (before.mean, before.deviation),
      after: (after.mean, after.deviation), evaluationEpisodes: after.returns.count,
      returns: points(record.returns),
      series: record.series.sorted { $0.key < $1.key }.map { ($0.key, points($0.value)) }, yaml: run.text)
    try report.write(to: folder.appending(path: "report.html").path)
    print("report: \(folder.appending(path: "report.html").path)")
    if Task.isCancelled { throw CancellationError() }
    // What is finished needs no checkpoint; without one and with a summary a run counts as finished.
    try? FileManager.default.removeItem(at: checkpoint)
  }

  func hasArrived(_ value: Double?) -> Bool {
    guard let stop = run.stopReturn, let value else { return false }
    return value >= stop
  }

  func line(_ name: String, _ one: Evaluation) -> String {
    String(
      format: "%@: return %.2f ± %.2f over %d episodes", name, one.mean, one.deviation, one.returns.count)
  }

  /// Episodes on seeds that training never used. Several agents share the policy; the return is their sum.
  func evaluate(_ world: some World, _ act: ([Float]) -> [Float]) throws -> Evaluation {
    let width = world.observationWidth
    return try evaluate(
      world,
      joint: { observations in
        var actions: [Float] = []
        for agent in 0..<world.agents {
          actions += act(Array(observations[agent * width..<(agent + 1) * width]))
        }
        return actions
      }, begin: {})
  }

  /// Episodes on seeds that training never used, by a policy that acts for all agents; the return is their sum.
  func evaluate(_ world: some World, joint act: ([Float]) throws -> [Float], begin: () -> Void) throws
    -> Evaluation
  {
    let environment = world.environment()
    var returns: [Double] = []
    for episode in 0..<run.evalEpisodes {
      var observations = environment.reset(seed: 0xE7A1_0000 + UInt64(episode))
      begin()
      var total = 0.0
      for _ in 0..<100_000 {
        let transition = try environment.step(act(observations))
        total += transition.rewards.reduce(0, +)
        observations = transition.observation
        if transition.isLast { break }
      }
      returns.append(total)
    }
    return Evaluation(returns: returns)
  }

  typealias NamedTensor = (name: String, tensor: Tensor)

  /// The policies of all agents, and how their observations are scaled.
  func tensors(of learner: any MultiAgentLearner) throws -> [NamedTensor] {
    var tensors: [NamedTensor] = []
    for (name, network) in learner.policies { tensors += try Self.tensors(of: network, prefix: name + ".") }
    let scale = learner.observationScale
    let (means, deviations) = (scale.mean.map { Float($0) }, scale.deviation.map { Float($0) })
    tensors.append(("observation.mean", try Tensor(means, shape: [means.count])))
    tensors.append(("observation.deviation", try Tensor(deviations, shape: [deviations.count])))
    return tensors
  }

  /// Writes a policy's layers.
  static func write(_ network: DenseNetwork, to url: URL) throws {
    try TensorFile.write(url.path, try tensors(of: network))
  }

  /// A policy's layers under the names that PyTorch's `nn.Sequential` gives them: `0.weight` (outputs x inputs),
  /// `0.bias`, `2.weight`, ...
  private static func tensors(of network: DenseNetwork, prefix: String = "") throws -> [NamedTensor] {
    var tensors: [NamedTensor] = []
    var start = 0
    for layer in 0..<network.widths.count - 1 {
      let (inputs, outputs) = (network.widths[layer], network.widths[layer + 1])
      let weights = Array(network.parameters[start..<start + inputs * outputs])
      let bias = Array(network.parameters[start + inputs * outputs..<start + (inputs + 1) * outputs])
      tensors.append(
        (
          "\(prefix)\(2 * layer).weight",
          try Tensor(weights, shape: [inputs, outputs]).transpose(0, 1).contiguous()
        ))
      tensors.append(("\(prefix)\(2 * layer).bias", try Tensor(bias, shape: [outputs])))
      start += (inputs + 1) * outputs
    }
    return tensors
  }

  private func write(
    _ path: String?, _ before: Evaluation, _ after: Evaluation, _ steps: Int, _ episodes: Int,
    _ seconds: Double
  ) throws {
    func part(_ one: Evaluation) -> JSONValue {
      .object(
        JSONObject([
          ("total", .number(one.mean)), ("deviation", .number(one.deviation)),
          ("episodes", .integer(one.returns.count)),
        ]))
    }
    let summary = JSONValue.object(
      JSONObject([
        ("seed", .integer(Int(run.seed))), ("before", part(before)), ("after", part(after)),
        ("steps", .integer(steps)), ("episodes", .integer(episodes)), ("seconds", .number(seconds)),
        ("interrupted", .bool(Task.isCancelled)),
      ]))
    for target in [folder.appending(path: "summary.json").path, path].compactMap({ $0 }) {
      try OutputFile(target).write(Data((summary.jsonText + "\n").utf8))
    }
  }
}
