import Foundation

/// TR-2's measures of how a set of trust parameters behaves: scripted runs of one pair, dependence 0.5 unless said.
/// The report's figures come from parameters with `ceiling: .multiplied`, the law it prints; the released code's,
/// `.frozen`, lets reputation hold trust down longer (hysteresis35 0.841 instead of 1.115).
public struct TrustMetrics: Sendable, Equatable {
  /// Erosion over building.
  public var negativityRatio: Double
  /// Trust regained within 10, 35 and 100 steps of cooperation after one violation, over what it was before.
  public var hysteresis10, hysteresis35, hysteresis100: Double
  /// Damage of four small violations over that of one large.
  public var cumulativeAmplification: Double
  /// Damage at dependence 0.8 over that at 0.2.
  public var dependencyAmplification: Double
  /// Trust after 10, 25 and 50 steps of cooperation from 0.5, and the rate of the first ten.
  public var trust10, trust25, trust50, buildingRate: Double
  /// Trust lost in one and in two violations.
  public var erosion1, erosion2: Double
  /// 30 steps of cooperation and defection in turn: mean, standard deviation and range of the 31 points.
  public var stabilityMean, stabilityDeviation, stabilityRange: Double
  /// Steps until half of what one violation cost is regained (100: never), and trust after 100.
  public var halfRecoverySteps: Int
  public var finalRecovery: Double

  public init(of dynamics: TrustDynamics) {
    func run(from start: Double, _ signals: [Double], dependence: Double = 0.5, damages: Bool = true)
      -> [Double]
    {
      var (trust, reputation) = (start, 0.0)
      var all = [trust]
      for signal in signals {
        let before = reputation
        dynamics.update(trust: &trust, reputation: &reputation, signal: tanh(signal), dependence: dependence)
        if !damages { reputation = before }
        all.append(trust)
      }
      return all
    }
    negativityRatio = dynamics.erosion / dynamics.building
    func hysteresis(_ steps: Int) -> [Double] {
      Array(run(from: 0.85, [-3] + Array(repeating: 2, count: steps)).dropFirst())
    }
    hysteresis10 = hysteresis(10).last! / 0.85
    hysteresis35 = hysteresis(35).max()! / 0.85
    hysteresis100 = hysteresis(100).max()! / 0.85
    let large = run(from: 0.8, [-4])
    let small = run(from: 0.8, [-1, -1, -1, -1])
    cumulativeAmplification = (0.8 - small.last!) / (0.8 - large.last!)
    dependencyAmplification =
      (0.8 - run(from: 0.8, [-2], dependence: 0.8).last!)
      / (0.8 - run(from: 0.8, [-2], dependence: 0.2).last!)
    let building = run(from: 0.5, Array(repeating: 2, count: 50))
    (trust10, trust25, trust50) = (building[10], building[25], building[50])
    buildingRate = (building[10] - 0.5) / 10
    let erosion = run(from: 0.8, [-2, -2], damages: false)
    (erosion1, erosion2) = (0.8 - erosion[1], 0.8 - erosion[2])
    let stability = run(from: 0.7, (0..<30).map { $0 % 2 == 0 ? 1 : -0.5 })
    let mean = stability.reduce(0, +) / Double(stability.count)
    stabilityMean = mean
    stabilityDeviation =
      (stability.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(stability.count)).squareRoot()
    stabilityRange = stability.max()! - stability.min()!
    let recovery = run(from: 0.8, [-3] + Array(repeating: 2, count: 100))
    let half = recovery[1] + 0.5 * (0.8 - recovery[1])
    halfRecoverySteps = recovery.dropFirst(2).firstIndex { $0 >= half }.map { $0 - 1 } ?? 100
    finalRecovery = recovery.last!
  }

  /// The report's grid of 3^6 = 729 parameter sets.
  public static var grid: [TrustDynamics] {
    var all: [TrustDynamics] = []
    for building in [0.05, 0.10, 0.15] {
      for erosion in [0.15, 0.30, 0.45] {
        for damage in [0.5, 0.6, 0.7] {
          for repair in [0.01, 0.03, 0.05] {
            for amplification in [0.3, 0.5, 0.7] {
              for sensitivity in [0.5, 1, 1.5] {
                all.append(
                  TrustDynamics(
                    building: building, erosion: erosion, damage: damage, repair: repair,
                    amplification: amplification, sensitivity: sensitivity, ceiling: .multiplied))
              }
            }
          }
        }
      }
    }
    return all
  }
}
