import Control
import Foundation
import Learned
import Rewards
import Torch
import Worlds

/// Control runs of a GFlowNet: samples.jsonl beside policy.safetensors, and how well the front is covered.
extension ControlSession {
  func openFlow(_ world: some ConstructionWorld, _ summary: String?) throws {
    let books = try openBooks()
    var (record, keeper) = (books.record, books.keeper)
    let graph = world.construction
    let conditions = run.flowConditions(objectives: graph.objectiveNames.count)
    let flow = GFlowNet(graph, conditions: conditions, settings: run.flow, seed: run.seed)
    let covering = FlowMetrics(graph)
    let targets = (0..<conditions.count).map(flow.target)
    let updates = run.settings.int("updates")
    say(
      "\(graph.objects.count) objects of \(graph.states) partial ones, \(graph.objectiveNames.count) objectives, a front of \(covering.front.count) points, \(conditions.count) conditions"
    )
    if !flow.flatConditions.isEmpty {
      say(
        "under \(flow.flatConditions.count) of \(conditions.count) conditions all objects look alike, because beta log R is at most log_floor: raise the objectives, or lower beta or log_floor"
      )
    }
    let before = try begin(&record, books.archive, flow.restore) { rewards(flow) }
    try keeper.keep(record, flow.save)
    let interval = max(1, updates / 50)
    var measuredIntervals = flow.updates / interval
    // Asked often, so that Ctrl-C is soon heard; measured some fifty times.
    try flow.train(updates: updates, every: min(interval, 20)) { report in
      books.progress.reach(Double(report.updates), note: String(format: "loss %.3g", report.loss))
      (record.steps, record.episodes) = (report.steps, report.walks)
      if report.updates / interval > measuredIntervals || report.updates == updates {
        measuredIntervals = report.updates / interval
        let row = measure(flow, covering, targets, reached: report.reached, loss: report.loss, into: &record)
        try books.metrics.append(
          [("updates", Double(report.updates)), ("steps", Double(report.steps))] + row
            + [("seconds", -books.began.timeIntervalSinceNow)])
      }
      if keeper.isDue || Task.isCancelled { try keeper.keep(record, flow.save) }
      return !Task.isCancelled
    }
    books.progress.finish()
    let unmet = flow.isReached.indices.filter { !flow.isReached[$0] }
    if let first = unmet.first {
      let asked = conditions.vectors[first].map { String(format: "%.2f", $0) }.joined(separator: ", ")
      say("no object met \(unmet.count) of \(conditions.count) conditions, the first of them [\(asked)]")
    }
    let last = (0..<conditions.count).map(flow.distribution)
    let correlation = covering.correlation(last, conditions)
    say(
      String(
        format: "entropy over the front %.3f (at most log %d = %.3f), total variation to R^beta %.3f",
        covering.entropy(last), covering.front.count, log(Double(covering.front.count)),
        FlowMetrics.totalVariation(last, targets))
        + (correlation.isFinite ? String(format: ", correlation of asked and found %.3f", correlation) : ""))
    try writeSamples(flow, last)
    try writePolicy(flow)
    record.seconds = -books.began.timeIntervalSinceNow
    try finish(record, before, rewards(flow), summary)
  }

  /// A row of metrics.jsonl; the same numbers go to the page.
  private func measure(
    _ flow: GFlowNet, _ covering: FlowMetrics, _ targets: [[Double]], reached: Int, loss: Double,
    into record: inout RunRecord
  ) -> [(String, Double)] {
    let distributions = (0..<flow.conditions.count).map(flow.distribution)
    let reward = Self.meanReward(flow, distributions)
    record.returns.append(record.steps, reward)
    let measured = [
      ("pareto_entropy", "entropy over the front", covering.entropy(distributions)),
      ("igd", "distance of the front (IGD)", covering.generationalDistance(draw(flow).map(\.state))),
      (
        "avg_pcc", "correlation of asked and found", covering.correlation(distributions, flow.conditions)
      ),
      (
        "total_variation", "total variation to R^beta", FlowMetrics.totalVariation(distributions, targets)
      ),
      ("reached", "conditions met", Double(reached)), ("loss", "loss", loss),
    ]
    for (_, name, value) in measured where value.isFinite {
      record.series[name, default: .init()].append(record.steps, value)
    }
    return [("reward", reward)] + measured.map { ($0.0, $0.2) }
  }

  /// The mean of R(x | condition) over conditions, exactly.
  private static func meanReward(_ flow: GFlowNet, _ distributions: [[Double]]) -> Double {
    var sum = 0.0
    for (condition, distribution) in distributions.enumerated() {
      for (state, probability) in distribution.enumerated() where probability > 0 {
        guard let objectives = flow.graph.objectives(state) else { continue }
        sum += probability * flow.conditions.reward(condition, objectives)
      }
    }
    return sum / Double(distributions.count)
  }

  /// Objects on a seed that training never used, the conditions in turn.
  private func draw(_ flow: GFlowNet) -> [(condition: Int, state: Int)] {
    var random = PCG64(seed: run.seed &+ 0xE7A1_0000)
    return (0..<run.settings.int("samples")).map { index in
      let condition = index % flow.conditions.count
      return (condition, flow.sample(condition, random: &random))
    }
  }

  /// R of drawn objects under what was asked for.
  private func rewards(_ flow: GFlowNet) -> Evaluation {
    Evaluation(
      rewards: draw(flow).map { condition, state in
        flow.graph.objectives(state).map { flow.conditions.reward(condition, $0) } ?? 0
      })
  }

  /// A line an object: what was asked for, what came, and how probable it was.
  private func writeSamples(_ flow: GFlowNet, _ distributions: [[Double]]) throws {
    let key = flow.conditions.kind == .goals ? "goal" : "preference"
    var text = ""
    for (condition, state) in draw(flow) {
      let objectives = flow.graph.objectives(state) ?? []
      let line = JSONObject([
        (key, .array(flow.conditions.vectors[condition].map(JSONValue.number))),
        ("object", flow.graph.name(state)),
        ("objectives", Self.named(objectives, flow.graph.objectiveNames)),
        ("reward", .number(flow.conditions.reward(condition, objectives))),
        ("probability", .number(distributions[condition][state])),
      ])
      text += JSONValue.object(line).jsonText + "\n"
    }
    try OutputFile(folder.appending(path: "samples.jsonl").path).write(Data(text.utf8))
    say("samples: \(folder.appending(path: "samples.jsonl").path)")
  }

  private static func named(_ values: [Double], _ names: [String]) -> JSONValue {
    .object(JSONObject(zip(names, values).map { ($0, .number($1)) }))
  }

  /// `logits` (conditions x partial objects x choices and stop), `log_partition` and `conditions`.
  private func writePolicy(_ flow: GFlowNet) throws {
    let (logits, partitions) = flow.parameters
    let vectors = flow.conditions.vectors
    try TensorFile.write(
      folder.appending(path: "policy.safetensors").path,
      [
        (
          "logits",
          try Tensor(logits, shape: [vectors.count, flow.graph.states, flow.graph.choices + 1])
        ),
        ("log_partition", try Tensor(partitions, shape: [vectors.count])),
        (
          "conditions",
          try Tensor(vectors.joined().map { Float($0) }, shape: [vectors.count, vectors[0].count])
        ),
      ])
  }
}
