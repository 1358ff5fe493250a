import Numeric

extension OffPolicyLearner {
  /// Keeps everything that learning changes: networks, optimisers, the replay buffer, the running environment,
  /// counters, the generator, and what a reward in place of the world's remembers.
  ///
  /// Between two steps (in `onEpisode`) a learner that `restore`s it goes on as this one does, bit for bit.
  /// - Throws: `StateArchiveError.notKept` when that reward or the world's state cannot be kept.
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    if let reward { try archive.put(part: "reward", reward.save) }
    archive.put(settings: "\(Self.self) \(configuration)")
    archive.put("counters", [steps, updates])
    archive.put("random", random)
    for (name, network) in networks { archive.put(name, network) }
    for (name, vector) in vectors { archive.put(name, Array(vector.parameters)) }
    for (name, optimizer) in optimizers { optimizer.save(name, in: &archive) }
    buffer.save(in: &archive)
    try environment.save(in: &archive)
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the learner is then of no use.
  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: "\(Self.self) \(configuration)")
    let counters = try archive.integers("counters", count: 2)
    try reward?.restore(from: archive.part("reward"))
    for (name, network) in networks { try archive.restore(name, into: network) }
    for (name, vector) in vectors { try archive.restore(name, into: vector.parameters) }
    for (name, optimizer) in optimizers { try optimizer.restore(name, from: archive) }
    try buffer.restore(from: archive)
    try environment.restore(from: archive)
    resume(steps: counters[0], updates: counters[1], random: try archive.random("random"))
  }
}

extension ReplayBuffer {
  func save(in archive: inout StateArchive) {
    let kept = rows
    archive.put("buffer.place", [kept.count, kept.next, capacity])
    archive.put("buffer.observations", kept.observations)
    archive.put("buffer.next", kept.nextObservations)
    archive.put("buffer.actions", kept.actions)
    archive.put("buffer.rewards", kept.rewards)
    archive.put("buffer.terminated", kept.terminated)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    let place = try archive.integers("buffer.place")
    guard place.count == 3, place[2] == capacity, 0...capacity ~= place[0], 0..<capacity ~= place[1] else {
      throw .wrongSize("buffer")
    }
    let kept = Rows(
      count: place[0], next: place[1], observations: try archive.floats("buffer.observations"),
      nextObservations: try archive.floats("buffer.next"), actions: try archive.floats("buffer.actions"),
      rewards: try archive.doubles("buffer.rewards"), terminated: try archive.flags("buffer.terminated"))
    let width = kept.count * observationWidth
    guard kept.observations.count == width, kept.nextObservations.count == width,
      kept.actions.count == kept.count * actionWidth,
      kept.rewards.count == kept.count * rewardWidth,
      kept.terminated.count == kept.count
    else { throw .wrongSize("buffer") }
    rows = kept
  }
}
