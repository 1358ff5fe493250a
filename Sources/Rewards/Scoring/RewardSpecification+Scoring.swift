extension RewardSpecification {
  /// Scores a batch with every reward, the rewards running at the same time.
  ///
  /// A sample on which a reward throws, or does not answer within its `timeout`, has no number in that column
  /// and takes nothing from the others, even when the reward ignores cancellation and never returns.
  /// - Throws: `ScoringError` for a failure under `on_failure: stop`; `CancellationError`.
  public func score(_ samples: [Sample], state: RunState = RunState()) async throws -> RewardTable {
    var table = RewardTable(names: names, weights: entries.map { $0.weight(at: state) }, samples: samples)
    if samples.isEmpty { return table }
    let columns = try await withThrowingTaskGroup(of: (Int, RewardColumn).self) { group in
      for (index, entry) in entries.enumerated() {
        group.addTask { (index, try await entry.column(of: samples, state: state)) }
      }
      var columns = [RewardColumn](repeating: RewardColumn(scores: []), count: entries.count)
      for try await (index, column) in group { columns[index] = column }
      return columns
    }
    try Task.checkCancellation()
    for (reward, column) in columns.enumerated() { table.fill(column: reward, with: column.scores) }
    table.components = try components(of: table, columns, state: state)
    table.totals = combiner.part.totals(table.components)
    return table
  }

  /// The table's numbers after penalties, shapers and conditions.
  private func components(
    of table: RewardTable, _ columns: [RewardColumn], state: RunState
  ) throws(ScoringError) -> RewardComponents {
    var components = table.components
    var context = ShapingContext(groups: table.groups, lengths: table.lengths, state: state)
    var scored: [String: [Double?]] = [:]
    for (reward, entry) in entries.enumerated() {
      scored[entry.name] = try failuresResolved(table, reward, entry, &components)
    }
    for (reward, entry) in entries.enumerated() {
      var column = scored[entry.name] ?? []
      for sample in column.indices where components.isLeftOut[sample] { column[sample] = nil }
      context.steps = columns[reward].steps
      for (index, shaper) in entry.shapers.enumerated() {
        context.references = columns[reward].references[index] ?? [:]
        column = shaper.part.shape(column, context: context)
      }
      if let condition = entry.condition, let other = scored[condition.reward] {
        for sample in column.indices where column[sample] != nil {
          if let value = other[sample], value < condition.atLeast { column[sample] = 0 }
        }
      }
      for (sample, value) in column.enumerated() {
        let index = sample * entries.count + reward
        components.isPresent[index] = value != nil
        components.values[index] = finite(value ?? 0)
      }
    }
    return components
  }

  /// The column as scored, with the reward's failure rule applied; marks the samples that are left out.
  private func failuresResolved(
    _ table: RewardTable, _ reward: Int, _ entry: RewardEntry, _ components: inout RewardComponents
  ) throws(ScoringError) -> [Double?] {
    var column = [Double?](repeating: nil, count: table.count)
    for sample in 0..<table.count {
      let outcome = table.outcomes[sample * entries.count + reward]
      switch outcome {
      case .scored: column[sample] = table[sample, reward]
      case .abstained: break
      case .failed, .timedOut:
        switch entry.onFailure {
        case .penalty(let penalty): column[sample] = penalty
        case .leaveOut: components.isLeftOut[sample] = true
        case .stop:
          let message = table.messages.first { $0.sample == sample && $0.reward == entry.name }
          throw ScoringError(reward: entry.name, sample: sample, reason: message?.text ?? "\(outcome)")
        }
      }
    }
    return column
  }
}
