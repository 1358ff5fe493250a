import Foundation
import Policies
import Rewards
import Studio

/// From the trainer's results to the run store's records, under TRL's metric names.
enum RunMetrics {
  static func mean(_ values: [Double?]) -> Double {
    let known = values.compactMap { $0 }
    return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
  }

  private static func deviation(_ values: [Double?]) -> Double { values.compactMap { $0 }.deviation }

  /// Mean total and mean of every reward, on one line.
  static func line(_ table: RewardTable) -> String {
    let parts = table.names.map { "\($0) \(String(format: "%.3f", mean(table.column($0) ?? [])))" }
    return "reward \(String(format: "%.3f", mean(table.totals)))  (\(parts.joined(separator: ", ")))"
  }

  static func metrics(_ step: TrainingStep) -> Metrics {
    let lengths = step.samples.compactMap(\.completionTokens).map(Double.init)
    let tokens = lengths.reduce(0, +)
    var pairs: [(String, Double)] = [
      ("reward", mean(step.table.totals)), ("reward_std", deviation(step.table.totals)),
      ("frac_reward_zero_std", step.advantages.statistics.deadGroupShare),
    ]
    pairs += rewards(step)
    if let credit = step.credit {
      pairs += [("credit/units", credit.units), ("credit/left_out", Double(credit.leftOut))]
    }
    for pair in step.advantages.statistics.correlations {
      pairs.append(("correlation/\(pair.first)/\(pair.second)", pair.value))
    }
    pairs += [
      ("completions/mean_length", mean(lengths)), ("completions/min_length", lengths.min() ?? .nan),
      ("completions/max_length", lengths.max() ?? .nan),
      (
        "completions/clipped_ratio",
        Double(step.samples.count(where: \.isTruncated)) / Double(max(step.samples.count, 1))
      ),
      ("loss", step.statistics.loss), ("kl", step.statistics.kl), ("entropy", step.statistics.entropy),
      ("clip_ratio/region_mean", step.statistics.clipRatio), ("grad_norm", step.statistics.gradientNorm),
      ("learning_rate", step.learningRate), ("time/sampling", step.samplingSeconds),
      ("time/rewards", step.rewardSeconds), ("time/training", step.trainingSeconds),
      ("tokens_per_second/sampling", tokens / step.samplingSeconds),
      ("tokens_per_second/training", tokens / step.trainingSeconds),
    ]
    return Metrics(pairs)
  }

  /// Per reward: mean, spread, share of groups without a difference, and what did not score.
  private static func rewards(_ step: TrainingStep) -> [(String, Double)] {
    var pairs: [(String, Double)] = []
    for name in step.table.names {
      let column = step.table.column(name) ?? []
      pairs.append(("rewards/\(name)/mean", mean(column)))
      pairs.append(("rewards/\(name)/std", deviation(column)))
      if let share = step.advantages.statistics.zeroVarianceShare[name] {
        pairs.append(("rewards/\(name)/zero_std_groups", share))
      }
      if let counts = step.table.counts(of: name) {
        pairs.append(("rewards/\(name)/failed", Double(counts.failed)))
        pairs.append(("rewards/\(name)/abstained", Double(counts.abstained)))
        pairs.append(("rewards/\(name)/timed_out", Double(counts.timedOut)))
      }
    }
    return pairs
  }

  static func metrics(_ step: SupervisedStep, seconds: Double) -> Metrics {
    Metrics([
      ("loss", step.loss), ("entropy", step.entropy), ("grad_norm", step.gradientNorm),
      ("learning_rate", step.learningRate), ("num_tokens", Double(step.tokens)), ("time/training", seconds),
      ("tokens_per_second/training", Double(step.tokens) / seconds),
    ])
  }

  static func records(
    _ samples: [Sample], _ table: RewardTable, _ phase: SamplePhase, advantages: [Double]? = nil
  ) -> [SampleRecord] {
    samples.enumerated().map { row, sample in
      let components = table.names.enumerated().map { column, name in
        let outcome = table.outcomes[row * table.names.count + column]
        return ComponentRecord(
          name: name, value: table.column(name)?[row],
          outcome: outcome == .timedOut ? "timed_out" : "\(outcome)",
          message: table.messages.first { $0.sample == row && $0.reward == name }?.text)
      }
      return SampleRecord(
        phase: phase, group: sample.group, index: row, prompt: sample.prompt, completion: sample.completion,
        reference: sample.reference?.jsonText, tokens: sample.completionTokens ?? 0,
        isTruncated: sample.isTruncated, advantage: advantages?[row], total: table.totals[row],
        components: components)
    }
  }
}
