import Numeric
import Rewards

/// What the learners of the PPO and A2C kind can be told, under Stable-Baselines3's names.
struct OnPolicySettings {
  var learningRate, gamma, gaeLambda, clipRange, entCoef, vfCoef, maxGradNorm: Double
  /// Log standard deviation with which a box's policies begin, before tanh.
  var logStdInit: Double
  var nEnvs, nSteps, nEpochs: Int
  /// Rows of a minibatch; nil: the whole rollout.
  var batchSize: Int?
  var normalizeAdvantage: Bool
  var netArch: [Int]
  var activation: DenseActivation
  var seed: UInt64

  init(_ given: Parameters) throws(ParameterError) {
    learningRate = given.double("learning_rate")
    gamma = given.double("gamma")
    gaeLambda = given.double("gae_lambda")
    clipRange = given.double("clip_range")
    entCoef = given.double("ent_coef")
    vfCoef = given.double("vf_coef")
    maxGradNorm = given.double("max_grad_norm")
    logStdInit = given.double("log_std_init")
    nEnvs = given.int("n_envs")
    nSteps = given.int("n_steps")
    nEpochs = given.int("n_epochs")
    batchSize = given.optionalInt("batch_size")
    normalizeAdvantage = given.bool("normalize_advantage")
    netArch = try given.widths()
    activation = given.activation
    seed = given.seed
    if nEnvs * nSteps < 2 {
      throw ParameterError(
        parameter: "n_steps", "n_envs x n_steps must be at least 2: a gradient needs two rows")
    }
  }

  static func parameters(
    learningRate: Double = 3e-4, nSteps: Int = 2_048, batchSize: Int? = 64, nEpochs: Int = 10,
    gaeLambda: Double = 0.95, logStdInit: Double = -1.5, normalizeAdvantage: Bool = true
  ) -> [Parameter] {
    typealias P = LearnerParameters
    return P.common() + [
      P.learningRate(learningRate),
      P.integer("n_envs", 1, 1...65_536, "environments side by side"),
      P.integer("n_steps", nSteps, 1...1e6, "steps of each between updates"),
      Parameter(
        "batch_size", .integer, default: batchSize.map { .integer($0) } ?? .null, range: 2...1e7,
        help: "rows of a minibatch; none: the whole rollout"),
      P.integer("n_epochs", nEpochs, 1...1_000, "passes over a rollout"),
      P.number("gae_lambda", gaeLambda, 0...1, "of the advantages"),
      P.number("clip_range", 0.2, 0.0001...10, "of the ratio"),
      P.entropy(0.01),
      P.number("vf_coef", 0.5, 0...100, "weight of the value loss"),
      P.maxGradNorm(0.5),
      P.logStdInit(logStdInit),
      Parameter(
        "normalize_advantage", .bool, default: .bool(normalizeAdvantage),
        help: "advantages of a minibatch have mean 0 and deviation 1"),
    ]
  }
}
