import Control
import Foundation
import Rewards
import Torch
import Worlds

/// Control runs of several agents that learn together (`method: mappo` and so on).
extension ControlSession {
  func openTeam(_ kind: LearnerKind, _ world: some World, _ summary: String?) throws {
    let began = Date()
    var record = RunRecord(name: run.name, seed: run.seed)
    let metrics = try MetricsFile(folder.appending(path: "metrics.jsonl"))
    let progress = Progress(total: Double(run.totalTimesteps), unit: "steps")
    let learner = try run.multiAgentLearner(kind, world)
    let play = WorldPolicy(learner)
    let before = try Evaluation(of: play, in: world, episodes: run.evalEpisodes)
    say("before: \(before.line)")
    try learner.learn(
      totalTimesteps: run.totalTimesteps,
      progress: { report in
        progress.reach(
          Double(report.steps), note: report.meanReturn.map { String(format: "return %.1f", $0) } ?? "")
        (record.steps, record.episodes) = (report.steps, report.episodes)
        if let value = report.meanReturn { record.returns.append(report.steps, value) }
        for (agent, value) in report.agentReturns.enumerated() {
          record.series["return of agent \(agent)", default: .init()].append(report.steps, value)
        }
        let returns = report.agentReturns.enumerated().map { ("return_\($0.offset)", $0.element) }
        try metrics.append(
          [
            ("steps", Double(report.steps)), ("episodes", Double(report.episodes)),
            ("return", report.meanReturn ?? .nan), ("length", report.meanLength ?? .nan),
          ] + returns + [("seconds", -began.timeIntervalSinceNow)])
      },
      isCancelled: {
        Task.isCancelled || (record.episodes >= 100 && hasArrived(record.returns.values.last))
      })
    progress.finish()
    let after = try Evaluation(of: play, in: world, episodes: run.evalEpisodes)
    try PolicyFile.write(learner, to: folder.appending(path: PolicyFile.name).path)
    record.seconds = -began.timeIntervalSinceNow
    try finish(record, before, after, summary)
  }
}
