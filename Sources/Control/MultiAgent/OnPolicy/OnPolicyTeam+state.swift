import Numeric

extension OnPolicyTeam: LearnedParts {
  var networks: [(name: String, network: DenseNetwork)] {
    named("policy", actors.map(\.policy)) + named("value", critics.map(\.value))
  }
  var vectors: [(name: String, vector: ParameterVector)] {
    named("deviations", actors.map(\.logDeviations))
  }
  var optimizers: [(name: String, optimizer: Adam)] {
    actors.map(\.trained).named("policy") + critics.map(\.trained).named("value")
  }
  var schedule: [Double] {
    get { [steps, told.steps, told.episodes].map(Double.init) }
    set {
      let counters = newValue.map { Int($0) }
      (steps, told) = (counters[0], (counters[1], counters[2]))
    }
  }

  /// See `MultiAgentLearner.save`.
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    saveParts(in: &archive)
    archive.put("random", random)
    archive.put("seen", lastSeen)
    try archive.put(part: "log", log.save)
    try archive.put(part: "observations", normalizer.save)
    for (index, track) in tracks.enumerated() {
      try archive.put(part: "rewards.\(index)", track.scaler.save)
    }
    if let pool = plan.partners {
      try archive.put(part: "partners", pool.save)
      archive.put("seats", lanes[0].map(\.agent))
      let all = pool.older + pool.recent
      archive.put("seated", seated.map { one in all.firstIndex { $0 === one } ?? -1 })
    }
    try environment.save(in: &archive)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    try restoreParts(from: archive)
    random = try archive.random("random")
    let seen = try archive.floats("seen")
    guard seen.count == lastSeen.count else { throw .wrongSize("seen") }
    (lastSeen, nowSeen) = (seen, seen)
    try log.restore(from: archive.part("log"), agents: team.agents)
    try normalizer.restore(from: archive.part("observations"))
    for index in tracks.indices { try tracks[index].scaler.restore(from: archive.part("rewards.\(index)")) }
    if plan.partners != nil { try restoreSeats(from: archive) }
    try environment.restore(from: archive)
  }

  private func restoreSeats(from archive: StateArchive) throws(StateArchiveError) {
    try plan.partners?.restore(from: archive.part("partners"), like: snapshot)
    let seats = try archive.integers("seats", count: lanes[0].count)
    let places = try archive.integers("seated", count: seated.count)
    let all = (plan.partners?.older ?? []) + (plan.partners?.recent ?? [])
    guard seats.allSatisfy({ 0..<team.agents ~= $0 }), places.allSatisfy({ -1..<all.count ~= $0 }) else {
      throw .wrongSize("seats")
    }
    for (index, seat) in seats.enumerated() { lanes[0][index].agent = seat }
    seated = places.map { $0 < 0 ? nil : all[$0] }
  }
}

extension PartnerPool {
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("counts", [older.count, recent.count])
    for (index, one) in (older + recent).enumerated() { try archive.put(part: "\(index)", one.save) }
  }

  /// - Parameter make: Gives a partner of the right form, whose numbers are then replaced.
  mutating func restore(from archive: StateArchive, like make: () -> Partner) throws(StateArchiveError) {
    let counts = try archive.integers("counts", count: 2)
    guard counts[0] >= 0, counts[1] >= 0 else { throw .wrongSize("partners") }
    let all = (0..<counts[0] + counts[1]).map { _ in make() }
    for (index, one) in all.enumerated() { try one.restore(from: archive.part("\(index)")) }
    (older, recent) = (Array(all.prefix(counts[0])), Array(all.suffix(counts[1])))
  }
}

extension Partner {
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("policy", policy)
    archive.put("deviations", Array(logDeviations.parameters))
    try archive.put(part: "observations", normalizer.save)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.restore("policy", into: policy)
    try archive.restore("deviations", into: logDeviations.parameters)
    try normalizer.restore(from: archive.part("observations"))
  }
}
