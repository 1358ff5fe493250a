import Numeric

extension EpisodeLearner: LearnedParts, Experienced {
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
    archive.put(settings: settings)
    saveParts(in: &archive)
    try saveExperience(in: &archive)
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: settings)
    try restoreParts(from: archive)
    try restoreExperience(from: archive)
  }
}
