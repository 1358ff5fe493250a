import Foundation
import Rewards

/// What a policy earns in a game, beside what the game's oracle and its best constant earn.
public struct EvaluationReport: Sendable {
  public var row: BenchmarkRow
  /// Each agent's mean return.
  public var returns: [Double]
  /// The reference oracle of the game's theory, and what it earns.
  public var oracle: (name: String, total: Double)?
  public var bestConstant: (level: Double, total: Double)

  /// Plays the policy, the oracle and the 101 constants.
  /// - Parameter options: Of the world, except its reward mode.
  /// - Throws: `ParameterError`, `PolicyUnsuitable`.
  public init(
    _ kind: PolicyKind, world name: String, options: JSONObject = JSONObject(), mode: RewardMode,
    episodes: Int, request: PolicyRequest = PolicyRequest()
  ) throws {
    let (row, outcome) = try BenchmarkRow.play(
      kind, world: name, options: options, mode: mode.rawValue, episodes: episodes, request: request)
    self.row = row
    returns = outcome.returns
    let game = try Coopetition.game(name, options, mode: mode.rawValue)
    if let reference = Coopetition.tier(of: name)?.oracle, let policy = reference.policy(for: game) {
      func total(_ policy: some CoopetitionPolicy) -> Double {
        ReferencePolicies.evaluate(policy, in: game, seed: request.seed).total
      }
      oracle = (reference.rawValue, total(policy))
    }
    bestConstant = ReferencePolicies.bestConstant(in: game)
  }

  public var json: JSONValue {
    guard case .object(var object) = row.json else { return .null }
    object["returns"] = .numbers(returns)
    if let oracle {
      object["oracle"] = .string(oracle.name)
      object["oracle_return"] = .number(oracle.total)
      object["gap_percent"] = .number(CoopetitionMeasures.gap(row.returnMean, to: oracle.total))
    }
    object["best_constant"] = .number(bestConstant.level)
    object["best_constant_return"] = .number(bestConstant.total)
    return .object(object)
  }

  public var lines: [String] {
    func number(_ value: Double) -> String { String(format: "%.2f", value) }
    var lines = [
      "\(row.cell.policy) in \(row.cell.world), \(row.cell.mode) rewards, \(row.episodes) episodes of \(number(row.stepsMean)) steps",
      "return            \(number(row.returnMean)) ± \(number(row.returnDeviation))",
      "each agent's      \(returns.prefix(12).map(number).joined(separator: ", "))\(returns.count > 12 ? ", ..." : "")",
      "final trust       \(number(row.finalTrust))", "cooperation rate  \(number(row.cooperationRate))",
      "fairness (Jain)   \(number(row.fairness))",
    ]
    if let oracle {
      let gap = CoopetitionMeasures.gap(row.returnMean, to: oracle.total)
      lines.append("\(oracle.name)  \(number(oracle.total)): gap \(String(format: "%+.1f", gap))%")
    }
    let gap = CoopetitionMeasures.gap(row.returnMean, to: bestConstant.total)
    lines.append(
      "best constant     \(number(bestConstant.total)) at level \(bestConstant.level): gap \(String(format: "%+.1f", gap))%"
    )
    return lines
  }
}
