import Control
import Foundation
import Numeric
import Rewards
import Worlds

/// How all agents of a world act: the likeliest actions, without exploring.
struct WorldPolicy {
  /// Tells the policy that an episode begins.
  let begin: () -> Void
  /// From all agents' observations to all agents' actions, both agent after agent.
  let act: ([Float]) throws -> [Float]

  /// One policy that all agents follow, each by what it sees.
  init(shared act: @escaping ([Float]) -> [Float], in world: some World) {
    let (agents, width) = (world.agents, world.observationWidth)
    begin = {}
    self.act = { observations in
      if agents == 1 { return act(observations) }
      return (0..<agents).flatMap { act(Array(observations[$0 * width..<($0 + 1) * width])) }
    }
  }

  private init(begin: @escaping () -> Void, act: @escaping ([Float]) throws -> [Float]) {
    (self.begin, self.act) = (begin, act)
  }

  /// The same policy, disturbed, as one records data with.
  /// - Parameter noise: The standard deviation of what is added to actions of a bounded box, in halves of their range (1 is
  ///   added to others); the probability that a choice is replaced by any.
  func disturbed(by noise: Double, in world: some World, seed: UInt64) -> WorldPolicy {
    let act = act
    var random = PCG64(seed: seed &+ 0x4015E)
    return WorldPolicy(begin: begin) { observations in
      var actions = try act(observations)
      let width = actions.count / world.agents
      for agent in 0..<world.agents {
        let first = agent * width
        switch world.actionSpace(of: agent) {
        case .discrete(let count):
          if random.uniform() < noise { actions[first] = Float(random.integer(below: count)) }
        case .box(let low, let high):
          for place in low.indices {
            let isBounded = low[place].isFinite && high[place].isFinite
            let scale = isBounded ? (high[place] - low[place]) / 2 : 1
            let moved = actions[first + place] + scale * Float(noise * random.normal())
            actions[first + place] = min(max(moved, low[place]), high[place])
          }
        }
      }
      return actions
    }
  }

  init(_ learner: any MultiAgentLearner) {
    begin = learner.beginEpisode
    act = { try learner.act($0, deterministic: true) }
  }

  /// The policy that a run left in its folder.
  /// - Throws: What is wrong with the folder's files.
  init(_ run: ControlRunFile, folder: String) throws {
    let world = run.world
    if run.method == .greedyMeta {
      throw ValidationFailure(
        "greedy_meta plays many bandits side by side: what it learned to do is summed up in \(folder)/policy.json"
      )
    }
    if run.method == .gflownet {
      throw ValidationFailure(
        "gflownet draws objects, and plays no episodes: they are in \(folder)/samples.jsonl (samples: says how many)"
      )
    }
    let isTable = run.learner == nil && run.method.isTabular
    let path = folder + "/" + (isTable ? TableFile.name : PolicyFile.name)
    guard FileManager.default.fileExists(atPath: path) else {
      throw ValidationFailure("\(folder) holds no policy yet: it is written when the run ends")
    }
    if let kind = run.learner {
      let learner = try run.multiAgentLearner(kind, world, plays: true)
      try PolicyFile.read(path, into: learner)
      self.init(learner)
    } else {
      try self.init(run, world, path)
    }
  }

  private init(_ run: ControlRunFile, _ world: some World, _ path: String) throws {
    if run.method.isTabular {
      let policy = try TablePolicy(TableFile.read(path), world: world, bins: run.settings.optionalInt("bins"))
      self.init(shared: policy.act, in: world)
    } else if run.method == .ppo {
      let learner = PPO(world, run.ppo)
      try PolicyFile.read(path, into: learner.policy)
      self.init(shared: { learner.act($0) }, in: world)
    } else {
      let learner: OffPolicyLearner =
        run.method == .sac ? SAC(world, run.offPolicy) : TD3(world, run.offPolicy)
      try PolicyFile.read(path, into: learner.policy)
      self.init(shared: { learner.act($0) }, in: world)
    }
  }
}
