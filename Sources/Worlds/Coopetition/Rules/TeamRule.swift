import Foundation
import Rewards

/// The five TR-3 environments. The released code pays TR-1's reward times multipliers (free-riders, sustained
/// cooperation, coordination); `payoff: theory` pays the loyalty-augmented utilities of TR-3 instead.
///
/// Rates, loyalties and recent cooperation are computed in 32-bit arithmetic, as in the original: a rate of exactly
/// 0.6 counts as at least 0.6.
public struct TeamRule: CoopetitionRule {
  public enum Payoff: String, CaseIterable, Sendable {
    /// TR-1's reward of the chosen mode times the multipliers.
    case release
    /// U_i of TR-3 with the members' present loyalties.
    case theory
  }

  /// What sets the five apart.
  public enum Kind: Sendable, Equatable {
    /// No loyalty; the laziest are paid 10% less.
    case production
    case loyalty
    /// Members whose loyalty falls below `exit` leave, while more than `least` remain.
    case coalition(least: Int, exit: Double, cooldown: Int)
    /// Loyalty starts at and stays below what the project's phase allows.
    case apache(phase: String, years: String, ceiling: Double, expectedEffort: Double)
    case publicGoods(endowment: Double)
  }

  public var team: TeamParameters
  public var kind: Kind
  public var payoff: Payoff

  public init(_ team: TeamParameters, kind: Kind, payoff: Payoff = .release) {
    self.team = team
    self.kind = kind
    self.payoff = payoff
  }

  private static let horizon = 10

  /// Loyalty (n), rates of the last 10 steps in a ring (10 n), the members in order of entry and then those outside
  /// (n), the time before one may return (n), the number of members.
  public func extras(agents: Int) -> Int { agents * (3 + Self.horizon) + 1 }

  private func ring(_ memory: GameMemory) -> UnsafeMutablePointer<Double> { memory.extras + memory.agents }
  private func order(_ memory: GameMemory) -> UnsafeMutablePointer<Double> {
    memory.extras + (1 + Self.horizon) * memory.agents
  }
  private func timers(_ memory: GameMemory) -> UnsafeMutablePointer<Double> { order(memory) + memory.agents }
  private func members(_ memory: GameMemory) -> UnsafeMutablePointer<Double> {
    timers(memory) + memory.agents
  }

  private var ceiling: Float {
    if case .apache(_, _, let ceiling, _) = kind { Float(ceiling) } else { 1 }
  }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {
    let count = memory.agents
    for agent in 0..<count {
      order(memory)[agent] = Double(agent)
      memory.extras[agent] = Double(game.skipsExtras ? 0.5 : 0.5 * ceiling)
    }
    members(memory)[0] = game.skipsExtras ? 0 : Double(count)
    if game.skipsExtras, let previous {
      previous.reading { old in
        memory.extras.update(from: old.extras, count: count)
        order(memory).update(from: order(old), count: 2 * count + 1)
      }
    }
  }

  @inline(__always)
  public func weigh(
    _ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory, of game: GameTables
  ) {
    let count = memory.agents
    let now = ring(memory) + memory.step % Self.horizon * count
    var areCoordinated = true
    for i in 0..<count {
      let rate = Float(memory.actions[i]) / Float(game.endowments[i])
      now[i] = Double(rate)
      areCoordinated = areCoordinated && rate >= 0.5
    }
    if kind == .production {
      if payoff == .theory { payTheory(rewards, memory) }
      for i in 0..<count where payoff == .release && Float(now[i]) < 0.2 {
        multiply(&rewards[i], by: 0.9, game)
      }
      return
    }
    for i in 0..<count { changeLoyalty(&memory.extras[i], rate: Float(now[i])) }
    if payoff == .theory {
      payTheory(rewards, memory)
    } else {
      for i in 0..<count {
        var factor: Float = Float(now[i]) < 0.3 ? 0.5 : 1
        let recent = recentCooperation(of: i, memory)
        if recent >= 0.6 { factor *= 1 + 0.15 * recent }
        if areCoordinated { factor *= 1.2 }
        multiply(&rewards[i], by: Double(factor), game)
      }
    }
    if case .coalition(let least, let exit, let cooldown) = kind {
      changeCoalition(memory, least: least, exit: Float(exit), cooldown: cooldown)
      guard payoff == .release else { return }
      let size = Int(members(memory)[0])
      // The wrappers' coalition has no members and nobody outside.
      if size == 0, game.skipsExtras { return }
      for place in 0..<count {
        let agent = Int(order(memory)[place])
        if place >= size {
          multiply(&rewards[agent], by: 0.5, game)
        } else if size >= least {
          multiply(&rewards[agent], by: 1.1, game)
        }
      }
    }
  }

  /// Outside strict mode a penalty makes a loss larger, not smaller.
  @inline(__always)
  private func multiply(_ reward: inout Double, by factor: Double, _ game: GameTables) {
    reward *= reward >= 0 || game.isStrict ? factor : 1 / factor
  }

  private func payTheory(_ rewards: UnsafeMutableBufferPointer<Double>, _ memory: GameMemory) {
    let count = memory.agents
    var total = 0.0
    for i in 0..<count { total += memory.actions[i] }
    let output = team.output(total: total)
    let share = output / Double(count)
    let all = output - team.cost * total
    for i in 0..<count {
      let own = share - team.cost * memory.actions[i]
      let others = all - own
      let felt = team.welfare == .sum ? others : count > 1 ? others / Double(count - 1) : 0
      let gain = team.benefit * felt + team.tolerance * team.cost * memory.actions[i]
      rewards[i] = own + memory.extras[i] * gain
      if case .publicGoods(let endowment) = kind { rewards[i] += endowment }
    }
  }

  @inline(__always) private func changeLoyalty(_ value: inout Double, rate: Float) {
    let loyalty = Float(value)
    let changed = rate >= 0.5 ? min(1, loyalty + 0.02 * rate) : max(0, loyalty - 0.05 * (0.5 - rate))
    value = Double(min(changed, ceiling))
  }

  /// The mean rate of the last 10 steps, summed in NumPy's order.
  @inline(__always) private func recentCooperation(of agent: Int, _ memory: GameMemory) -> Float {
    let (count, step) = (memory.agents, memory.step)
    let number = min(Self.horizon, step + 1)
    let ring = ring(memory)
    @inline(__always) func rate(_ index: Int) -> Float {
      Float(ring[(step + 1 - number + index) % Self.horizon * count + agent])
    }
    var sum: Float = 0
    if number < 8 {
      for index in 0..<number { sum += rate(index) }
    } else {
      sum = ((rate(0) + rate(1)) + (rate(2) + rate(3))) + ((rate(4) + rate(5)) + (rate(6) + rate(7)))
      for index in 8..<number { sum += rate(index) }
    }
    return max(0, min(1, sum / Float(number)))
  }

  private func changeCoalition(_ memory: GameMemory, least: Int, exit: Float, cooldown: Int) {
    let (count, order, timers) = (memory.agents, order(memory), timers(memory))
    /// Takes the place out of the order and puts its agent at the end of it.
    func moveToEnd(_ place: Int, _ end: Int) {
      let agent = order[place]
      for next in place..<end - 1 { order[next] = order[next + 1] }
      order[end - 1] = agent
    }
    var size = Int(members(memory)[0])
    if size == 0 { return }
    var place = 0
    while place < size {
      let agent = Int(order[place])
      if Float(memory.extras[agent]) < exit, size > least {
        moveToEnd(place, count)
        size -= 1
        timers[agent] = Double(cooldown)
      } else {
        place += 1
      }
    }
    place = size
    while place < count {
      let agent = Int(order[place])
      timers[agent] -= 1
      if timers[agent] <= 0, Float(memory.extras[agent]) >= 0.4 {
        for next in stride(from: place, to: size, by: -1) { order[next] = order[next - 1] }
        order[size] = Double(agent)
        size += 1
      }
      place += 1
    }
    members(memory)[0] = Double(size)
  }

  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool {
    if case .coalition(let least, _, _) = kind { Int(members(memory)[0]) < least } else { false }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let count = state.agents
    let actions = Array(state.actions)
    let loyalties = state.reading { memory in (0..<count).map { memory.extras[$0] } }
    let total = actions.reduce(0, +)
    let nash = team.freeRidingEffort(members: count)
    let optimum = team.optimalEffort(members: count)
    info["team_output"] = .number(team.output(total: total))
    info["nash_equilibrium"] = .number(nash)
    info["social_optimum"] = .number(optimum)
    info["mean_loyalty"] = .number(loyalties.reduce(0, +) / Double(count))
    info["loyalty_scores"] = .numbers(loyalties)
    info["team_cohesion"] = .number(
      TeamCohesion.cohesion(
        loyalties: loyalties, weights: game.payoff.dependence.map { $0.reduce(0, +) / Double(count) }))
    let riders = (0..<count).filter { Float(actions[$0]) / Float(game.endowments[$0]) < 0.3 }
    info["free_rider_count"] = .integer(riders.count)
    info["free_rider_indices"] = .integers(riders)
    info["efficiency_ratio"] = .number(optimum > 0 ? total / Double(count) / optimum : 0)
    switch kind {
    case .production: break
    case .loyalty:
      let output = team.output(total: nash * Double(count))
      let hasActed = state.step > 0
      info["loyalty_lift"] = .number(hasActed && output > 0 ? team.output(total: total) / output : 1)
    case .coalition:
      let (order, size) = state.reading { memory in
        ((0..<count).map { Int(self.order(memory)[$0]) }, Int(members(memory)[0]))
      }
      info["coalition_size"] = .integer(size)
      info["coalition_members"] = .integers(order.prefix(size))
      info["excluded_agents"] = .integers(size == 0 ? [] : order.dropFirst(size))
      info["coalition_stability"] = .number(Double(size) / Double(count))
    case .apache(let phase, let years, let ceiling, let expected):
      let deviation = state.step > 0 ? abs(total / Double(count) - expected) / expected : 0
      info["phase"] = .string(phase)
      info["phase_years"] = .string(years)
      info["phase_loyalty"] = .number(ceiling)
      info["expected_effort"] = .number(expected)
      info["effort_deviation"] = .number(deviation)
      info["validation_accuracy"] = .number(max(0, 1 - deviation))
    case .publicGoods(let endowment):
      var mean = team
      mean.welfare = .mean
      func welfare(_ actions: [Double]) -> Double {
        let utilities = mean.utilities(actions, loyalties: loyalties)
        return utilities.reduce(0, +) + endowment * Double(count)
      }
      let best = welfare(Array(repeating: endowment, count: count))
      info["total_contribution"] = .number(total)
      info["public_good"] = .number(team.productivity * total)
      info["contribution_rate"] = .number(total / (endowment * Double(count)))
      info["social_efficiency"] = .number(best > 0 ? welfare(actions) / best : 0)
    }
  }
}

/// How far a team holds together.
public enum TeamCohesion {
  /// The loyalties' mean, weighted by how much the team depends on each member; 0 where the weights sum to 0.
  public static func cohesion(loyalties: [Double], weights: [Double]) -> Double {
    let total = weights.reduce(0, +)
    guard total > 0 else { return 0 }
    return zip(loyalties, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
  }
}
