import Rewards

/// A four-part reward for a JSON decision about a record (job applications, arXiv 2511.16073), parts as published.
///
/// With a decision `{"status": ..., "score": ...}` against the record:
/// - `status`, from the penalty table: selected and good, rejected but good, rejected and not good, anything else.
/// - `score`: max(-1, 1 - |score - the record's| / 50), 0 when the record has none.
/// - `skills`: 1, 0 or -1 as the share of the job's skills that are present reaches 0.75, 0.4 or neither. It does not
///   look at the completion.
/// - `experience`: 1 or -1 as the score suits the years guessed from the record's explanation, else 0.
/// - `total`: 0.4 status + 0.2 score + 0.2 skills + 0.2 experience. Range: [-1.4 .. 1.4] with the gentle table.
/// - `format`: 1 when a decision can be read, else 0. It is no part of the published total.
///
/// An audit of this reward is part of its point: `skills` is constant within a group, so it changes no advantage, and
/// `experience` pays for scores below 50 where the explanation names no years, whatever the truth. Not for decisions
/// about people.
///
/// - A completion that is empty, huge, or holds no or several JSON objects counts as "rejected, 0", as published: add
///   `format`, or silence earns what rejecting earns. A completion with an unreadable score counts the same. Linear time.
/// - A reference without `decision`, or whose fields have other types, is `failed`.
public struct ScreeningReward: PointwiseReward {
  public typealias Subject = Sample

  public enum Component: String, Sendable, CaseIterable {
    case total, status, score, skills, experience, format
  }

  /// The values of the four outcomes of the status.
  public enum Penalties: String, Sendable, CaseIterable {
    /// The published one: 2, -2, 0, -1.
    case gentle
    /// The first version of it: 2, -5, 0, -2.
    case earlier
    /// 1, -2, 0, -5: selecting pays from a chance of 5/8 on.
    case harsh

    /// Selected and good, rejected but good, rejected and not good, anything else.
    public var values: (truePositive: Double, falseNegative: Double, trueNegative: Double, other: Double) {
      switch self {
      case .gentle: (2, -2, 0, -1)
      case .earlier: (2, -5, 0, -2)
      case .harsh: (1, -2, 0, -5)
      }
    }

    /// The chance of a good record from which on selecting is worth more than rejecting.
    public var impliedThreshold: Double {
      let values = values
      let gain = values.trueNegative - values.other
      return gain / (values.truePositive - values.falseNegative + gain)
    }
  }

  public let name: String
  public let component: Component
  public let penalties: Penalties

  public var maximum: Double? {
    switch component {
    case .total: 0.4 * penalties.values.truePositive + 0.6
    case .status: penalties.values.truePositive
    case .score, .skills, .experience, .format: 1
    }
  }

  public init(name: String = "screening", component: Component = .total, penalties: Penalties = .gentle) {
    self.name = name
    self.component = component
    self.penalties = penalties
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    guard let record = ScreeningRecord(sample.reference) else {
      return .failed(
        "the reference is no record with decision, score, job_skills, present_skills, explanation")
    }
    let read = ScreeningDecision(sample.completion)
    let decision = read ?? .fallback
    let parts = [
      "status": status(decision, record), "score": Self.score(decision, record),
      "skills": Self.skills(record),
      "experience": Self.experience(years: record.guessedYears, score: decision.score),
      "format": read == nil ? 0.0 : 1,
    ]
    guard component == .total else { return Score(parts[component.rawValue] ?? 0) }
    let rest = (parts["score"] ?? 0) + (parts["skills"] ?? 0) + (parts["experience"] ?? 0)
    return Score(0.4 * (parts["status"] ?? 0) + 0.2 * rest, parts: parts)
  }

  private func status(_ decision: ScreeningDecision, _ record: ScreeningRecord) -> Double {
    let values = penalties.values
    switch (decision.status, record.isGood) {
    case (.selected, true): return values.truePositive
    case (.rejected, true): return values.falseNegative
    case (.rejected, false): return values.trueNegative
    default: return values.other
    }
  }

  private static func score(_ decision: ScreeningDecision, _ record: ScreeningRecord) -> Double {
    record.score.map { max(-1, 1 - abs(decision.score - $0) / 50) } ?? 0
  }

  private static func skills(_ record: ScreeningRecord) -> Double {
    guard !record.jobSkills.isEmpty, !record.presentSkills.isEmpty else { return -1 }
    let common = record.jobSkills.intersection(record.presentSkills).count
    let share = Double(common) / Double(record.jobSkills.count)
    return share >= 0.75 ? 1 : share >= 0.4 ? 0 : -1
  }

  static func experience(years: Int, score: Double) -> Double {
    if years >= 7, score >= 75 { return 1 }
    if 3...6 ~= years, score >= 50, score < 80 { return 1 }
    if years <= 2, score < 50 { return 1 }
    if score > 85, years <= 2 { return -1 }
    return score < 40 && years >= 5 ? -1 : 0
  }
}

extension RewardKind {
  static let screening = RewardKind(
    name: "screening",
    help: "A four-part reward for a JSON decision about a record: status, score, skills, experience.",
    parameters: [
      choice("component", default: ScreeningReward.Component.total, help: "the part that is the reward"),
      choice("penalties", default: ScreeningReward.Penalties.gentle, help: "the table of the status"),
    ],
    make: { name, parameters in
      ScreeningReward(
        name: name, component: parameters.word("component", or: .total),
        penalties: parameters.word("penalties", or: .gentle))
    })
}
