/// Tries an environment as Gymnasium's `check_env` and PettingZoo's `parallel_api_test` do: spaces, seeds, ends of
/// episodes, and that the batch does what the single environment does. Every world's tests call it; users' worlds
/// should too.
public enum WorldChecker {
  /// What is wrong with the world, a sentence each; empty when nothing was found.
  /// - Parameters:
  ///   - episodes: How many episodes of random actions are tried, seeds `seed`, `seed` + 1, ...
  ///   - steps: The steps after which an episode is left.
  public static func problems(of world: some World, episodes: Int = 3, steps: Int = 200, seed: UInt64 = 1)
    -> [String]
  {
    var found = shapes(of: world)
    if !found.isEmpty { return found }
    for episode in 0..<UInt64(episodes) {
      found += trial(of: world, seed: seed &+ episode, steps: steps)
    }
    found += batch(of: world, seed: seed, steps: steps)
    var unique: [String] = []
    for problem in found where !unique.contains(problem) { unique.append(problem) }
    return unique
  }

  private static func shapes(of world: some World) -> [String] {
    var found: [String] = []
    if world.agents < 1 { return ["there is no agent"] }
    for agent in 0..<world.agents {
      if world.observationSpace(of: agent).width != world.observationWidth {
        found.append("agent \(agent)'s observation has another width than agent 0's")
      }
      if world.actionSpace(of: agent).width != world.actionWidth {
        found.append("agent \(agent)'s action has another width than agent 0's")
      }
      for (name, space) in [
        ("observation", world.observationSpace(of: agent)), ("action", world.actionSpace(of: agent)),
      ] {
        switch space {
        case .discrete(let count) where count < 1: found.append("agent \(agent)'s \(name) space is empty")
        case .box(let low, let high)
        where low.count != high.count || !zip(low, high).allSatisfy({ $0 <= $1 }):
          found.append("agent \(agent)'s \(name) box has a low end above its high end, or unequal lengths")
        default: break
        }
      }
    }
    if let limit = world.maximumSteps, limit < 1 { found.append("maximumSteps is below 1") }
    return found
  }

  private static func choose(for world: some World, _ random: inout PCG64) -> [Float] {
    var all: [Float] = []
    for agent in 0..<world.agents { all += world.actionSpace(of: agent).sample(&random) }
    return all
  }

  private static func trial(of world: some World, seed: UInt64, steps: Int) -> [String] {
    var found: [String] = []
    let (first, second) = (world.environment(), world.environment())
    var choices = PCG64(seed: seed)
    func check(_ observation: [Float], _ when: String) {
      for agent in 0..<world.agents {
        let width = world.observationWidth
        if !world.observationSpace(of: agent).contains(observation[agent * width..<(agent + 1) * width]) {
          found.append("an observation \(when) is outside its space")
        }
      }
    }
    let start = first.reset(seed: seed)
    check(start, "after reset")
    if start != second.reset(seed: seed) { found.append("the same seed begins two different episodes") }
    for _ in 0..<steps {
      let actions = choose(for: world, &choices)
      guard let a = try? first.step(actions), let b = try? second.step(actions) else {
        return found + ["an action of its own space is refused"]
      }
      check(a.observation, "after a step")
      if !a.rewards.allSatisfy(\.isFinite) { found.append("a reward is not finite") }
      if a.observation != b.observation || a.rewards != b.rewards || a.terminated != b.terminated {
        found.append("the same seed and actions give two different episodes")
      }
      if a.isLast {
        if (try? first.step(actions)) != nil { found.append("a step after the episode's end is accepted") }
        break
      }
    }
    if start != first.reset(seed: seed) {
      found.append("a seed begins another episode after an episode than before it")
    }
    return found
  }

  /// The batch must do what single environments do, with any number of threads.
  private static func batch(of world: some World, seed: UInt64, steps: Int) -> [String] {
    let count = 3
    let singles = (0..<count).map { index in world.environment(seed: seed &+ UInt64(index)) }
    let batches = [1, 2].map { world.vector(count: count, seed: seed, threads: $0) }
    var observations = singles.map { $0.reset() }
    var choices = PCG64(seed: seed)
    for _ in 0..<steps {
      if batches.contains(where: { Array($0.observations) != observations.flatMap { $0 } }) {
        return ["a batch sees what the single environment does not"]
      }
      let actions = (0..<count).map { _ in choose(for: world, &choices) }
      for batch in batches { batch.step(actions.flatMap { $0 }) }
      for (index, single) in singles.enumerated() {
        guard let transition = try? single.step(actions[index]) else { return ["an action is refused"] }
        let lane = index * world.agents..<(index + 1) * world.agents
        for batch in batches
        where Array(batch.rewards[lane]) != transition.rewards
          || batch.terminated[index] != transition.terminated
          || batch.truncated[index] != transition.truncated
        {
          return ["a batch pays or ends otherwise than the single environment"]
        }
        observations[index] = transition.isLast ? single.reset() : transition.observation
      }
    }
    return []
  }
}
