import ArgumentParser
import Foundation
import Learned
import Rewards
import Worlds

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Play episodes with the policy that a control run learned, in its world or another.",
    discussion: """
      Prints the mean return (the world's own rewards), each agent's where there are several, and how episodes end. \
      The policy takes its likeliest actions. With seed 0 the episodes are those that the run's own summary counts.

      Another world with the same observations and actions shows how the policy bears changes: --set mass=1.5 for the \
      run's world, --world NAME for one besides.

      The lines of --trace are data for others: of one agent's, laurel dynamics fit and laurel imitate take them as they \
      are. They have episode, observation, action, reward, next_observation, terminated, truncated and done; with \
      several agents observations, actions, rewards and next_observations are lists, one for each.
      """)
  @Argument(help: "The run's folder.") var folder: String
  @Option(help: "How many episodes.") var episodes = 100
  @Option(help: "Chooses the episodes; none is one of those trained on.") var seed: UInt64 = 0
  @Option(help: "Another world, by its name.") var world: String?
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: "The world's parameters, each NAME=VALUE; the others stay as in the run.") var values: [String] = []
  @Option(help: "Writes every step as a JSON line here: an offline data set.") var trace: String?
  @Option(
    help: """
      Disturbs the actions, so that a trace has more than the policy's own: the standard deviation of noise in halves \
      of an action's range; of choices the share that is random.
      """)
  var noise = 0.0
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard (1...1_000_000).contains(episodes) else {
      throw ValidationError("--episodes is 1 to 1,000,000")
    }
    guard (0...10).contains(noise) else { throw ValidationError("--noise is 0 to 10") }
  }

  func run() throws {
    let file = folder + "/run.yaml"
    guard FileManager.default.fileExists(atPath: file) else {
      throw ValidationFailure("there is no run in \(folder): name the folder that laurel train wrote")
    }
    guard ControlRunFile.isControl(path: file) else {
      throw ValidationFailure(
        "\(folder) holds a language run, whose report has its samples before and after; laurel generate draws more"
      )
    }
    let run = try ControlRunFile(path: file, plays: true, in: world)
    let output = try trace.map {
      try OutputFile($0, sparing: ["run.yaml", PolicyFile.name, TableFile.name].map { folder + "/" + $0 })
    }
    let policy = try WorldPolicy(run, folder: folder)
    if world == nil, values.isEmpty, let note = run.note { say(note) }
    let place = try chosenWorld(run)
    try requireSameSpaces(run.world, place)
    try play(policy, in: place, output)
  }

  private func chosenWorld(_ run: ControlRunFile) throws -> any World {
    if world == nil, values.isEmpty { return run.world }
    var parameters =
      world.map { $0.lowercased() != run.worldName.lowercased() } ?? false ? JSONObject() : run.worldOptions
    do {
      let given = try JSONObject(settings: values)
      for key in given.keys { parameters[key] = given[key] }
      return try WorldRegistry.complete.world(world ?? run.worldName, parameters)
    } catch {
      throw ValidationError("\(world ?? run.worldName): \(error)")
    }
  }

  private func requireSameSpaces(_ trained: any World, _ other: any World) throws {
    guard trained.agents == other.agents else {
      throw ValidationFailure("the policy is of \(trained.agents) agents, this world has \(other.agents)")
    }
    for agent in 0..<trained.agents {
      let (action, own) = (other.actionSpace(of: agent), trained.actionSpace(of: agent))
      let (seen, shown) = (trained.observationSpace(of: agent), other.observationSpace(of: agent))
      // The bounds of real numbers may move with a world's parameters; the number of states says what a table means.
      let isSame = seen.isDiscrete || shown.isDiscrete ? seen == shown : seen.width == shown.width
      guard isSame, action == own else {
        throw ValidationFailure(
          "the policy was trained on observations of \(seen) and actions of \(own); this world has \(shown) and \(action)"
        )
      }
    }
  }

  private func play(_ policy: WorldPolicy, in world: some World, _ output: OutputFile?) throws {
    let policy = noise > 0 ? policy.disturbed(by: noise, in: world, seed: seed) : policy
    let handle = try output?.open()
    let progress = Progress(total: Double(episodes), unit: "episodes")
    var last = -1
    let result: Evaluation
    do {
      result = try Evaluation(of: policy, in: world, episodes: episodes, seed: seed) {
        episode, observation, actions, transition in
        if episode != last {
          progress.reach(Double(episode))
          last = episode
        }
        guard let handle else { return }
        let line = Self.line(episode, observation, actions, transition, in: world)
        try handle.write(contentsOf: Data((line.jsonText + "\n").utf8))
      }
    } catch {
      let kept = output?.abandon().map { "; what was written is in \($0)" } ?? ""
      throw ValidationFailure("\(error)\(kept)")
    }
    progress.finish()
    try handle?.close()
    try output?.finish()
    report(result)
    if let trace { say("steps: \(trace)") }
  }

  /// A step as other commands read it.
  static func line(
    _ episode: Int, _ observation: [Float], _ actions: [Float], _ transition: Transition, in world: some World
  ) -> JSONValue {
    func rows(_ values: [Float]) -> [JSONValue] {
      let width = values.count / world.agents
      return (0..<world.agents).map { agent in
        .array(values[agent * width..<(agent + 1) * width].map { .number(Double($0)) })
      }
    }
    let before = rows(observation)
    let after = rows(transition.observation)
    let chosen = rows(actions).enumerated().map { agent, action -> JSONValue in
      guard world.actionSpace(of: agent).isDiscrete else { return action }
      return .integer(Int(actions[agent * (actions.count / world.agents)]))
    }
    let rewards = transition.rewards.map(JSONValue.number)
    var line = JSONObject([("episode", .integer(episode))])
    if world.agents == 1 {
      line["observation"] = before[0]
      line["action"] = chosen[0]
      line["reward"] = rewards[0]
      line["next_observation"] = after[0]
    } else {
      line["observations"] = .array(before)
      line["actions"] = .array(chosen)
      line["rewards"] = .array(rewards)
      line["next_observations"] = .array(after)
    }
    line["terminated"] = .bool(transition.terminated)
    line["truncated"] = .bool(transition.truncated)
    line["done"] = .bool(transition.isLast)
    return .object(line)
  }

  private func report(_ result: Evaluation) {
    let length = result.lengths.map(Double.init).mean
    if json {
      var object = result.json
      object["median"] = result.returns.median.map(JSONValue.number) ?? .null
      object["smallest"] = result.returns.min().map(JSONValue.number) ?? .null
      object["largest"] = result.returns.max().map(JSONValue.number) ?? .null
      object["agents"] = .array(result.agentReturns.map { .number($0.mean) })
      object["length"] = .number(length)
      object["terminated"] = .integer(result.terminated)
      return print(JSONValue.object(object).jsonText)
    }
    print(result.line)
    if let least = result.returns.min(), let most = result.returns.max(), let median = result.returns.median {
      print(String(format: "median %.2f, from %.2f to %.2f", median, least, most))
    }
    if result.agentReturns.count > 1 {
      for (agent, returns) in result.agentReturns.enumerated() {
        print(String(format: "agent %d: %.2f ± %.2f", agent, returns.mean, returns.deviation))
      }
    }
    print(
      String(
        format: "%.1f steps an episode; %d of %d ended by the rules, the others by the time limit", length,
        result.terminated, result.returns.count))
  }
}
