import Numeric
import Worlds

extension TabularTrainer {
  /// Keeps everything that learning changes: tables, episodes that wait for an update, what the shaping rules
  /// remember, the running environment and the generator.
  ///
  /// Between two episodes (in `onEpisode`) a trainer that `restore`s it goes on as this one does, bit for bit.
  /// - Throws: `StateArchiveError.notKept` when the world's state cannot be kept.
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: "\(configuration)")
    archive.put("random", random)
    try archive.put(part: "walk", walk.save)
    try archive.put(part: "shaping", shaping.save)
    switch learner {
    case .q(let own): try archive.put(part: "learner", own.save)
    case .sarsa(let own): try archive.put(part: "learner", own.save)
    case .reinforce(let own): try archive.put(part: "learner", own.save)
    case .actorCritic(let own): try archive.put(part: "learner", own.save)
    }
    let steps = batch.joined()
    archive.put("batch.lengths", batch.map(\.count))
    archive.put("batch.states", steps.map(\.state))
    archive.put("batch.actions", steps.map(\.action))
    archive.put("batch.rewards", steps.map(\.reward))
    archive.put("batch.next", steps.map(\.next))
    archive.put("batch.terminated", steps.map(\.terminated))
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the trainer is then of no use.
  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: "\(configuration)")
    random = try archive.random("random")
    try walk.restore(from: archive.part("walk"))
    try shaping.restore(from: archive.part("shaping"))
    let part = archive.part("learner")
    switch learner {
    case .q(var own):
      try own.restore(from: part)
      learner = .q(own)
    case .sarsa(var own):
      try own.restore(from: part)
      learner = .sarsa(own)
    case .reinforce(var own):
      try own.restore(from: part)
      learner = .reinforce(own)
    case .actorCritic(var own):
      try own.restore(from: part)
      learner = .actorCritic(own)
    }
    batch = try episodes(from: archive)
  }

  private func episodes(from archive: StateArchive) throws(StateArchiveError) -> [[TabularStep]] {
    let lengths = try archive.integers("batch.lengths")
    guard lengths.allSatisfy({ $0 >= 0 }) else { throw .wrongSize("batch") }
    let total = lengths.reduce(0, +)
    let states = try archive.integers("batch.states", count: total)
    let actions = try archive.integers("batch.actions", count: total)
    let rewards = try archive.doubles("batch.rewards", count: total)
    let next = try archive.integers("batch.next", count: total)
    let terminated = try archive.flags("batch.terminated")
    guard terminated.count == total, (states + next).allSatisfy({ 0..<walk.states ~= $0 }),
      actions.allSatisfy({ 0..<walk.actions ~= $0 })
    else { throw .wrongSize("batch") }
    var (place, episodes): (Int, [[TabularStep]]) = (0, [])
    for length in lengths {
      episodes.append(
        (place..<place + length).map {
          TabularStep(
            states[$0], actions[$0], reward: rewards[$0], next: next[$0], terminated: terminated[$0])
        })
      place += length
    }
    return episodes
  }
}

extension TabularWalk {
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("steps", steps)
    try environment.save(in: &archive)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    steps = try archive.integer("steps")
    try environment.restore(from: archive)
  }
}

extension AlignmentTrainer {
  /// Keeps everything that learning changes, also the episodes that are yet to be told. In `onEpisode` a trainer of the
  /// same settings that `restore`s it goes on as this one does, bit for bit.
  /// - Throws: `StateArchiveError.notKept` when the world's state cannot be kept.
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: settings)
    archive.put("random", random)
    try archive.put(part: "walk", walk.save)
    try archive.put(part: "hint", hint.save)
    try archive.put(part: "learner", learner.save)
    archive.put("untold.numbers", untold.flatMap { [$0.steps, $0.length] })
    archive.put("untold.returns", untold.map(\.worldReturn))
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the trainer is then of no use.
  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    random = try archive.random("random")
    try walk.restore(from: archive.part("walk"))
    try hint.restore(from: archive.part("hint"))
    try learner.restore(from: archive.part("learner"))
    let returns = try archive.doubles("untold.returns")
    let numbers = try archive.integers("untold.numbers", count: 2 * returns.count)
    untold =
      returns.indices.map {
        TabularEpisode(steps: numbers[2 * $0], length: numbers[2 * $0 + 1], worldReturn: returns[$0])
      }[...]
  }
}
