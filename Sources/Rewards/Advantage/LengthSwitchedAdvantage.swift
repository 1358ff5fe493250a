import Foundation

/// GRPO-lambda (arXiv 2505.18086): a length penalty only for the groups that already get it right.
///
/// Groups are ranked by their share of correct completions. In the selected ones a correct completion's total
/// is lowered by alpha sigmoid((L - mu) / (s + 1e-6)), mu and s being the mean and the population standard
/// deviation of L over the group's correct completions (z = 0 when only one is correct or s = 0). Wrong
/// completions and groups that were not selected keep their totals. GRPO's z-score follows. With one reward
/// in {0, 1} of weight 1 this is the paper's reward: 1 - alpha sigmoid(z) when correct, 0 when wrong.
public struct LengthSwitchedAdvantage: AdvantageEstimator {
  /// Which groups feel the penalty.
  public enum Selection: Sendable, Equatable {
    /// The ceil(fraction x groups) groups of highest accuracy, at least one unless the fraction is 0; ties go
    /// to the group that comes first in the batch.
    case topFraction(Double)
    /// Every group of at least this accuracy.
    case threshold(Double)
  }

  public var selection: Selection
  /// The largest penalty, in units of the total. The paper does not give one; 0.2 was chosen here.
  public var alpha: Double
  /// The reward that says what is correct; nil: the first.
  public var correct: String?
  /// A completion is correct when that reward is at least this.
  public var correctAtLeast: Double
  public var epsilon: Double
  public var readsComponents: Bool { false }

  public init(
    selection: Selection = .topFraction(0.2), alpha: Double = 0.2, correct: String? = nil,
    correctAtLeast: Double = 1, epsilon: Double = 1e-4
  ) {
    self.selection = selection
    self.alpha = alpha
    self.correct = correct
    self.correctAtLeast = correctAtLeast
    self.epsilon = epsilon
  }

  /// - Throws: `AdvantageError` when lengths are missing or no reward has the name `correct`.
  public func advantages(_ batch: AdvantageBatch) throws -> Advantages {
    var switched = batch
    switched.totals = try switchedTotals(batch).totals
    return Advantages(
      values: groupRelativeAdvantages(
        switched.totals, groups: batch.components.groups, epsilon: epsilon),
      statistics: AdvantageStatistics(switched, readsComponents: false))
  }

  /// The totals after the switch, and per sample whether its group was selected.
  /// - Throws: `AdvantageError` when lengths are missing or no reward has the name `correct`.
  public func switchedTotals(_ batch: AdvantageBatch) throws -> (totals: [Double?], isSelected: [Bool]) {
    let components = batch.components
    guard let lengths = batch.lengths, lengths.count == components.count else {
      throw AdvantageError("grpo_lambda needs the length of every completion")
    }
    let column = correct.map { name in components.names.firstIndex(of: name) } ?? 0
    guard let column, column < components.names.count else {
      throw AdvantageError("grpo_lambda: no reward is named \"\(correct ?? "")\"")
    }
    let isCorrect = (0..<components.count).map { sample in
      components[sample, column].map { $0 >= correctAtLeast } ?? false
    }
    let groups = groupMembers(components.groups) { batch.totals[$0] != nil }
    let accuracies = groups.map { members in
      Double(members.count { isCorrect[$0] }) / Double(members.count)
    }
    var totals = batch.totals
    var isSelected = [Bool](repeating: false, count: components.count)
    for index in selectedGroups(accuracies) {
      for sample in groups[index] { isSelected[sample] = true }
      let right = groups[index].filter { isCorrect[$0] }
      let values = right.map { Double(lengths[$0]) }
      let mean = values.reduce(0, +) / Double(max(values.count, 1))
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count, 1))
      for (sample, length) in zip(right, values) {
        let z = variance == 0 ? 0 : (length - mean) / (variance.squareRoot() + 1e-6)
        totals[sample] = totals[sample].map { finite($0 - alpha * sigmoid(z)) }
      }
    }
    return (totals, isSelected)
  }

  private func selectedGroups(_ accuracies: [Double]) -> [Int] {
    switch selection {
    case .threshold(let threshold):
      return accuracies.indices.filter { accuracies[$0] >= threshold }
    case .topFraction(let fraction):
      if fraction <= 0 { return [] }
      let exact = fraction * Double(accuracies.count)
      // A product such as 0.2 x 15 = 3.0000000000000004 must not round up to 4.
      let count = min(max(Int((exact - 1e-9).rounded(.up)), 1), accuracies.count)
      let ranked = accuracies.indices.sorted {
        (-accuracies[$0], $0) < (-accuracies[$1], $1)
      }
      return Array(ranked.prefix(count))
    }
  }
}

/// 1 / (1 + e^-x), without overflow for any x.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let power = exp(x)
  return power / (1 + power)
}
