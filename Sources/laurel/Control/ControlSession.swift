import Control
import Foundation
import Learned
import Numeric
import Rewards
import Studio
import Torch
import Worlds

/// A control run from its file to its folder: run.yaml, metrics.jsonl, policy.safetensors, summary.json, report.html.
struct ControlSession {
  let run: ControlRunFile
  let folder: URL

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
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(run.text.utf8).write(to: folder.appending(path: "run.yaml"))
    try open(run.world, summary)
  }

  private func open(_ world: some World, _ summary: String?) throws {
    let began = Date()
    say("run \(folder.path): \(run.worldName), \(run.method.rawValue), seed \(run.seed)")
    let metrics = try MetricsFile(folder.appending(path: "metrics.jsonl"))
    let progress = Progress(total: Double(run.totalTimesteps), unit: "steps")
    var curve: [(steps: Int, value: Double)] = []
    var extra: [String: [(steps: Int, value: Double)]] = [:]
    let before: Evaluation
    let after: Evaluation
    let network: DenseNetwork
    var (steps, episodes) = (0, 0)
    var rules: ShapedReward?
    var told: Set<String> = []
    /// What the shaping rules measure, for metrics.jsonl; their warnings are told once.
    func ruleMetrics(at steps: Int) -> [(String, Double)] {
      guard let rules else { return [] }
      for warning in rules.warnings where told.insert(warning).inserted { say("shaping: \(warning)") }
      for (name, value) in rules.measurements { extra[name, default: []].append((steps, value)) }
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
      before = try evaluate(world) { ppo.act($0) }
      say(line("before", before))
      try ppo.learn(totalSteps: run.totalTimesteps) { update in
        progress.advance(
          by: Double(update.steps - steps),
          note: update.meanReturn.map { String(format: "return %.1f", $0) } ?? "")
        (steps, episodes) = (update.steps, update.episodes)
        if let value = update.meanReturn { curve.append((update.steps, value)) }
        for (name, value) in [
          ("entropy", update.entropy), ("approximate KL", update.approximateKL),
          ("clipped share", update.clipFraction), ("value loss", update.valueLoss),
        ] { extra[name, default: []].append((update.steps, value)) }
        var row: [(String, Double)] = [
          ("steps", Double(update.steps)), ("episodes", Double(update.episodes)),
          ("return", update.meanReturn ?? .nan), ("length", update.meanLength ?? .nan),
          ("policy_loss", update.policyLoss), ("value_loss", update.valueLoss), ("entropy", update.entropy),
          ("approx_kl", update.approximateKL), ("clip_fraction", update.clipFraction),
          ("seconds", -began.timeIntervalSinceNow),
        ]
        row += ruleMetrics(at: update.steps)
        try metrics.append(row)
        return !Task.isCancelled && !(update.episodes >= 100 && hasArrived(update.meanReturn))
      }
      after = try evaluate(world) { ppo.act($0) }
      network = ppo.policy
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
      before = try evaluate(world) { learner.act($0) }
      say(line("before", before))
      var last: [Double] = []
      try learner.learn(totalSteps: run.totalTimesteps) { episode in
        last = Array((last + [episode.worldReturn]).suffix(100))
        let mean = last.reduce(0, +) / Double(last.count)
        progress.advance(
          by: Double(episode.steps - steps), note: String(format: "return %.1f", episode.worldReturn))
        steps = episode.steps
        episodes += 1
        curve.append((episode.steps, episode.worldReturn))
        var row: [(String, Double)] = [
          ("steps", Double(episode.steps)), ("return", episode.worldReturn),
          ("length", Double(episode.length)),
          ("seconds", -began.timeIntervalSinceNow),
        ]
        row += ruleMetrics(at: episode.steps)
        try metrics.append(row)
        return !Task.isCancelled && !(last.count >= 100 && hasArrived(mean))
      }
      steps = learner.steps
      after = try evaluate(world) { learner.act($0) }
      network = learner.policy
    }
    progress.finish()
    say(line("after", after))
    let seconds = -began.timeIntervalSinceNow
    try Self.write(network, to: folder.appending(path: "policy.safetensors"))
    try write(summary, before, after, steps, episodes, seconds)
    let report = ControlReport(
      name: run.name, world: run.worldName, method: run.method.rawValue, seed: Int(run.seed), steps: steps,
      episodes: episodes, seconds: seconds, before: (before.mean, before.deviation),
      after: (after.mean, after.deviation), evaluationEpisodes: run.evalEpisodes, returns: curve,
      series: extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, yaml: run.text)
    try report.write(to: folder.appending(path: "report.html").path)
    print("report: \(folder.appending(path: "report.html").path)")
    if Task.isCancelled { throw CancellationError() }
  }

  private func hasArrived(_ value: Double?) -> Bool {
    guard let stop = run.stopReturn, let value else { return false }
    return value >= stop
  }

  private func line(_ name: String, _ one: Evaluation) -> String {
    String(
      format: "%@: return %.2f ± %.2f over %d episodes", name, one.mean, one.deviation, one.returns.count)
  }

  /// Episodes on seeds that training never used. Several agents share the policy; the return is their sum.
  private func evaluate(_ world: some World, _ act: ([Float]) -> [Float]) throws -> Evaluation {
    let environment = world.environment()
    let width = world.observationWidth
    var returns: [Double] = []
    for episode in 0..<run.evalEpisodes {
      var observation = environment.reset(seed: 0xE7A1_0000 + UInt64(episode))
      var total = 0.0
      for _ in 0..<100_000 {
        var actions: [Float] = []
        for agent in 0..<world.agents {
          actions += act(Array(observation[agent * width..<(agent + 1) * width]))
        }
        let transition = try environment.step(actions)
        total += transition.rewards.reduce(0, +)
        observation = transition.observation
        if transition.isLast { break }
      }
      returns.append(total)
    }
    return Evaluation(returns: returns)
  }

  /// The policy's layers under the names that PyTorch's `nn.Sequential` gives them: `0.weight` (outputs x inputs),
  /// `0.bias`, `2.weight`, ...
  static func write(_ network: DenseNetwork, to url: URL) throws {
    var tensors: [(name: String, tensor: Tensor)] = []
    var start = 0
    for layer in 0..<network.widths.count - 1 {
      let (inputs, outputs) = (network.widths[layer], network.widths[layer + 1])
      let weights = Array(network.parameters[start..<start + inputs * outputs])
      let bias = Array(network.parameters[start + inputs * outputs..<start + (inputs + 1) * outputs])
      tensors.append(
        ("\(2 * layer).weight", try Tensor(weights, shape: [inputs, outputs]).transpose(0, 1).contiguous()))
      tensors.append(("\(2 * layer).bias", try Tensor(bias, shape: [outputs])))
      start += (inputs + 1) * outputs
    }
    try TensorFile.write(url.path, tensors)
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
      ]))
    for target in [folder.appending(path: "summary.json").path, path].compactMap({ $0 }) {
      do {
        try Data((summary.jsonText + "\n").utf8).write(to: URL(fileURLWithPath: target), options: .atomic)
      } catch {
        throw ValidationFailure(
          "cannot write the summary \(target): its folder is not there, or may not be written")
      }
    }
  }
}

/// One JSON object a line, each written as soon as it is known.
private final class MetricsFile {
  private let handle: FileHandle
  private let path: String

  init(_ url: URL) throws {
    path = url.path
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw ValidationFailure("cannot write \(url.path): no permission, or no room") }
    self.handle = handle
  }

  func append(_ values: [(String, Double)]) throws {
    let object = JSONObject(values.map { ($0.0, $0.1.isFinite ? .number($0.1) : .null) })
    do { try handle.write(contentsOf: Data((JSONValue.object(object).jsonText + "\n").utf8)) } catch {
      throw ValidationFailure("cannot write \(path): the disk may be full")
    }
  }
}
