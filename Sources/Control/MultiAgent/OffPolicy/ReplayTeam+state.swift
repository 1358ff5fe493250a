import Numeric

extension ReplayTeam: Experienced {
  /// See `MultiAgentLearner.save`.
  func save(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("steps", steps)
    try archive.put(part: "method", method.saveParts)
    buffer.save(in: &archive)
    try saveExperience(in: &archive)
  }

  func restore(from archive: StateArchive) throws(StateArchiveError) {
    steps = try archive.integer("steps")
    try method.restoreParts(from: archive.part("method"))
    try buffer.restore(from: archive)
    try restoreExperience(from: archive)
  }
}

extension ActionCritic {
  /// The network, its target and the optimiser of several critics.
  static func networks(_ critics: [ActionCritic]) -> [(name: String, network: DenseNetwork)] {
    named("critic", critics.map(\.value)) + named("critic.target", critics.map(\.target))
  }
}

extension DeterministicTeam {
  var networks: [(name: String, network: DenseNetwork)] {
    named("actor", actors.flatMap(\.networks)) + named("actor.target", actorTargets.flatMap(\.networks))
      + ActionCritic.networks(Array(critics.joined())) + named("coach", coach.map { [$0.network] } ?? [])
  }
  var optimizers: [(name: String, optimizer: Adam)] {
    trained.named("actor") + critics.joined().map(\.trained).named("critic")
      + (coach?.trained.named("coach") ?? [])
  }
  var schedule: [Double] {
    get { [noise, Double(updates)] }
    set { (noise, updates) = (newValue[0], Int(newValue[1])) }
  }
}

extension SoftTeam {
  var networks: [(name: String, network: DenseNetwork)] {
    named("actor", actors) + ActionCritic.networks(Array(critics.joined()))
  }
  var vectors: [(name: String, vector: ParameterVector)] { named("temperature", logTemperatures) }
  var optimizers: [(name: String, optimizer: Adam)] {
    trained.named("actor") + critics.joined().map(\.trained).named("critic")
      + temperatureOptimizers.named("temperature")
  }
  var schedule: [Double] {
    get { [] }
    set {}
  }
}

extension ValueTeam {
  var networks: [(name: String, network: DenseNetwork)] {
    named("value", values) + named("value.target", valueTargets) + named("mixer", mixer.networks)
      + named("mixer.target", mixerTarget.networks)
  }
  var optimizers: [(name: String, optimizer: Adam)] { trained.named("values") }
  var schedule: [Double] {
    get { [exploration, Double(updates)] }
    set { (exploration, updates) = (newValue[0], Int(newValue[1])) }
  }
}
