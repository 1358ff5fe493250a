import Numeric
import Worlds

extension GreedyMetaLearner {
  /// Keeps everything that learning changes. Between two steps an untrained agent of the same settings that `restore`s
  /// it goes on as this one does, bit for bit.
  public func save(in archive: inout StateArchive) {
    archive.put(settings: line)
    archive.put("step", training.step)
    archive.put("random", training.random)
    archive.put("means", training.states.flatMap(\.means))
    archive.put("fresh", training.states.map(\.isFresh))
    archive.put("memories", training.memories)
    archive.put("visits", training.visits)
    archive.put("values", values)
    archive.put("sums", training.sums)
    archive.put("summed", training.summed)
  }

  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the agent is then of no use.
  public mutating func restore(from archive: StateArchive) throws(StateArchiveError) {
    try archive.require(settings: line)
    let (streams, arms) = (settings.streams, world.arms)
    let means = try archive.doubles("means", count: streams * arms)
    let fresh = try archive.flags("fresh")
    guard fresh.count == streams else { throw .wrongSize("fresh") }
    training.step = try archive.integer("step")
    training.random = try archive.random("random")
    training.memories = try archive.integers("memories", count: streams)
    training.visits = try archive.doubles("visits", count: values.count)
    values = try archive.doubles("values", count: values.count)
    training.sums = try archive.doubles("sums", count: values.count)
    training.summed = try archive.integer("summed")
    for stream in 0..<streams {
      training.states[stream].means = Array(means[stream * arms..<(stream + 1) * arms])
      training.states[stream].isFresh = fresh[stream]
    }
  }

  private var line: String { "\(world) \(settings)" }
}
