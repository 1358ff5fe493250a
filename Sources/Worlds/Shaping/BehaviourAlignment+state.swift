extension BehaviourAlignment {
  /// Keeps the reward, the policy and the batches of episodes.
  public func save(in archive: inout StateArchive) {
    archive.put("reward", reward.parameters)
    archive.put("preferences", preferences.values)
    archive.put("policy", policy.values)
    archive.put("squares", squares)
    archive.put("silent", silent)
    archive.put("batches", batches.map(\.count))
    let episodes = batches.joined()
    archive.put("lengths", episodes.map(\.count))
    let steps = episodes.joined()
    archive.put("states", steps.map(\.state))
    archive.put("actions", steps.map(\.action))
    archive.put("primary", steps.map(\.primary))
    archive.put("hints", steps.map(\.hint))
  }

  /// Goes on from what `save` kept.
  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    reward.parameters = try archive.doubles("reward", count: squares.count)
    try preferences.restore("preferences", from: archive)
    try policy.restore("policy", from: archive)
    squares = try archive.doubles("squares", count: squares.count)
    silent = try archive.integer("silent")
    let (sizes, lengths) = (try archive.integers("batches"), try archive.integers("lengths"))
    guard (sizes + lengths).allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == lengths.count else {
      throw .wrongSize("batches")
    }
    let total = lengths.reduce(0, +)
    let states = try archive.integers("states", count: total)
    let actions = try archive.integers("actions", count: total)
    let (primary, hints) = (
      try archive.doubles("primary", count: total), try archive.doubles("hints", count: total)
    )
    guard states.allSatisfy({ 0..<policy.states ~= $0 }), actions.allSatisfy({ 0..<policy.actions ~= $0 })
    else { throw .wrongSize("states") }
    var (place, episodes): (Int, [[HintedStep]]) = (0, [])
    for length in lengths {
      episodes.append(
        (place..<place + length).map {
          HintedStep(states[$0], actions[$0], primary: primary[$0], hint: hints[$0])
        })
      place += length
    }
    (place, batches) = (0, [])
    for size in sizes {
      batches.append(Array(episodes[place..<place + size]))
      place += size
    }
  }
}
