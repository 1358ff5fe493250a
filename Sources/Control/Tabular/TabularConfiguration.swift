import Rewards
import Worlds

/// What a table learner is told, under the names of the field.
public struct TabularConfiguration: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    case qLearning = "q_learning"
    case sarsa
    case reinforce
    case actorCritic = "actor_critic"

    /// Whether it tells its policy's probabilities to what shapes its reward.
    public var hasProbabilities: Bool { self == .reinforce || self == .actorCritic }
  }

  public var method: Method
  /// Of the values (q_learning, sarsa) or preferences (reinforce, actor_critic).
  public var learningRate: Double
  /// Of actor_critic's values.
  public var criticRate = 0.1
  public var gamma = 0.99
  /// The share of random actions (q_learning, sarsa).
  public var exploration = 0.1
  /// q_learning: how equal values are told apart.
  public var ties = TieBreak.random
  /// Into how many parts each number of an observation is cut; nil for numbered and one-hot states.
  public var bins: Int?
  /// reinforce: episodes between two updates.
  public var batchEpisodes = 2
  public var seed: UInt64 = 0

  public init(_ method: Method, learningRate: Double? = nil) {
    self.method = method
    self.learningRate = learningRate ?? Self.standardRate(method)
  }

  /// The learning rate that a method has by default.
  public static func standardRate(_ method: Method) -> Double {
    switch method {
    case .qLearning, .sarsa: 0.1
    case .reinforce: 0.5
    case .actorCritic: 0.1
    }
  }
}

/// One episode of a table learner.
public struct TabularEpisode: Sendable {
  /// Steps taken in all so far.
  public var steps: Int
  public var length: Int
  /// The sum of the world's own rewards.
  public var worldReturn: Double
}

/// Where a table learner walks: one environment, its observations as numbers of states.
final class TabularWalk {
  let environment: any Environment
  let states: Int
  let actions: Int
  private let key: StateKey
  var steps = 0

  /// - Throws: `ShapingError` when there are several agents, the actions are no choices or the states cannot be
  ///   numbered.
  init(_ world: some World, bins: Int?, seed: UInt64) throws(ShapingError) {
    guard world.agents == 1 else {
      throw .parameter("a table is for one agent; this world has \(world.agents)")
    }
    guard case .discrete(let actions) = world.actionSpace(of: 0) else {
      throw .parameter("a table needs actions that are choices")
    }
    key = try StateKey(world.observationSpace(of: 0), bins: bins)
    states = key.count
    self.actions = actions
    environment = world.environment()
    _ = environment.reset(seed: seed)
  }

  func state(_ observation: [Float]) -> Int { observation.withUnsafeBufferPointer { key($0) } }

  /// Begins an episode.
  func begin() -> [Float] { environment.reset(seed: nil) }

  func step(_ action: Int) throws -> Transition {
    steps += 1
    return try environment.step([Float(action)])
  }
}

extension ShaperChain {
  /// The new reward of a step of a table learner.
  mutating func reward(
    _ observation: [Float], _ action: Int, _ transition: Transition, nextAction: Int? = nil,
    probabilities: ArraySlice<Double>? = nil
  ) -> Double {
    if shapers.isEmpty { return transition.reward }
    return observation.withUnsafeBufferPointer { before in
      transition.observation.withUnsafeBufferPointer { after in
        [Float(action), Float(nextAction ?? 0)].withUnsafeBufferPointer { actions in
          func shaped(_ probabilities: UnsafeBufferPointer<Double>?) -> Double {
            shape(
              ShapingTransition(
                observation: before, action: UnsafeBufferPointer(rebasing: actions[..<1]),
                nextObservation: after,
                nextAction: nextAction == nil ? nil : UnsafeBufferPointer(rebasing: actions[1...]),
                probabilities: probabilities, reward: transition.reward, terminated: transition.terminated,
                truncated: transition.truncated), lane: 0)
          }
          guard let probabilities else { return shaped(nil) }
          return probabilities.withUnsafeBufferPointer { shaped($0) }
        }
      }
    }
  }
}
