import Foundation

/// Inverse reward design (Hadfield-Menell et al. 2017): what a designer may have meant by a proxy reward that
/// works in the world it was made in.
///
/// Rewards are linear in feature counts. P(w* | w~) is proportional to exp(beta w* . phi~) / Z(w*), where phi~ are
/// the feature counts of the plan that the proxy leads to in training and Z(w*) sums exp(beta w* . phi) over the
/// plans of all proxies that the designer might have chosen, the observed one among them. The prior is uniform on
/// the candidates given.
///
/// A feature that no training plan meets keeps its prior: nothing is known of it.
public struct InverseRewardDesign: Sendable {
  /// What w* may be.
  public let candidates: [[Double]]
  /// phi~: the feature counts of the proxy's plan in training.
  public let proxyCounts: [Double]
  /// The posterior, one probability a candidate.
  public let posterior: [Double]

  /// - Parameters:
  ///   - alternatives: The feature counts, in training, of the plans of other proxies.
  ///   - beta: How nearly optimal the designer is.
  public init(
    candidates: [[Double]], proxyCounts: [Double], alternatives: [[Double]], beta: Double = 1
  ) {
    precondition(!candidates.isEmpty, "no candidate weights")
    precondition(
      (candidates + alternatives).allSatisfy { $0.count == proxyCounts.count },
      "weights and feature counts differ in length")
    self.candidates = candidates
    self.proxyCounts = proxyCounts
    let plans = [proxyCounts] + alternatives
    let logs = candidates.map { weights in
      beta * dot(weights, proxyCounts) - logSumExp(plans.map { beta * dot(weights, $0) })
    }
    let total = logSumExp(logs)
    posterior = logs.map { exp($0 - total) }
  }

  /// Candidates drawn from the posterior, with repetition.
  public func sample(_ count: Int, random: inout PCG64) -> [[Double]] {
    var cumulative: [Double] = []
    var sum = 0.0
    for probability in posterior {
      sum += probability
      cumulative.append(sum)
    }
    return (0..<count).map { _ in
      let level = random.uniform() * sum
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > level { high = middle } else { low = middle + 1 }
      }
      return candidates[low]
    }
  }

  /// The posterior's mean weights.
  public var mean: [Double] {
    proxyCounts.indices.map { feature in
      zip(posterior, candidates).reduce(0) { $0 + $1.0 * $1.1[feature] }
    }
  }

  /// The posterior's standard deviation of each weight: near the prior's where the feature is unknown.
  public var deviations: [Double] {
    zip(proxyCounts.indices, mean).map { feature, mean in
      zip(posterior, candidates).reduce(0) {
        $0 + $1.0 * ($1.1[feature] - mean) * ($1.1[feature] - mean)
      }.squareRoot()
    }
  }

  /// The plan that is best in the worst case: argmax over plans of the minimum over samples of w . (phi - phi~).
  /// - Parameter plans: Feature counts of the plans to choose from.
  public func riskAverseChoice(_ plans: [[Double]], samples: [[Double]]) -> Int {
    precondition(!plans.isEmpty && !samples.isEmpty, "no plans or no samples")
    return best(plans) { plan in
      samples.reduce(Double.infinity) { min($0, dot($1, plan) - dot($1, proxyCounts)) }
    }
  }

  /// The plan that is best on average over the posterior.
  public func meanChoice(_ plans: [[Double]]) -> Int {
    let mean = mean
    return best(plans) { dot(mean, $0) }
  }

  private func best(_ plans: [[Double]], _ worth: ([Double]) -> Double) -> Int {
    var (choice, value) = (0, -Double.infinity)
    for (index, plan) in plans.enumerated() {
      let worth = worth(plan)
      if worth > value { (choice, value) = (index, worth) }
    }
    return choice
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
