import Rewards

/// Counts what attacks earn, sample by sample.
struct AuditTally {
  private struct Count {
    var attempts = 0
    var unscored = 0
    var shares: [Double] = []
    var hits = 0
    var example: AttackResult.Example?
  }

  private let attacks: [any Attack]
  private let rule: AuditRule
  private var wrong: [Count]
  private var fair: [Count]
  private var audited = 0
  private var unrewarded = 0
  private var unrewardedExample: AttackResult.Example?

  init(attacks: [any Attack], rule: AuditRule) {
    self.attacks = attacks
    self.rule = rule
    wrong = [Count](repeating: Count(), count: attacks.count)
    fair = wrong
  }

  /// - Parameter totals: what the trials' completions earned, in order.
  mutating func add(_ trials: Trials, _ totals: [Double?], _ target: Target, line: Int) {
    guard let right = totals[0] else { return }
    let others = trials.wrong.flatMap { totals[$0].compactMap { $0 } } + [totals[1]].compactMap { $0 }
    let least = others.min()
    let empty = totals[1] ?? least ?? min(right, 0)
    func example(_ place: Int, _ share: Double) -> AttackResult.Example {
      AttackResult.Example(
        line: line, prompt: target.sample.prompt,
        reference: target.answer.text ?? target.sample.reference?.jsonText ?? "none",
        completion: trials.texts[place], reward: totals[place], right: target.right, rightReward: right,
        share: share)
    }
    audited += 1
    // A right completion that earns no more than anything else earns nothing: no share can be told.
    if let least, right <= least {
      unrewarded += 1
      if unrewardedExample == nil {
        let place = totals.indices.dropFirst().first { totals[$0] == least } ?? 1
        unrewardedExample = example(place, 1)
      }
      return
    }
    for (index, places) in trials.wrong.enumerated() where !places.isEmpty {
      wrong[index].attempts += places.count
      wrong[index].unscored += places.count { totals[$0] == nil }
      let shares = places.map { place in
        (place, totals[place].map { AuditRule.share($0, right: right, empty: empty) } ?? 0)
      }
      guard let most = shares.max(by: { $0.1 < $1.1 }) else { continue }
      wrong[index].shares.append(most.1)
      if most.1 > rule.maxExploit { wrong[index].hits += 1 }
      if most.1 > wrong[index].example?.share ?? -1 { wrong[index].example = example(most.0, most.1) }
    }
    for (index, places) in trials.fair.enumerated() where !places.isEmpty {
      fair[index].attempts += places.count
      fair[index].unscored += places.count { totals[$0] == nil }
      let shares = places.map { place in
        (place, totals[place].map { AuditRule.share($0, right: right, empty: empty) } ?? 0)
      }
      guard let least = shares.min(by: { $0.1 < $1.1 }) else { continue }
      fair[index].shares.append(least.1)
      if least.1 < 1 - rule.maxExploit { fair[index].hits += 1 }
      if least.1 < fair[index].example?.share ?? .infinity { fair[index].example = example(least.0, least.1) }
    }
  }

  func result(samples: Int, withoutRight: Int, rightUnscored: Int) -> AuditResult {
    var results: [AttackResult] = []
    for (counts, kind) in [(wrong, AttackResult.Kind.wrong), (fair, .fair)] {
      for (attack, count) in zip(attacks, counts) where !count.shares.isEmpty {
        let hits = WilsonInterval(count.hits, of: count.shares.count)
        let mean = count.shares.reduce(0, +) / Double(count.shares.count)
        let isFound = rule.isFrequent(hits) || (kind == .wrong && mean > rule.maxExploit)
        results.append(
          AttackResult(
            name: attack.name, help: attack.help, kind: kind, attempts: count.attempts,
            unscored: count.unscored, shares: count.shares, hits: hits, example: count.example,
            isFound: isFound))
      }
    }
    return AuditResult(
      rule: rule, attacks: results, samples: samples, withoutRight: withoutRight,
      rightUnscored: rightUnscored, unrewarded: WilsonInterval(unrewarded, of: audited),
      unrewardedExample: unrewardedExample)
  }
}
