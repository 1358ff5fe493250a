import Foundation
import Learned
import Shelf
import Worlds

/// MOREC on a refrigerator: candidates filtered by a dynamics reward against any candidate of the same ensemble.
struct Morec: Recipe {
  let slug = "morec"
  /// The conditions on argmax held on 5 of seeds 1 to 5 and 21 to 25 (2, 4, 5, 22, 25). Over their 50 fits argmax/random
  /// is 0.84 in the mean and 0.78 in the median, and at or above 1 in 12, where the card allows one in five. The card's
  /// numbers are those of three fits: its own program gives 1.5 in the mean of seeds 0 to 27, and 1 or more in 19 of
  /// 28. In distribution softmax is 24 to 35% better than random on all ten, and argmax more so.
  ///
  /// Why (`Morec+Diagnosis`): the set-point drives the temperature some eight standard deviations out of the data, where
  /// the reward ranks 49 to 69% of pairs of candidates rightly (in distribution 83%). Not even a quadratic fit of the same transitions, nearly
  /// the true law, would meet the rule: 0.87 in the mean of 20 development fits of a replica, at or above 1 in 7. What
  /// was tried there changes argmax/random from 0.81 (5 of 20) to no better than 0.72 (2 of 20, which did not hold on
  /// further fits): instance noise, gradient penalties, weight decay, other activations and rates, the clamped and the
  /// logit formula, AIRL's log-density, longer rollouts, elites as learners, the residual from the elites' mean as an
  /// input, and five pooled discriminators, by their mean or by what they agree on.
  ///
  /// Offline control (`Morec+Control`) holds on all of seeds 1 to 5 and 21: the filter adds 2 to 200 to the return, and
  /// two to four fifths fewer rollouts pass Pendulum's greatest speed. MOREC's stop below 0.6 costs 500 to 760: it also
  /// stops what lies between the records and the goal.
  let standing = Standing.fails
  let claim =
    "Keeping the imagined transition with the highest dynamics reward lowers the compounding error of a learned model under a policy that its data never saw."
  let rule =
    "Card 48: with the new set-point the mean over five seeds of error(argmax)/error(random) is at most 0.85, and below 1 in all but at most one seed; in distribution softmax costs at most 10% (the card calls it the safe default: to be better is no harm). Pendulum learned from 10,000 transitions of a half-trained policy: the filter costs at most 50 of the return, and no more rollouts diverge."
  let arms = ["random elite", "argmax reward", "softmax reward"]
  let scales = [Scale.quick]
  let scaledDown =
    "A refrigerator with two numbers of state and Pendulum in place of D4RL and NeoRL, models of 64-64, 200 adversarial rounds, 30,000 steps of SAC."
  let faults = [
    Fault(
      "swapped-labels", help: "the discriminator is taught that the learner's transitions are the real ones"),
    Fault("untrained", help: "snapshots of a discriminator that never learned"),
  ]

  /// Where the model is asked: a proportional controller and its start.
  struct Situation {
    var name: String
    var setPoint, gain, start: Double
  }

  static let situations = [
    Situation(name: "same controller", setPoint: 0, gain: 2, start: 0.3),
    Situation(name: "new set-point", setPoint: -0.5, gain: 3, start: 0.3),
    Situation(name: "start far outside", setPoint: 0, gain: 2, start: 1.6),
  ]

  private struct Run: Sendable {
    /// [situation][arm] mean absolute error of the temperature over 60 steps.
    var errors: [[Double]]
    /// [arm][step] under the new set-point.
    var curves: [[Double]]
    var separation: DynamicsRewardTrainer.Separation
    var diagnosis: Diagnosis
  }

  func run(_ context: RecipeContext) throws -> RecipeResult {
    let fault = context.fault
    let runs = try context.map(["seed"], seeds: context.seeds(5), name: { $0 }) { _, seed in
      try Self.run(seed: seed, fault: fault, context)
    }[0]
    let offline = try context.map(["seed"], seeds: context.seeds(3), name: { "pendulum, \($0)" }) { _, seed in
      try Self.control(seed: seed, fault: fault, context)
    }[0]
    func returns(_ kind: Offline) -> Double { mean(offline.map { $0.returns[kind.rawValue] }) }
    func diverged(_ kind: Offline) -> Double { mean(offline.map { $0.diverged[kind.rawValue] }) }
    func errors(_ situation: Int, _ arm: Int) -> [Double] { runs.map { $0.errors[situation][arm] } }
    let ratios = zip(errors(1, 1), errors(1, 0)).map { $0 / $1 }
    let soft = mean(errors(0, 2)) / mean(errors(0, 0))
    let far = zip(errors(2, 1), errors(2, 0)).map { $0 / $1 }
    let costs = zip(errors(0, 1), errors(0, 0)).map { $0 / $1 }
    return RecipeResult(
      measurements: Self.situations.indices.flatMap { situation in
        arms.indices.map { arm in
          Measurement(
            arms[arm], "temperature error, \(Self.situations[situation].name)", errors(situation, arm))
        }
      }
        + Offline.allCases.map { kind in
          Measurement(kind.name, "return in Pendulum", offline.map { $0.returns[kind.rawValue] })
        },
      checks: [
        Check("error argmax/random with the new set-point, mean over seeds", mean(ratios), .atMost, 0.85),
        Check(
          "seeds in which argmax does not lower that error", Double(ratios.count { $0 >= 1 }), .atMost, 1),
        Check("error softmax/random in distribution", soft, .atMost, 1.1),
        Check(
          "Pendulum from recorded data: return with the filter less return without",
          returns(.softmax) - returns(.unfiltered),
          .atLeast, -50),
        Check(
          "Pendulum from recorded data: imagined rollouts that pass its greatest speed, with the filter less without",
          diverged(.softmax) - diverged(.unfiltered), .atMost, 0),
      ],
      findings: [
        "Argmax/random with the new set-point, seed by seed, and random's own error there: "
          + zip(ratios, errors(1, 0)).map { "\(rounded($0)) (\(rounded($1)))" }.joined(separator: ", ")
          + ".",
        String(
          format:
            "In distribution the ratio of error to random is %.2f for argmax and %.3f for softmax.",
          mean(costs), soft),
        String(
          format: "From a start far outside the data argmax does not rescue the model: ratio %.2f.", mean(far)
        ),
        String(
          format:
            "Area under the curve of the dynamics reward: %.3f against shuffled real changes, %.3f against the learner's transitions.",
          mean(runs.map(\.separation.shuffled)), mean(runs.map(\.separation.learner))),
        "Offline control of Pendulum, mean return of three seeds: "
          + Offline.allCases.map { String(format: "%@ %.0f", $0.name, returns($0)) }.joined(separator: ", ")
          + String(format: "; the policy that recorded the data %.0f. ", mean(offline.map(\.recorded)))
          + "Rollouts that pass the greatest speed: "
          + Offline.allCases.dropFirst().map { "\(percent(diverged($0))) (\($0.name))" }.joined(
            separator: ", ") + ".",
      ] + Self.findings(runs.map(\.diagnosis), random: [errors(0, 0), errors(1, 0)]),
      plots: [
        .lines(
          title: "Temperature error with the new set-point", x: "imagined steps", y: "mean absolute error",
          series: arms.indices.map { arm in
            Plot.Curve(arms[arm], x: (1...60).map(Double.init), runs: runs.map { $0.curves[arm] })
          })
      ])
  }

  /// Eight episodes of 100 steps under a noisy controller of set-point 0 and gain 2.
  private static func collect(seed: UInt64) throws -> TransitionData {
    var random = PCG64(seed: seed &+ 0xDA7A)
    let environment = Refrigerator().environment()
    var data = TransitionData(observationWidth: 2, actionWidth: 1)
    for episode in 0..<8 {
      var observation = environment.reset(seed: episode == 0 ? seed : nil)
      for _ in 0..<100 {
        let action = Float(max(-1, min(1, 2 * Double(observation[0]) + 0.15 * random.normal())))
        let transition = try environment.step([action])
        data.append(observation, [action], next: transition.observation)
        observation = transition.observation
      }
    }
    return data
  }

  private static func run(seed: UInt64, fault: String?, _ context: RecipeContext) throws -> Run {
    let data = try collect(seed: seed)
    var ensemble = GaussianEnsembleConfiguration()
    ensemble.hidden = [64, 64]
    ensemble.weightDecay = 0
    ensemble.batchSize = 128
    ensemble.maximumEpochs = 300  // 5 batches each: 1500 steps
    ensemble.patience = .max
    ensemble.seed = seed
    var reward = DynamicsRewardConfiguration()
    // From a learner that is fitted already the area against shuffled changes is 0.5 in place of 0.98.
    reward.learnerFitSteps = 25
    reward.seed = seed
    broken(&reward, by: fault)
    let fit = try FilteredDynamics.fit(data, ensemble: ensemble, reward: reward) { _ in
      if context.isCancelled() { throw RecipeCancelled() }
    }
    let filters = [
      TransitionFilter(.random, stopsBelow: nil), TransitionFilter(.best, stopsBelow: nil),
      TransitionFilter(.softmax(temperature: 0.1), stopsBelow: nil),
    ]
    var errors: [[Double]] = []
    var curves: [[Double]] = []
    for (place, situation) in situations.enumerated() {
      var found: [Double] = []
      for filter in filters {
        let dynamics = FilteredDynamics(
          fit.dynamics.ensemble, reward: fit.dynamics.reward, filter: filter, seed: seed)
        let curve = compare(situation, seed: seed) { dynamics.step($0, $1).nextObservations }
        found.append(curve.reduce(0, +) / Double(curve.count))
        if place == 1 { curves.append(curve) }
      }
      errors.append(found)
    }
    return Run(
      errors: errors, curves: curves, separation: fit.separation,
      diagnosis: diagnose(fit.dynamics, data, seed: seed))
  }

  static func broken(_ reward: inout DynamicsRewardConfiguration, by fault: String?) {
    reward.swapsLabels = fault == "swapped-labels"
    if fault == "untrained" { reward.discriminatorSteps = 0 }
  }

  /// Runs 64 rollouts in the model and, from the same starts, in the true system without noise, each under its own
  /// controller.
  /// - Parameter step: The model: the next states of states and actions.
  /// - Returns: The mean absolute error of the temperature after each of 60 steps.
  static func compare(
    _ situation: Situation, seed: UInt64, step: ([Float], [Float]) -> [Float]
  ) -> [Double] {
    var random = PCG64(seed: seed &+ 100)
    func command(_ temperature: Double) -> Double {
      max(-1, min(1, situation.gain * (temperature - situation.setPoint)))
    }
    var truth = (0..<64).map { _ in
      Refrigerator.State(temperature: situation.start + 0.05 * random.normal(), compressor: 0)
    }
    var states = truth.flatMap { [Float($0.temperature), Float($0.compressor)] }
    return (0..<60).map { _ in
      let actions = (0..<64).map { Float(command(Double(states[2 * $0]))) }
      states = step(states, actions)
      truth = truth.map { Refrigerator.successor(of: $0, command: command($0.temperature)) }
      return truth.indices.reduce(0.0) { sum, row in
        sum + abs(Double(states[2 * row]) - truth[row].temperature)
      } / 64
    }
  }
}
