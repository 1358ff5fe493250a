/// From several rewards to one total per sample.
public protocol Combiner: Sendable {
  /// False when `weights` play no part (the specification then refuses a weight that would be ignored).
  var usesWeights: Bool { get }
  /// True when a sample's total depends on the others of its group.
  var readsGroups: Bool { get }

  /// One total per sample, finite; nil for a sample that is left out or on which every reward abstained.
  /// A reward that abstained on a sample takes no part in that sample's total.
  func totals(_ components: RewardComponents) -> [Double?]
}

extension Combiner {
  public var readsGroups: Bool { false }
}
