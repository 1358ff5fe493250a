/// HARMO's length aspect (arXiv 2510.05283, equation 2): in a group with right answers, an answer shorter than
/// they are on average pays for it, so that a judge that likes brevity cannot be fed ever shorter answers.
///
/// With C the right answers of a group, L* their mean length and L the answer's:
/// penalty = -P clip((tau L* - L) / (tau L*), 0, 1); with an upper limit kappa, also
/// -P clip((L - kappa L*) / (kappa L*), 0, 1). 0 for a group without a right answer. An answer is right when its
/// rule reward is at least 1, or, where the rule abstained, when the model's is at least the group's median.
///
/// The paper states what the term depends on; the formula is a reconstruction.
public struct LengthAspect: Sendable, Equatable {
  /// The reward that counts the length.
  public var reward: String
  /// P, at least 0.
  public var maximum: Double
  /// tau, above 0: from which share of L* on an answer is long enough.
  public var tau: Double
  /// kappa, at least tau; nil: long answers are not penalised.
  public var kappa: Double?
  /// L* is the median in place of the mean: one runaway answer does not move it.
  public var usesMedian: Bool

  /// - Throws: `ParameterError` when a number is out of its range.
  public init(
    reward: String, maximum: Double = 0.5, tau: Double = 1, kappa: Double? = nil, usesMedian: Bool = false
  ) throws(ParameterError) {
    guard maximum >= 0, maximum.isFinite else {
      throw ParameterError(parameter: "length_penalty", "expected a number from 0 on")
    }
    guard tau > 0, tau.isFinite else {
      throw ParameterError(parameter: "length_tau", "expected a positive number")
    }
    if let kappa, !(kappa >= tau && kappa.isFinite) {
      throw ParameterError(parameter: "length_kappa", "expected a number that is at least length_tau")
    }
    self.reward = reward
    self.maximum = maximum
    self.tau = tau
    self.kappa = kappa
    self.usesMedian = usesMedian
  }

  /// The penalty, in [-maximum, 0], of an answer of length `length` where the right ones have length `typical`.
  public func penalty(of length: Double, typical: Double) -> Double {
    func share(_ excess: Double, _ of: Double) -> Double { of > 0 ? min(max(excess / of, 0), 1) : 0 }
    var penalty = share(tau * typical - length, tau * typical)
    if let kappa { penalty += share(length - kappa * typical, kappa * typical) }
    return penalty == 0 ? 0 : -maximum * penalty
  }

  /// One penalty per sample, nil where the sample is left out or has no length.
  func penalties(_ components: RewardComponents, length: Int, rule: Int?, model: Int?) -> [Double?] {
    var penalties = [Double?](repeating: nil, count: components.count)
    func value(_ sample: Int, _ reward: Int?) -> Double? { reward.flatMap { components[sample, $0] } }
    let members = groupMembers(components.groups) { components[$0, length] != nil }
    for group in members {
      let judged = group.filter { value($0, rule) == nil }.compactMap { value($0, model) }
      let median = judged.median
      let right = group.filter { sample in
        if let rule = value(sample, rule) { return rule >= 1 }
        guard let judgement = value(sample, model), let median else { return false }
        return judgement >= median
      }
      let lengths = right.compactMap { components[$0, length] }
      let typical = usesMedian ? lengths.median : Self.mean(lengths)
      for sample in group {
        guard let own = components[sample, length] else { continue }
        penalties[sample] = typical.map { penalty(of: own, typical: $0) } ?? 0
      }
    }
    return penalties
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
