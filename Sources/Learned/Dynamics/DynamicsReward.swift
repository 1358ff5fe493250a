import Foundation
import Numeric

/// How likely a transition is to come from the real environment, as a reward: -log(1 - p) with p from an ensemble of
/// snapshots of an adversarially trained discriminator (MOREC, arXiv 2310.05422).
public final class DynamicsReward {
  /// A discriminator as it was at some round, with the mean logits by which its own are judged.
  public struct Snapshot {
    public let discriminator: DenseNetwork
    /// Mean logit on real transitions (e) and on the learner's (l).
    public let realLogit, learnerLogit: Double

    public init(_ discriminator: DenseNetwork, realLogit: Double, learnerLogit: Double) {
      self.discriminator = discriminator
      self.realLogit = realLogit
      self.learnerLogit = learnerLogit
    }
  }

  public enum Formula: String, Sendable, CaseIterable {
    /// p is the mean over snapshots of sigmoid(logit).
    case plain
    /// Each logit is clamped to [l, e] and brought to -1 ... 1 first, as the authors' code does; the reward then lies
    /// between 0.313 and 1.313. Snapshots with e <= l are left out.
    case clamped
  }

  public let normalizer: TransitionNormalizer
  /// Those that count under the formula.
  public let snapshots: [Snapshot]
  public let formula: Formula
  /// The largest probability that counts for a snapshot; keeps the reward finite.
  public let largestProbability: Double

  /// - Precondition: At least one snapshot counts.
  public init(
    _ normalizer: TransitionNormalizer, snapshots: [Snapshot], formula: Formula = .plain,
    largestProbability: Double = 1
  ) {
    self.normalizer = normalizer
    self.formula = formula
    self.largestProbability = largestProbability
    self.snapshots =
      formula == .plain ? snapshots : snapshots.filter { $0.realLogit > $0.learnerLogit }
    precondition(
      !self.snapshots.isEmpty,
      "no snapshot counts: the discriminator never told real transitions from the learner's")
  }

  /// A logit between the learner's mean l and the data's mean e, on a scale from -1 to 1.
  public static func rescaled(_ logit: Double, real: Double, learner: Double) -> Double {
    (min(max(logit, learner), real) - learner) / (real - learner + 1e-7) * 2 - 1
  }

  /// -log(1 - p), finite for p = 1 and never below 0.
  public static func reward(probability: Double) -> Double {
    max(-log(max(1 - probability, 0) + 1e-9), 0)
  }

  /// The rewards of transitions, one each.
  public func rewards(_ data: TransitionData) -> [Double] {
    let rows = normalizer.rows(data)
    let (inputs, width) = (normalizer.inputWidth, normalizer.observationWidth)
    var joined = [Float](repeating: 0, count: data.count * (inputs + width))
    for row in 0..<data.count {
      for place in 0..<inputs { joined[row * (inputs + width) + place] = rows.inputs[row * inputs + place] }
      for place in 0..<width {
        joined[row * (inputs + width) + inputs + place] = rows.changes[row * width + place]
      }
    }
    var found = [Double](repeating: 0, count: data.count)
    score(joined, rows: data.count, into: &found)
    return found
  }

  /// The rewards of rows of normalised input and change side by side.
  func score(_ joined: [Float], rows: Int, into target: inout [Double]) {
    for row in 0..<rows { target[row] = 0 }
    for snapshot in snapshots {
      let logits = snapshot.discriminator.forward(joined, rows: rows)
      for row in 0..<rows {
        var logit = Double(logits[row])
        if formula == .clamped {
          logit = Self.rescaled(logit, real: snapshot.realLogit, learner: snapshot.learnerLogit)
        }
        target[row] += min(1 / (1 + exp(-logit)), largestProbability)
      }
    }
    let share = 1 / Double(snapshots.count)
    for row in 0..<rows { target[row] = Self.reward(probability: target[row] * share) }
  }
}
