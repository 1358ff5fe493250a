extension GraphReachability {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("trainings", trainings)
    archive.put("lanes.previous", lanes.map { $0.previous ?? -1 })
    archive.put("lanes.steps", lanes.map(\.steps))
    archive.put("lanes.potential", lanes.map(\.potential))
    archive.put("lanes.begun", lanes.map(\.hasBegun))
    try archive.put(part: "graph", graph.save)
    if let encoder { try archive.put(part: "encoder", encoder.save) }
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    trainings = try archive.integer("trainings")
    let previous = try archive.integers("lanes.previous", count: lanes.count)
    let steps = try archive.integers("lanes.steps", count: lanes.count)
    let potentials = try archive.doubles("lanes.potential", count: lanes.count)
    let begun = try archive.flags("lanes.begun")
    try graph.restore(from: archive.part("graph"))
    guard begun.count == lanes.count, previous.allSatisfy({ $0 < graph.count }) else {
      throw .wrongSize("lanes")
    }
    for lane in lanes.indices {
      lanes[lane] = Lane(
        previous: previous[lane] < 0 ? nil : previous[lane], steps: steps[lane], potential: potentials[lane],
        hasBegun: begun[lane])
    }
    guard let encoder else { return }
    try encoder.restore(from: archive.part("encoder"))
    goalCode = encoder.codes(goal)
  }
}

extension ReachabilityEncoder {
  func save(in archive: inout StateArchive) {
    archive.put("network", network)
    optimizer.save("optimizer", in: &archive)
    archive.put("random", random)
    archive.put("trained", [isTrained])
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.restore("network", into: network)
    try optimizer.restore("optimizer", from: archive)
    random = try archive.random("random")
    isTrained = try archive.flags("trained") == [true]
  }
}

extension StateGraph {
  func save(in archive: inout StateArchive) {
    archive.put("counters", [count, changes, births])
    archive.put("largest", largestWeight)
    archive.put("features", features)
    archive.put("weights", weights)
    archive.put("born", born)
  }

  mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    let counters = try archive.integers("counters", count: 3)
    let kept = try archive.floats("features")
    guard 0...capacity ~= counters[0], kept.count == counters[0] * width else { throw .wrongSize("graph") }
    born = try archive.integers("born", count: counters[0])
    weights = try archive.doubles("weights", count: weights.count)
    largestWeight = try archive.double("largest")
    (count, changes, births, features) = (counters[0], counters[1], counters[2], kept)
  }
}
