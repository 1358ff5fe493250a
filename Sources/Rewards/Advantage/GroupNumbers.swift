extension [Double] {
  /// The middle value, the mean of the two middle ones for an even count; nil when empty.
  package var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// The samples of each group, groups in order of first appearance, samples in batch order.
func groupMembers(_ groups: [Int], included: (Int) -> Bool) -> [[Int]] {
  var place: [Int: Int] = [:]
  var members: [[Int]] = []
  for (sample, group) in groups.enumerated() where included(sample) {
    if let index = place[group] {
      members[index].append(sample)
    } else {
      place[group] = members.count
      members.append([sample])
    }
  }
  return members
}

/// True when no two values differ, compared exactly (0 equals -0). True for fewer than two values.
func allEqual(_ values: [Double]) -> Bool {
  guard let first = values.first else { return true }
  return values.allSatisfy { $0 == first }
}

/// `value`, or the nearest finite number when it overflowed.
func finite(_ value: Double) -> Double {
  min(max(value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
}

/// sum_k a_k b_k without NaN: a sum that overflows on the way is taken again at a reduced scale, and a result
/// out of range becomes the largest finite number of its sign.
package func finiteDot(_ a: [Double], _ b: [Double]) -> Double {
  let sum = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  if sum.isFinite { return sum }
  let down = 0x1p-520
  let reduced = zip(a, b).reduce(0) { $0 + ($1.0 * down) * ($1.1 * down) }
  return finite(reduced * 0x1p520 * 0x1p520)
}

/// Mean and unbiased standard deviation, (sum (x - mean)^2 / (n - 1))^0.5, of finite numbers of any size:
/// large ones are held at a reduced scale, so that no sum of squares overflows.
struct Moments {
  /// What values are multiplied with before anything else: 1, or 2^-520 when one exceeds 2^500.
  let factor: Double
  /// At the reduced scale.
  let mean: Double
  /// At the reduced scale; 0 for fewer than two values.
  var deviation: Double

  init(_ values: [Double]) {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let factor = largest > 0x1p500 ? 0x1p-520 : 1.0
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0) { $0 + $1 * factor } / count
    let squares = values.reduce(0) { $0 + ($1 * factor - mean) * ($1 * factor - mean) }
    self.factor = factor
    self.mean = mean
    self.deviation = values.count < 2 ? 0 : (squares / (count - 1)).squareRoot()
  }

  /// With weights (token counts): mean = sum w x / W, variance = sum w (x - mean)^2 / (W - 1), W = sum w.
  init(_ values: [Double], weights: [Double]) {
    let largest = values.reduce(0) { max($0, abs($1)) }
    let factor = largest > 0x1p500 ? 0x1p-520 : 1.0
    let total = weights.reduce(0, +)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * factor * $1.1 } / max(total, 1)
    let squares = zip(values, weights).reduce(0) {
      $0 + $1.1 * ($1.0 * factor - mean) * ($1.0 * factor - mean)
    }
    self.factor = factor
    self.mean = mean
    self.deviation = total > 1 ? (squares / (total - 1)).squareRoot() : 0
  }

  /// value - mean.
  func centred(_ value: Double) -> Double { finite((value * factor - mean) / factor) }

  /// (value - mean) / (deviation + epsilon); 0 when the denominator is 0.
  func standardised(_ value: Double, epsilon: Double, centred: Bool = true) -> Double {
    let denominator = deviation + epsilon * factor
    if denominator == 0 { return 0 }
    return finite((value * factor - (centred ? mean : 0)) / denominator)
  }
}
