import Foundation

/// TR-3's study of 3,125 teams: six behavioural targets (arXiv 2601.16237).
public struct LoyaltyStudy: Sendable {
  public static let productivities = [10.0, 15, 20, 25, 30]
  public static let returns = [0.40, 0.45, 0.50, 0.55, 0.60]
  public static let costs = [1.5, 2, 2.5, 3, 3.5]
  public static let sizes = [3, 4, 5, 6, 8]
  public static let loyalties = [0, 0.3, 0.5, 0.7, 0.9]

  public struct Summary: Sendable, Equatable {
    /// Effort without loyalty is the free-riding level within 5%: cells of 625. The failures are teams whose
    /// free-riding effort lies below the least effort, 0.01.
    public var freeRiding: Int
    /// Effort does not fall with loyalty: cells of 625.
    public var monotonicity: Int
    /// effort(0.9) / effort(0.1) above 2: cells of 625; and that ratio.
    public var differentiation: Int
    public var ratioMedian, ratioMean, ratioLeast, ratioGreatest: Double
    /// Without loyalty, effort does not rise with the size of the team: cells of 125.
    public var teamSize: Int
    /// Benefit and tolerance together do more than 1.1 times what they do alone: cells of 625; and that ratio.
    public var synergy: Int
    public var synergyMedian: Double
    /// All efforts within their bounds: of 3,125.
    public var bounded: Int
    /// Cells of 625 in which some effort reaches the cap.
    public var capped: Int
    /// Cohen's d (population deviation), t and p of effort(0.9) - effort(0) over the cells.
    public var effect, t, probability: Double
  }

  public var welfare: TeamParameters.Welfare
  /// phi_B and phi_C.
  public var benefit, tolerance: Double

  public init(welfare: TeamParameters.Welfare = .sum, benefit: Double = 0.8, tolerance: Double = 0.3) {
    self.welfare = welfare
    self.benefit = benefit
    self.tolerance = tolerance
  }

  private func effort(
    _ productivity: Double, _ returns: Double, _ cost: Double, _ size: Int, _ loyalty: Double,
    benefit: Double, tolerance: Double
  ) -> Double {
    let team = TeamParameters(
      productivity: productivity, returns: returns, cost: cost, benefit: benefit, tolerance: tolerance,
      maximumEffort: 50, welfare: welfare)
    // The grid's parameters are valid.
    return (try? TeamEquilibrium(team))?.symmetricEffort(loyalty: loyalty, members: size) ?? .nan
  }

  public func run() -> Summary {
    var summary = Summary(
      freeRiding: 0, monotonicity: 0, differentiation: 0, ratioMedian: 0, ratioMean: 0, ratioLeast: 0,
      ratioGreatest: 0, teamSize: 0, synergy: 0, synergyMedian: 0, bounded: 0, capped: 0, effect: 0, t: 0,
      probability: 0)
    var (ratios, synergies, differences) = ([Double](), [Double](), [Double]())
    for productivity in Self.productivities {
      for returns in Self.returns {
        for cost in Self.costs {
          var alone: [Double] = []
          for size in Self.sizes {
            func at(_ loyalty: Double, _ benefit: Double, _ tolerance: Double) -> Double {
              effort(productivity, returns, cost, size, loyalty, benefit: benefit, tolerance: tolerance)
            }
            func at(_ loyalty: Double) -> Double { at(loyalty, benefit, tolerance) }
            let efforts = Self.loyalties.map { at($0) }
            alone.append(efforts[0])
            let free = TeamParameters(productivity: productivity, returns: returns, cost: cost)
              .freeRidingEffort(members: size)
            if abs(efforts[0] - free) / free < 0.05 { summary.freeRiding += 1 }
            if zip(efforts, efforts.dropFirst()).allSatisfy({ $0 <= $1 }) { summary.monotonicity += 1 }
            ratios.append(at(0.9) / at(0.1))
            let base = at(0.7, 0, 0)
            let separate = at(0.7, benefit, 0) - base + at(0.7, 0, tolerance) - base
            synergies.append(separate > 0 ? (efforts[3] - base) / separate : 1)
            summary.bounded += efforts.filter { 0...50 ~= $0 }.count
            if efforts.contains(where: { $0 >= 50 }) { summary.capped += 1 }
            differences.append(efforts[4] - efforts[0])
          }
          if zip(alone, alone.dropFirst()).allSatisfy({ $0 >= $1 }) { summary.teamSize += 1 }
        }
      }
    }
    summary.differentiation = ratios.filter { $0 > 2 }.count
    summary.synergy = synergies.filter { $0 > 1.1 }.count
    ratios.sort()
    synergies.sort()
    summary.ratioMedian = ratios[ratios.count / 2]
    summary.ratioMean = ratios.reduce(0, +) / Double(ratios.count)
    (summary.ratioLeast, summary.ratioGreatest) = (ratios[0], ratios[ratios.count - 1])
    summary.synergyMedian = synergies[synergies.count / 2]
    let number = Double(differences.count)
    let mean = differences.reduce(0, +) / number
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    summary.effect = mean / (squares / number).squareRoot()
    summary.t = mean / (squares / (number - 1) / number).squareRoot()
    summary.probability = TailProbability.student(summary.t, degrees: number - 1)
    return summary
  }
}
