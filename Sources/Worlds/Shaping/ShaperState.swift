/// What shapers with a memory keep in files.
extension StateActionTable {
  mutating func restore(_ name: String, from archive: StateArchive) throws(StateArchiveError) {
    values = try archive.doubles(name, count: values.count)
  }
}

extension CountBonus {
  public func save(in archive: inout StateArchive) { archive.put("visits", visits) }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    visits = try archive.doubles("visits", count: visits.count)
  }
}

extension FirstVisitBonus {
  public func save(in archive: inout StateArchive) { archive.put("reached", reached) }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    let kept = try archive.flags("reached")
    guard kept.count == reached.count else { throw .wrongSize("reached") }
    reached = kept
  }
}

extension EpisodeNeutral {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("owed", owed)
    try archive.put(part: "inner", inner.save)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    owed = try archive.doubles("owed", count: owed.count)
    try inner.restore(from: archive.part("inner"))
  }
}

extension AnnealedShaping {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("seen", seen)
    try archive.put(part: "inner", inner.save)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    seen = try archive.integer("seen")
    try inner.restore(from: archive.part("inner"))
  }
}

extension AlignedHint {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    try archive.put(part: "hint", hint.save)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try hint.restore(from: archive.part("hint"))
  }
}

extension PotentialAdvice {
  public func save(in archive: inout StateArchive) { archive.put("last", last) }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    last = try archive.doubles("last", count: last.count)
  }
}

extension LearnedPotentialShaping {
  public func save(in archive: inout StateArchive) {
    archive.put("values", values)
    archive.put("entered", entered)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    values = try archive.doubles("values", count: values.count)
    entered = try archive.doubles("entered", count: entered.count)
  }
}

extension AdviceAsPotential {
  public func save(in archive: inout StateArchive) {
    archive.put("potential", potential.values)
    archive.put("entered", entered)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try potential.restore("potential", from: archive)
    entered = try archive.doubles("entered", count: entered.count)
  }
}

extension AdaptiveDesignedReward {
  public func save(in archive: inout StateArchive) {
    archive.put("rewards", rewards.values)
    archive.put("policy", policy.values)
    archive.put("counters", [designs, finished])
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try rewards.restore("rewards", from: archive)
    try policy.restore("policy", from: archive)
    let counters = try archive.integers("counters", count: 2)
    (designs, finished) = (counters[0], counters[1])
  }
}
