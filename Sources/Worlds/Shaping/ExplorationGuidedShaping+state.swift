extension ExplorationGuidedShaping {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("intrinsic", intrinsic.values)
    archive.put("values", values)
    archive.put("finished", finished)
    if let count { try archive.put(part: "bonus", count.save) }
    // The episodes that run, lane after lane, and then those that are remembered.
    let visits = running + episodes.map(\.visits)
    archive.put("lengths", visits.map(\.count))
    archive.put("states", visits.joined().map(\.state))
    archive.put("actions", visits.joined().map(\.action))
    archive.put("rewards", visits.joined().map(\.reward))
    archive.put("returns", visits.joined().map(\.value))
    archive.put("policies", Array((runningPolicies + episodes.map(\.policies)).joined()))
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try intrinsic.restore("intrinsic", from: archive)
    values = try archive.doubles("values", count: values.count)
    finished = try archive.integer("finished")
    try count?.restore(from: archive.part("bonus"))
    let lengths = try archive.integers("lengths")
    guard lengths.count >= running.count, lengths.allSatisfy({ $0 >= 0 }) else { throw .wrongSize("lengths") }
    let total = lengths.reduce(0, +)
    let states = try archive.integers("states", count: total)
    let actions = try archive.integers("actions", count: total)
    let rewards = try archive.doubles("rewards", count: total)
    let returns = try archive.doubles("returns", count: total)
    let policies = try archive.doubles("policies", count: total * intrinsic.actions)
    guard states.allSatisfy({ 0..<intrinsic.states ~= $0 }),
      actions.allSatisfy({ 0..<intrinsic.actions ~= $0 })
    else { throw .wrongSize("states") }
    var (place, all): (Int, [(visits: [Visit], policies: [Double])]) = (0, [])
    for length in lengths {
      let rows = place..<place + length
      all.append(
        (
          rows.map { Visit(state: states[$0], action: actions[$0], reward: rewards[$0], value: returns[$0]) },
          Array(policies[rows.lowerBound * intrinsic.actions..<rows.upperBound * intrinsic.actions])
        ))
      place += length
    }
    let lanes = running.count
    (running, runningPolicies) = (all.prefix(lanes).map(\.visits), all.prefix(lanes).map(\.policies))
    episodes = Array(all.dropFirst(lanes))
  }
}
