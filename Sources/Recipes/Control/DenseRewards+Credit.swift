import Foundation
import Numeric
import Rewards
import Shelf

/// Part B of card 5: SCAR.
extension DenseRewards {
  /// Exact values of a random game against closed forms.
  func game(_ context: RecipeContext) throws -> RecipeResult {
    let players = 8
    let groups = [[0, 1], [2, 3, 4], [5], [6, 7]]
    var (closedGap, efficiencyGap, owenGap, crossing) = (0.0, 0.0, 0.0, Double.infinity)
    for seed in context.seeds(5) {
      var random = PCG64(seed: seed)
      let single = (0..<players).map { _ in random.normal() }
      let pairs = (0..<players).map { i in (0..<players).map { $0 > i ? 0.5 * random.normal() : 0 } }
      // A term of three crosses groups when it has two players of the first and one of the last.
      func value(_ coalition: Coalition, triple: Double) -> Double {
        let there = (0..<players).filter(coalition.contains)
        let plain = there.reduce(0) { sum, i in there.reduce(sum + single[i]) { $0 + pairs[i][$1] } }
        return plain + ([0, 1, 6].allSatisfy(coalition.contains) ? triple : 0)
      }
      func credits(_ method: CreditMethod, triple: Double = 0) -> UnitCredits {
        var random = SeededGenerator(seed: seed)
        let plan = CreditPlan(method, players: players, groups: groups, random: &random)
        return plan.credits(plan.coalitions.map { value($0, triple: triple) })
      }
      let (shapley, owen) = (credits(.shapley), credits(.owen))
      for i in 0..<players {
        let closed = single[i] + (0..<players).reduce(0) { $0 + (pairs[i][$1] + pairs[$1][i]) / 2 }
        closedGap = max(closedGap, abs(shapley.values[i] - closed))
        owenGap = max(owenGap, abs(owen.values[i] - shapley.values[i]))
      }
      efficiencyGap = max(efficiencyGap, shapley.efficiencyGap, owen.efficiencyGap)
      let crossed = zip(credits(.owen, triple: 1).values, credits(.shapley, triple: 1).values)
      crossing = min(crossing, crossed.map { abs($0 - $1) }.max() ?? 0)
    }
    return RecipeResult(
      measurements: [],
      checks: [
        Check("Shapley: largest gap to a_i + half the pair terms", closedGap, .below, 1e-12),
        Check("Shapley and Owen: largest gap of the sum to v(all) - v(none)", efficiencyGap, .below, 1e-12),
        Check("Owen against Shapley without terms of three", owenGap, .below, 1e-12),
        Check("Owen against Shapley with a term of three across groups", crossing, .above, 0.05),
      ])
  }

  private enum Credit: String, CaseIterable, Sendable {
    case sparse, uniform
    case scar = "SCAR"
    case half = "SCAR, alpha 0.5"
    case sparsePairs = "sparse, pairs"
    case uniformPairs = "uniform, pairs"
    case scarPairs = "SCAR, pairs"

    var hasPairs: Bool { [.sparsePairs, .uniformPairs, .scarPairs].contains(self) }
    /// How the score is divided, and the dense share.
    var rule: (method: CreditMethod, alpha: Double) {
      switch self {
      case .sparse, .sparsePairs: (.uniform, 0)
      case .uniform, .uniformPairs: (.uniform, 1)
      case .scar, .scarPairs: (.sampled, 1)
      case .half: (.sampled, 0.5)
      }
    }
  }

  /// REINFORCE on a policy of independent tokens: how soon each credit teaches it.
  func tokens(_ context: RecipeContext) throws -> RecipeResult {
    let updates = 200
    let isShifted = context.fault == "shifted-credit"
    let curves = try context.map(Credit.allCases, seeds: context.seeds(5), name: \.rawValue) { arm, seed in
      let task = TokenTask(seed: seed, hasPairs: arm.hasPairs)
      return task.learn(arm.rule, updates: updates, seed: seed, isShifted: isShifted)
    }
    func arrivals(_ arm: Credit) -> [Double] {
      curves[Credit.allCases.firstIndex(of: arm)!].map { curve in
        Double(curve.firstIndex { $0 >= 0.8 } ?? updates)
      }
    }
    func finals(_ arm: Credit) -> [Double] {
      curves[Credit.allCases.firstIndex(of: arm)!].map { $0[updates] }
    }
    let measurements = zip(Credit.allCases, curves).flatMap { arm, runs in
      [
        Measurement(arm.rawValue, "updates to 80% of the maximum", arrivals(arm)),
        Measurement(arm.rawValue, "share of the maximum at the end", finals(arm)),
        Measurement(arm.rawValue, "area under the curve", runs.map(mean)),
      ]
    }
    let pairRatio = mean(arrivals(.scarPairs)) / mean(arrivals(.sparsePairs))
    return RecipeResult(
      measurements: measurements,
      checks: [
        Check(
          "SCAR: updates to 80% against sparse", mean(arrivals(.scar)) / mean(arrivals(.sparse)), .atMost, 0.8
        ),
        Check("SCAR: share of the maximum at the end", mean(finals(.scar)), .atLeast, 0.98),
      ],
      findings: [
        "With neighbours rewarded in pairs, SCAR takes \(rounded(pairRatio)) of the sparse reward's updates to 80% and ends at \(percent(mean(finals(.scarPairs)))) of the maximum (sparse: \(percent(mean(finals(.sparsePairs))))).",
        "The same credit for every token takes \(rounded(mean(arrivals(.uniform)))) updates to 80%, the sparse reward \(rounded(mean(arrivals(.sparse)))): it pays tokens for those before them.",
      ],
      plots: [
        .lines(
          title: "Tokens", x: "update", y: "share of the largest reward",
          series: zip(Credit.allCases, curves).map { arm, runs in
            Plot.Curve(arm.rawValue, x: (0...updates).map(Double.init), runs: runs)
          })
      ])
  }
}

/// 16 positions, 8 tokens; a reward of weights N(0, 1) for each token at its place and, in the interaction case, for
/// each pair of neighbours.
private struct TokenTask {
  static let (length, vocabulary, batch) = (16, 8, 16)
  let weights: [[Double]]
  /// pairs[t][a][b]: token a at t and b at t + 1; empty without interaction.
  let pairs: [[[Double]]]

  init(seed: UInt64, hasPairs: Bool) {
    var random = PCG64(seed: seed &+ 0x5CA2)
    weights = (0..<Self.length).map { _ in (0..<Self.vocabulary).map { _ in random.normal() } }
    guard hasPairs else {
      pairs = []
      return
    }
    pairs = (0..<Self.length - 1).map { _ in
      (0..<Self.vocabulary).map { _ in (0..<Self.vocabulary).map { _ in random.normal() } }
    }
  }

  /// The reward of a text in which only a coalition's tokens stand.
  func value(_ text: [Int], _ coalition: Coalition) -> Double {
    var sum = 0.0
    for place in text.indices where coalition.contains(place) {
      sum += weights[place][text[place]]
      if !pairs.isEmpty, place + 1 < text.count, coalition.contains(place + 1) {
        sum += pairs[place][text[place]][text[place + 1]]
      }
    }
    return sum
  }

  /// The largest reward of any text (Viterbi's recursion).
  var maximum: Double {
    var best = weights[0]
    for place in 1..<Self.length {
      best = (0..<Self.vocabulary).map { token in
        weights[place][token]
          + (0..<Self.vocabulary).map { best[$0] + (pairs.isEmpty ? 0 : pairs[place - 1][$0][token]) }.max()!
      }
    }
    return best.max()!
  }

  /// The expected reward of a policy.
  func expected(_ policy: [[Double]]) -> Double {
    var sum = 0.0
    for place in policy.indices {
      for token in 0..<Self.vocabulary {
        sum += policy[place][token] * weights[place][token]
        if pairs.isEmpty || place + 1 == policy.count { continue }
        for next in 0..<Self.vocabulary {
          sum += policy[place][token] * policy[place + 1][next] * pairs[place][token][next]
        }
      }
    }
    return sum
  }

  /// REINFORCE with rewards to go, whitened per position, rate 1.
  /// - Returns: The policy's share of the largest reward, before the first and after every update.
  func learn(
    _ rule: (method: CreditMethod, alpha: Double), updates: Int, seed: UInt64, isShifted: Bool
  ) -> [Double] {
    let (length, vocabulary) = (Self.length, Self.vocabulary)
    var (random, orders) = (PCG64(seed: seed), SeededGenerator(seed: seed))
    var logits = Array(repeating: [Double](repeating: 0, count: vocabulary), count: length)
    let maximum = maximum
    var curve: [Double] = []
    for update in 0...updates {
      let policy = logits.map { row in
        let exponentials = row.map { exp($0 - row.max()!) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
      }
      curve.append(expected(policy) / maximum)
      if update == updates { break }
      var texts: [[Int]] = []
      var returns: [[Double]] = []
      for _ in 0..<Self.batch {
        let text = policy.map { row in
          var left = random.uniform()
          return row.firstIndex { probability in
            left -= probability
            return left < 0
          } ?? vocabulary - 1
        }
        // One order and its reverse: exact up to pair terms.
        let plan = CreditPlan(rule.method, players: length, orders: 2, random: &orders)
        var rewards = plan.credits(plan.coalitions.map { value(text, $0) }).rewards(alpha: rule.alpha)
        if isShifted { rewards = Array(rewards[1...] + rewards[..<1]) }
        for place in stride(from: length - 2, through: 0, by: -1) { rewards[place] += rewards[place + 1] }
        texts.append(text)
        returns.append(rewards)
      }
      let means = (0..<length).map { place in mean(returns.map { $0[place] }) }
      let advantages = returns.map { zip($0, means).map { $0 - $1 } }
      let deviation = mean(advantages.joined().map { $0 * $0 }).squareRoot() + 1e-8
      for (text, advantage) in zip(texts, advantages) {
        for place in 0..<length {
          let step = advantage[place] / deviation / Double(Self.batch)
          for token in 0..<vocabulary {
            logits[place][token] += step * ((text[place] == token ? 1 : 0) - policy[place][token])
          }
        }
      }
    }
    return curve
  }
}
