/// From several rewards to one total per sample.
public protocol Combiner: Sendable {
  /// False when `weights` play no part (the specification then refuses a weight that would be ignored).
  var usesWeights: Bool { get }

  /// One total per sample, finite; nil for a sample that is left out or on which every reward abstained.
  /// A reward that abstained on a sample takes no part in that sample's total.
  func totals(_ components: RewardComponents) -> [Double?]
}

/// What a shaper may look at besides the column itself.
public struct ShapingContext: Sendable {
  public var groups: [Int]
  /// Completion lengths, in tokens or characters.
  public var lengths: [Int]
  public var state: RunState

  public init(groups: [Int], lengths: [Int], state: RunState = RunState()) {
    self.groups = groups
    self.lengths = lengths
    self.state = state
  }
}

/// A map of one reward's column, applied before the rewards are combined.
public protocol Shaper: Sendable {
  /// One value per sample, in order. Absent values (nil) must stay absent.
  func shape(_ column: [Double?], context: ShapingContext) -> [Double?]
}
