extension BehaviourSpecification {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("seen", seen)
    // 0: no, 1: yes, 2: not asked.
    archive.put("answers", answers.joined().map { $0.map { $0 ? 1 : 0 } ?? 2 })
    try archive.put(part: "multipliers", multipliers.save)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    seen = try archive.integer("seen")
    let kept = try archive.integers("answers", count: constraints.count * window)
    answers = constraints.indices.map { index in
      kept[index * window..<(index + 1) * window].map { $0 == 2 ? nil : $0 == 1 }
    }
    try multipliers.restore(from: archive.part("multipliers"))
  }
}

extension ConstraintMultipliers {
  func save(in archive: inout StateArchive) {
    archive.put("parameters", Array(parameters.parameters))
    optimizer.save("optimizer", in: &archive)
    archive.put("updates", updates)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.restore("parameters", into: parameters.parameters)
    try optimizer.restore("optimizer", from: archive)
    updates = try archive.integer("updates")
  }
}
