import Foundation

/// TR-4's sweep over six parameters: six behavioural targets.
public struct ReciprocityStudy: Sendable {
  public struct Outcome: Sendable, Equatable {
    public var emergence, punishment, forgiveness, differentiation, trustInteraction, isBounded: Bool
    /// |R_01| / |R_10|; 2^eta in theory.
    public var ratio: Double
    /// The mean action after 30 steps.
    public var finalCooperation: Double
  }

  public struct Summary: Sendable, Equatable {
    public var sets = 0
    /// Emergence, punishment, forgiveness, differentiation, trust interaction, bounded.
    public var counts = [0, 0, 0, 0, 0, 0]
    public var ratioMean = 0.0
    /// Sample deviation.
    public var ratioDeviation = 0.0
    /// (mean - 1.5) / deviation, and that times the root of the number.
    public var effect = 0.0
    public var t = 0.0

    /// The report's thresholds, in per cent.
    public static let thresholds = [85.0, 95, 80, 90, 90, 100]

    public var passes: [Bool] {
      zip(counts, Self.thresholds).map { 100 * Double($0) / Double(sets) >= $1 }
    }
  }

  /// Three or five values of each parameter.
  public var isFull: Bool

  public init(isFull: Bool = false) { self.isFull = isFull }

  /// One parameter set.
  /// - Parameter trust: T_0.
  public static func outcome(_ reciprocity: ReciprocityParameters, trust: Double) -> Outcome {
    func simulation(_ trust: Double) -> ReciprocitySimulation {
      var simulation = ReciprocitySimulation(
        reciprocity, dependence: [[0, 0.8], [0.4, 0]], baseline: 0.3, action: 0.5, trust: trust)
      simulation.decay = 0.01
      return simulation
    }
    let cooperative = simulation(trust).run(steps: 30)
    var attacked = simulation(trust)
    attacked.shocks = [10: [1: .set(0.10)]]
    let defected = attacked.run(steps: 100)
    func own(_ step: Int) -> Double { defected.actions[step][0] }

    let punishment = (11...59).reduce(0) {
      $0 + max(0, cooperative.actions[min($1, 30)][0] - own($1))
    }
    let horizon = min(20 + 2 * reciprocity.memory, 90)
    let before = cooperative.actions[min(horizon, 30)][0]
    let trend = own(horizon) - own(max(horizon - 10, 15))
    let least = (11..<min(40, horizon)).map(own).min() ?? .infinity
    let (high, low) = (simulation(0.9).run(steps: 20), simulation(0.3).run(steps: 20))
    func late(_ course: ReciprocitySimulation.Course) -> Double {
      let values = course.actions.dropFirst(3).flatMap { $0 }
      return values.reduce(0, +) / Double(values.count)
    }
    let ratio = abs(cooperative.responses[0][0][1]) / max(abs(cooperative.responses[0][1][0]), 1e-8)
    let final = cooperative.actions[30].reduce(0, +) / 2
    let bound = reciprocity.strength * pow(0.8, reciprocity.elasticity) + 1e-10
    return Outcome(
      emergence: final > 0.53,
      punishment: punishment > 0.005 || cooperative.trust[15][0][1] - defected.trust[15][0][1] > 0.01,
      forgiveness: own(horizon) > 0.5 * before || (trend > 0.001 && own(horizon) > 0.35)
        || own(horizon) > least + 0.02,
      differentiation: ratio > 1.5, trustInteraction: late(high) > late(low) + 0.005,
      isBounded: cooperative.responses.allSatisfy { $0.allSatisfy { $0.allSatisfy { abs($0) <= bound } } },
      ratio: ratio, finalCooperation: final)
  }

  public func run() -> Summary {
    let levels = isFull ? [0.5, 0.875, 1.25, 1.625, 2] : [0.5, 1.25, 2]
    let elasticities = isFull ? [0.8, 1.1, 1.4, 1.7, 2] : [0.8, 1.4, 2]
    let windows = isFull ? [1, 5, 10, 15, 20] : [1, 10, 20]
    let trusts = isFull ? [0.3, 0.45, 0.6, 0.75, 0.9] : [0.3, 0.6, 0.9]
    var summary = Summary()
    var ratios: [Double] = []
    for strength in levels {
      for elasticity in elasticities {
        for sensitivity in levels {
          for window in windows {
            for weight in levels {
              for trust in trusts {
                let outcome = Self.outcome(
                  ReciprocityParameters(
                    strength: strength, elasticity: elasticity, sensitivity: sensitivity, memory: window,
                    weight: weight), trust: trust)
                let targets = [
                  outcome.emergence, outcome.punishment, outcome.forgiveness, outcome.differentiation,
                  outcome.trustInteraction, outcome.isBounded,
                ]
                for (index, holds) in targets.enumerated() where holds { summary.counts[index] += 1 }
                ratios.append(outcome.ratio)
              }
            }
          }
        }
      }
    }
    summary.sets = ratios.count
    let number = Double(ratios.count)
    let mean = ratios.reduce(0, +) / number
    let squares = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    summary.ratioMean = mean
    summary.ratioDeviation = (squares / (number - 1)).squareRoot()
    summary.effect = (mean - 1.5) / summary.ratioDeviation
    summary.t = summary.effect * number.squareRoot()
    return summary
  }
}
