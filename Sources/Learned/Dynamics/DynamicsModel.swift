import Foundation
import Numeric
import Rewards

/// What MOREC learns from one's own transitions, for use later: the ensemble, the dynamics reward, the cloned policy,
/// and how the reward of the transitions themselves was spread.
public final class DynamicsModel {
  public let ensemble: GaussianEnsemble
  public let reward: DynamicsReward
  public let policy: ClonedPolicy
  /// The dynamics rewards of the transitions that the model was fitted to, ascending.
  public let fittedRewards: [Double]
  /// The areas under the curve of the fit (see `DynamicsRewardTrainer.Separation`).
  public let separation: DynamicsRewardTrainer.Separation

  init(
    _ ensemble: GaussianEnsemble, reward: DynamicsReward, policy: ClonedPolicy, fittedRewards: [Double],
    separation: DynamicsRewardTrainer.Separation
  ) {
    self.ensemble = ensemble
    self.reward = reward
    self.policy = policy
    self.fittedRewards = fittedRewards
    self.separation = separation
  }

  /// What a fit learned.
  /// - Parameter data: The transitions that it was made of.
  /// - Throws: `DynamicsDataError.nothingLearned` for a fit without a dynamics reward.
  public convenience init(
    _ fit: FilteredDynamics.Fit, of data: TransitionData
  ) throws(DynamicsDataError) {
    guard let found = fit.dynamics.reward else { throw .nothingLearned }
    self.init(
      fit.dynamics.ensemble, reward: found, policy: fit.policy, fittedRewards: found.rewards(data).sorted(),
      separation: fit.separation)
  }

  /// The settings that a command can give.
  public static let parameters = [
    Parameter("members", .integer, default: .integer(7), range: 1...100, help: "models of the ensemble"),
    Parameter("elites", .integer, default: .integer(5), range: 1...100, help: "the best of them imagine"),
    Parameter(
      "hidden", .json, default: .array([.integer(200), .integer(200)]), help: "hidden widths of a model"),
    Parameter(
      "max_epochs", .integer, default: .integer(300), range: 1...100_000, help: "passes over the data at most"
    ),
    Parameter(
      "patience", .integer, default: .integer(20), range: 1...100_000,
      help: "epochs without 1% less error on held-out rows before a model stops"),
    Parameter(
      "batch_size", .integer, default: .integer(128), range: 1...1e6, help: "rows of a model's gradient step"),
    Parameter("rounds", .integer, default: .integer(200), range: 10...1e6, help: "adversarial rounds"),
    Parameter(
      "snapshot_every", .integer, default: .integer(10), range: 1...1e6, help: "rounds between snapshots"),
    Parameter(
      "horizon", .integer, default: .integer(20), range: 1...10_000, help: "steps of the learner's rollouts"),
    Parameter(
      "learner_fit_steps", .integer, default: .integer(25), range: 0...1e6,
      help: "steps in which the learner is fitted first; few, so that the discriminator sees what is false"),
    Parameter(
      "instance_noise", .number, default: .number(0), range: 0...10,
      help: "noise on what the discriminator sees, against one that is never wrong (0.05)"),
    Parameter(
      "formula", .choice(DynamicsReward.Formula.allCases.map(\.rawValue)), default: .string("plain"),
      help: "plain: the mean of the snapshots' probabilities; clamped: as the authors' code"),
  ]

  /// Fits everything.
  /// - Parameters:
  ///   - settings: See `parameters`.
  ///   - check: Called often; what it throws ends the fit.
  /// - Returns: The model, and what looked wrong on the way.
  /// - Throws: `ParameterError` for wrong settings, `DynamicsDataError` for data from which nothing can be learned.
  public static func fit(
    _ data: TransitionData, settings: JSONObject = JSONObject(), seed: UInt64 = 1,
    check: (DynamicsFitStep) throws -> Void = { _ in }
  ) throws -> (model: DynamicsModel, warnings: [String]) {
    let values = try Parameters(settings, of: parameters)
    let (ensemble, reward) = try configurations(values, seed: seed)
    let fit = try FilteredDynamics.fit(data, ensemble: ensemble, reward: reward, check: check)
    return (try DynamicsModel(fit, of: data), fit.warnings)
  }

  private static func configurations(
    _ values: Parameters, seed: UInt64
  ) throws(ParameterError) -> (GaussianEnsembleConfiguration, DynamicsRewardConfiguration) {
    var ensemble = GaussianEnsembleConfiguration()
    ensemble.members = values.int("members")
    ensemble.elites = values.int("elites")
    guard ensemble.elites <= ensemble.members else {
      throw ParameterError(
        parameter: "elites", "\(ensemble.elites) elites of \(ensemble.members) members: give fewer")
    }
    ensemble.hidden = try widths(values.json("hidden"))
    ensemble.maximumEpochs = values.int("max_epochs")
    ensemble.patience = values.int("patience")
    ensemble.batchSize = values.int("batch_size")
    ensemble.seed = seed
    var reward = DynamicsRewardConfiguration()
    reward.rounds = values.int("rounds")
    reward.snapshotEvery = values.int("snapshot_every")
    guard reward.snapshotEvery <= reward.rounds else {
      throw ParameterError(
        parameter: "snapshot_every", "no snapshot in \(reward.rounds) rounds: give fewer rounds between them")
    }
    reward.horizon = values.int("horizon")
    reward.learnerFitSteps = values.int("learner_fit_steps")
    reward.instanceNoise = values.double("instance_noise")
    reward.formula = DynamicsReward.Formula(rawValue: values.string("formula")) ?? .plain
    reward.seed = seed
    return (ensemble, reward)
  }

  private static func widths(_ value: JSONValue) throws(ParameterError) -> [Int] {
    guard case .array(let items) = value, !items.isEmpty else {
      throw ParameterError(
        parameter: "hidden", expected: "a list of widths such as [200, 200]", found: value.summary)
    }
    var widths: [Int] = []
    for item in items {
      guard case .integer(let width) = item, 1...10_000 ~= width else {
        throw ParameterError(parameter: "hidden", expected: "widths from 1 to 10000", found: item.summary)
      }
      widths.append(width)
    }
    return widths
  }

  // MARK: Scores

  /// What the model says of one transition.
  public struct Score: Sendable, Equatable {
    /// -log(1 - p).
    public var reward: Double
    /// The share of the fitted transitions with a lower reward: near 0 for what does not look like the environment.
    public var rank: Double
    /// The largest norm of the elites' predicted standard deviations, in normalised units: MOPO's penalty u.
    public var uncertainty: Double
    /// The norm of the standard deviations of the elites' means, in normalised units.
    public var disagreement: Double
    /// The distance of what happened from the elites' mean prediction, in their standard deviations (root mean square
    /// over the numbers of the observation).
    public var surprise: Double

    public var json: JSONObject {
      JSONObject([
        ("dynamics_reward", .number(reward)), ("rank", .number(rank)), ("uncertainty", .number(uncertainty)),
        ("disagreement", .number(disagreement)), ("surprise", .number(surprise)),
      ])
    }
  }

  /// The scores of transitions, one each.
  /// - Throws: `DynamicsDataError.otherEnvironment` for other widths than the model's.
  public func scores(_ data: TransitionData) throws(DynamicsDataError) -> [Score] {
    try check(data)
    let normalizer = reward.normalizer
    let rows = normalizer.rows(data)
    let (width, outputs, count) = (normalizer.observationWidth, ensemble.normalizer.outputWidth, data.count)
    let rewards = reward.rewards(data)
    var uncertainties = [Double](repeating: 0, count: count)
    var errors = [Double](repeating: 0, count: count * width)
    var variances = errors
    var means = [Float](repeating: 0, count: count * outputs)
    var deviations = means
    var spread = MeanSpread(count: count * outputs)
    for elite in ensemble.elites {
      ensemble.models[elite].predict(rows.inputs, rows: count, means: &means, deviations: &deviations)
      spread.add(means)
      for row in 0..<count {
        var square = 0.0
        for place in 0..<outputs {
          let found = row * outputs + place
          let variance = Double(deviations[found] * deviations[found])
          square += variance
          guard place < width else { continue }
          variances[row * width + place] += variance
          errors[row * width + place] += Double(rows.changes[row * width + place] - means[found])
        }
        uncertainties[row] = max(uncertainties[row], square.squareRoot())
      }
    }
    let elites = Double(ensemble.elites.count)
    let disagreements = spread.norms(rows: count)
    return (0..<count).map { row in
      let squares = (row * width..<(row + 1) * width).reduce(0.0) {
        let error = errors[$1] / elites
        return $0 + error * error / (variances[$1] / elites)
      }
      return Score(
        reward: rewards[row], rank: rank(of: rewards[row]), uncertainty: uncertainties[row],
        disagreement: disagreements[row],
        surprise: (squares / Double(width)).squareRoot())
    }
  }

  /// The share of fitted rewards below `reward`.
  func rank(of reward: Double) -> Double {
    var (low, high) = (0, fittedRewards.count)
    while low < high {
      let middle = (low + high) / 2
      if fittedRewards[middle] < reward { low = middle + 1 } else { high = middle }
    }
    return fittedRewards.isEmpty ? 0 : Double(low) / Double(fittedRewards.count)
  }

  /// - Throws: `DynamicsDataError.otherEnvironment` for transitions of other widths than the model's.
  public func check(_ data: TransitionData) throws(DynamicsDataError) {
    func text(_ observation: Int, _ action: Int) -> String {
      "\(observation) observation and \(action) action numbers"
    }
    let normalizer = reward.normalizer
    guard data.observationWidth == normalizer.observationWidth, data.actionWidth == normalizer.actionWidth
    else {
      throw .otherEnvironment(
        found: text(data.observationWidth, data.actionWidth),
        expected: text(normalizer.observationWidth, normalizer.actionWidth))
    }
  }
}
