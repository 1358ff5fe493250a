/// Loyalty as a shaper of rewards for teams of learners (card of TR-3, arXiv 2601.16237):
/// r_i' = r_i + theta_i (benefit W_i + tolerance cost_i), W_i the welfare of the teammates.
///
/// Independent learners then reach the equilibrium of the loyal utilities instead of free-riding.
public struct LoyaltyShaper: Sendable, Equatable {
  /// theta of every agent, of [0, 1].
  public var loyalties: [Double]
  /// phi_B: how much a loyal agent feels the teammates' rewards; negative for envy.
  public var benefit: Double
  /// phi_C: which part of its own cost loyalty gives back; of [0, 1).
  public var tolerance: Double
  /// The teammates' rewards as a sum (the paper's figures) or as a mean (the released code).
  public var welfare: TeamParameters.Welfare

  /// - Precondition: Loyalties lie in [0, 1], tolerance in [0, 1), benefit is finite.
  public init(
    loyalties: [Double], benefit: Double = 0.8, tolerance: Double = 0.3,
    welfare: TeamParameters.Welfare = .sum
  ) {
    precondition(loyalties.allSatisfy { 0...1 ~= $0 }, "a loyalty is not between 0 and 1")
    precondition(benefit.isFinite && tolerance >= 0 && tolerance < 1, "benefit or tolerance is out of range")
    self.loyalties = loyalties
    self.benefit = benefit
    self.tolerance = tolerance
    self.welfare = welfare
  }

  /// - Parameters:
  ///   - rewards: One for each agent, costs already subtracted.
  ///   - costs: What each agent's effort has cost it, positive.
  public func shape(_ rewards: [Double], costs: [Double]) -> [Double] {
    precondition(rewards.count == loyalties.count && costs.count == loyalties.count, "one number an agent")
    var shaped = rewards
    shaped.withUnsafeMutableBufferPointer { rewards in
      costs.withUnsafeBufferPointer { shape(rewards, costs: $0) }
    }
    return shaped
  }

  /// The same in place.
  /// - Precondition: `rewards` and `costs` have a number for every agent.
  public func shape(_ rewards: UnsafeMutableBufferPointer<Double>, costs: UnsafeBufferPointer<Double>) {
    var all = 0.0
    for reward in rewards { all += reward }
    let mates = Double(rewards.count - 1)
    for i in rewards.indices {
      let others = all - rewards[i]
      let felt = welfare == .sum ? others : mates > 0 ? others / mates : 0
      rewards[i] += loyalties[i] * (benefit * felt + tolerance * costs[i])
    }
  }
}
