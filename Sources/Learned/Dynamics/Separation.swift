import Numeric

/// The area under the ROC curve: the probability that a number of the first kind is above one of the second, ties
/// counted half; NaN when either kind is empty.
public func areaUnderCurve(positives: [Double], negatives: [Double]) -> Double {
  if positives.isEmpty || negatives.isEmpty { return .nan }
  let sorted = negatives.sorted()
  /// How many of the negatives are below `value` (or not above it).
  func count(below value: Double, orEqual: Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value || (orEqual && sorted[middle] == value) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
  let sum = positives.reduce(0.0) {
    $0 + Double(count(below: $1, orEqual: false) + count(below: $1, orEqual: true)) / 2
  }
  return sum / Double(positives.count) / Double(negatives.count)
}

extension DynamicsRewardTrainer {
  /// How well the reward of all snapshots tells real transitions from others, as areas under the ROC curve.
  public struct Separation: Sendable, Equatable {
    /// From real inputs with the changes of other real transitions: near 1 for a reward that has learned anything.
    public var shuffled: Double
    /// From the learner's transitions: 0.5 when it has learned all, 1 when it has collapsed.
    public var learner: Double
  }

  /// Tries the reward on the training data and on fresh transitions of the learner.
  public func separation() -> Separation {
    let reward = reward()
    let (real, made) = (realRows(), learnerRows())
    let width = normalizer.inputWidth + normalizer.observationWidth
    let count = real.count / width
    var shuffled = real
    var partners = Array(0..<count)
    var random = PCG64(seed: 1)
    partners.shuffle(using: &random)
    for (row, partner) in partners.enumerated() {
      for place in normalizer.inputWidth..<width {
        shuffled[row * width + place] = real[partner * width + place]
      }
    }
    func score(_ joined: [Float]) -> [Double] {
      var found = [Double](repeating: 0, count: joined.count / width)
      reward.score(joined, rows: found.count, into: &found)
      return found
    }
    let truth = score(real)
    return Separation(
      shuffled: areaUnderCurve(positives: truth, negatives: score(shuffled)),
      learner: areaUnderCurve(positives: truth, negatives: score(made)))
  }
}
