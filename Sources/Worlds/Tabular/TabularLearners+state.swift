/// What the table learners keep in files.
extension QLearning {
  public func save(in archive: inout StateArchive) { archive.put("values", values.values) }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try values.restore("values", from: archive)
  }
}

extension SARSA {
  public func save(in archive: inout StateArchive) { archive.put("values", values.values) }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try values.restore("values", from: archive)
  }
}

extension SoftmaxReinforce {
  public func save(in archive: inout StateArchive) {
    archive.put("preferences", preferences.values)
    archive.put("policy", policy.values)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try preferences.restore("preferences", from: archive)
    try policy.restore("policy", from: archive)
  }
}

extension ActorCritic {
  public func save(in archive: inout StateArchive) {
    archive.put("preferences", preferences.values)
    archive.put("policy", policy.values)
    archive.put("values", values)
  }

  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try preferences.restore("preferences", from: archive)
    try policy.restore("policy", from: archive)
    values = try archive.doubles("values", count: values.count)
  }
}
