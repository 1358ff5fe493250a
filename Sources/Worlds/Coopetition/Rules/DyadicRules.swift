import Rewards

/// TrustDilemma: over when mean trust falls below 0.05; counts who has cooperated how often.
public struct TrustDilemmaRule: CoopetitionRule {
  public init() {}

  /// Steps at or above the baseline, for each agent.
  public func extras(agents: Int) -> Int { agents }

  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool { memory.meanTrust < 0.05 }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    for agent in 0..<memory.agents where Double(asked[agent]) >= game.baselines[agent] {
      memory.extras[agent] += 1
    }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let counts = state.reading { memory in (0..<memory.agents).map { Int(memory.extras[$0]) } }
    info["defection_counts"] = .integers(counts.map { state.step - $0 })
    info["cooperation_counts"] = .integers(counts)
    info["cooperation_rates"] = .numbers(counts.map { Double($0) / Double(max(1, state.step)) })
  }
}

/// PartnerHoldUp: a strong agent 0 and a weak agent 1, who leaves when his trust T_10 falls below 0.10.
public struct PartnerHoldUpRule: CoopetitionRule {
  public init() {}

  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool { memory.trust[2] < 0.10 }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    info["trust_asymmetry"] = .number(state.trust(1, 0) - state.trust(0, 1))
    info["power_asymmetry"] = .number(game.payoff.dependence[1][0] - game.payoff.dependence[0][1])
    // The original looks the payoffs up where they never are, and reports 0.
    let payoffs = game.isStrict ? [0, 0] : game.payoff.payoffs(Array(state.actions))
    info["strong_agent_payoff"] = .number(payoffs[0])
    info["weak_agent_payoff"] = .number(payoffs[1])
  }
}

/// RecoveryRace: trust starts low and damaged; over when mean trust reaches the target.
public struct RecoveryRaceRule: CoopetitionRule {
  public var target: Double

  public init(target: Double = 0.90) { self.target = target }

  /// The highest mean trust so far; the step at which the target was reached (0: not yet).
  public func extras(agents: Int) -> Int { 2 }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {
    memory.extras[0] = game.trust.initialTrust
  }

  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool { memory.meanTrust >= target }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    let trust = memory.meanTrust
    memory.extras[0] = max(memory.extras[0], trust)
    if trust >= target, memory.extras[1] == 0 { memory.extras[1] = memory.base[0] }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let (peak, reached) = state.reading { ($0.extras[0], Int($0.extras[1])) }
    let start = game.trust.initialTrust
    info["peak_trust"] = .number(peak)
    info["recovery_step"] = reached == 0 ? .null : .integer(reached)
    info["trust_ceiling"] = .number(1 - state.meanReputationDamage)
    info["recovery_progress"] = .number((state.meanTrust - start) / (target - start))
  }
}

/// SynergySearch: the weight of the synergy is drawn anew, unseen, for every episode.
public struct SynergySearchRule: CoopetitionRule {
  public var range: ClosedRange<Double>
  /// Instead of a draw.
  public var fixed: Double?
  public var isRevealed: Bool

  public init(range: ClosedRange<Double> = 0.20...0.90, fixed: Double? = nil, isRevealed: Bool = false) {
    self.range = range
    self.fixed = fixed
    self.isRevealed = isRevealed
  }

  /// Each agent's rewards so far; their sum and their sum of squares over all agents.
  public func extras(agents: Int) -> Int { agents + 2 }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {
    if let fixed {
      memory.synergyWeight = fixed
    } else if !game.skipsExtras {
      memory.synergyWeight = random.uniform(range.lowerBound, range.upperBound)
    }
  }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    let count = memory.agents
    for agent in 0..<count {
      memory.extras[agent] += rewards[agent]
      memory.extras[count] += rewards[agent]
      memory.extras[count + 1] += rewards[agent] * rewards[agent]
    }
  }

  public func suffix(agents: Int) -> Int { isRevealed ? 1 : 0 }

  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {
    if isRevealed { target[0] = Float(memory.synergyWeight) }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    info["true_gamma"] = isRevealed ? .number(state.synergyWeight) : .null
    info["gamma_type"] = .string(state.synergyWeight > 0.6 ? "high" : "low")
    let sums = state.reading { memory in (0..<memory.agents + 2).map { memory.extras[$0] } }
    info["cumulative_rewards"] = .numbers(sums.dropLast(2))
    if state.step > 3 {
      let number = Double(state.step * state.agents)
      let mean = sums[state.agents] / number
      info["reward_variance"] = .number(max(0, sums[state.agents + 1] / number - mean * mean))
    }
  }
}

/// SLCD and RenaultNissan: two companies with names, in a phase of their alliance.
public struct AllianceRule: CoopetitionRule {
  public var names: [String]
  /// The phase and its years; nil where there is only one.
  public var phase: (name: String, years: String)?

  public init(names: [String], phase: (name: String, years: String)? = nil) {
    self.names = names
    self.phase = phase
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    if let phase {
      info["phase"] = .string(phase.name)
      info["period"] = .string(phase.years)
    }
    info["agent_names"] = .array(names.map { .string($0) })
    if phase == nil {
      for (name, action) in zip(names, state.actions) {
        info["\(name.lowercased())_investment"] = .number(action)
      }
    }
  }
}

/// CooperativeNegotiation: actions within `threshold` of each other become an agreement; leaving it costs
/// `penalty` times one's distance from it.
public struct NegotiationRule: CoopetitionRule {
  public var threshold: Double
  public var penalty: Double
  /// How long an agreement stands before new proposals may replace it; 1: not at all. The original ignores it.
  public var rounds: Int
  /// Breach raises the baselines by half the agreement, and observations show the agreement at once. The original
  /// computes the first and forgets it, and shows the agreement one step later.
  public var isCorrected: Bool

  public init(threshold: Double = 10, penalty: Double = 3, rounds: Int = 5, isCorrected: Bool = false) {
    self.threshold = threshold
    self.penalty = penalty
    self.rounds = rounds
    self.isCorrected = isCorrected
  }

  /// Agreement, the agreement that observations show, whether there is one, and whether it is shown, agreements,
  /// breaches, whether the last step reached and broke one, the step of the agreement.
  public func extras(agents: Int) -> Int { 2 * agents + 7 }

  private func flags(_ memory: GameMemory) -> UnsafeMutablePointer<Double> {
    memory.extras + 2 * memory.agents
  }

  private func isBreach(_ memory: GameMemory) -> Bool {
    guard flags(memory)[0] == 1 else { return false }
    return (0..<memory.agents).contains { abs(memory.actions[$0] - memory.extras[$0]) > threshold }
  }

  @inline(__always)
  public func baseline(
    _ given: Double, of agent: Int, _ memory: GameMemory, actions: UnsafeMutablePointer<Double>
  ) -> Double {
    isCorrected && isBreach(memory) ? given + 0.5 * memory.extras[agent] : given
  }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    let (count, flags) = (memory.agents, flags(memory))
    func show() {
      (memory.extras + count).update(from: memory.extras, count: count)
      flags[1] = flags[0]
    }
    if !isCorrected { show() }
    let isBroken = isBreach(memory)
    if isBroken {
      flags[3] += 1
      for agent in 0..<count {
        rewards[agent] -= penalty * abs(memory.actions[agent] - memory.extras[agent])
      }
    }
    let isReached = abs(memory.actions[0] - memory.actions[1]) <= threshold
    let mayReplace =
      !isCorrected || flags[0] == 0 || isBroken || memory.base[0] - flags[6] >= Double(rounds)
    if isReached, mayReplace {
      memory.extras.update(from: memory.actions, count: count)
      flags[0] = 1
      flags[2] += 1
      flags[6] = memory.base[0]
    }
    flags[4] = isReached ? 1 : 0
    flags[5] = isBroken ? 1 : 0
    if isCorrected { show() }
  }

  public func suffix(agents: Int) -> Int { agents + 1 }

  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {
    let count = memory.agents
    for agent in 0..<count { target[agent] = Float(memory.extras[count + agent]) }
    target[count] = Float(flags(memory)[1])
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    state.reading { memory in
      let flags = flags(memory)
      info["agreement_reached"] = .bool(flags[4] == 1)
      info["current_agreement"] =
        flags[0] == 1 ? .numbers((0..<memory.agents).map { memory.extras[$0] }) : .null
      info["breach_occurred"] = .bool(flags[5] == 1)
      info["total_agreements"] = .integer(Int(flags[2]))
      info["total_breaches"] = .integer(Int(flags[3]))
      info["proposal_convergence"] = .number(1 - abs(memory.actions[0] - memory.actions[1]) / 100)
    }
  }
}
