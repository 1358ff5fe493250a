import Foundation

/// Team production with loyalty (TR-3, arXiv 2601.16237): team output Q = productivity (sum a)^returns, shared
/// equally; pi_i = Q/n - cost a_i; U_i = pi_i + theta_i (benefit W_i + tolerance cost a_i).
public struct TeamParameters: Sendable, Equatable {
  /// Whose welfare a loyal member takes to heart: W_i.
  public enum Welfare: String, CaseIterable, Sendable {
    /// The sum over the teammates. It alone gives the paper's figures.
    case sum
    /// The teammates' mean: what the released code computes.
    case mean
  }

  /// omega, above 0.
  public var productivity: Double
  /// beta; below 1 outside the linear game.
  public var returns: Double
  /// c, above 0.
  public var cost: Double
  /// phi_B and phi_C.
  public var benefit, tolerance: Double
  public var maximumEffort: Double
  public var welfare: Welfare

  public init(
    productivity: Double = 25, returns: Double = 0.7, cost: Double = 1, benefit: Double = 0.8,
    tolerance: Double = 0.3, maximumEffort: Double = 50, welfare: Welfare = .sum
  ) {
    self.productivity = productivity
    self.returns = returns
    self.cost = cost
    self.benefit = benefit
    self.tolerance = tolerance
    self.maximumEffort = maximumEffort
    self.welfare = welfare
  }

  /// Q of the team's total effort.
  public func output(total: Double) -> Double { total > 0 ? productivity * pow(total, returns) : 0 }

  /// pi of every member.
  public func payoffs(_ efforts: [Double]) -> [Double] {
    let share = output(total: efforts.reduce(0, +)) / Double(efforts.count)
    return efforts.map { share - cost * $0 }
  }

  /// U of every member.
  /// - Parameter loyalties: theta, of [0, 1].
  public func utilities(_ efforts: [Double], loyalties: [Double]) -> [Double] {
    let payoffs = payoffs(efforts)
    let all = payoffs.reduce(0, +)
    let mates = Double(efforts.count - 1)
    return efforts.indices.map { i in
      let others = all - payoffs[i]
      let felt = welfare == .sum ? others : mates > 0 ? others / mates : 0
      return payoffs[i] + loyalties[i] * (benefit * felt + tolerance * cost * efforts[i])
    }
  }

  /// A member's effort where nobody is loyal: (omega beta / (c n^(2 - beta)))^(1 / (1 - beta)), the corner where
  /// returns are linear.
  public func freeRidingEffort(members: Int) -> Double {
    let n = Double(members)
    if abs(returns - 1) < 1e-9 { return productivity / n < cost ? 0 : maximumEffort }
    return pow(productivity * returns / (cost * pow(n, 2 - returns)), 1 / (1 - returns))
  }

  /// A member's effort where the sum of payoffs is largest: (omega beta / c)^(1 / (1 - beta)) / n.
  public func optimalEffort(members: Int) -> Double {
    if abs(returns - 1) < 1e-9 { return productivity > cost ? maximumEffort : 0 }
    return pow(productivity * returns / cost, 1 / (1 - returns)) / Double(members)
  }
}
