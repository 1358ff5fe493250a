import Foundation

/// TR-4's five functional experiments.
public enum ReciprocityExperiments {
  private static func simulation(
    _ reciprocity: ReciprocityParameters, _ dependence: [[Double]], baseline: Double, action: Double,
    trust: Double,
    decay: Double, shock: (step: Int, change: Double)? = nil
  ) -> ReciprocitySimulation {
    var simulation = ReciprocitySimulation(
      reciprocity, dependence: dependence, baseline: baseline, action: action, trust: trust)
    simulation.decay = decay
    if let shock { simulation.shocks = [shock.step: [1: .add(shock.change)]] }
    return simulation
  }

  /// The mean action after 30 steps of a prisoner's dilemma, with reciprocity and without.
  public static func dilemma() -> (with: Double, without: Double) {
    func final(_ strength: Double) -> Double {
      simulation(
        ReciprocityParameters(strength: strength), GameParameters.uniform(0.8, count: 2), baseline: 0.3,
        action: 0.5,
        trust: 0.6, decay: 0.02
      ).run(steps: 30).actions[30].reduce(0, +) / 2
    }
    return (final(1), final(0))
  }

  /// How strongly a dependent and an independent agent answer a third one's defection.
  public static func asymmetry() -> (dependent: Double, independent: Double) {
    let course = simulation(
      ReciprocityParameters(memory: 3), [[0, 0.9, 0.2], [0.5, 0, 0.5], [0.2, 0.2, 0]], baseline: 0.3,
      action: 0.6,
      trust: 0.7, decay: 0.01, shock: (5, -0.35)
    ).run(steps: 25)
    return (abs(course.responses[8][0][1]), abs(course.responses[8][2][1]))
  }

  /// The steps until 90% of cooperation is back after a shock; 0: never. It does not depend on the window.
  public static func recoverySteps(memory: Int) -> Int {
    let course = simulation(
      ReciprocityParameters(memory: memory), GameParameters.uniform(0.7, count: 2), baseline: 0.3,
      action: 0.6,
      trust: 0.7, decay: 0.02, shock: (10, -0.35)
    ).run(steps: 50)
    let step = (12...50).first { course.actions[$0][0] >= 0.9 * course.actions[9][0] }
    return step.map { $0 - 10 } ?? 0
  }

  /// The mean action after 50 steps from this trust.
  public static func cooperation(trust: Double) -> Double {
    simulation(
      ReciprocityParameters(), GameParameters.uniform(0.7, count: 2), baseline: 0.3, action: 0.6,
      trust: trust,
      decay: 0.10
    ).run(steps: 50).actions[50].reduce(0, +) / 2
  }

  /// The total action of a team of three after 25 steps, with reciprocity and without.
  public static func team() -> (with: Double, without: Double) {
    func total(_ strength: Double) -> Double {
      simulation(
        ReciprocityParameters(strength: strength, memory: 3), GameParameters.uniform(0.5, count: 3),
        baseline: 0.2,
        action: 0.5, trust: 0.7, decay: 0.02
      ).run(steps: 25).actions[25].reduce(0, +)
    }
    return (total(1), total(0))
  }
}
