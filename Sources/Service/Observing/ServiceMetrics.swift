import Foundation
import Rewards

/// The numbers that Prometheus collects (text format 0.0.4). Counters only grow, also when a specification is
/// reloaded; nothing of a request but its route becomes a label.
final class ServiceMetrics: @unchecked Sendable {
  /// Upper bounds of the buckets, in seconds.
  static let bounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
  ]

  private struct Histogram {
    var buckets = [Int](repeating: 0, count: ServiceMetrics.bounds.count + 1)
    var sum = 0.0

    mutating func add(_ value: Double) {
      buckets[ServiceMetrics.bounds.firstIndex { value <= $0 } ?? ServiceMetrics.bounds.count] += 1
      sum += value
    }
  }

  private struct RewardCounts {
    var outcomes = OutcomeCounts()
    var sum = 0.0
  }

  private struct Specification {
    var samples = 0
    var withoutTotal = 0
    var reloads = 0
    var failedReloads = 0
    var rewards: [String: RewardCounts] = [:]

    mutating func add(_ batch: ScoredBatch, withoutTotal: Int, sums: [Double]) {
      samples += batch.count
      self.withoutTotal += withoutTotal
      for (column, name) in batch.names.enumerated() {
        rewards[name, default: RewardCounts()].outcomes.add(batch.counts[column])
        rewards[name, default: RewardCounts()].sum += sums[column]
      }
    }
  }

  private let lock = NSLock()
  private let began = Date().timeIntervalSince1970
  private var answers: [Route: [Int: Int]] = [:]
  private var seconds: [Route: Histogram] = [:]
  private var specifications: [String: Specification] = [:]

  /// One answered request.
  func count(_ route: Route, status: Int, seconds: Double) {
    lock.withLock {
      answers[route, default: [:]][status, default: 0] += 1
      self.seconds[route, default: Histogram()].add(seconds)
    }
  }

  /// One scored batch.
  func count(_ batch: ScoredBatch, of specification: String) {
    let width = batch.names.count
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<batch.count {
      for column in 0..<width { sums[column] += batch.values[row * width + column] }
    }
    let withoutTotal = batch.totals.count { $0 == nil }
    lock.withLock {
      specifications[specification, default: Specification()].add(
        batch, withoutTotal: withoutTotal, sums: sums)
    }
  }

  /// One look at a file that had changed.
  func countReload(of specification: String, isGood: Bool) {
    lock.withLock {
      if isGood {
        specifications[specification, default: Specification()].reloads += 1
      } else {
        specifications[specification, default: Specification()].failedReloads += 1
      }
    }
  }

  /// Everything, as Prometheus reads it.
  func text(load: (scoring: Int, waiting: Int, bytes: Int)) -> String {
    lock.withLock {
      var page = PrometheusPage()
      writeRequests(&page)
      writeSpecifications(&page)
      page.metric("laurel_requests_scoring", "gauge", "Requests being scored.")
      page.sample([], Double(load.scoring))
      page.metric("laurel_requests_waiting", "gauge", "Requests being read or waiting for their turn.")
      page.sample([], Double(load.waiting))
      page.metric("laurel_request_bytes_held", "gauge", "Bytes set aside for bodies.")
      page.sample([], Double(load.bytes))
      page.metric("process_start_time_seconds", "gauge", "When the process began, in seconds since 1970.")
      page.sample([], began)
      return page.text
    }
  }

  private func writeRequests(_ page: inout PrometheusPage) {
    page.metric("laurel_requests_total", "counter", "Requests answered, by route and status.")
    for (route, statuses) in answers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for (status, count) in statuses.sorted(by: { $0.key < $1.key }) {
        page.sample([("route", route.rawValue), ("status", "\(status)")], Double(count))
      }
    }
    page.metric("laurel_request_seconds", "histogram", "Time to answer a request, its body read.")
    for (route, histogram) in seconds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let label = ("route", route.rawValue)
      var count = 0
      for (index, bucket) in histogram.buckets.enumerated() {
        count += bucket
        let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
        page.sample([label, ("le", bound)], Double(count), suffix: "_bucket")
      }
      page.sample([label], histogram.sum, suffix: "_sum")
      page.sample([label], Double(count), suffix: "_count")
    }
  }

  private func writeSpecifications(_ page: inout PrometheusPage) {
    let sorted = specifications.sorted { $0.key < $1.key }
    page.metric("laurel_samples_total", "counter", "Samples scored, by specification.")
    for (name, counts) in sorted { page.sample([("specification", name)], Double(counts.samples)) }
    page.metric("laurel_unscored_samples_total", "counter", "Samples that the specification gave no total.")
    for (name, counts) in sorted { page.sample([("specification", name)], Double(counts.withoutTotal)) }
    page.metric("laurel_scores_total", "counter", "Scores, by specification, reward and outcome.")
    for (name, counts) in sorted {
      for (reward, each) in counts.rewards.sorted(by: { $0.key < $1.key }) {
        for (outcome, count) in each.outcomes.byName {
          page.sample(
            [("specification", name), ("reward", reward), ("outcome", outcome)], Double(count))
        }
      }
    }
    page.metric("laurel_score", "summary", "Rewards as scored: the sum, and over how many.")
    for (name, counts) in sorted {
      for (reward, each) in counts.rewards.sorted(by: { $0.key < $1.key }) {
        let labels = [("specification", name), ("reward", reward)]
        page.sample(labels, each.sum, suffix: "_sum")
        page.sample(labels, Double(each.outcomes.scored), suffix: "_count")
      }
    }
    page.metric("laurel_reloads_total", "counter", "Changed files read again, by specification and result.")
    for (name, counts) in sorted {
      page.sample([("specification", name), ("result", "reloaded")], Double(counts.reloads))
      page.sample([("specification", name), ("result", "refused")], Double(counts.failedReloads))
    }
  }
}

extension OutcomeCounts {
  fileprivate var byName: [(String, Int)] {
    [("scored", scored), ("abstained", abstained), ("failed", failed), ("timed_out", timedOut)]
  }

  mutating func add(_ other: OutcomeCounts) {
    scored += other.scored
    abstained += other.abstained
    failed += other.failed
    timedOut += other.timedOut
  }
}
