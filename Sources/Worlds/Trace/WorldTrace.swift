import Foundation
import Rewards

/// What a world does under a fixed policy, step by step: the numbers with which implementations are compared
/// (`laurel world trace`).
public struct WorldTrace: Sendable {
  public struct Step: Sendable {
    /// What the agents did.
    public var action: [Float]
    /// One for each agent.
    public var reward: [Double]
    /// Only of worlds that know trust.
    public var meanTrust: Double?
    public var observation: JSONValue
    public var terminated: Bool
    public var truncated: Bool
  }

  public var agents: Int
  /// The ends of each agent's first action number; empty for discrete actions.
  public var low: [Float]
  public var high: [Float]
  /// How many numbers an agent sees.
  public var observationSize: Int
  public var policy: TracePolicy
  public var seed: UInt64
  public var initialObservation: JSONValue
  public var steps: [Step]

  /// Runs one episode, or as much of it as `steps` allows.
  /// - Parameters:
  ///   - seed: Of the environment, and of the policy where it is random.
  ///   - steps: At most; an episode that ends earlier ends the trace.
  /// - Throws: `TraceError` when the policy's actions do not fit the world.
  public static func run(world: any World, policy: TracePolicy, seed: UInt64, steps: Int)
    throws(TraceError) -> WorldTrace
  {
    try trace(world, policy, seed, steps)
  }

  /// As above, for a registered world.
  /// - Throws: `TraceError` or `ParameterError`.
  public static func run(
    kind: WorldKind, parameters: JSONObject = JSONObject(), policy: TracePolicy, seed: UInt64, steps: Int
  ) throws -> WorldTrace {
    try run(world: kind.world(parameters), policy: policy, seed: seed, steps: steps)
  }

  private static func trace(_ world: some World, _ policy: TracePolicy, _ seed: UInt64, _ steps: Int)
    throws(TraceError) -> WorldTrace
  {
    let environment = world.environment(seed: seed)
    let spaces = (0..<world.agents).map { world.actionSpace(of: $0) }
    var random = PCG64(seed: seed)
    func shown(_ observation: [Float]) -> JSONValue {
      let width = world.observationWidth
      func list(_ values: ArraySlice<Float>) -> JSONValue { .array(values.map { .number(Double($0)) }) }
      if world.agents == 1 || world.sharesObservation { return list(observation[..<width]) }
      return .array(
        (0..<world.agents).map { list(observation[$0 * width..<($0 + 1) * width]) })
    }
    var trace = WorldTrace(
      agents: world.agents, low: [], high: [], observationSize: world.observationWidth, policy: policy,
      seed: seed, initialObservation: shown(environment.reset(seed: seed)), steps: [])
    for case .box(let low, let high) in spaces {
      trace.low.append(low[0])
      trace.high.append(high[0])
    }
    for step in 0..<max(0, steps) {
      let actions = try actions(of: policy, step, spaces, &random)
      let transition: Transition
      do {
        transition = try environment.step(actions)
      } catch {
        throw TraceError("step \(step): \(error)")
      }
      let trust: Double? =
        if case .number(let value)? = environment.info["mean_trust"] { value } else { nil }
      trace.steps.append(
        Step(
          action: actions, reward: transition.rewards, meanTrust: trust,
          observation: shown(transition.observation), terminated: transition.terminated,
          truncated: transition.truncated))
      if transition.isLast { break }
    }
    return trace
  }

  private static func actions(
    of policy: TracePolicy, _ step: Int, _ spaces: [Space], _ random: inout PCG64
  ) throws(TraceError) -> [Float] {
    if case .script(let script) = policy {
      guard step < script.count else {
        throw TraceError("the script of actions has \(script.count) steps; step \(step) is missing")
      }
      return script[step]
    }
    var actions: [Float] = []
    for (agent, space) in spaces.enumerated() {
      guard let fraction = policy.fraction(step: step, agent: agent) else {
        actions += space.sample(&random)
        continue
      }
      switch space {
      case .discrete(let count): actions.append(Float(min(count - 1, Int(fraction * Double(count)))))
      case .box(let low, let high):
        for (low, high) in zip(low, high) {
          guard low.isFinite, high.isFinite else {
            throw TraceError(
              "agent \(agent)'s actions have no finite range of which \(policy.name) could take a part")
          }
          actions.append(Float(Double(low) + fraction * (Double(high) - Double(low))))
        }
      }
    }
    return actions
  }
}

extension WorldTrace.Step {
  /// `{"reward": [...], "mean_trust": ..., "observation": [...], "terminated": ..., "truncated": ..., "end": ...}`.
  public var json: JSONValue {
    var row = JSONObject([("reward", .numbers(reward))])
    if let meanTrust { row["mean_trust"] = .number(meanTrust) }
    row["observation"] = observation
    row["terminated"] = .bool(terminated)
    row["truncated"] = .bool(truncated)
    row["end"] = .bool(terminated || truncated)
    return .object(row)
  }
}

extension WorldTrace {
  /// One row a step, as `laurel world trace --jsonl` prints them line by line.
  public var rows: [JSONValue] { steps.map(\.json) }

  /// Everything in one object: what the world is like, and `steps`.
  public var json: JSONValue {
    .object(
      JSONObject([
        ("agents", .integer(agents)), ("low", .numbers(low.map(Double.init))),
        ("high", .numbers(high.map(Double.init))), ("observation_size", .integer(observationSize)),
        ("policy", .string(policy.name)), ("seed", .integer(Int(truncatingIfNeeded: seed))),
        ("initial_observation", initialObservation), ("steps", .array(rows)),
      ]))
  }
}
