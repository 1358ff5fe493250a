import Control
import Foundation
import Learned
import Numeric
import Shelf
import Worlds

/// The card's offline control: SAC learns Pendulum from what models of recorded transitions imagine (MOPO), with and
/// without the filter, and is then played in Pendulum.
extension Morec {
  /// How a policy is learned from the recorded transitions.
  enum Offline: Int, CaseIterable {
    case data, unfiltered, softmax, stopping

    var name: String {
      switch self {
      case .data: "recorded data alone"
      case .unfiltered: "MOPO, any candidate"
      case .softmax: "MOPO, softmax filter"
      case .stopping: "softmax filter, stops below 0.6"
      }
    }

    /// nil: nothing is imagined.
    var filter: TransitionFilter? {
      switch self {
      case .data: nil
      case .unfiltered: TransitionFilter(.random, stopsBelow: nil)
      case .softmax: TransitionFilter(.softmax(temperature: 0.1), stopsBelow: nil)
      case .stopping: TransitionFilter(.softmax(temperature: 0.1), stopsBelow: 0.6)
      }
    }
  }

  struct OfflineRun: Sendable {
    /// The mean return of the policy that recorded the data, with its noise.
    var recorded = 0.0
    /// [`Offline`] mean return in Pendulum.
    var returns: [Double] = []
    /// [`Offline`] the share of imagined rollouts in which the speed passes what Pendulum allows; 0 for `data`.
    var diverged: [Double] = []
  }

  /// Rollouts of 15 steps and networks of 64-64 are the card's.
  private static func settings(_ seed: UInt64) -> OffPolicyConfiguration {
    var settings = OffPolicyConfiguration.sac
    settings.netArch = [64, 64]
    settings.learningRate = 1e-3
    settings.learningStarts = 500
    settings.bufferSize = 100_000
    settings.seed = seed
    return settings
  }

  private static func learn(_ learner: OffPolicyLearner, steps: Int, _ context: RecipeContext) throws {
    try learner.learn(totalSteps: steps) { _ in
      if context.isCancelled() { throw RecipeCancelled() }
      return true
    }
  }

  static func control(seed: UInt64, fault: String?, _ context: RecipeContext) throws -> OfflineRun {
    let pendulum = Pendulum()
    let half = SAC(pendulum, settings(seed &+ 0x4A1F))
    try learn(half, steps: 3_000, context)
    var random = PCG64(seed: seed &+ 0x0FF1)
    var run = OfflineRun()
    let data = record(half, in: pendulum, episodes: 50, seed: seed, &random, &run.recorded)

    var reward = DynamicsRewardConfiguration()
    reward.seed = seed
    broken(&reward, by: fault)
    var ensemble = GaussianEnsembleConfiguration()
    ensemble.hidden = [64, 64]
    ensemble.batchSize = 128
    ensemble.seed = seed
    let fitted = try FilteredDynamics.fit(data, ensemble: ensemble, reward: reward) { _ in
      if context.isCancelled() { throw RecipeCancelled() }
    }
    let model = try DynamicsModel(fitted, of: data)
    for kind in Offline.allCases {
      var configuration = settings(seed)
      configuration.offlineShare = kind == .data ? 1 : 0.05
      let learner: SAC
      var (rollouts, passed, isPassing) = (0, 0, false)
      if let filter = kind.filter {
        var imagining = ImaginedWorld.Settings()
        imagining.filter = filter
        imagining.horizon = 15
        let world = try ImaginedWorld(
          model, startingIn: data, actionSpace: pendulum.actionSpace(of: 0), settings: imagining)
        learner = SAC(world, configuration)
        let environment = learner.environment
        learner.afterStep = {
          let isOver = environment.terminated[0] || environment.truncated[0]
          let seen = isOver ? environment.finalObservations : environment.observations
          isPassing = isPassing || abs(seen[2]) > 8
          guard isOver else { return }
          rollouts += 1
          if isPassing { passed += 1 }
          isPassing = false
        }
      } else {
        // Every row of an update is a recorded one; what is played meanwhile is not learned from.
        learner = SAC(pendulum, configuration)
      }
      data.add(to: learner)
      try learn(learner, steps: 30_000, context)
      run.returns.append(play(learner, in: pendulum, episodes: 50, seed: seed))
      run.diverged.append(Double(passed) / Double(max(rollouts, 1)))
    }
    return run
  }

  /// Plays a policy with noise of a tenth of half the action's range.
  private static func record(
    _ learner: SAC, in pendulum: Pendulum, episodes: Int, seed: UInt64, _ random: inout PCG64,
    _ meanReturn: inout Double
  ) -> TransitionData {
    let environment = pendulum.environment(seed: seed)
    var data = TransitionData(observationWidth: 3, actionWidth: 1)
    for _ in 0..<episodes {
      var observation = environment.reset(seed: nil)
      while true {
        let action = max(-2, min(2, learner.act(observation)[0] + Float(0.2 * random.normal())))
        guard let made = try? environment.step([action]) else { break }
        data.append(observation, [action], next: made.observation, reward: Float(made.reward))
        meanReturn += made.reward / Double(episodes)
        observation = made.observation
        if made.isLast { break }
      }
    }
    return data
  }

  private static func play(_ learner: SAC, in pendulum: Pendulum, episodes: Int, seed: UInt64) -> Double {
    let environment = pendulum.environment(seed: seed &+ 0xE7A1)
    var sum = 0.0
    for _ in 0..<episodes {
      var observation = environment.reset(seed: nil)
      while let made = try? environment.step(learner.act(observation)) {
        sum += made.reward
        observation = made.observation
        if made.isLast { break }
      }
    }
    return sum / Double(episodes)
  }
}
