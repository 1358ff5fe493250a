import Foundation
import Rewards

/// One sample of the data that a reward is attacked with.
public struct AuditSample: Sendable {
  /// From 1.
  public var line: Int
  /// With a completion when the data has one; it counts as right.
  public var sample: Sample
  public var hasCompletion: Bool

  public init(line: Int, sample: Sample, hasCompletion: Bool) {
    self.line = line
    self.sample = sample
    self.hasCompletion = hasCompletion
  }
}

/// Tries to earn reward without doing the task, and to be refused it after doing it.
///
/// For each sample a right completion is looked for first: the data's own, and the reference in several shapes
/// (plain, a phrase, boxed, `####`, tags, JSON of a tool call). The one that earns most is the right one; shapes
/// that a reward does not want earn less and are no rejections. Then every attack's completions are scored
/// together with it, as completions of one prompt.
public struct RewardAudit: Sendable {
  public var specification: RewardSpecification
  public var attacks: [any Attack]
  public var rule: AuditRule
  /// The state that schedules see.
  public var state: RunState
  /// Samples scored in one call.
  private static let batch = 16

  public init(
    _ specification: RewardSpecification, attacks: [any Attack] = Attacks.all, rule: AuditRule = AuditRule(),
    state: RunState = RunState()
  ) {
    self.specification = specification
    self.attacks = attacks
    self.rule = rule
    self.state = state
  }

  /// - Parameter report: called with the number of samples done.
  /// - Throws: `ScoringError` for a failure under `on_failure: stop`; `CancellationError`.
  public func run(_ samples: [AuditSample], report: (Int) -> Void = { _ in }) async throws -> AuditResult {
    let hints = Target.Hints(specification)
    let templates = Template.answers(tags: hints.tags)
    var targets: [(line: Int, target: Target, accepted: Set<String>)] = []
    var withoutRight = 0
    var rightUnscored = 0
    for start in stride(from: 0, to: samples.count, by: Self.batch) {
      let part = samples[start..<min(start + Self.batch, samples.count)]
      let candidates = part.map { Self.rightCompletions($0, templates) }
      withoutRight += candidates.count { $0.isEmpty }
      let scores = try await score(zip(part.map(\.sample), candidates))
      for ((item, texts), totals) in zip(zip(part, candidates), scores) where !texts.isEmpty {
        guard
          let best = zip(texts, totals).compactMap({ text, total in total.map { (text, $0) } })
            .reduce(
              nil, { (best: (String, Double)?, next) in best.map { $0.1 >= next.1 ? $0 : next } ?? next })
        else {
          rightUnscored += 1
          continue
        }
        let target = Target(
          sample: item.sample, answer: Answer(item.sample.reference), right: best.0, templates: templates,
          hints: hints)
        targets.append((item.line, target, Set(texts)))
      }
    }
    Self.introduce(&targets)
    var tally = AuditTally(attacks: attacks, rule: rule)
    for start in stride(from: 0, to: targets.count, by: Self.batch) {
      let part = Array(targets[start..<min(start + Self.batch, targets.count)])
      let trials = part.map { Trials($0.target, attacks, accepted: $0.accepted) }
      let scores = try await score(zip(part.map(\.target.sample), trials.map(\.texts)))
      for (index, totals) in scores.enumerated() {
        tally.add(trials[index], totals, part[index].target, line: part[index].line)
      }
      report(min(start + Self.batch, targets.count))
    }
    return tally.result(samples: samples.count, withoutRight: withoutRight, rightUnscored: rightUnscored)
  }

  /// Completions that are right by the data or by construction, each once.
  static func rightCompletions(_ item: AuditSample, _ templates: [Template]) -> [String] {
    var texts: [String] = item.hasCompletion ? [item.sample.completion] : []
    switch Answer(item.sample.reference) {
    case .number(let text), .text(let text): texts += templates.map { $0.filled(text) }
    case .calls(let calls): texts += Template.calls(calls)
    case .structure, .none: break
    }
    if case .string(let whole)? = item.sample.reference { texts.append(whole) }
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  /// Tells every target about answers of other prompts.
  private static func introduce(_ targets: inout [(line: Int, target: Target, accepted: Set<String>)]) {
    let all = targets.map(\.target)
    for index in targets.indices {
      for step in 1..<max(2, min(all.count, 8)) {
        let other = all[(index + step) % all.count]
        guard other.sample.reference != targets[index].target.sample.reference else { continue }
        if targets[index].target.otherRights.count < 2 {
          targets[index].target.otherRights.append(other.right)
        }
        if let text = other.answer.text, !targets[index].target.answer.isSaid(by: text),
          !targets[index].target.otherAnswers.contains(text)
        {
          targets[index].target.otherAnswers.append(text)
        }
      }
    }
  }

  /// The totals of several completions of each sample; every sample is a group.
  private func score(_ items: some Sequence<(Sample, [String])>) async throws -> [[Double?]] {
    var samples: [Sample] = []
    var counts: [Int] = []
    for (group, (sample, texts)) in items.enumerated() {
      counts.append(texts.count)
      for text in texts {
        var copy = sample
        (copy.group, copy.completion, copy.completionTokens, copy.isTruncated) = (group, text, nil, false)
        samples.append(copy)
      }
    }
    let totals = try await specification.score(samples, state: state).totals
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(totals[start..<(start + count)])
    }
  }
}

/// The completions with which one sample is tried: the right one, the empty one, then every attack's.
struct Trials {
  var texts: [String]
  /// For each attack: where its completions stand in `texts`.
  var wrong: [Range<Int>] = []
  var fair: [Range<Int>] = []

  init(_ target: Target, _ attacks: [any Attack], accepted: Set<String>) {
    texts = [target.right, ""]
    let isRight = Set(accepted.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
    for attack in attacks {
      let start = texts.count
      var seen: Set<String> = []
      texts += attack.wrong(for: target).filter {
        !isRight.contains($0.trimmingCharacters(in: .whitespacesAndNewlines)) && seen.insert($0).inserted
      }
      wrong.append(start..<texts.count)
      let middle = texts.count
      // Bytes decide: strings in different normal forms are equal in Swift.
      let right = Array(target.right.utf8)
      texts += attack.fair(for: target).filter { Array($0.utf8) != right }
      fair.append(middle..<texts.count)
    }
  }
}
