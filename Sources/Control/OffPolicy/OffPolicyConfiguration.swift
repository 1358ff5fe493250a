import Numeric

/// The settings of SAC, TD3 and DDPG, under Stable-Baselines3's names.
public struct OffPolicyConfiguration: Sendable, Equatable {
  public var learningRate = 3e-4
  public var bufferSize = 1_000_000
  /// Steps of random actions before learning begins.
  public var learningStarts = 100
  public var batchSize = 256
  /// How far the targets move to the networks in each update.
  public var tau = 0.005
  public var gamma = 0.99
  /// Environment steps between updates, and the updates then made.
  public var trainFreq = 1
  public var gradientSteps = 1
  /// The share of each update's rows that comes from the learner's `offline` transitions, where it has any.
  public var offlineShare = 0.0
  public var netArch = [256, 256]
  public var activation = DenseActivation.relu
  public var seed: UInt64 = 1

  // SAC
  /// The weight of the entropy; nil: learned, so that the entropy stays at minus the number of action dimensions.
  public var entCoef: Double?

  // TD3 and DDPG
  /// Standard deviation of the exploration noise, in shares of half the action's range.
  public var actionNoise = 0.1
  /// Updates of the critics between updates of the policy.
  public var policyDelay = 2
  public var targetPolicyNoise = 0.2
  public var targetNoiseClip = 0.5
  /// 2 for TD3 (the smaller one counts), 1 for DDPG.
  public var nCritics = 2

  /// Soft actor-critic (Haarnoja et al. 2018), Stable-Baselines3's defaults.
  public static let sac = OffPolicyConfiguration()

  /// TD3 (Fujimoto et al. 2018), Stable-Baselines3's defaults.
  public static var td3: OffPolicyConfiguration {
    var settings = OffPolicyConfiguration()
    settings.learningRate = 1e-3
    settings.netArch = [400, 300]
    return settings
  }

  /// DDPG (Lillicrap et al. 2016): TD3 with one critic, no delay and no target noise.
  public static var ddpg: OffPolicyConfiguration {
    var settings = td3
    settings.policyDelay = 1
    settings.targetPolicyNoise = 0
    settings.nCritics = 1
    return settings
  }
}
