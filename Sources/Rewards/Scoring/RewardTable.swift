/// What became of a cell, as a small code.
public enum OutcomeCode: UInt8, Sendable, CaseIterable {
  case scored, abstained, failed, timedOut
}

/// How often each outcome occurred in one column.
public struct OutcomeCounts: Sendable, Equatable {
  public var scored = 0
  public var abstained = 0
  public var failed = 0
  public var timedOut = 0

  public init() {}
}

/// Why one cell has no number.
public struct CellMessage: Sendable, Equatable {
  public var sample: Int
  public var reward: String
  public var outcome: OutcomeCode
  public var text: String

  package init(sample: Int, reward: String, outcome: OutcomeCode, text: String) {
    self.sample = sample
    self.reward = reward
    self.outcome = outcome
    self.text = text
  }
}

/// The scores of a batch: rows are samples, columns rewards, all in flat arrays.
///
/// `values` are the numbers as scored; `components` what became of them by the specification's rules
/// (penalties, shapers, conditions); `totals` what the combiner made of those.
public struct RewardTable: Sendable {
  /// The columns.
  public let names: [String]
  /// One group per row.
  public let groups: [Int]
  /// Completion lengths: tokens when every sample knows them, characters for all otherwise.
  public let lengths: [Int]
  /// True when `lengths` are tokens.
  public let lengthsAreTokens: Bool
  /// Row-major, samples x rewards; 0 where nothing was scored (`outcomes` tells).
  public private(set) var values: [Double]
  /// Row-major.
  public private(set) var outcomes: [OutcomeCode]
  /// One per column.
  public private(set) var counts: [OutcomeCounts]
  /// The reasons of cells without a number: the first `messageLimit` per column and outcome.
  public private(set) var messages: [CellMessage] = []
  /// Per column: the named parts of its scores, one list per part (nil where a sample lacks it).
  public private(set) var parts: [[String: [Double?]]]
  public internal(set) var components: RewardComponents
  /// One per row; nil for a sample that is left out or on which every reward abstained.
  public internal(set) var totals: [Double?]

  /// Messages kept per column and outcome.
  public static let messageLimit = 8

  /// An empty table of `samples` rows: every cell has abstained, no row has a total.
  public init(names: [String], weights: [Double], samples: [Sample]) {
    self.names = names
    groups = samples.map(\.group)
    let tokens = samples.compactMap(\.completionTokens)
    lengthsAreTokens = tokens.count == samples.count
    lengths = lengthsAreTokens ? tokens : samples.map(\.completion.count)
    values = [Double](repeating: 0, count: names.count * samples.count)
    outcomes = [OutcomeCode](repeating: .abstained, count: values.count)
    counts = [OutcomeCounts](repeating: OutcomeCounts(), count: names.count)
    parts = [[String: [Double?]]](repeating: [:], count: names.count)
    components = RewardComponents(names: names, weights: weights, groups: groups, values: values)
    totals = [Double?](repeating: nil, count: samples.count)
  }

  /// The number of rows.
  public var count: Int { groups.count }

  /// The number one reward gave one sample; nil when it gave none.
  public subscript(sample: Int, reward: Int) -> Double? {
    let index = sample * names.count + reward
    return outcomes[index] == .scored ? values[index] : nil
  }

  /// One column's numbers, as scored; nil when there is no reward of that name.
  public func column(_ name: String) -> [Double?]? {
    names.firstIndex(of: name).map { reward in (0..<count).map { self[$0, reward] } }
  }

  /// One column's outcome counts; nil when there is no reward of that name.
  public func counts(of name: String) -> OutcomeCounts? {
    names.firstIndex(of: name).map { counts[$0] }
  }

  /// Writes one column, once.
  mutating func fill(column reward: Int, with scores: [Score]) {
    precondition(scores.count == count, "one score per sample")
    for (sample, score) in scores.enumerated() {
      let index = sample * names.count + reward
      for (part, value) in score.parts {
        // In place: taking the column out would copy it for every sample.
        parts[reward][part, default: [Double?](repeating: nil, count: scores.count)][sample] = value
      }
      switch score.outcome {
      case .scored(let value):
        values[index] = value
        outcomes[index] = .scored
        counts[reward].scored += 1
      case .abstained(let reason):
        counts[reward].abstained += 1
        keep(reason, .abstained, sample, reward, seen: counts[reward].abstained)
      case .failed(let reason):
        outcomes[index] = .failed
        counts[reward].failed += 1
        keep(reason, .failed, sample, reward, seen: counts[reward].failed)
      case .timedOut(let seconds):
        outcomes[index] = .timedOut
        counts[reward].timedOut += 1
        keep("no answer within \(seconds) s", .timedOut, sample, reward, seen: counts[reward].timedOut)
      }
    }
  }

  private mutating func keep(_ text: String, _ outcome: OutcomeCode, _ sample: Int, _ reward: Int, seen: Int)
  {
    guard seen <= Self.messageLimit else { return }
    messages.append(CellMessage(sample: sample, reward: names[reward], outcome: outcome, text: text))
  }
}
