import Numeric

/// How far a fit has come.
public enum DynamicsFitStep: Sendable, Equatable {
  /// A model of so many begins an epoch, both from 0.
  case model(Int, of: Int, epoch: Int)
  /// An adversarial round of so many begins, from 0.
  case round(Int, of: Int)
}

extension FilteredDynamics {
  /// Everything learned from one's own transitions: models, dynamics reward, and what looked wrong on the way.
  public struct Fit {
    public var dynamics: FilteredDynamics
    public var policy: ClonedPolicy
    public var trainer: DynamicsRewardTrainer
    public var separation: DynamicsRewardTrainer.Separation
    public var warnings: [String]
  }

  /// Fits models, a cloned policy and a dynamics reward to transitions (`TransitionData(path:)` reads a file).
  /// - Parameter check: Called often; what it throws ends the fit.
  /// - Throws: `DynamicsDataError` when there are too few transitions.
  public static func fit(
    _ data: TransitionData, ensemble: GaussianEnsembleConfiguration = GaussianEnsembleConfiguration(),
    reward: DynamicsRewardConfiguration = DynamicsRewardConfiguration(),
    filter: TransitionFilter = TransitionFilter(), samples: Int = 2,
    check: (DynamicsFitStep) throws -> Void = { _ in }
  ) throws -> Fit {
    let models = try GaussianEnsemble(data, configuration: ensemble, check: check)
    var beginning = ensemble
    (beginning.members, beginning.elites, beginning.patience) = (1, 1, .max)
    (beginning.hidden, beginning.maximumEpochs) = (reward.learnerHidden, .max)
    beginning.maximumSteps = reward.learnerFitSteps
    beginning.seed = reward.seed &+ 0x1EA5
    // The dynamics reward judges what the environment does, not what it pays.
    let learner = try GaussianEnsemble(data.withoutRewards, configuration: beginning) { _ in
      try check(.round(0, of: reward.rounds))
    }
    var random = PCG64(seed: reward.seed &+ 0x51ED)
    let policy = ClonedPolicy(data, normalizer: models.normalizer, random: &random)
    let trainer = DynamicsRewardTrainer(
      data, normalizer: models.normalizer, initial: learner.models[0], policy: policy,
      configuration: reward)
    try trainer.train(check: check)
    guard trainer.hasReward else { throw DynamicsDataError.nothingLearned }
    let dynamics = FilteredDynamics(
      models, reward: trainer.reward(), filter: filter, samples: samples, seed: reward.seed)
    let separation = trainer.separation()
    var warnings = trainer.warnings
    if separation.shuffled < 0.95 {
      warnings.append(
        String(
          format:
            "the dynamics reward tells real transitions from shuffled ones with an area of %.2f, where 0.95 is good: ",
          separation.shuffled) + "more rounds may help")
    }
    return Fit(
      dynamics: dynamics, policy: policy, trainer: trainer, separation: separation, warnings: warnings)
  }
}
