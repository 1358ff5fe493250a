import Numeric

extension HeronReward {
  public func save(in archive: inout StateArchive) {
    archive.put("normalizer", [mean, deviation])
    archive.put("scales", scales)
    archive.put("random", random)
    archive.put("inputs", model?.network.inputWidth ?? 0)
    guard let model else { return }
    archive.put("model", model.network)
    model.optimizer.save("model.optimizer", in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    let normalizer = try archive.doubles("normalizer", count: 2)
    let kept = try archive.floats("scales")
    let inputs = try archive.integer("inputs")
    guard kept.count == scales.count, inputs >= 0 else { throw .wrongSize("scales") }
    (mean, deviation, scales) = (normalizer[0], normalizer[1], kept)
    random = try archive.random("random")
    model = nil
    if inputs == 0 { return }
    var scratch = random
    let made = BradleyTerryStepModel(
      inputWidth: inputs, hidden: configuration.hidden, learningRate: configuration.learningRate,
      random: &scratch)
    try archive.restore("model", into: made.network)
    try made.optimizer.restore("model.optimizer", from: archive)
    model = made
  }
}

extension WeightedSumReward {
  /// There is nothing to keep.
  public func save(in archive: inout StateArchive) {}
  public func restore(from archive: StateArchive) {}
}
