import Foundation
import Rewards

/// A mixed-motive game of Coopetition-Gym (arXiv 2605.02063): every agent contributes a_i of [0, e_i], closed-form
/// payoffs and a state of trust follow, and the reward mode says what of it the learners are shown.
///
/// `rule` adds what makes the game one of the twenty environments, or one of your own.
public struct CoopetitionGame: World {
  private let tables: GameTables

  /// - Precondition: `parameters.problem` is nil and the values are logarithmic.
  public init(_ parameters: GameParameters, rule: some CoopetitionRule) {
    if let (name, message) = parameters.problem { preconditionFailure("\(name): \(message)") }
    tables = GameTables(parameters, rule: StandardRule(rule))
  }

  public var parameters: GameParameters { tables.parameters }
  public var rule: StandardRule { tables.rule }
  public var agents: Int { tables.agents }
  public var maximumSteps: Int? { tables.parameters.maximumSteps }
  public var sharesObservation: Bool { tables.sharesObservation }
  public var actionWidth: Int { 1 }

  public func actionSpace(of agent: Int) -> Space {
    let high =
      tables.parameters.observation == .joint ? tables.largestEndowment : tables.parameters.endowments[agent]
    return .box(0, Float(high), width: 1)
  }

  // MARK: A step

  public func initialState(after previous: CoopetitionState?, random: inout PCG64) -> CoopetitionState {
    var state = CoopetitionState(agents: agents, extras: tables.extras)
    state.with { memory in
      let count = memory.agents
      memory.synergyWeight = tables.parameters.payoff.synergyWeight
      memory.actions.update(from: tables.baselines, count: count)
      let trust = tables.parameters.usesTrust ? tables.parameters.trust.initialTrust : 1
      memory.trust.update(repeating: trust, count: count * count)
      memory.reputation.update(
        repeating: tables.parameters.usesTrust ? tables.parameters.trust.initialReputation : 0,
        count: count * count)
      for i in 0..<count {
        memory.trust[i * count + i] = 1
        memory.reputation[i * count + i] = 0
      }
      tables.rule.begin(memory, after: previous, of: tables.parameters, random: &random)
    }
    return state
  }

  public func step(
    _ state: inout CoopetitionState, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: inout PCG64
  ) -> Bool {
    state.with { memory in
      let count = memory.agents
      for i in 0..<count {
        // The original keeps endowments and actions as 32-bit numbers.
        memory.actions[i] = max(0, min(Double(actions[i]), tables.endowments[i]))
      }
      if tables.usesTrust { prepareTrust(memory) }
      writePayoffs(memory)
      switch (tables.usesTrust, tables.mode) {
      case (true, _): changeTrust(memory, rewards)
      case (false, .private): rewards.baseAddress!.update(from: memory.scratch, count: count)
      case (false, _): integrate(memory, rewards)
      }
      if tables.mode == .cooperative {
        var sum = 0.0
        for reward in rewards { sum += reward }
        for i in 0..<count { rewards[i] = sum / Double(count) }
      }
      if tables.rewardScale != 1 { for i in 0..<count { rewards[i] *= tables.rewardScale } }
      tables.rule.weigh(rewards, memory, of: tables)
      memory.base[0] += 1
      let isOver = tables.rule.isOver(memory)
      if !tables.skipsExtras {
        tables.rule.finish(rewards, asked: actions, memory, of: tables, random: &random)
      }
      return isOver
    }
  }

  /// What a partner's signal does to any agent's trust in him, into `scratch` rows 1 to 4: growth, fall, damage and
  /// repair.
  @inline(__always)
  private func prepareTrust(_ memory: GameMemory) {
    let count = memory.agents
    let scratch = memory.scratch
    for j in 0..<count {
      let baseline = tables.rule.baseline(tables.baselines[j], of: j, memory, actions: memory.actions)
      let signal = TrustDynamics.tanh(tables.sensitivity * (memory.actions[j] - baseline))
      scratch[count + j] = tables.building * max(signal, 0)
      scratch[2 * count + j] = min(signal, 0)
      scratch[3 * count + j] = tables.damage * max(-signal, 0)
      scratch[4 * count + j] = signal < 0 ? 0 : tables.repair
    }
  }

  /// pi of every agent, into row 0 of `scratch`.
  @inline(__always)
  private func writePayoffs(_ memory: GameMemory) {
    let count = memory.agents
    var logarithms = 0.0
    var product = 1.0
    var least = Double.infinity
    for i in 0..<count {
      let action = memory.actions[i]
      least = min(least, action)
      product *= action
      if count > 4 { logarithms += log(max(action, 1e-10)) }
      memory.scratch[i] = tables.endowments[i] - action + tables.valueScale * log1p(action)
    }
    var synergy = 0.0
    if least > 1e-10 {
      switch count {
      case 1: synergy = product
      case 2: synergy = product.squareRoot()
      case 4: synergy = product.squareRoot().squareRoot()
      case 3: synergy = cbrt(product)
      default: synergy = exp(logarithms / Double(count))
      }
    }
    let surplus = memory.synergyWeight * synergy
    for i in 0..<count { memory.scratch[i] += tables.shares[i] * surplus }
  }

  /// Updates trust and reputation of all pairs, row by row, and pays each row's agent with the new values.
  @inline(__always)
  private func changeTrust(_ memory: GameMemory, _ rewards: UnsafeMutableBufferPointer<Double>) {
    let count = memory.agents
    let payoffs = memory.scratch
    if count >= Self.vectorSize { return changeManyTrusts(memory, rewards) }
    let (growth, fall) = (payoffs + count, payoffs + 2 * count)
    let (damage, repair) = (payoffs + 3 * count, payoffs + 4 * count)
    for i in 0..<count {
      let trust = memory.trust + i * count
      let reputation = memory.reputation + i * count
      let erosion = tables.erosion + i * count
      let dependence = tables.dependence + i * count
      var others = 0.0
      for j in 0..<count {
        let (before, harm) = (trust[j], reputation[j])
        let ceiling = 1 - harm
        let room = max(0, min(1, ceiling) - before)
        let now = min(max(before + growth[j] * room + erosion[j] * fall[j] * before, 0), ceiling)
        let harmNow = min(max(harm + damage[j] * ceiling - repair[j] * harm, 0), 1)
        trust[j] = now
        reputation[j] = harmNow
        others += min(now, 1 - harmNow) * dependence[j] * payoffs[j]
      }
      trust[i] = 1
      reputation[i] = 0
      rewards[i] = tables.mode == .private ? payoffs[i] : payoffs[i] + others
    }
  }

  /// From so many agents on, vectors are faster than the plain loop.
  private static let vectorSize = 8

  /// The same for many agents; who is paid privately needs no sums over partners.
  private func changeManyTrusts(_ memory: GameMemory, _ rewards: UnsafeMutableBufferPointer<Double>) {
    let (count, payoffs) = (memory.agents, memory.scratch)
    for i in 0..<count {
      TrustKernel.updateRow(
        count: count, trust: memory.trust + i * count, harm: memory.reputation + i * count,
        signals: payoffs + count, erosion: tables.erosion + i * count)
      memory.trust[i * count + i] = 1
      memory.reputation[i * count + i] = 0
    }
    guard tables.mode != .private, let sums = rewards.baseAddress else {
      for i in 0..<count { rewards[i] = payoffs[i] }
      return
    }
    TrustKernel.trustedSums(
      count: count, trust: memory.trust, harm: memory.reputation, weights: tables.dependence, values: payoffs,
      into: sums)
    for i in 0..<count { rewards[i] = payoffs[i] + rewards[i] }
  }

  /// U with D as the weights: trust is off.
  private func integrate(_ memory: GameMemory, _ rewards: UnsafeMutableBufferPointer<Double>) {
    let count = memory.agents
    for i in 0..<count {
      rewards[i] = memory.scratch[i]
      for j in 0..<count { rewards[i] += tables.dependence[i * count + j] * memory.scratch[j] }
    }
  }

  // MARK: What is seen

  public var observationWidth: Int {
    let count = agents
    let suffix = tables.skipsExtras ? 0 : tables.rule.suffix(agents: count)
    switch tables.parameters.observation {
    case .joint: return count + 3 * count * count + 1 + suffix
    case .full: return count + count * count + count + (count - 1) + count + 1 + suffix
    case .realistic: return count + count + count + (count - 1) + count + 1 + suffix
    case .minimal: return 1 + count
    }
  }

  /// Unbounded, as the original declares it.
  public func observationSpace(of agent: Int) -> Space {
    .box(-.infinity, .infinity, width: observationWidth)
  }

  public func observe(_ state: CoopetitionState, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    state.reading { memory in
      let count = memory.agents
      var place = target.baseAddress!
      @inline(__always) func write(_ values: UnsafeMutablePointer<Double>, _ number: Int) {
        for index in 0..<number { place[index] = Float(values[index]) }
        place += number
      }
      @inline(__always) func write(_ value: Double) {
        place[0] = Float(value)
        place += 1
      }
      if sharesObservation {
        write(memory.actions, count)
        write(memory.trust, count * count)
        write(memory.reputation, count * count)
        place.update(from: tables.shownDependence, count: count * count)
        place += count * count
        write(memory.base[0])
        tables.rule.writeSuffix(memory, into: place)
        return
      }
      let row = agent * count
      write(memory.actions[agent])
      if tables.parameters.observation == .minimal {
        write(memory.trust + row, count)
        return
      }
      for other in 0..<count where other != agent { write(memory.actions[other]) }
      if tables.parameters.observation == .full {
        write(memory.trust, count * count)
      } else {
        write(memory.trust + row, count)
      }
      write(memory.reputation + row, count)
      for other in 0..<count where other != agent {
        var sum = 0.0
        for j in 0..<count { sum += memory.reputation[other * count + j] }
        write(sum / Double(count))
      }
      write(tables.dependence + row, count)
      write(memory.base[0] / Double(tables.parameters.maximumSteps))
      if !tables.parameters.skipsExtras { tables.rule.writeSuffix(memory, into: place) }
    }
  }

  public func info(_ state: CoopetitionState) -> JSONObject {
    let actions = Array(state.actions)
    var payoff = tables.parameters.payoff
    payoff.synergyWeight = state.synergyWeight
    let rates = zip(actions, tables.parameters.endowments).map { $0 / $1 }
    var info = JSONObject([
      ("step", .integer(state.step)), ("mean_trust", .number(state.meanTrust)),
      ("mean_reputation_damage", .number(state.meanReputationDamage)),
      ("total_value", .number(payoff.totalValue(actions))),
      ("mean_cooperation", .number(actions.reduce(0, +) / Double(agents))),
      ("cooperation_rate", .number(rates.reduce(0, +) / Double(agents))),
    ])
    tables.rule.describe(state, of: tables.parameters, in: &info)
    info["actions"] = .numbers(actions)
    return info
  }
}
