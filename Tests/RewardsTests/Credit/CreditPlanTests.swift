import Foundation
import Testing

@testable import Rewards

/// Shapley and Owen values against closed forms and against the average over all orders, which is another formula.
@Suite struct CreditPlanTests {
  /// a_i, pair terms b_ij and a term for three players that are all there.
  struct Game {
    var single: [Double]
    var pairs: [[Double]]
    var triple: (members: [Int], value: Double) = ([], 0)

    init(players: Int, seed: UInt64) {
      var random = SeededGenerator(seed: seed)
      func number() -> Double { Double(random.integer(in: -1_000_000...1_000_000)) * 1e-6 }
      single = (0..<players).map { _ in number() }
      pairs = (0..<players).map { i in (0..<players).map { j in i < j ? number() : 0 } }
    }

    func value(_ coalition: Coalition) -> Double {
      let there = single.indices.filter(coalition.contains)
      var sum = 0.7 + there.reduce(0) { $0 + single[$1] }
      for i in there { for j in there { sum += pairs[i][j] } }
      if !triple.members.isEmpty, triple.members.allSatisfy(coalition.contains) { sum += triple.value }
      return sum
    }

    /// a_i and half of its pair terms.
    var shapley: [Double] {
      single.indices.map { i in
        single[i] + single.indices.reduce(0) { $0 + (pairs[i][$1] + pairs[$1][i]) / 2 }
      }
    }
  }

  func credits(
    _ method: CreditMethod, _ game: Game, groups: [[Int]]? = nil, orders: Int = 200, seed: UInt64 = 1
  ) -> (UnitCredits, CreditPlan) {
    var random = SeededGenerator(seed: seed)
    let plan = CreditPlan(
      method, players: game.single.count, groups: groups, orders: orders, random: &random)
    return (plan.credits(plan.coalitions.map(game.value)), plan)
  }

  static let groups = [[0, 1], [2, 3, 4], [5], [6, 7]]

  @Test("Shapley values of a game with pair terms are the closed form, and efficient, to 1e-12")
  func closedForm() {
    let game = Game(players: 8, seed: 3)
    let (credits, plan) = credits(.shapley, game)
    #expect(plan.coalitions.count == 256 && credits.standardErrors == nil)
    for (one, other) in zip(credits.values, game.shapley) { #expect(abs(one - other) < 1e-12) }
    #expect(credits.efficiencyGap < 1e-12)
    #expect(credits.empty == 0.7 && credits.warnings.isEmpty)
  }

  @Test("Owen values equal Shapley values without terms of three, and differ once one crosses groups")
  func owenAgainstShapley() {
    var game = Game(players: 8, seed: 4)
    let (plain, plan) = credits(.owen, game, groups: Self.groups)
    #expect(plan.coalitions.count < 256 && plan.computation == .owen)
    for (one, other) in zip(plain.values, game.shapley) { #expect(abs(one - other) < 1e-12) }
    // Players 2 and 3 share a group: their group gets half of the term, player 6 the other half.
    game.triple = ([2, 3, 6], 1.2)
    let (crossed, _) = credits(.owen, game, groups: Self.groups)
    let (shapley, _) = credits(.shapley, game)
    for (player, share) in [(2, 0.3), (3, 0.3), (6, 0.6)] {
      #expect(abs(crossed.values[player] - game.shapley[player] - share) < 1e-12)
      #expect(abs(shapley.values[player] - game.shapley[player] - 0.4) < 1e-12)
    }
    #expect(crossed.efficiencyGap < 1e-12)
  }

  /// All orders of the list.
  func orders(_ list: [Int]) -> [[Int]] {
    if list.isEmpty { return [[]] }
    return list.indices.flatMap { place in
      var rest = list
      let first = rest.remove(at: place)
      return orders(rest).map { [first] + $0 }
    }
  }

  @Test("On any set function both are the mean over all (group-respecting) orders")
  func meanOverOrders() {
    var random = SeededGenerator(seed: 9)
    let table = Dictionary(
      uniqueKeysWithValues: (0..<UInt64(64)).map {
        (Coalition(players: 6, mask: $0), Double(random.integer(in: -1000...1000)))
      })
    let groups = [[0, 4], [1, 2, 5], [3]]
    for (method, isOwen) in [(CreditMethod.shapley, false), (.owen, true)] {
      let all = orders(Array(0..<6)).filter { order in
        !isOwen
          || groups.allSatisfy { group in
            let places = group.map { order.firstIndex(of: $0)! }
            return places.max()! - places.min()! == group.count - 1
          }
      }
      var mean = [Double](repeating: 0, count: 6)
      for order in all {
        var coalition = Coalition(players: 6)
        for player in order {
          let before = table[coalition]!
          coalition.insert(player)
          mean[player] += (table[coalition]! - before) / Double(all.count)
        }
      }
      let plan = CreditPlan(method, players: 6, groups: groups, random: &random)
      let credits = plan.credits(plan.coalitions.map { table[$0]! })
      for (one, other) in zip(credits.values, mean) { #expect(abs(one - other) < 1e-9) }
    }
  }

  @Test(
    "Sampling is efficient, unbiased within its standard error, and exact on pair terms (antithetic pairs)")
  func sampling() throws {
    var game = Game(players: 10, seed: 5)
    let (pairs, _) = credits(.sampled, game, orders: 8)
    for (one, other) in zip(pairs.values, game.shapley) { #expect(abs(one - other) < 1e-12) }
    game.triple = ([1, 4, 7], 2)
    let (exact, _) = credits(.shapley, game)
    let (sampled, plan) = credits(.sampled, game, orders: 400)
    let errors = try #require(sampled.standardErrors)
    #expect(plan.computation == .sampledShapley && sampled.efficiencyGap < 1e-9)
    for player in 0..<10 {
      #expect(abs(sampled.values[player] - exact.values[player]) <= 4 * errors[player] + 1e-9)
    }
    #expect(errors[1] > 0.01 && errors[1] < 0.1)
    let (few, _) = credits(.sampled, game, orders: 40)
    #expect(try #require(few.standardErrors)[1] > 2 * errors[1])
  }

  @Test("More than 12 units are sampled, and each coalition is asked about once")
  func many() {
    let game = Game(players: 100, seed: 6)
    let (credits, plan) = credits(.shapley, game, orders: 4)
    #expect(plan.computation == .sampledShapley && Set(plan.coalitions).count == plan.coalitions.count)
    for (one, other) in zip(credits.values, game.shapley) { #expect(abs(one - other) < 1e-9) }
    let groups = (0..<20).map { [3 * $0, 3 * $0 + 1, 3 * $0 + 2] } + [Array(60..<100)]
    let owen = self.credits(.owen, game, groups: groups, orders: 4)
    #expect(owen.1.computation == .sampledOwen && owen.0.efficiencyGap < 1e-9)
  }

  @Test("One unit has the whole gain; uniform credit is the same for all")
  func simple() {
    let (one, _) = credits(.shapley, Game(players: 1, seed: 2))
    #expect(one.values == [one.full - one.empty])
    let (uniform, plan) = credits(.uniform, Game(players: 5, seed: 2))
    #expect(plan.coalitions.count == 2 && Set(uniform.values).count == 1 && uniform.efficiencyGap < 1e-12)
  }

  @Test("Dense rewards sum to the score whatever alpha is")
  func dense() {
    let (credits, _) = credits(.shapley, Game(players: 6, seed: 8))
    for alpha in [0, 0.5, 1] {
      #expect(abs(credits.rewards(alpha: alpha).reduce(0, +) - credits.full) < 1e-12)
    }
    #expect(credits.rewards(alpha: 0).dropLast().allSatisfy { $0 == 0 })
  }

  @Test("A reward that tells no parts apart, or sees only the whole, is warned about")
  func warnings() {
    var random = SeededGenerator(seed: 1)
    let plan = CreditPlan(.shapley, players: 4, random: &random)
    let flat = plan.credits(plan.coalitions.map { _ in 1 })
    #expect(flat.spread == 0 && flat.warnings.count == 1)
    let last = plan.credits(plan.coalitions.map { $0 == .grand(players: 4) ? 1 : 0 })
    #expect(last.values.allSatisfy { abs($0 - 0.25) < 1e-12 })
    #expect(
      last.spread > 0
        && last.warnings == [
          "every part of the response scores like nothing at all: the reward only judges the finished text"
        ])
  }
}
