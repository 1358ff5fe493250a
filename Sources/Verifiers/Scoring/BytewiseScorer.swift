import Rewards

/// A specification that bytes are enough for: every reward is a ``BytewiseReward``, and the total a plain weighted
/// sum. No sample is built, and a whole column costs one dynamic dispatch.
package struct BytewiseScorer: Sendable {
  package let entries: [RewardEntry]
  let rewards: [any BytewiseReward]
  private let weights: [Double]

  /// nil when a reward, a shaper, a condition or the combiner needs whole samples.
  package init?(_ specification: RewardSpecification) {
    guard specification.combiner.part is WeightedSum else { return nil }
    entries = specification.entries
    rewards = entries.compactMap {
      $0.isPlain ? $0.reward as? any BytewiseReward : nil
    }
    guard rewards.count == entries.count else { return nil }
    weights = entries.map(\.weight)
  }

  /// What every reward says about every sample, row by row.
  package func outcomes(of samples: [SampleBytes]) -> [Outcome] {
    var outcomes = [Outcome](repeating: .scored(0), count: samples.count * rewards.count)
    for (column, reward) in rewards.enumerated() {
      reward.fill(&outcomes, from: column, stride: rewards.count, samples)
    }
    return outcomes
  }

  /// The total of one row: the weighted sum with each reward's failure rule; nil where the sample is left out or
  /// every reward abstained. A value that is not finite becomes a failure first.
  ///
  /// - Parameter sample: the row's number in the error.
  /// - Throws: `ScoringError` when a reward fails under `on_failure: stop`.
  package func total(
    _ outcomes: inout [Outcome], row: Range<Int>, sample: Int
  ) throws(ScoringError) -> Double? {
    let total = try sum(outcomes, row, sample)
    if total?.isFinite == true { return total }
    for index in row { outcomes[index] = Score(outcomes[index]).outcome }
    return try sum(outcomes, row, sample)
  }

  private func sum(_ outcomes: [Outcome], _ row: Range<Int>, _ sample: Int) throws(ScoringError) -> Double? {
    var total = 0.0
    var isPresent = false
    var isLeftOut = false
    for index in entries.indices {
      let outcome = outcomes[row.lowerBound + index]
      switch outcome {
      case .scored(let value):
        total += weights[index] * value
        isPresent = true
      case .abstained: break
      case .failed, .timedOut:
        switch entries[index].onFailure {
        case .leaveOut: isLeftOut = true
        case .penalty(let value):
          total += weights[index] * value
          isPresent = true
        case .stop:
          throw ScoringError(reward: entries[index].name, sample: sample, reason: outcome.failure ?? "")
        }
      }
    }
    if !isPresent || isLeftOut { return nil }
    return total.isFinite ? total : finiteSum(outcomes[row])
  }

  /// The same without overflow on the way; NaN when an outcome is not finite.
  private func finiteSum(_ outcomes: ArraySlice<Outcome>) -> Double {
    var values = [Double](repeating: 0, count: outcomes.count)
    for (index, outcome) in outcomes.enumerated() {
      switch (outcome, entries[index].onFailure) {
      case (.scored(let value), _): values[index] = value
      case (.failed, .penalty(let value)), (.timedOut, .penalty(let value)): values[index] = value
      default: break
      }
    }
    return values.allSatisfy(\.isFinite) ? finiteDot(weights, values) : .nan
  }
}

extension BytewiseReward {
  /// Writes one column of a table that is kept row by row.
  fileprivate func fill(_ outcomes: inout [Outcome], from column: Int, stride: Int, _ samples: [SampleBytes])
  {
    var index = column
    for sample in samples {
      outcomes[index] = outcome(of: sample)
      index += stride
    }
  }
}

extension Outcome {
  /// Why there is no number although there should be one; nil for a number and an abstention.
  package var failure: String? {
    switch self {
    case .failed(let text): text
    case .timedOut(let seconds): "no answer within \(seconds) s"
    case .scored, .abstained: nil
    }
  }
}
