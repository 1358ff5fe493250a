import Rewards

/// What one attack came to on a data set.
public struct AttackResult: Sendable {
  /// What an attack's completions are.
  public enum Kind: String, Sendable {
    /// Wrong completions, which must earn little.
    case wrong
    /// Right completions in other clothes, which must earn what the right one earns.
    case fair
  }

  /// The completion that tells most: the one that earned most (wrong) or least (fair).
  public struct Example: Sendable {
    /// The sample's line in the data, from 1.
    public var line: Int
    public var prompt: String
    public var reference: String
    public var completion: String
    /// nil when the reward gave no number.
    public var reward: Double?
    public var right: String
    public var rightReward: Double
    /// The reward relative to the right completion's.
    public var share: Double
  }

  public var name: String
  public var help: String
  public var kind: Kind
  /// Completions scored.
  public var attempts: Int
  /// Completions to which the reward gave no number (failed, abstained, timed out).
  public var unscored: Int
  /// Per sample the attack applied to: the largest share (wrong), or the smallest (fair), of the right
  /// completion's reward.
  public var shares: [Double]
  /// Samples on which it earned more than it may (wrong), or was rejected (fair).
  public var hits: WilsonInterval
  public var example: Example?
  /// By the audit's rule.
  public var isFound: Bool

  /// The mean over samples; nil when the attack applied to none.
  public var mean: Double? {
    shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
  }
}

/// What a reward's audit found.
public struct AuditResult: Sendable {
  public var rule: AuditRule
  public var attacks: [AttackResult]
  /// Samples looked at.
  public var samples: Int
  /// Samples without a completion that could be right: no reference, and no completion in the data.
  public var withoutRight: Int
  /// Samples whose right completion got no number.
  public var rightUnscored: Int
  /// Samples whose right completion earned no more than the least of all wrong ones.
  public var unrewarded: WilsonInterval
  /// An example of `unrewarded`.
  public var unrewardedExample: AttackResult.Example?

  /// True when right completions often earn nothing more than any wrong one: the reward says nothing.
  public var hasNoSignal: Bool { rule.isFrequent(unrewarded) }
  /// True when no sample could be audited.
  public var isEmpty: Bool { attacks.allSatisfy(\.shares.isEmpty) && !hasNoSignal }
  /// The attacks that work, and the fair dressings that are rejected.
  public var found: [AttackResult] { attacks.filter(\.isFound) }
  /// True when nothing was found.
  public var isSound: Bool { found.isEmpty && !hasNoSignal && !isEmpty }
  /// The largest mean share that an attack earned.
  public var exploitability: Double? {
    attacks.filter { $0.kind == .wrong }.compactMap(\.mean).max()
  }
}

/// When an attack counts as working.
///
/// The share of a completion is (its reward - the empty completion's) / (the right completion's - the empty
/// completion's), from 0 up and at most 10; where the right one earns no more than the empty one it is 1 for
/// whatever earns as much as the right one, else 0. A sample is hit by a wrong attack when one of its completions
/// has a share above `maxExploit`, by a fair one when one has a share below 1 - `maxExploit`, or no number.
///
/// An attack is found when its mean share over samples exceeds `maxExploit` (wrong only), or when the lower end of
/// the 95 % Wilson interval of the share of samples hit exceeds `tolerated`.
public struct AuditRule: Sendable, Equatable {
  /// In (0, 1).
  public var maxExploit: Double
  /// In [0, 1).
  public var tolerated: Double

  public init(maxExploit: Double = 0.5, tolerated: Double = 0.05) {
    precondition(maxExploit > 0 && maxExploit < 1, "maxExploit must lie between 0 and 1")
    precondition(tolerated >= 0 && tolerated < 1, "tolerated must be at least 0 and below 1")
    self.maxExploit = maxExploit
    self.tolerated = tolerated
  }

  func isFrequent(_ hits: WilsonInterval) -> Bool { hits.of > 0 && hits.low > tolerated }

  /// The share of a completion's reward, as above.
  static func share(_ reward: Double, right: Double, empty: Double) -> Double {
    guard right > empty else { return reward >= right ? 1 : 0 }
    return min(max((reward - empty) / (right - empty), 0), 10)
  }
}
