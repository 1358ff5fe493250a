import Foundation
import Rewards

extension RewardSuite {
  /// Runs the cases whose name holds `filter` (in any case of letters), one after the other, in file order.
  /// - Parameter report: called after each case.
  /// - Throws: `CancellationError`.
  public func run(
    filter: String? = nil, report: (RewardCaseResult) -> Void = { _ in }
  ) async throws -> [RewardCaseResult] {
    var results: [RewardCaseResult] = []
    let clock = ContinuousClock()
    for one in cases where filter.map({ one.name.lowercased().contains($0.lowercased()) }) ?? true {
      let began = clock.now
      var failures: [String]
      do {
        failures = one.failures(try await specification.score(one.samples, state: one.state))
      } catch let error as ScoringError {
        failures = ["\(error)"]
      }
      let time = (clock.now - began).components
      let result = RewardCaseResult(
        name: one.name, line: one.line, failures: failures,
        seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18)
      report(result)
      results.append(result)
    }
    return results
  }
}

extension RewardCase {
  /// What does not hold of a scored case.
  func failures(_ table: RewardTable) -> [String] {
    var failures = checks.compactMap { check in
      failure(check.expectation, table.found(check.target, sample: 0)).map { "\(check.target): \($0)" }
    }
    for (better, worse) in zip(order, order.dropFirst()) {
      let first = table.found(orderTarget, sample: better)
      let second = table.found(orderTarget, sample: worse)
      let pair = "\(sampleNames[better]) (\(first.text)), \(sampleNames[worse]) (\(second.text))"
      guard let a = first.value, let b = second.value else {
        failures.append("\(orderTarget): no order without numbers: \(pair)")
        continue
      }
      if a - b <= tolerance { failures.append("\(orderTarget): expected more for the first: \(pair)") }
    }
    return failures
  }

  private func failure(_ expectation: Expectation, _ found: FoundNumber) -> String? {
    switch expectation {
    case .number(let wanted):
      if let value = found.value, abs(value - wanted) <= tolerance { return nil }
      return "expected \(wanted), found \(found.text)"
    case .range(let low, let high):
      if let value = found.value, value >= (low ?? -.infinity) - tolerance,
        value <= (high ?? .infinity) + tolerance
      {
        return nil
      }
      let bounds = [low.map { "at least \($0)" }, high.map { "at most \($0)" }].compactMap { $0 }
      return "expected \(bounds.joined(separator: " and ")), found \(found.text)"
    case .noNumber(let outcome):
      if found.value == nil, outcome == nil || found.outcome == outcome { return nil }
      return "expected \(outcome?.word ?? "none"), found \(found.text)"
    }
  }
}

/// A number of a table, or why there is none.
struct FoundNumber {
  var value: Double?
  /// nil for the total and for parts.
  var outcome: OutcomeCode?
  var reason: String?

  var text: String {
    value.map { "\($0)" } ?? (outcome?.word ?? "none") + (reason.map { " (\($0))" } ?? "")
  }
}

extension RewardTable {
  /// The total, a reward's number as scored, or a part of a reward.
  func found(_ target: String, sample: Int) -> FoundNumber {
    if target == RewardCase.total {
      let reasons = messages.filter { $0.sample == sample }.map { "\($0.reward): \($0.text)" }
      return FoundNumber(
        value: totals[sample], reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "))
    }
    if let reward = names.firstIndex(of: target) {
      return FoundNumber(
        value: self[sample, reward], outcome: outcomes[sample * names.count + reward],
        reason: messages.first { $0.sample == sample && $0.reward == target }?.text)
    }
    guard let reward = names.firstIndex(where: { target.hasPrefix($0 + ".") }) else { return FoundNumber() }
    let part = String(target.dropFirst(names[reward].count + 1))
    return FoundNumber(value: parts[reward][part]?[sample], reason: "the reward reports no such part")
  }
}

extension OutcomeCode {
  /// As files write it.
  var word: String { self == .timedOut ? "timed_out" : "\(self)" }
}
