import Numeric
import Worlds

/// What learning changes in a part of a learner, by name, for files.
protocol LearnedParts: AnyObject {
  var networks: [(name: String, network: DenseNetwork)] { get }
  var vectors: [(name: String, vector: ParameterVector)] { get }
  var optimizers: [(name: String, optimizer: Adam)] { get }
  /// Counters, and rates that change as learning goes on.
  var schedule: [Double] { get set }
}

extension LearnedParts {
  var vectors: [(name: String, vector: ParameterVector)] { [] }

  func saveParts(in archive: inout StateArchive) {
    for (name, network) in networks { archive.put(name, network) }
    for (name, vector) in vectors { archive.put(name, Array(vector.parameters)) }
    for (name, optimizer) in optimizers { optimizer.save(name + ".optimizer", in: &archive) }
    archive.put("schedule", schedule)
  }

  func restoreParts(from archive: StateArchive) throws(StateArchiveError) {
    for (name, network) in networks { try archive.restore(name, into: network) }
    for (name, vector) in vectors { try archive.restore(name, into: vector.parameters) }
    for (name, optimizer) in optimizers { try optimizer.restore(name + ".optimizer", from: archive) }
    schedule = try archive.doubles("schedule", count: schedule.count)
  }
}

/// What a learner of several agents has besides its networks: what it met, and where it goes on.
protocol Experienced: AnyObject {
  var random: PCG64 { get set }
  var log: EpisodeLog { get set }
  var normalizer: ObservationNormalizer { get set }
  /// One for each agent.
  var scalers: [RewardNormalizer] { get set }
  var environment: any VectorEnvironment { get }
}

extension Experienced {
  func saveExperience(in archive: inout StateArchive) throws(StateArchiveError) {
    archive.put("random", random)
    try archive.put(part: "log", log.save)
    try archive.put(part: "observations", normalizer.save)
    try archive.put(part: "rewards", scalers.save)
    try environment.save(in: &archive)
  }

  func restoreExperience(from archive: StateArchive) throws(StateArchiveError) {
    random = try archive.random("random")
    try log.restore(from: archive.part("log"), agents: scalers.count)
    try normalizer.restore(from: archive.part("observations"))
    try scalers.restore(from: archive.part("rewards"))
    try environment.restore(from: archive)
  }
}

/// Names for the things of one kind, in their order.
func named<Element>(_ name: String, _ all: [Element]) -> [(name: String, Element)] {
  all.enumerated().map { ("\(name).\($0.offset)", $0.element) }
}

extension Trained {
  /// Its optimisers under names that begin with `name`.
  func named(_ name: String) -> [(name: String, optimizer: Adam)] {
    optimizers.enumerated().map { ("\(name).\($0.offset)", $0.element) }
  }
}

extension [Trained] {
  func named(_ name: String) -> [(name: String, optimizer: Adam)] {
    enumerated().flatMap { $0.element.named("\(name).\($0.offset)") }
  }
}
