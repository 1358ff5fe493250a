import Numeric

extension PPO {
  /// Keeps everything that learning changes: networks, optimisers, running environments, counters, the generator, and
  /// what a reward in place of the world's remembers.
  ///
  /// Between two updates (in `onUpdate`) a learner that `restore`s it goes on as this one does, bit for bit.
  /// - Throws: `StateArchiveError.notKept` when that reward or the world's state cannot be kept.
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    if let reward { try archive.put(part: "reward", reward.save) }
    archive.put(settings: "ppo \(configuration)")
    archive.put("counters", [steps, episodes])
    archive.put("random", random)
    archive.put("policy", policy)
    archive.put("value", value)
    archive.put("deviations", Array(logDeviations.parameters))
    for (index, optimizer) in optimizers.enumerated() { optimizer.save("optimizer.\(index)", in: &archive) }
    archive.put("last.returns", lastReturns)
    archive.put("last.lengths", lastLengths)
    try environment.save(in: &archive)
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the learner is then of no use.
  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: "ppo \(configuration)")
    let counters = try archive.integers("counters", count: 2)
    try reward?.restore(from: archive.part("reward"))
    try archive.restore("policy", into: policy)
    try archive.restore("value", into: value)
    try archive.restore("deviations", into: logDeviations.parameters)
    for (index, optimizer) in optimizers.enumerated() {
      try optimizer.restore("optimizer.\(index)", from: archive)
    }
    try environment.restore(from: archive)
    resume(
      steps: counters[0], episodes: counters[1], random: try archive.random("random"),
      lastReturns: try archive.doubles("last.returns"), lastLengths: try archive.integers("last.lengths"))
  }
}
