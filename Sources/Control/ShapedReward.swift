import Numeric
import Worlds

/// Shaping rules, one after the other, as what a learner is paid.
///
/// The rules remember lanes (the last potential, counts of an episode), so the steps must come in the order of time:
/// use `RewardTime.collected` with off-policy learners.
public final class ShapedReward: StepReward {
  private var shapers: [any TransitionShaper]

  /// - Parameter hasProbabilities: Whether the learner tells its policy's probabilities, as PPO does for choices.
  /// - Throws: `ShapingError` when a rule does not go with the world or the learner.
  public init(
    _ shapers: [any TransitionShaper], world: some World, lanes: Int, discount: Double,
    hasProbabilities: Bool = false
  ) throws(ShapingError) {
    self.shapers = shapers
    let setting = ShapingSetting(
      lanes: lanes, observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
      discount: discount, hasProbabilities: hasProbabilities,
      team: (0..<world.agents).map { world.actionSpace(of: $0) }, process: (world as? FiniteWorld)?.process)
    for index in self.shapers.indices { try self.shapers[index].begin(setting) }
  }

  /// What the rules tell of themselves as they stand.
  public var measurements: [(name: String, value: Double)] { shapers.flatMap(\.measurements) }
  /// What the user should know, a sentence each.
  public var warnings: [String] { shapers.flatMap(\.warnings) }
  public func save(in archive: inout StateArchive) throws(StateArchiveError) {
    for (index, shaper) in shapers.enumerated() { try archive.put(part: "\(index)", shaper.save) }
  }

  public func restore(from archive: StateArchive) throws(StateArchiveError) {
    for index in shapers.indices { try shapers[index].restore(from: archive.part("\(index)")) }
  }

  public func pay(_ batch: TransitionBatch, into rewards: UnsafeMutableBufferPointer<Double>) {
    for index in shapers.indices { shapers[index].shape(batch, rewards: rewards) }
  }
}
