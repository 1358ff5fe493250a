import Foundation

/// What the report is made of, read from the store once.
struct ReportData {
  var name: String
  var facts: [String: String]
  var progress: RunProgress
  /// nil when `run.yaml` cannot be read.
  var yaml: String?
  var steps: [StepRecord]
  /// The rewards, in the order in which the run names them.
  var rewards: [String]
  var heldOut: HeldOut
  var outcomes: [String: [String: Int]]
  var failures: [(reward: String, reason: String, count: Int)]

  init(_ store: RunStore) throws(RunStoreError) {
    facts = try store.facts()
    name = facts["name"] ?? store.folder.lastPathComponent
    progress = try store.progress()
    yaml = try? store.yaml()
    steps = try store.steps()
    heldOut = try HeldOut(store)
    outcomes = try store.outcomes()
    failures = try store.failures(limit: 10)
    rewards = []
    let named = steps.flatMap { step in step.metrics.names.compactMap(Self.reward) }
    let scored = (heldOut.before + heldOut.after).flatMap { $0.components.map(\.name) }
    var seen: Set<String> = []
    for reward in named + scored + outcomes.keys.sorted() where seen.insert(reward).inserted {
      rewards.append(reward)
    }
  }

  /// `correct` for `rewards/correct/mean`; a reward's name may itself hold slashes.
  private static func reward(_ metric: String) -> String? {
    guard metric.hasPrefix("rewards/"), metric.hasSuffix("/mean"), metric.count > 13 else { return nil }
    return String(metric.dropFirst(8).dropLast(5))
  }

  /// The finite values of a metric with their steps.
  func values(_ metric: String) -> [(step: Int, value: Double)] {
    steps.compactMap { step in step.metrics[metric]?.finite.map { (step.step, $0) } }
  }

  /// A line of a metric over steps, with a band of ± `spread` where that is logged; nil when it never was. A
  /// step at which it was logged but was not finite is a gap.
  func line(_ name: String, _ metric: String, spread: String? = nil) -> LineChart.Series? {
    let points = steps.compactMap { step -> LineChart.Point? in
      guard let y = step.metrics[metric] else { return nil }
      let width = spread.flatMap { step.metrics[$0]?.finite }
      return LineChart.Point(
        x: Double(step.step), y: y, low: y.isFinite ? width.map { y - $0 } : nil,
        high: y.isFinite ? width.map { y + $0 } : nil)
    }
    return points.contains { $0.y.isFinite } ? LineChart.Series(name, points: points) : nil
  }

  /// The sum of a count over steps; nil when it was never logged.
  func total(_ metric: String) -> Int? {
    let values = values(metric)
    return values.isEmpty ? nil : Int(values.reduce(0) { $0 + $1.value }.rounded())
  }

  /// The seconds that the run has taken; nil when it has not begun.
  var seconds: Double? {
    guard let started = facts["started"].flatMap(Double.init) else { return nil }
    guard let end = facts["finished"].flatMap(Double.init) ?? steps.last?.time else { return nil }
    return end >= started ? end - started : nil
  }
}
