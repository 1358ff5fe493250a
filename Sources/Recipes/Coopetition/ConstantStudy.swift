import Shelf
import Worlds

/// Part B of card 08: where best responses over constants end, game by game and mode by mode.
struct ConstantStudy {
  /// The card's numbers.
  struct Expected {
    var game: String
    var mode: RewardMode
    var actions: [Double]
    var trust: Double
    /// Summed return under the mode itself, where the card has it.
    var total: Double?
  }

  static let expected = [
    Expected(game: "slcd", mode: .private, actions: [23, 22], trust: 0, total: 29_589),
    Expected(game: "slcd", mode: .integrated, actions: [23, 23], trust: 0, total: 29_808),
    Expected(game: "slcd", mode: .cooperative, actions: [33, 33], trust: 1, total: 51_011),
    Expected(game: "reciprocaldilemma", mode: .private, actions: [23, 23], trust: 0),
    Expected(game: "reciprocaldilemma", mode: .integrated, actions: [23, 23], trust: 0),
    Expected(game: "reciprocaldilemma", mode: .cooperative, actions: [33, 33], trust: 1),
    Expected(game: "trustdilemma", mode: .private, actions: [25, 40], trust: 0.25),
    Expected(game: "trustdilemma", mode: .integrated, actions: [27, 40], trust: 0.25),
    Expected(game: "trustdilemma", mode: .cooperative, actions: [42, 42], trust: 1),
  ]

  var expected: Expected
  var actions: [Double]
  var trust, total: Double

  static func run(fault: String?) throws -> [ConstantStudy] {
    try expected.map { row in
      let world = try CoopetitionGym.game(row.game, row.mode, fault: fault)
      let equilibrium = ReferencePolicies.constantEquilibrium(in: world)
      let outcome = ReferencePolicies.evaluate(
        ConstantPolicy(name: "", actions: equilibrium.actions), in: world)
      return ConstantStudy(
        expected: row, actions: equilibrium.actions, trust: outcome.finalTrust, total: outcome.total)
    }
  }

  private var name: String { "\(expected.game), \(expected.mode.rawValue)" }

  /// To the grid's step, to two digits of trust, and to the printed digit of the return.
  var checks: [Check] {
    let distance = zip(actions, expected.actions).map { abs($0 - $1) }.max() ?? .infinity
    var checks = [
      Check("\(name): constants' distance from \(expected.actions)", distance, .atMost, 0.5),
      Check(
        "\(name): final trust's distance from \(expected.trust)", abs(trust - expected.trust), .atMost, 0.005),
    ]
    if let total = expected.total {
      checks.append(Check("\(name): return's distance from \(total)", abs(self.total - total), .atMost, 1))
    }
    return checks
  }

  var measurements: [Measurement] {
    [
      Measurement(expected.mode.rawValue, "\(expected.game): mean constant", [mean(actions)]),
      Measurement(expected.mode.rawValue, "\(expected.game): final trust of constants", [trust]),
      Measurement(expected.mode.rawValue, "\(expected.game): return of constants", [total]),
    ]
  }
}
