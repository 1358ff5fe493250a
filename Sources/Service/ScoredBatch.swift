import Rewards
import Verifiers

/// The scores of one request: rows are samples, columns rewards, in flat arrays.
struct ScoredBatch: Sendable {
  /// The columns.
  let names: [String]
  /// One per row; nil where the specification gives none.
  var totals: [Double?]
  /// Row-major; 0 where nothing was scored (`outcomes` tells).
  var values: [Double]
  /// Row-major.
  var outcomes: [OutcomeCode]
  /// One per column.
  var counts: [OutcomeCounts]
  /// Why cells have no number: failures and time-outs, the first few of each column.
  var messages: [CellMessage]

  /// The number of rows.
  var count: Int { totals.count }

  /// The number one reward gave one sample; nil when it gave none.
  subscript(sample: Int, reward: Int) -> Double? {
    let index = sample * names.count + reward
    return outcomes[index] == .scored ? values[index] : nil
  }

  /// No rows yet.
  init(names: [String]) {
    self.names = names
    (totals, values, outcomes, messages) = ([], [], [], [])
    counts = [OutcomeCounts](repeating: OutcomeCounts(), count: names.count)
  }

  /// What the scoring of whole samples made.
  init(_ table: RewardTable) {
    names = table.names
    totals = table.totals
    values = table.values
    outcomes = table.outcomes
    counts = table.counts
    messages = table.messages.filter { $0.outcome == .failed || $0.outcome == .timedOut }
  }

  /// What the fast path says about samples in bytes.
  ///
  /// - Throws: `ScoringError` when a reward fails under `on_failure: stop`.
  init(_ samples: [SampleBytes], names: [String], scorer: BytewiseScorer) throws(ScoringError) {
    self.names = names
    let width = names.count
    var cells = scorer.outcomes(of: samples)
    totals = []
    totals.reserveCapacity(samples.count)
    for row in samples.indices {
      totals.append(try scorer.total(&cells, row: row * width..<(row + 1) * width, sample: row))
    }
    values = [Double](repeating: 0, count: cells.count)
    outcomes = [OutcomeCode](repeating: .scored, count: cells.count)
    counts = [OutcomeCounts](repeating: OutcomeCounts(), count: width)
    messages = []
    for column in 0..<width {
      var scored = 0
      for row in samples.indices {
        let index = row * width + column
        if case .scored(let value) = cells[index] {
          values[index] = value
          scored += 1
        } else {
          fill(index, row, column, cells[index])
        }
      }
      counts[column].scored += scored
    }
    if !messages.isEmpty {
      let inOrder = messages.enumerated().sorted {
        ($0.element.sample, $0.offset) < ($1.element.sample, $1.offset)
      }
      messages = inOrder.map(\.element)
    }
  }

  /// Rows of which nothing is known but why.
  init(failing count: Int, names: [String], reason: String) {
    self.names = names
    totals = [Double?](repeating: nil, count: count)
    values = [Double](repeating: 0, count: count * names.count)
    outcomes = [OutcomeCode](repeating: .timedOut, count: values.count)
    var each = OutcomeCounts()
    each.timedOut = count
    counts = [OutcomeCounts](repeating: each, count: names.count)
    messages = names.map { CellMessage(sample: 0, reward: $0, outcome: .timedOut, text: reason) }
  }

  /// Adds the rows of another batch with the same columns.
  mutating func append(_ other: ScoredBatch) {
    for message in other.messages {
      let column = names.firstIndex(of: message.reward) ?? 0
      if counts[column].failed + counts[column].timedOut < RewardTable.messageLimit {
        messages.append(
          CellMessage(
            sample: message.sample + count, reward: message.reward, outcome: message.outcome,
            text: message.text))
      }
    }
    totals += other.totals
    values += other.values
    outcomes += other.outcomes
    for column in counts.indices { counts[column].add(other.counts[column]) }
  }

  /// Takes a row's numbers away: it was not what it should have been.
  mutating func refuse(_ row: Int, reason: String) {
    totals[row] = nil
    for column in names.indices {
      let index = row * names.count + column
      switch outcomes[index] {
      case .scored: counts[column].scored -= 1
      case .abstained: counts[column].abstained -= 1
      case .failed: counts[column].failed -= 1
      case .timedOut: counts[column].timedOut -= 1
      }
      values[index] = 0
      outcomes[index] = .failed
      counts[column].failed += 1
      messages.removeAll { $0.sample == row && $0.reward == names[column] }
      keep(row, column, .failed, reason)
    }
  }

  /// A cell without a number.
  private mutating func fill(_ index: Int, _ row: Int, _ column: Int, _ outcome: Outcome) {
    switch outcome {
    case .scored: break
    case .abstained:
      outcomes[index] = .abstained
      counts[column].abstained += 1
    case .failed(let text):
      outcomes[index] = .failed
      counts[column].failed += 1
      keep(row, column, .failed, text)
    case .timedOut:
      outcomes[index] = .timedOut
      counts[column].timedOut += 1
      keep(row, column, .timedOut, outcome.failure ?? "")
    }
  }

  private mutating func keep(_ row: Int, _ column: Int, _ code: OutcomeCode, _ text: String) {
    guard counts[column].failed + counts[column].timedOut <= RewardTable.messageLimit else { return }
    messages.append(CellMessage(sample: row, reward: names[column], outcome: code, text: text))
  }
}
