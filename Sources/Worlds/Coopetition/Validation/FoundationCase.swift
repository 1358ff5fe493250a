/// TR-3's case: the Apache HTTP Server project in four phases, 15 points each. The rubric checks order and bands
/// only; against documented efforts the predictions are five times too high.
public struct FoundationCase: Sendable {
  public struct Phase: Sendable, Equatable {
    public var name: String
    public var months, members: Int
    /// Multiplies the founders' loyalties.
    public var loyalty: Double
    /// What the rubric expects.
    public var expectation: Expectation
    /// Documented mean effort.
    public var documentedEffort: Double
  }

  public enum Expectation: String, Sendable { case high, moderate, sustained, declining }

  public struct Outcome: Sendable {
    /// Of each phase: the members' mean, and each member's.
    public var efforts: [Double]
    public var memberEfforts: [[Double]]
    public var cohesion, meanLoyalty: [Double]
    /// The rubric line by line, and its sums.
    public var indicators: [CaseIndicator] = []
    public var scores: [Int] { FoundationCase.phases.map { Int(indicators.points($0.name)) } }
    public var total: Int { scores.reduce(0, +) }
    /// Against the documented efforts.
    public var rootMeanSquareError, meanAbsolutePercentageError, correlation: Double
  }

  /// Weight of the team's dependence and loyalty of Behlendorf, Fielding, Hartill, Robinson, Skolnick, Terbush, Thau
  /// and Wilson. Larger teams repeat the list.
  public static let founders: [(weight: Double, loyalty: Double)] = [
    (0.18, 0.85), (0.20, 0.90), (0.12, 0.80), (0.10, 0.75), (0.08, 0.70), (0.10, 0.78), (0.12, 0.82),
    (0.10, 0.76),
  ]

  public static let phases = [
    Phase(
      name: "formation", months: 24, members: 8, loyalty: 1, expectation: .high, documentedEffort: 6.8),
    Phase(
      name: "growth", months: 60, members: 25, loyalty: 0.85, expectation: .moderate, documentedEffort: 5.2),
    Phase(
      name: "maturation", months: 132, members: 40, loyalty: 0.70, expectation: .sustained,
      documentedEffort: 4.1),
    Phase(
      name: "evolution", months: 84, members: 35, loyalty: 0.60, expectation: .declining,
      documentedEffort: 3.8),
  ]

  private let equilibrium: TeamEquilibrium

  public init(welfare: TeamParameters.Welfare = .sum) throws(TeamEquilibrium.Failure) {
    equilibrium = try TeamEquilibrium(
      TeamParameters(productivity: 30, returns: 0.65, cost: 1.2, maximumEffort: 50, welfare: welfare))
  }

  public func run() -> Outcome {
    var outcome = Outcome(
      efforts: [], memberEfforts: [], cohesion: [], meanLoyalty: [], rootMeanSquareError: 0,
      meanAbsolutePercentageError: 0, correlation: 0)
    for phase in Self.phases {
      let loyalties = (0..<phase.members).map { Self.founders[$0 % 8].loyalty * phase.loyalty }
      let weights = (0..<phase.members).map { $0 < 8 ? Self.founders[$0].weight : 1 / Double(phase.members) }
      let efforts = equilibrium.solve(loyalties: loyalties).actions
      outcome.memberEfforts.append(efforts)
      outcome.efforts.append(efforts.reduce(0, +) / Double(phase.members))
      outcome.cohesion.append(TeamCohesion.cohesion(loyalties: loyalties, weights: weights))
      outcome.meanLoyalty.append(loyalties.reduce(0, +) / Double(phase.members))
    }
    outcome.indicators = outcome.efforts.indices.flatMap { Self.indicators($0, outcome.efforts) }
    let documented = Self.phases.map(\.documentedEffort)
    let errors = zip(outcome.efforts, documented).map { $0 - $1 }
    outcome.rootMeanSquareError = (errors.reduce(0) { $0 + $1 * $1 } / 4).squareRoot()
    outcome.meanAbsolutePercentageError =
      100 * zip(errors, documented).reduce(0) { $0 + abs($1.0) / $1.1 } / 4
    outcome.correlation = Correlation.pearson(outcome.efforts, documented)
    return outcome
  }

  private static func indicators(_ phase: Int, _ efforts: [Double]) -> [CaseIndicator] {
    let effort = efforts[phase]
    let ranks = efforts.indices.sorted { (efforts[$0], $1) > (efforts[$1], $0) }
    let rank = ranks.firstIndex(of: phase) ?? 0
    let share = effort / 50
    let level =
      switch phases[phase].expectation {
      case .high: share > 0.6 ? 4 : share > 0.4 ? 3 : share > 0.2 ? 2 : 1
      case .moderate: share > 0.3 && share < 0.9 ? 4 : share > 0.2 ? 2 : 1
      case .sustained: share > 0.1 && share < 0.6 ? 4 : share > 0.05 ? 2 : 1
      case .declining: share < 0.5 ? 4 : share < 0.7 ? 2 : 1
      }
    let course: Int
    if phase == 0 {
      course = effort >= 0.95 * (efforts.max() ?? 0) ? 4 : 2
    } else {
      let before = efforts[phase - 1]
      course = effort < before ? 4 : effort == before ? 2 : effort < 1.1 * before ? 1 : 0
    }
    let name = phases[phase].name
    return [
      CaseIndicator(
        name, "effort above 0, below 100, finite",
        Double([effort > 0, effort < 100, effort.isFinite].count { $0 }), of: 3),
      CaseIndicator(name, "rank among the phases", [4, 3, 1, 0][abs(rank - phase)], of: 4),
      CaseIndicator(name, "level is \(phases[phase].expectation.rawValue)", Double(level), of: 4),
      CaseIndicator(name, phase == 0 ? "highest of all" : "below the phase before", Double(course), of: 4),
    ]
  }
}

enum Correlation {
  /// Pearson's r.
  static func pearson(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return ab / (aa * bb).squareRoot()
  }
}
