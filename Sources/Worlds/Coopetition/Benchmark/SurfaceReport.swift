import Foundation
import Rewards

/// What the 101 constants earn in a game, and where best responses over constants end.
public struct SurfaceReport: Sendable {
  public struct Point: Sendable {
    public var level, total, finalTrust, steps: Double
  }

  public var world: String
  public var mode: RewardMode
  public var points: [Point]
  /// Each agent's constant where nobody gains by another one; nil where the search went in circles, or there are more
  /// than `largestGame` agents.
  public var equilibrium: (actions: [Double], total: Double, finalTrust: Double)?

  /// Best responses are searched for in games of at most so many agents.
  public static let largestGame = 6

  /// - Throws: `ParameterError`.
  public init(world name: String, options: JSONObject = JSONObject(), mode: RewardMode) throws {
    let game = try Coopetition.game(name, options, mode: mode.rawValue)
    (world, self.mode) = (name.lowercased(), mode)
    points = (0...100).map { hundredths in
      let level = Double(hundredths) / 100
      let outcome = ReferencePolicies.evaluate(ConstantPolicy(level: level, of: game.parameters), in: game)
      return Point(
        level: level, total: outcome.total, finalTrust: outcome.finalTrust, steps: outcome.steps)
    }
    guard game.agents <= Self.largestGame else { return }
    let found = ReferencePolicies.constantEquilibrium(in: game)
    guard found.hasConverged else { return }
    let outcome = ReferencePolicies.evaluate(ConstantPolicy(name: "", actions: found.actions), in: game)
    equilibrium = (found.actions, outcome.total, outcome.finalTrust)
  }

  public var best: Point { points.max { $0.total < $1.total } ?? points[0] }

  public var json: JSONValue {
    var object = JSONObject([
      ("world", .string(world)), ("reward_mode", .string(mode.rawValue)),
      ("best_level", .number(best.level)), ("best_return", .number(best.total)),
      (
        "points",
        .array(
          points.map { point in
            .object(
              JSONObject([
                ("level", .number(point.level)), ("return", .number(point.total)),
                ("final_trust", .number(point.finalTrust)), ("steps", .number(point.steps)),
              ]))
          })
      ),
    ])
    if let equilibrium {
      object["equilibrium"] = .object(
        JSONObject([
          ("actions", .numbers(equilibrium.actions)), ("return", .number(equilibrium.total)),
          ("final_trust", .number(equilibrium.finalTrust)),
        ]))
    }
    return .object(object)
  }

  public var lines: [String] {
    let rows = points.map {
      String(format: "%.2f  %14.2f  %.3f  %5.0f", $0.level, $0.total, $0.finalTrust, $0.steps)
    }
    var lines = ["level          return  trust  steps"] + rows
    lines.append(
      String(format: "best: %.2f at level %.2f, %@ rewards", best.total, best.level, mode.rawValue))
    if let equilibrium {
      let actions = equilibrium.actions.map { String(format: "%g", $0) }.joined(separator: ", ")
      lines.append(
        String(
          format: "best responses over constants end at (%@): return %.2f, trust %.3f", actions,
          equilibrium.total, equilibrium.finalTrust))
    }
    return lines
  }
}
