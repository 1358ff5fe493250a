import Control
import Foundation
import Rewards
import Torch
import Worlds

/// Control runs of several agents that learn together (`method: mappo` and so on).
extension ControlSession {
  func openTeam(_ kind: LearnerKind, _ world: some World, _ summary: String?) throws {
    let books = try openBooks()
    var (record, keeper) = (books.record, books.keeper)
    let learner = try run.multiAgentLearner(kind, world)
    let play = WorldPolicy(learner)
    let measure = { try Evaluation(of: play, in: world, episodes: run.evalEpisodes) }
    let before = try begin(&record, books.archive, learner.restore, measure: measure)
    try keeper.keep(record, learner.save)
    try learner.learn(
      totalTimesteps: run.totalTimesteps,
      progress: { report in
        books.progress.reach(
          Double(report.steps), note: report.meanReturn.map { String(format: "return %.1f", $0) } ?? "")
        (record.steps, record.episodes) = (report.steps, report.episodes)
        if let value = report.meanReturn { record.returns.append(report.steps, value) }
        for (agent, value) in report.agentReturns.enumerated() {
          record.series["return of agent \(agent)", default: .init()].append(report.steps, value)
        }
        for (name, value) in report.measurements {
          record.series[name.replacingOccurrences(of: "_", with: " "), default: .init()]
            .append(report.steps, value)
        }
        let returns = report.agentReturns.enumerated().map { ("return_\($0.offset)", $0.element) }
        try books.metrics.append(
          [
            ("steps", Double(report.steps)), ("episodes", Double(report.episodes)),
            ("return", report.meanReturn ?? .nan), ("length", report.meanLength ?? .nan),
          ] + returns + report.measurements + [("seconds", -books.began.timeIntervalSinceNow)])
        if keeper.isDue { try keeper.keep(record, learner.save) }
      },
      isCancelled: {
        Task.isCancelled || (record.episodes >= 100 && hasArrived(record.returns.values.last))
      })
    if Task.isCancelled { try keeper.keep(record, learner.save) }
    books.progress.finish()
    for (name, curve) in record.series.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("return of") {
      if let last = curve.values.last { say(String(format: "%@: %.3f at last", name, last)) }
    }
    for warning in learner.warnings { say("\(kind.name): \(warning)") }
    let after = try measure()
    try PolicyFile.write(learner, to: folder.appending(path: PolicyFile.name).path)
    record.seconds = -books.began.timeIntervalSinceNow
    try finish(record, before, after, summary)
  }
}
