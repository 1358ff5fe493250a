import Numeric

extension RunningMoments {
  func save(in archive: inout StateArchive) {
    archive.put("count", count)
    archive.put("mean", mean)
    archive.put("squares", squares)
  }

  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    count = try archive.double("count")
    mean = try archive.doubles("mean", count: mean.count)
    squares = try archive.doubles("squares", count: squares.count)
  }
}

extension ObservationNormalizer {
  func save(in archive: inout StateArchive) { moments.save(in: &archive) }

  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try moments.restore(from: archive)
    refresh()
  }
}

extension RewardNormalizer {
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    try archive.put(part: "rewards", rewards.save)
    try archive.put(part: "sums", sums.save)
    archive.put("running", running)
    archive.put("lengths", lengths)
    archive.put("horizon", horizon)
    archive.put("horizon.steps", horizonSteps)
  }

  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try rewards.restore(from: archive.part("rewards"))
    try sums.restore(from: archive.part("sums"))
    running = try archive.doubles("running", count: running.count)
    lengths = try archive.integers("lengths", count: lengths.count)
    horizon = try archive.double("horizon")
    horizonSteps = try archive.integer("horizon.steps")
  }
}

extension [RewardNormalizer] {
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    for (index, one) in enumerated() { try archive.put(part: "\(index)", one.save) }
  }

  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    for index in indices { try self[index].restore(from: archive.part("\(index)")) }
  }
}

extension EpisodeLog {
  func save(in archive: inout StateArchive) {
    archive.put("episodes", episodes)
    archive.put("returns", returns.flatMap { $0 })
    archive.put("lengths", lengths)
  }

  mutating func restore(from archive: StateArchive, agents: Int) throws(StateArchiveError) {
    lengths = try archive.integers("lengths")
    let all = try archive.doubles("returns", count: lengths.count * agents)
    episodes = try archive.integer("episodes")
    returns = lengths.indices.map { Array(all[$0 * agents..<($0 + 1) * agents]) }
  }
}
