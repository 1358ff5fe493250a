import Numeric

extension DynamicsModel {
  static let kind = "dynamics model"
  static let version = 2

  /// Writes the model in one rename.
  public func write(to path: String) throws {
    var archive = StateArchive(kind: Self.kind, version: Self.version)
    let normalizer = reward.normalizer
    archive.put("widths", [normalizer.observationWidth, normalizer.actionWidth])
    archive.put("input.means", normalizer.inputMeans)
    archive.put("input.deviations", normalizer.inputDeviations)
    archive.put("change.means", normalizer.changeMeans)
    archive.put("change.deviations", normalizer.changeDeviations)
    archive.put(
      "reward.scale", normalizer.rewardScale.map { [$0.mean, $0.deviation, $0.lowest] } ?? [])
    archive.put("models.widths", ensemble.models[0].network.widths)
    for (index, model) in ensemble.models.enumerated() { archive.put("model.\(index)", model.network) }
    archive.put("models.errors", ensemble.errors)
    archive.put("models.elites", ensemble.elites)
    archive.put("reward.widths", reward.snapshots[0].discriminator.widths)
    archive.put("reward.formula", reward.formula.rawValue)
    archive.put("reward.largest", [reward.largestProbability])
    for (index, snapshot) in reward.snapshots.enumerated() {
      archive.put("snapshot.\(index)", snapshot.discriminator)
    }
    archive.put("snapshots.real", reward.snapshots.map(\.realLogit))
    archive.put("snapshots.learner", reward.snapshots.map(\.learnerLogit))
    archive.put("policy.widths", policy.network.widths)
    archive.put("policy", policy.network)
    archive.put("policy.deviations", policy.deviations)
    archive.put("policy.low", policy.low)
    archive.put("policy.high", policy.high)
    archive.put("fitted", fittedRewards)
    archive.put("separation", [separation.shuffled, separation.learner])
    try archive.write(to: path)
  }

  /// Reads a model that `write` wrote.
  /// - Throws: `StateArchiveError` for a file that is none, is broken, or is of another version.
  public convenience init(path: String) throws(StateArchiveError) {
    let archive = try StateArchive(path: path, kind: Self.kind, version: Self.version)
    let widths = try archive.integers("widths")
    guard widths.count == 2, widths.allSatisfy({ $0 >= 1 }) else { throw .wrongSize("widths") }
    let scale = try archive.floats("reward.scale")
    let normalizer = TransitionNormalizer(
      observationWidth: widths[0], actionWidth: widths[1],
      inputMeans: try archive.floats("input.means"), inputDeviations: try archive.floats("input.deviations"),
      changeMeans: try archive.floats("change.means"),
      changeDeviations: try archive.floats("change.deviations"),
      rewardScale: scale.count == 3 ? .init(mean: scale[0], deviation: scale[1], lowest: scale[2]) : nil)
    let low = try archive.floats("policy.low")
    let separation = try archive.doubles("separation")
    guard normalizer.inputMeans.count == normalizer.inputWidth,
      normalizer.inputDeviations.count == normalizer.inputWidth, normalizer.changeMeans.count == widths[0],
      normalizer.changeDeviations.count == widths[0], low.count == widths[1], separation.count == 2,
      scale.isEmpty || scale.count == 3
    else { throw .wrongSize("widths") }
    let policy = ClonedPolicy(
      try Self.network("policy", widths: "policy.widths", .tanh, archive),
      deviations: try archive.floats("policy.deviations"), low: low, high: try archive.floats("policy.high"),
      normalizer: normalizer)
    self.init(
      try Self.ensemble(normalizer, archive), reward: try Self.reward(normalizer, archive), policy: policy,
      fittedRewards: try archive.doubles("fitted"),
      separation: .init(shuffled: separation[0], learner: separation[1]))
  }

  private static func ensemble(
    _ normalizer: TransitionNormalizer, _ archive: StateArchive
  ) throws(StateArchiveError) -> GaussianEnsemble {
    let errors = try archive.doubles("models.errors")
    let elites = try archive.integers("models.elites")
    guard !elites.isEmpty, elites.allSatisfy({ errors.indices.contains($0) }) else {
      throw .wrongSize("models")
    }
    var models: [GaussianTransitionModel] = []
    for index in errors.indices {
      models.append(
        GaussianTransitionModel(
          try network("model.\(index)", widths: "models.widths", .silu, archive),
          width: normalizer.outputWidth))
    }
    return GaussianEnsemble(normalizer, models: models, errors: errors, elites: elites)
  }

  private static func reward(
    _ normalizer: TransitionNormalizer, _ archive: StateArchive
  ) throws(StateArchiveError) -> DynamicsReward {
    let (real, learner) = (try archive.doubles("snapshots.real"), try archive.doubles("snapshots.learner"))
    let largest = try archive.doubles("reward.largest")
    guard let formula = DynamicsReward.Formula(rawValue: try archive.text("reward.formula")), !real.isEmpty,
      real.count == learner.count, largest.count == 1
    else { throw .wrongSize("reward") }
    var snapshots: [DynamicsReward.Snapshot] = []
    for index in real.indices {
      snapshots.append(
        DynamicsReward.Snapshot(
          try network("snapshot.\(index)", widths: "reward.widths", .relu, archive), realLogit: real[index],
          learnerLogit: learner[index]))
    }
    return DynamicsReward(normalizer, snapshots: snapshots, formula: formula, largestProbability: largest[0])
  }

  private static func network(
    _ name: String, widths key: String, _ activation: DenseActivation, _ archive: StateArchive
  ) throws(StateArchiveError) -> DenseNetwork {
    let widths = try archive.integers(key)
    guard widths.count >= 2, widths.allSatisfy({ 1...1_000_000 ~= $0 }) else { throw .wrongSize(key) }
    var random = PCG64(seed: 0)
    let network = DenseNetwork(widths: widths, activation: activation, random: &random)
    try archive.restore(name, into: network)
    return network
  }
}
