import Foundation
import Learned
import Numeric
import Worlds

/// Why the highest dynamics reward helps or harms: what other rules make of the same candidates, how far the new
/// set-point is from the data, and which pairs of candidates the reward ranks rightly.
extension Morec {
  struct Diagnosis: Sendable {
    /// [situation][rule] mean absolute error of the temperature, in distribution and under the new set-point.
    var errors: [[Double]]
    /// In distribution and under the new set-point.
    var same, new: Probe
  }

  /// What is seen along rollouts that keep any candidate.
  struct Probe: Sendable {
    /// Mean distance of the temperature from the data's mean, in their standard deviations.
    var distance = 0.0
    /// The shares of pairs of candidates, of one elite and of two, in which the reward prefers the truer.
    var within = 0.0
    var between = 0.0
    /// How far the temperature of the elites' mean and that of the best rewarded candidate are from the truth after one
    /// step, averaged over the rollouts before the absolute value is taken; in standard deviations of the data's changes.
    var ensembleBias = 0.0
    var chosenBias = 0.0
  }

  /// Ways to choose among the same candidates without the reward.
  static let rules = ["elites' mean", "quadratic fit of the same transitions", "true successor"]

  static func diagnose(
    _ fitted: FilteredDynamics, _ data: TransitionData, seed: UInt64
  ) -> Diagnosis {
    let quadratic = QuadraticFit(data)
    let errors = situations.prefix(2).map { situation in
      rules.indices.map { rule in
        let dynamics = FilteredDynamics(
          fitted.ensemble, reward: nil, filter: TransitionFilter(.random, stopsBelow: nil), seed: seed)
        let curve = compare(situation, seed: seed) { states, actions in
          let made = dynamics.candidates(states, actions)
          let target: [Float] =
            switch rule {
            case 0: made.consensus
            case 1: quadratic.successors(states, actions)
            default: truth(states, actions)
            }
          return nearest(made.nextObservations, to: target, fitted.ensemble.normalizer)
        }
        return mean(curve)
      }
    }
    return Diagnosis(
      errors: errors, same: probe(fitted, situations[0], seed: seed),
      new: probe(fitted, situations[1], seed: seed))
  }

  /// The true successors without noise.
  private static func truth(_ states: [Float], _ actions: [Float]) -> [Float] {
    actions.indices.flatMap { row in
      let next = Refrigerator.successor(
        of: .init(temperature: Double(states[2 * row]), compressor: Double(states[2 * row + 1])),
        command: Double(actions[row]))
      return [Float(next.temperature), Float(next.compressor)]
    }
  }

  /// The squared distance of a row from its target, both numbers on the scale of the data's changes.
  private static func distance(
    _ observations: [Float], _ targets: [Float], row: Int, _ normalizer: TransitionNormalizer
  ) -> Double {
    (0..<2).reduce(0.0) { sum, place in
      let off = Double(
        (observations[2 * row + place] - targets[2 * row + place]) / normalizer.changeDeviations[place])
      return sum + off * off
    }
  }

  private static func nearest(
    _ candidates: [[Float]], to targets: [Float], _ normalizer: TransitionNormalizer
  ) -> [Float] {
    (0..<targets.count / 2).flatMap { row in
      let best = candidates.min {
        distance($0, targets, row: row, normalizer) < distance($1, targets, row: row, normalizer)
      }!
      return [best[2 * row], best[2 * row + 1]]
    }
  }

  private static func probe(_ fitted: FilteredDynamics, _ situation: Situation, seed: UInt64) -> Probe {
    let dynamics = FilteredDynamics(
      fitted.ensemble, reward: fitted.reward, filter: TransitionFilter(.random, stopsBelow: nil), seed: seed)
    let normalizer = fitted.ensemble.normalizer
    var random = PCG64(seed: seed &+ 0xB1A5)
    var (probe, steps) = (Probe(), 0.0)
    var within = (right: 0, all: 0)
    var between = within
    _ = compare(situation, seed: seed) { states, actions in
      let made = dynamics.candidates(states, actions)
      let (truth, count) = (truth(states, actions), made.nextObservations.count)
      let rows = actions.count
      var (ensembleBias, chosenBias) = (0.0, 0.0)
      for row in 0..<rows {
        let off = (states[2 * row] - normalizer.inputMeans[0]) / normalizer.inputDeviations[0]
        probe.distance += Double(abs(off)) / Double(rows)
        let errors = made.nextObservations.map { distance($0, truth, row: row, normalizer) }
        for one in 0..<count {
          for other in one + 1..<count where errors[one] != errors[other] {
            let isRight =
              (made.rewards[one][row] > made.rewards[other][row]) == (errors[one] < errors[other])
            if one / dynamics.samples == other / dynamics.samples {
              within = (within.right + (isRight ? 1 : 0), within.all + 1)
            } else {
              between = (between.right + (isRight ? 1 : 0), between.all + 1)
            }
          }
        }
        let best = (0..<count).max { made.rewards[$0][row] < made.rewards[$1][row] }!
        ensembleBias += Double(made.consensus[2 * row] - truth[2 * row])
        chosenBias += Double(made.nextObservations[best][2 * row] - truth[2 * row])
      }
      let scale = Double(normalizer.changeDeviations[0]) * Double(rows)
      probe.ensembleBias += abs(ensembleBias) / scale
      probe.chosenBias += abs(chosenBias) / scale
      steps += 1
      return (0..<rows).flatMap { row in
        let any = made.nextObservations[random.integer(below: count)]
        return [any[2 * row], any[2 * row + 1]]
      }
    }
    probe.distance /= steps
    probe.ensembleBias /= steps
    probe.chosenBias /= steps
    probe.within = Double(within.right) / Double(max(within.all, 1))
    probe.between = Double(between.right) / Double(max(between.all, 1))
    return probe
  }

  /// What the diagnosis of all seeds says.
  /// - Parameter random: The random elite's error in distribution and under the new set-point, seed by seed.
  static func findings(_ found: [Diagnosis], random: [[Double]]) -> [String] {
    func average(_ value: (Diagnosis) -> Double) -> Double { mean(found.map(value)) }
    func ratios(_ situation: Int) -> String {
      rules.indices.map { rule in
        let ratios = zip(found, random[situation]).map { $0.errors[situation][rule] / $1 }
        return "\(rules[rule]) \(rounded(mean(ratios))) (\(ratios.count { $0 >= 1 }))"
      }.joined(separator: ", ")
    }
    return [
      String(
        format:
          "With the new set-point the temperature is %.1f of the data's standard deviations from their mean, with the same controller %.1f.",
        average(\.new.distance), average(\.same.distance)),
      "Error against random's when the candidate is kept that is nearest to some target, without the reward (and in how many seeds it is not lower): in distribution "
        + ratios(0) + "; with the new set-point " + ratios(1) + ".",
      "Of two candidates the reward prefers the truer in \(percent(average(\.same.within))) of pairs of one elite and "
        + "\(percent(average(\.same.between))) of pairs of two elites in distribution; with the new set-point in "
        + "\(percent(average(\.new.within))) and \(percent(average(\.new.between))).",
      String(
        format:
          "One step's bias of the temperature, in standard deviations of the data's changes: %.2f for the elites' mean and %.2f for the highest reward in distribution, %.2f and %.2f with the new set-point.",
        average(\.same.ensembleBias), average(\.same.chosenBias), average(\.new.ensembleBias),
        average(\.new.chosenBias)),
    ]
  }
}

/// Changes as a quadratic function of temperature, compressor and command, fitted by least squares: the true law is of
/// second degree but for one sine, so that this scorer knows more than any network does.
private struct QuadraticFit {
  private let means, deviations: [Double]
  /// [place][feature], of the change in its own unit.
  private var weights: [[Double]] = []

  init(_ data: TransitionData) {
    let columns = (0..<3).map { place in
      (0..<data.count).map {
        Double(place < 2 ? data.observations[2 * $0 + place] : data.actions[$0])
      }
    }
    means = columns.map(mean)
    deviations = columns.map { column in
      let center = mean(column)
      return mean(column.map { ($0 - center) * ($0 - center) }).squareRoot() + 1e-6
    }
    let rows = (0..<data.count).map { row in features(columns.map { $0[row] }) }
    let size = rows[0].count
    // A little ridge: the command follows the temperature nearly, so that some directions are hardly seen.
    var matrix = (0..<size * size).map { $0 / size == $0 % size ? 1e-3 : 0 }
    for row in rows {
      for one in 0..<size {
        for other in 0..<size { matrix[one * size + other] += row[one] * row[other] }
      }
    }
    let system = LinearSystem(matrix, size: size)!
    weights = (0..<2).map { place in
      var right = [Double](repeating: 0, count: size)
      for (index, row) in rows.enumerated() {
        let change = Double(
          data.nextObservations[2 * index + place] - data.observations[2 * index + place])
        for feature in 0..<size { right[feature] += row[feature] * change }
      }
      return system.solution(right)
    }
  }

  private func features(_ values: [Double]) -> [Double] {
    let z = values.indices.map { (values[$0] - means[$0]) / deviations[$0] }
    return [1] + z + z.indices.flatMap { one in (one..<z.count).map { z[one] * z[$0] } }
  }

  func successors(_ states: [Float], _ actions: [Float]) -> [Float] {
    actions.indices.flatMap { row in
      let features = features([
        Double(states[2 * row]), Double(states[2 * row + 1]), Double(actions[row]),
      ])
      return (0..<2).map { place in
        states[2 * row + place] + Float(zip(features, weights[place]).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
  }
}
