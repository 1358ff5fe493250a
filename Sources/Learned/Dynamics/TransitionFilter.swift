import Foundation
import Numeric
import Rewards

/// Chooses one of several imagined transitions by its dynamics reward, and says where to stop imagining.
public struct TransitionFilter: Sendable, Equatable {
  public enum Selection: Sendable, Equatable {
    /// Any of them: the model without a filter.
    case random
    /// The highest reward.
    case best
    /// With probability proportional to exp(reward / temperature).
    case softmax(temperature: Double)
    /// The one nearest to the elites' mean prediction, whatever its reward. It takes most of the noise out, also what is
    /// the environment's own.
    case consensus
  }

  public var selection: Selection
  /// A rollout ends where the chosen reward is below this; nil: never.
  public var stopsBelow: Double?
  /// Steps that a rollout makes before it may be stopped.
  public var minimumSteps: Int

  /// The defaults are MOREC's: temperature 0.1, threshold 0.6.
  public init(
    _ selection: Selection = .softmax(temperature: 0.1), stopsBelow: Double? = 0.6, minimumSteps: Int = 0
  ) {
    self.selection = selection
    self.stopsBelow = stopsBelow
    self.minimumSteps = minimumSteps
  }

  /// The settings that a file or a command can give.
  public static let parameters = [
    Parameter(
      "keep", .choice(["softmax", "best", "consensus", "random"]), default: .string("softmax"),
      help: "which candidate is kept; consensus: the nearest to the elites' mean"),
    Parameter("temperature", .number, default: .number(0.1), range: 1e-6...1e6, help: "of softmax"),
    Parameter(
      "stop_below", .number, default: .null, range: 0...1e9,
      help: "an episode stops where the kept dynamics reward is lower (MOREC's code: 0.6); none: never"),
  ]

  /// The filter of `parameters`' settings.
  public init(_ values: Parameters) throws(ParameterError) {
    let selection: Selection =
      switch values.string("keep") {
      case "best": .best
      case "consensus": .consensus
      case "random": .random
      default: .softmax(temperature: values.double("temperature"))
      }
    self.init(selection, stopsBelow: values.optionalDouble("stop_below"))
  }

  /// Whether rewards matter at all.
  var needsRewards: Bool { (selection != .random && selection != .consensus) || stopsBelow != nil }

  /// The chosen candidate.
  /// - Parameters:
  ///   - rewards: candidate after candidate, `stride` apart, beginning at `first`. NaN is never preferred. For
  ///     `consensus` the nearness to the mean prediction.
  ///   - count: How many candidates there are, at least 1.
  public func choose(
    _ rewards: [Double], first: Int = 0, stride: Int = 1, count: Int, random: inout PCG64
  ) -> Int {
    switch selection {
    case .random: return random.integer(below: count)
    case .best, .consensus:
      var best = 0
      for candidate in 1..<max(count, 1)
      where rewards[first + candidate * stride] > rewards[first + best * stride]
        || rewards[first + best * stride].isNaN
      {
        best = candidate
      }
      return best
    case .softmax(let temperature):
      var largest = -Double.infinity
      for candidate in 0..<count { largest = max(largest, rewards[first + candidate * stride]) }
      func weight(_ candidate: Int) -> Double {
        let reward = rewards[first + candidate * stride]
        return reward.isNaN ? 0 : exp((reward - largest) / temperature)
      }
      var total = 0.0
      for candidate in 0..<count { total += weight(candidate) }
      guard total > 0, total.isFinite else { return random.integer(below: count) }
      var left = random.uniform() * total
      for candidate in 0..<count {
        left -= weight(candidate)
        if left < 0 { return candidate }
      }
      return count - 1
    }
  }

  /// Whether a rollout ends after a transition of this reward, its `step`-th (from 1).
  public func stops(reward: Double, step: Int) -> Bool {
    guard let stopsBelow, step > minimumSteps else { return false }
    return !(reward >= stopsBelow)
  }
}
