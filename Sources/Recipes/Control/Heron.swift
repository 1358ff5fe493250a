import Control
import Foundation
import Learned
import Shelf
import Worlds

/// HERON against a weighted sum on the pendulum: what a signal's unit does to either.
struct Heron: Recipe {
  let slug = "heron"
  let standing = Standing.works
  let claim =
    "A reward learned from a ranking of signals trains the same policy whatever a signal's unit; a weighted sum does not."
  let rule =
    "Card 14: HERON's mean return is at least -300 with angle^2 in units of 0.01, 1 and 100, within 80 of each other; the weighted sum (beta 0.1) at 0.01 stays at or below -900; pair accuracy at least 0.93. Three seeds."
  let arms = ["weighted sum x0.01", "weighted sum x1", "HERON x0.01", "HERON x1", "HERON x100"]
  let scales = [Scale.quick]
  let scaledDown =
    "DDPG with two layers of 64 for 8000 steps (the paper: 256, up to a million steps), classic control only."
  let faults = [
    Fault("raw-margins", help: "margins of 1 in each signal's own unit instead of its spread"),
    Fault("reversed-levels", help: "the least important signal ranked first"),
  ]

  struct Arm: Sendable {
    var name: String
    var isLearned: Bool
    var scale: Float
  }

  struct Run: Sendable {
    var meanReturn: Double
    var accuracy: Double
    var shares: [Double]
    var discardRate: Double
    var returns: [Double]
  }

  func run(_ context: RecipeContext) throws -> RecipeResult {
    let all = [
      Arm(name: arms[0], isLearned: false, scale: 0.01), Arm(name: arms[1], isLearned: false, scale: 1),
      Arm(name: arms[2], isLearned: true, scale: 0.01), Arm(name: arms[3], isLearned: true, scale: 1),
      Arm(name: arms[4], isLearned: true, scale: 100),
    ]
    let fault = context.fault
    let runs = try context.map(all, seeds: context.seeds(3), name: { $0.name }) { arm, seed in
      try Self.train(arm, seed: seed, fault: fault, context)
    }
    let returns = runs.map { $0.map(\.meanReturn) }
    let means = returns.map { $0.reduce(0, +) / Double($0.count) }
    let accuracies = runs[2...].map { $0.map(\.accuracy) }
    let learned = means[2...]
    return RecipeResult(
      measurements: zip(arms, returns).map { Measurement($0, "return of the last 15 episodes", $1) }
        + zip(arms[2...], accuracies).map { Measurement($0, "pair accuracy", $1) },
      checks: [
        Check("HERON's lowest mean return over the three units", learned.min()!, .atLeast, -300),
        Check("spread of HERON's mean return between units", learned.max()! - learned.min()!, .atMost, 80),
        Check("the weighted sum's mean return at x0.01", means[0], .atMost, -900),
        Check(
          "HERON's lowest mean pair accuracy",
          accuracies.map { $0.reduce(0, +) / Double($0.count) }.min()!, .atLeast, 0.93),
      ],
      findings: findings(runs), plots: [Self.plot(all, runs)])
  }

  private func findings(_ runs: [[Run]]) -> [String] {
    let shares = runs[3][0].shares.map { String(format: "%.0f%%", 100 * $0) }.joined(separator: ", ")
    return [
      "At unit 1 the levels angle^2, velocity^2, torque^2 decide \(shares) of the pairs; "
        + String(format: "%.0f%% are discarded.", 100 * runs[3][0].discardRate)
    ]
  }

  private static func plot(_ arms: [Arm], _ runs: [[Run]]) -> Plot {
    .lines(
      title: "Return in training", x: "environment steps", y: "return",
      series: zip(arms, runs).map { arm, runs in
        let count = runs.map(\.returns.count).min()!
        return Plot.Curve(
          arm.name, x: (1...count).map { Double($0 * 200) },
          runs: runs.map { Array($0.returns.prefix(count)) })
      })
  }

  /// angle^2, velocity^2 and torque^2, all of them better when lower; the first in another unit.
  private static func signals(_ scale: Float) -> StepSignals {
    StepSignals(width: 3) { batch, lane, target in
      let angle = atan2(batch.observations[lane * 3 + 1], batch.observations[lane * 3])
      let velocity = 8 * batch.observations[lane * 3 + 2]
      let torque = 2 * batch.actions[lane]
      target[0] = scale * angle * angle
      target[1] = velocity * velocity
      target[2] = torque * torque
    }
  }

  private static func train(
    _ arm: Arm, seed: UInt64, fault: String?, _ context: RecipeContext
  ) throws -> Run {
    var settings = OffPolicyConfiguration.ddpg
    settings.netArch = [64, 64]
    settings.batchSize = 64
    settings.gamma = 0.98
    settings.tau = 0.01
    settings.learningStarts = 1000
    settings.bufferSize = 8000
    settings.seed = seed
    let learner = TD3(RescaledWorld(Pendulum(), factors: [1, 1, 0.125]), settings)
    let names = ["angle^2", "velocity^2", "torque^2"]
    let levels = names.map { SignalLevel($0, better: .lower) }
    var reports: [HeronReward.Report] = []
    if arm.isLearned {
      var configuration = HeronConfiguration()
      configuration.hidden = [64, 64]
      configuration.seed = seed
      let isReversed = fault == "reversed-levels"
      let plain = signals(arm.scale)
      let ordered =
        !isReversed
        ? plain
        : StepSignals(width: 3) { batch, lane, target in
          plain.read(batch, lane, target)
          swap(&target[0], &target[2])
        }
      let reward = HeronReward(
        SignalHierarchy(isReversed ? levels.reversed() : levels), signals: ordered,
        configuration: configuration, fixedMargins: fault == "raw-margins" ? [1, 1, 1] : nil)
      reward.attach(to: learner) { reports.append($0) }
    } else {
      learner.reward = WeightedSumReward(SignalHierarchy(levels), signals: signals(arm.scale), beta: 0.1)
    }
    let episodes = try learner.learn(totalSteps: 8000) { _ in
      if context.isCancelled() { throw RecipeCancelled() }
      return true
    }
    let last = episodes.suffix(15).map(\.worldReturn)
    return Run(
      meanReturn: last.reduce(0, +) / Double(last.count), accuracy: reports.last?.pairAccuracy ?? .nan,
      shares: reports.last?.diagnostics.shares ?? [],
      discardRate: reports.last?.diagnostics.discardRate ?? .nan, returns: episodes.map(\.worldReturn))
  }
}
