import Numeric

extension COMA {
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("settings", settings)
    try archive.put(part: "networks", networks.saveParts)
    archive.put("counters", [steps, criticSteps])
    archive.put("exploration", exploration)
    archive.put("random", random)
    try archive.put(part: "log", log.save)
    try archive.put(part: "observations", normalizer.save)
    try archive.put(part: "rewards", scalers.save)
    try environment.save(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    guard try archive.text("settings") == settings else { throw .otherSettings("learner") }
    try networks.restoreParts(from: archive.part("networks"))
    let counters = try archive.integers("counters", count: 2)
    (steps, criticSteps) = (counters[0], counters[1])
    exploration = try archive.double("exploration")
    random = try archive.random("random")
    try log.restore(from: archive.part("log"), agents: networks.team.agents)
    try normalizer.restore(from: archive.part("observations"))
    try scalers.restore(from: archive.part("rewards"))
    try environment.restore(from: archive)
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
