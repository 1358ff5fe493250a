import Foundation
import Rewards
import Worlds

/// MAMQL (Haynam et al. 2025): learns from joint demonstrations what each of several agents wants, one table a agent.
///
/// With a simulator it also sees where its own policies lead; without one it learns from the demonstrations alone.
public struct MarginalInverseLearner: Sendable {
  public struct Settings: Sendable, Equatable {
    public var discount = 0.9
    /// The inverse temperature of the demonstrators.
    public var lambda = 4.0
    public var learningRate = 0.03
    public var batch = 128
    public var updates = 4000
    /// c: the weight of squared residuals on the learner's own transitions. 0 leaves what lies off the expert's path
    /// untied; 1 is too strong.
    public var replayPenalty = 0.25
    /// An episode of the current policies is added every so many updates.
    public var collectEvery = 20
    public var replayLimit = 6000

    public init() {}

    /// The settings that a file or a command gives.
    public init(_ given: JSONObject) throws(ParameterError) {
      let values = try Parameters(given, of: Self.parameters)
      discount = values.double("discount")
      lambda = values.double("lambda")
      learningRate = values.double("learning_rate")
      batch = values.int("batch")
      updates = values.int("updates")
      replayPenalty = values.double("replay_penalty")
    }

    public static let parameters = [
      Parameter(
        "discount", .number, default: .number(0.9), range: 0...1, help: "what the next step is worth"),
      Parameter(
        "lambda", .number, default: .number(4), range: 1e-3...1e3,
        help: "how strictly the demonstrators follow their values (inverse temperature)"),
      Parameter("learning_rate", .number, default: .number(0.03), range: 1e-9...10, help: "Adam's step"),
      Parameter("batch", .integer, default: .integer(128), range: 1...1e6, help: "transitions of an update"),
      Parameter("updates", .integer, default: .integer(4000), range: 1...1e8, help: "steps of Adam"),
      Parameter(
        "replay_penalty", .number, default: .number(0.25), range: 0...10,
        help: "weight of squared residuals on the learner's own transitions"),
    ]
  }

  /// Plays one episode with the agents' policies (one table each, state after state).
  public typealias Simulator =
    @Sendable (_ policies: [[Double]], _ random: inout PCG64) -> JointDemonstrations

  /// One critic for each agent, in the demonstrations' order.
  public private(set) var critics: [MarginalCritic]
  public let settings: Settings

  /// Learns.
  /// - Parameters:
  ///   - demonstrations: At least one transition.
  ///   - simulator: nil to learn from the demonstrations alone.
  public init(
    _ demonstrations: JointDemonstrations, _ settings: Settings = Settings(), simulator: Simulator? = nil,
    seed: UInt64
  ) throws(DemonstrationError) {
    guard demonstrations.count > 0 else { throw DemonstrationError(line: 0, "there is no transition in it") }
    self.settings = settings
    critics = demonstrations.actionCounts.map {
      MarginalCritic(states: demonstrations.stateCount, actions: $0, lambda: settings.lambda)
    }
    train(demonstrations, simulator, seed: seed)
  }

  private mutating func train(_ expert: JointDemonstrations, _ simulator: Simulator?, seed: UInt64) {
    var random = PCG64(seed: seed)
    let objective = InverseSoftObjective(
      discount: settings.discount, replayPenalty: settings.replayPenalty)
    var replay = JointDemonstrations(states: expert.stateCount, actions: expert.actionCounts)
    if let simulator {
      for _ in 0..<5 { replay.append(simulator(critics.map(\.policy), &random)) }
    }
    var optimizers = critics.map { TableAdam(count: $0.values.count) }
    for update in 0..<settings.updates {
      if let simulator, update % settings.collectEvery == 0 {
        replay.append(simulator(critics.map(\.policy), &random))
        replay.keepLast(settings.replayLimit)
      }
      let expertRows = (0..<settings.batch).map { _ in random.integer(below: expert.count) }
      let replayRows =
        simulator == nil ? [] : (0..<settings.batch).map { _ in random.integer(below: replay.count) }
      for agent in critics.indices {
        optimizers[agent].clear()
        _ = objective.loss(
          critics[agent], agent: agent, expert: expert, expertRows: expertRows, replay: replay,
          replayRows: replayRows, gradient: &optimizers[agent].gradient)
        optimizers[agent].step(&critics[agent].values, rate: settings.learningRate)
      }
    }
  }

  /// Each agent's learned policy, state after state.
  public var policies: [[Double]] { critics.map(\.policy) }

  /// Each agent's recovered reward r(s, a): the residual Q(s, a) - discount V(s'), averaged over the transitions in
  /// which the agent did a in s; nil where it never did. Right up to shaping and scale: compare, do not add.
  public func rewards(on transitions: JointDemonstrations) -> [[Double?]] {
    critics.enumerated().map { agent, critic in
      var sums = [Double](repeating: 0, count: critic.values.count)
      var counts = sums
      for row in 0..<transitions.count {
        let (state, action) = (transitions.states[row], transitions.actions[row * transitions.agents + agent])
        sums[state * critic.actions + action] += critic.residual(
          state, action, transitions.nextStates[row], end: transitions.ends[row], discount: settings.discount)
        counts[state * critic.actions + action] += 1
      }
      return zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
    }
  }

  /// A simulator of a world whose agents all observe the number of the state.
  /// - Throws: `ParameterError` for any other world.
  public static func simulator(of world: some World) throws(ParameterError) -> Simulator {
    guard case .discrete(let states) = world.observationSpace(of: 0) else {
      throw ParameterError(
        parameter: "world", "its observations are not numbers of states: tables cannot be learned from it")
    }
    var actions: [Int] = []
    for agent in 0..<world.agents {
      guard case .discrete(let count) = world.actionSpace(of: agent) else {
        throw ParameterError(parameter: "world", "agent \(agent)'s actions are not choices")
      }
      actions.append(count)
    }
    let counts = actions
    let limit = world.maximumSteps ?? 1000
    return { policies, random in
      PolicyTable.episode(in: world, states, counts, policies, limit: limit, random: &random).transitions
    }
  }
}

/// Adam on a table.
struct TableAdam {
  var gradient: [Double]
  private var mean: [Double]
  private var variance: [Double]
  private var steps = 0

  init(count: Int) {
    gradient = Array(repeating: 0, count: count)
    mean = gradient
    variance = gradient
  }

  mutating func clear() { for index in gradient.indices { gradient[index] = 0 } }

  mutating func step(_ values: inout [Double], rate: Double) {
    steps += 1
    let (first, second) = (1 - pow(0.9, Double(steps)), 1 - pow(0.999, Double(steps)))
    for index in values.indices {
      mean[index] = 0.9 * mean[index] + 0.1 * gradient[index]
      variance[index] = 0.999 * variance[index] + 0.001 * gradient[index] * gradient[index]
      values[index] -= rate * (mean[index] / first) / ((variance[index] / second).squareRoot() + 1e-8)
    }
  }
}
