import Foundation

/// Equilibria of the team-production game with loyalty (TR-3). Only total effort matters to a member, so that the
/// best response is to fill up to the member's own target total.
public struct TeamEquilibrium: Sendable, Equatable {
  public var team: TeamParameters
  /// The least effort; 0.01 in the report's study.
  public var minimumEffort: Double

  /// Why a team cannot be solved.
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case parameter(String)
    public var description: String {
      switch self {
      case .parameter(let text): text
      }
    }
  }

  /// - Throws: `Failure` where the closed forms do not hold: returns outside (0, 1), productivity or cost not above
  ///   0, tolerance of 1 or more, negative benefit or tolerance.
  public init(_ team: TeamParameters, minimumEffort: Double = 0.01) throws(Failure) {
    guard team.returns > 0, team.returns < 1 else {
      throw .parameter("returns to scale must lie between 0 and 1 (exclusive), found \(team.returns)")
    }
    guard team.productivity > 0, team.cost > 0 else {
      throw .parameter("productivity and cost must be above 0")
    }
    guard team.benefit >= 0, team.tolerance >= 0, team.tolerance < 1 else {
      throw .parameter("benefit must be at least 0 and tolerance of [0, 1): otherwise effort has no price")
    }
    self.team = team
    self.minimumEffort = minimumEffort
  }

  /// S*: (k omega beta / (n c (1 - phi_C theta)))^(1 / (1 - beta)), k = 1 + theta phi_B (n - 1) where a member feels
  /// the sum of the teammates' welfare, 1 + theta phi_B where their mean.
  public func targetTotal(loyalty: Double, members: Int) -> Double {
    let n = Double(members)
    let others = members == 1 ? 0 : team.welfare == .sum ? n - 1 : 1
    let felt = 1 + loyalty * team.benefit * others
    return pow(
      felt * team.productivity * team.returns / (n * team.cost * (1 - team.tolerance * loyalty)),
      1 / (1 - team.returns))
  }

  /// Each member's effort where all are equally loyal.
  public func symmetricEffort(loyalty: Double, members: Int) -> Double {
    clip(targetTotal(loyalty: loyalty, members: members) / Double(members))
  }

  /// An equilibrium in closed form (water filling): members in the order of their target totals, highest first, fill
  /// up to their target or the largest effort; whoever finds his target reached does the least.
  public func waterFilling(loyalties: [Double]) -> [Double] {
    let targets = loyalties.map { targetTotal(loyalty: $0, members: loyalties.count) }
    var efforts = loyalties.map { _ in minimumEffort }
    var total = minimumEffort * Double(loyalties.count)
    for member in targets.indices.sorted(by: { targets[$0] > targets[$1] }) {
      let others = total - minimumEffort
      efforts[member] = clip(targets[member] - others)
      total = others + efforts[member]
    }
    return efforts
  }

  private func clip(_ effort: Double) -> Double { max(minimumEffort, min(team.maximumEffort, effort)) }

  /// Algorithm 1 of the paper: best responses in turn from half of the largest effort. How much each member does is
  /// not unique; the total is.
  public func solve(loyalties: [Double]) -> BestResponseSolver.Equilibrium {
    let targets = loyalties.map { targetTotal(loyalty: $0, members: loyalties.count) }
    return BestResponseSolver(tolerance: 1e-6, sweeps: 1000).solve(
      from: loyalties.map { _ in team.maximumEffort / 2 }
    ) { member, efforts in
      clip(targets[member] - (efforts.reduce(0, +) - efforts[member]))
    }
  }
}
