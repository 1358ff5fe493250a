import Numeric
import Rewards
import Worlds

/// Where a learner stands, told about once an episode or a rollout.
public struct LearnerProgress: Sendable {
  /// Environment steps taken so far; one step moves all agents.
  public var steps: Int
  /// Episodes that have ended so far.
  public var episodes: Int
  /// Each agent's mean return (the world's own rewards) over the last 100 episodes; empty before the first ended.
  public var agentReturns: [Double]
  /// Mean length of those episodes; nil before the first ended.
  public var meanLength: Double?
  /// What the learner measured in its last update, by the names of metrics files.
  public var measurements: [(name: String, value: Double)] = []

  /// The sum over agents, as the tables of Coopetition-Gym count returns; nil before the first episode ended.
  public var meanReturn: Double? { agentReturns.isEmpty ? nil : agentReturns.reduce(0, +) }
}

/// Why a learner stopped or refused.
public enum LearnerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A gradient became infinite or NaN; the networks are as they were before it.
  case diverged(part: String, steps: Int)
  /// The world gave a number that is none.
  case notFinite(what: String, steps: Int)
  case wrongObservation(count: Int, expected: Int)

  public var description: String {
    switch self {
    case .diverged(let part, let steps):
      "the gradient of \(part) is no finite number after \(steps) steps: lower the learning rate, or scale the rewards"
    case .notFinite(let what, let steps): "the \(what) is no finite number after \(steps) steps"
    case .wrongObservation(let count, let expected):
      "\(count) numbers are no observation: \(expected) are needed (agents times the observation's width)"
    }
  }
}

/// A learner whose several agents share one world. Every agent sees its own row of what the world gives.
///
/// Once trained, `act` is a policy from observations to actions. Not safe to use from two threads at once.
public protocol MultiAgentLearner: AnyObject {
  /// - Throws: `ParameterError` when the world or the settings do not suit the algorithm.
  init(_ settings: Parameters, world: some World) throws(ParameterError)

  /// Environment steps taken so far.
  var steps: Int { get }

  /// Trains until `totalTimesteps` environment steps are taken in all; a rollout that has begun is finished.
  /// - Parameters:
  ///   - progress: Called after every update or episode.
  ///   - isCancelled: Asked between updates; true ends the training.
  /// - Throws: `LearnerError`, and what `progress` throws. The networks stay usable.
  func learn(totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool) throws

  /// Tells the policy that an episode begins: a few remember the last actions.
  func beginEpisode()

  /// All agents' actions, inside their spaces.
  /// - Parameters:
  ///   - observations: agents x observation width, as environments give them; one row where all see the same.
  ///   - deterministic: The likeliest actions; otherwise drawn as in training.
  /// - Throws: `LearnerError` for a wrong count or numbers that are none.
  func act(_ observations: [Float], deterministic: Bool) throws -> [Float]

  /// Keeps everything that learning changes: networks, optimisers, what is known of observations and rewards, kept
  /// transitions, partners, the running environments, counters and the generator.
  ///
  /// In `progress`, and after `learn` was cancelled, a learner of the same settings that `restore`s it goes on as this
  /// one does, bit for bit.
  /// - Throws: `StateArchiveError.notKept` when the world's state cannot be kept.
  func save(in archive: inout StateArchive) throws(StateArchiveError)
  /// Goes on from what `save` kept.
  /// - Throws: `StateArchiveError` for a state of other settings; the learner is then of no use.
  func restore(from archive: StateArchive) throws(StateArchiveError)

  /// The networks that `act` uses, by name.
  var policies: [(name: String, network: DenseNetwork)] { get }
  /// What is done to observations before a network sees them: (x - mean) / deviation, agent after agent (once where
  /// all agents see the same).
  var observationScale: (mean: [Double], deviation: [Double]) { get set }
  /// What the user should know of what was learned; most learners have nothing to say.
  var warnings: [String] { get }
}

extension MultiAgentLearner {
  public func beginEpisode() {}
  public var warnings: [String] { [] }

  /// Trains until `totalTimesteps` environment steps are taken.
  public func learn(totalTimesteps: Int) throws {
    try learn(totalTimesteps: totalTimesteps, progress: { _ in }, isCancelled: { false })
  }
}
