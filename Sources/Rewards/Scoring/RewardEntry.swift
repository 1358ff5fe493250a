/// What happens to a sample when a reward fails or does not answer in time.
public enum FailureRule: Sendable, Equatable {
  /// The sample has no total, is left out of its group's statistics and has advantage 0.
  case leaveOut
  /// The reward counts as this number.
  case penalty(Double)
  /// Scoring throws `ScoringError`.
  case stop
}

/// A condition on another reward: this reward counts only where that one is at least a threshold, and is 0
/// elsewhere (GDPO, arXiv 2601.05242, equation 8).
public struct RewardCondition: Sendable, Equatable {
  public var reward: String
  public var atLeast: Double

  public init(reward: String, atLeast: Double) {
    self.reward = reward
    self.atLeast = atLeast
  }
}

/// A condition on the data row: the reward is asked only about samples whose column holds a value, and abstains
/// on the others. The prompt decides, never the response.
public struct ColumnCondition: Sendable, Equatable {
  public var column: String
  public var equals: JSONValue

  public init(column: String, equals: JSONValue = .bool(true)) {
    self.column = column
    self.equals = equals
  }
}

/// One reward of a specification, with the rules for its numbers.
public struct RewardEntry: Sendable {
  public var name: String
  /// The registered kind and its values; nil for a reward that was made in code.
  public var kind: String?
  public var parameters: Parameters?
  public var reward: any Reward<Sample>
  public var weight: Double
  /// The weight over the steps of a run, in place of `weight`.
  public var weightSchedule: Schedule?
  /// Seconds for one sample; a reward that is not pointwise has as long for a batch.
  public var timeout: Double
  public var onFailure: FailureRule
  public var condition: RewardCondition?
  public var onlyWhere: ColumnCondition?
  public var shapers: [NamedPart<any Shaper>]
  /// The reward's calls that nobody waits for any more.
  let stuck = StuckCalls()

  /// The time limit when the file does not set one, in seconds.
  public static let defaultTimeout = 60.0

  public init(
    _ reward: any Reward<Sample>, name: String? = nil, kind: String? = nil, parameters: Parameters? = nil,
    weight: Double = 1, weightSchedule: Schedule? = nil, timeout: Double = RewardEntry.defaultTimeout,
    onFailure: FailureRule = .leaveOut, condition: RewardCondition? = nil, onlyWhere: ColumnCondition? = nil,
    shapers: [NamedPart<any Shaper>] = []
  ) {
    self.name = name ?? reward.name
    self.kind = kind
    self.parameters = parameters
    self.reward = reward
    self.weight = weight
    self.weightSchedule = weightSchedule
    self.timeout = timeout
    self.onFailure = onFailure
    self.condition = condition
    self.onlyWhere = onlyWhere
    self.shapers = shapers
  }

  /// The weight at a step of a run.
  public func weight(at state: RunState) -> Double { weightSchedule?.value(at: state) ?? weight }

  /// True when the number in the table is the number that counts, times a weight that does not change.
  package var isPlain: Bool {
    shapers.isEmpty && condition == nil && onlyWhere == nil && weightSchedule == nil
  }
}

/// A part made from a registered kind, with the name and values it was made from.
public struct NamedPart<Part: Sendable>: Sendable {
  public var kind: String
  public var parameters: JSONObject
  public var part: Part

  public init(kind: String, parameters: JSONObject = JSONObject(), part: Part) {
    self.kind = kind
    self.parameters = parameters
    self.part = part
  }
}

/// A reward with `on_failure: stop` failed.
public struct ScoringError: Error, Sendable, Equatable, CustomStringConvertible {
  public var reward: String
  /// The sample's index in the batch.
  public var sample: Int
  public var reason: String

  package init(reward: String, sample: Int, reason: String) {
    self.reward = reward
    self.sample = sample
    self.reason = reason
  }

  public var description: String { "reward \"\(reward)\" failed on sample \(sample): \(reason)" }
}
