import Foundation
import Worlds

/// Hand-written players of a block bandit, which are told when a block begins.
public enum BlockPolicy: Sendable, Equatable {
  /// Tries a new arm while the best seen value is below the threshold.
  case reservation(threshold: Double)
  /// Draws each arm's mean from its posterior and plays the best (Thompson 1933).
  case thompson
  /// The best posterior mean.
  case bayesGreedy
  /// The best sample mean (0 for an untried arm); a random arm with this probability.
  case epsilonGreedy(Double)

  /// The average reward a pull over `streams` bandits of `pulls` pulls.
  public func averageReward(in world: BlockBandit, streams: Int, pulls: Int, seed: UInt64) -> Double {
    var random = PCG64(seed: seed)
    var total = 0.0
    var counts = [Double](repeating: 0, count: world.arms)
    var sums = counts
    for _ in 0..<streams {
      var state = world.initialState(after: nil, random: &random)
      for _ in 0..<pulls {
        if state.isFresh {
          for arm in counts.indices { (counts[arm], sums[arm]) = (0, 0) }
        }
        let arm = choose(counts, sums, world, &random)
        let reward = world.pull(arm, &state, &random)
        counts[arm] += 1
        sums[arm] += reward
        total += reward
        state = world.initialState(after: state, random: &random)
      }
    }
    return total / Double(streams * pulls)
  }

  private func choose(
    _ counts: [Double], _ sums: [Double], _ world: BlockBandit, _ random: inout PCG64
  ) -> Int {
    let variance = max(world.noise * world.noise, 1e-12)
    switch self {
    case .reservation(let threshold):
      var best = -1
      for arm in counts.indices where counts[arm] > 0 {
        if best < 0 || sums[arm] / counts[arm] > sums[best] / counts[best] { best = arm }
      }
      let untried = counts.firstIndex(of: 0)
      if let untried, best < 0 || sums[best] / counts[best] < threshold { return untried }
      return max(best, 0)
    case .thompson, .bayesGreedy:
      return best(counts.count) { arm in
        let posterior = 1 / (1 + counts[arm] / variance)
        let spread = self == .thompson ? posterior.squareRoot() : 1e-9
        return posterior * sums[arm] / variance + spread * random.normal()
      }
    case .epsilonGreedy(let epsilon):
      if random.uniform() < epsilon { return random.integer(below: counts.count) }
      return best(counts.count) { arm in
        (counts[arm] > 0 ? sums[arm] / counts[arm] : 0) + 1e-9 * random.normal()
      }
    }
  }

  private func best(_ count: Int, _ value: (Int) -> Double) -> Int {
    var (best, most) = (0, -Double.infinity)
    for arm in 0..<count {
      let value = value(arm)
      if value > most { (best, most) = (arm, value) }
    }
    return best
  }
}

extension BlockBandit {
  /// One pull.
  @inline(__always)
  func pull(_ arm: Int, _ state: inout State, _ random: inout PCG64) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { reward in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { action in
        action[0] = Float(arm)
        _ = step(&state, actions: UnsafeBufferPointer(action), rewards: reward, random: &random)
      }
      return reward[0]
    }
  }
}
