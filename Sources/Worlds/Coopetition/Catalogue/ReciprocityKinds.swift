extension Coopetition {
  private static func kind(
    _ name: String, steps: Int, _ summary: String, endowments: [Double], baseline: Double,
    dependence: [[Double]], initialTrust: Double = 0.50, _ reciprocity: ReciprocityParameters
  ) -> WorldKind {
    .coopetition(name, steps: steps, summary) { _ in
      let game = GameParameters(
        endowments: endowments, baselines: endowments.map { $0 * baseline }, synergyWeight: 0.65,
        dependence: dependence, trust: TrustDynamics(initialTrust: initialTrust), maximumSteps: steps)
      return (game, { ReciprocityRule(reciprocity, of: $0) })
    }
  }

  /// TR-4.
  static let reciprocityKinds: [WorldKind] = [
    kind(
      "reciprocaldilemma", steps: 100, "a continuous prisoner's dilemma of partners who reciprocate",
      endowments: [100, 100], baseline: 0.3, dependence: GameParameters.uniform(0.50, count: 2),
      ReciprocityParameters()),
    kind(
      "giftexchange", steps: 100, "an employer and a worker who answer gifts with gifts",
      endowments: [100, 80],
      baseline: 0.3, dependence: [[0, 0.4], [0.7, 0]],
      ReciprocityParameters(strength: 1.2, elasticity: 1.5, memory: 3, weight: 1.2, amplification: 0.8)),
    kind(
      "indirectreciprocity", steps: 150, "four agents who remember seven steps",
      endowments: Array(repeating: 100, count: 4), baseline: 0.3,
      dependence: GameParameters.uniform(0.40, count: 4),
      ReciprocityParameters(strength: 0.8, memory: 7, weight: 1.5, amplification: 0.5)),
    kind(
      "graduatedsanction", steps: 200, "six agents whose sanctions grow with the offence",
      endowments: Array(repeating: 100, count: 6), baseline: 0.4,
      dependence: GameParameters.uniform(0.35, count: 6),
      ReciprocityParameters(
        strength: 0.6, elasticity: 1.5, sensitivity: 0.8, memory: 10, weight: 1.8, amplification: 1)),
    kind(
      "appleappstore", steps: 66, "Apple, a major and a small developer", endowments: [100, 80, 60],
      baseline: 0.3, dependence: [[0, 0.3, 0.2], [0.8, 0, 0.15], [0.85, 0.1, 0]], initialTrust: 0.60,
      ReciprocityParameters(elasticity: 1.2, sensitivity: 0.8, memory: 4, amplification: 0.8)),
  ]
}
