import Foundation
import Rewards

/// One cell of a sweep: a policy in a world under a reward mode.
public struct BenchmarkCell: Sendable, Hashable {
  public var world, policy, mode: String
  public var seed: UInt64

  public init(world: String, policy: String, mode: String, seed: UInt64) {
    self.world = world
    self.policy = policy
    self.mode = mode
    self.seed = seed
  }
}

/// What a policy earned: a line of a sweep's table.
public struct BenchmarkRow: Sendable, Equatable {
  public var cell: BenchmarkCell
  /// TR-1 to TR-4.
  public var tier: String
  /// Of the policy: learner, oracle, heuristic, constant.
  public var family: String
  public var agents, episodes: Int
  /// Environment steps that a learner trained for, as asked; 0 for its own default and for policies without training.
  public var trainingSteps: Int
  /// Of the episode's return (the sum over steps and agents under the mode): mean and sample deviation over episodes.
  public var returnMean, returnDeviation: Double
  public var stepsMean: Double
  /// Mean trust at the end, and the mean share of the endowments that was contributed; over episodes.
  public var finalTrust, cooperationRate: Double
  /// Jain's index of the agents' mean returns.
  public var fairness: Double

  /// A column of the table: its name, what it says, and whether it is text or a whole number.
  public struct Column: Sendable {
    public enum Kind: Sendable { case text, integer, number }
    public var name, help: String
    public var kind: Kind
  }

  public static let columns = [
    Column(name: "world", help: "The environment.", kind: .text),
    Column(name: "tier", help: "The theory it comes from, TR-1 to TR-4.", kind: .text),
    Column(name: "policy", help: "The policy, as the paper's tables name it.", kind: .text),
    Column(name: "family", help: "learner, oracle, heuristic or constant.", kind: .text),
    Column(name: "reward_mode", help: "private, integrated or cooperative.", kind: .text),
    Column(name: "seed", help: "Of everything random.", kind: .integer),
    Column(name: "agents", help: "How many agents play.", kind: .integer),
    Column(name: "episodes", help: "How many episodes were played.", kind: .integer),
    Column(
      name: "training_steps", help: "Steps that a learner trained for as asked; 0: its default, or none.",
      kind: .integer),
    Column(
      name: "return_mean",
      help: "Mean over episodes of the return, summed over steps and agents, under the mode.",
      kind: .number),
    Column(name: "return_sd", help: "Sample standard deviation of the return over episodes.", kind: .number),
    Column(name: "steps_mean", help: "Mean number of steps of an episode.", kind: .number),
    Column(name: "final_trust", help: "Mean trust between agents at an episode's end.", kind: .number),
    Column(
      name: "cooperation_rate", help: "Mean share of the endowments that was contributed.", kind: .number),
    Column(name: "fairness", help: "Jain's index of the agents' mean returns.", kind: .number),
  ]

  /// The row in the order of `columns`.
  public var values: [JSONValue] {
    [
      .string(cell.world), .string(tier), .string(cell.policy), .string(family), .string(cell.mode),
      .integer(Int(clamping: cell.seed)), .integer(agents), .integer(episodes), .integer(trainingSteps),
      .number(returnMean), .number(returnDeviation), .number(stepsMean), .number(finalTrust),
      .number(cooperationRate), .number(fairness),
    ]
  }

  public var json: JSONValue {
    .object(JSONObject(zip(Self.columns, values).map { ($0.name, $1) }))
  }

  /// Names and numbers need no quotes.
  public var csv: String {
    values.map { value in
      if case .string(let text) = value { text } else { value.jsonText }
    }.joined(separator: ",")
  }

  public static var csvHeader: String { columns.map(\.name).joined(separator: ",") }

  /// Reads a row back.
  /// - Parameter fields: By column; texts of numbers count as numbers.
  /// - Returns: nil when a column is missing or not of its kind.
  public init?(fields: (String) -> JSONValue?) {
    func text(_ name: String) -> String? {
      if case .string(let value)? = fields(name) { value } else { nil }
    }
    func number(_ name: String) -> Double? {
      switch fields(name) {
      case .integer(let value)?: Double(value)
      case .number(let value)?: value
      case .string(let value)?: Double(value)
      default: nil
      }
    }
    func integer(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }
    guard let world = text("world"), let tier = text("tier"), let policy = text("policy"),
      let family = text("family"), let mode = text("reward_mode"),
      let seed = integer("seed").flatMap({ UInt64(exactly: $0) }),
      let agents = integer("agents"), let episodes = integer("episodes"),
      let trainingSteps = integer("training_steps"), let returnMean = number("return_mean"),
      let returnDeviation = number("return_sd"), let stepsMean = number("steps_mean"),
      let finalTrust = number("final_trust"), let cooperationRate = number("cooperation_rate"),
      let fairness = number("fairness")
    else { return nil }
    cell = BenchmarkCell(world: world, policy: policy, mode: mode, seed: seed)
    (self.tier, self.family, self.agents, self.episodes) = (tier, family, agents, episodes)
    (self.trainingSteps, self.returnMean, self.returnDeviation) = (trainingSteps, returnMean, returnDeviation)
    (self.stepsMean, self.finalTrust) = (stepsMean, finalTrust)
    (self.cooperationRate, self.fairness) = (cooperationRate, fairness)
  }
}

extension BenchmarkRow {
  /// Plays a policy.
  /// - Throws: `ParameterError` for a world or mode that is none, `PolicyUnsuitable`.
  public static func play(
    _ kind: PolicyKind, world name: String, options: JSONObject = JSONObject(), mode: String, episodes: Int,
    request: PolicyRequest
  ) throws -> (row: BenchmarkRow, outcome: ReferencePolicies.Outcome) {
    let game = try Coopetition.game(name, options, mode: mode)
    let policy = try kind.policy(for: game, request)
    func play(_ policy: some CoopetitionPolicy) -> ReferencePolicies.Outcome {
      ReferencePolicies.evaluate(policy, in: game, episodes: episodes, seed: request.seed)
    }
    let outcome = play(policy)
    let cell = BenchmarkCell(world: name.lowercased(), policy: kind.name, mode: mode, seed: request.seed)
    return (
      BenchmarkRow(
        cell: cell, tier: Coopetition.tier(of: name)?.rawValue ?? "", family: kind.family.rawValue,
        outcome, trainingSteps: kind.family == .learner ? request.trainingSteps ?? 0 : 0), outcome
    )
  }

  init(
    cell: BenchmarkCell, tier: String, family: String, _ outcome: ReferencePolicies.Outcome,
    trainingSteps: Int
  ) {
    self.cell = cell
    (self.tier, self.family, self.trainingSteps) = (tier, family, trainingSteps)
    (agents, episodes) = (outcome.returns.count, outcome.totals.count)
    let mean = outcome.total
    let squares = outcome.totals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    returnMean = mean
    returnDeviation = episodes > 1 ? (squares / Double(episodes - 1)).squareRoot() : 0
    (stepsMean, finalTrust) = (outcome.steps, outcome.finalTrustMean)
    cooperationRate = outcome.cooperationRate
    fairness = CoopetitionMeasures.fairness(outcome.returns)
  }
}

extension Coopetition {
  /// The game of a name in a reward mode.
  /// - Throws: `ParameterError` that says the nearest name.
  public static func game(_ name: String, _ options: JSONObject = JSONObject(), mode: String? = nil)
    throws(ParameterError) -> CoopetitionGame
  {
    var options = options
    if let mode { options["reward_mode"] = .string(mode) }
    guard let kind = kinds.first(where: { $0.name == name.lowercased() }) else {
      throw ParameterError(
        parameter: "world",
        "\"\(name)\" is none of the twenty games: \(kinds.map(\.name).joined(separator: ", "))",
        suggestion: nearestName(to: name, in: kinds.map(\.name)))
    }
    guard let game = try kind.world(options) as? CoopetitionGame else {
      throw ParameterError(parameter: "world", "\(name) is no coopetition game")
    }
    return game
  }
}
