import Numeric

extension EpisodeLearner: LearnedParts {
  var networks: [(name: String, network: DenseNetwork)] { named("policy", actors.map(\.policy)) }
  var vectors: [(name: String, vector: ParameterVector)] {
    named("deviations", actors.map(\.logDeviations))
  }
  var optimizers: [(name: String, optimizer: Adam)] { actors.map(\.trained).named("policy") }
  var schedule: [Double] {
    get { [Double(steps)] }
    set { steps = Int(newValue[0]) }
  }

  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("settings", settings)
    saveParts(in: &archive)
    archive.put("random", random)
    try archive.put(part: "log", log.save)
    try archive.put(part: "observations", normalizer.save)
    try archive.put(part: "rewards", scalers.save)
    try environment.save(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    guard try archive.text("settings") == settings else { throw .otherSettings("learner") }
    try restoreParts(from: archive)
    random = try archive.random("random")
    try log.restore(from: archive.part("log"), agents: team.agents)
    try normalizer.restore(from: archive.part("observations"))
    try scalers.restore(from: archive.part("rewards"))
    try environment.restore(from: archive)
  }
}
