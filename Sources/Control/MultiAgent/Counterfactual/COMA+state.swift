import Numeric

extension COMA: Experienced {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put(settings: settings)
    try archive.put(part: "networks", networks.saveParts)
    archive.put("counters", [steps, criticSteps])
    archive.put("exploration", exploration)
    try saveExperience(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    try networks.restoreParts(from: archive.part("networks"))
    let counters = try archive.integers("counters", count: 2)
    (steps, criticSteps) = (counters[0], counters[1])
    exploration = try archive.double("exploration")
    try restoreExperience(from: archive)
  }
}

extension CounterfactualTeam: LearnedParts {
  var networks: [(name: String, network: DenseNetwork)] {
    named("actor", actors) + ActionCritic.networks([critic])
  }
  var optimizers: [(name: String, optimizer: Adam)] {
    trained.named("actor") + critic.trained.named("critic")
  }
  var schedule: [Double] {
    get { [] }
    set {}
  }
}
