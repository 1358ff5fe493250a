import Rewards

/// PlatformEcosystem: agent 0 is the platform; the developers leave when their mean trust in it falls below 0.15.
public struct PlatformRule: CoopetitionRule {
  public init() {}

  private func developerTrust(_ memory: GameMemory) -> Double {
    var sum = 0.0
    for developer in 1..<memory.agents { sum += memory.trust[developer * memory.agents] }
    return sum / Double(memory.agents - 1)
  }

  @inline(__always) public func isOver(_ memory: GameMemory) -> Bool { developerTrust(memory) < 0.15 }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let developers = Array(state.actions.dropFirst())
    let number = Double(developers.count)
    let mean = developers.reduce(0, +) / number
    let trust = state.reading { developerTrust($0) }
    info["platform_investment"] = .number(state.actions.first!)
    info["mean_developer_investment"] = .number(mean)
    info["developer_investment_std"] = .number(
      (developers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / number).squareRoot())
    info["developer_trust_in_platform"] = .number(trust)
    info["developer_exits"] = .integer(trust < 0.15 ? developers.count : 0)
  }
}

/// DynamicPartnerSelection: everybody sees everybody's reputation, a moving average of the share of the endowment
/// contributed. It outlives episodes.
public struct PartnerSelectionRule: CoopetitionRule {
  public var resetsReputation: Bool

  public init(resetsReputation: Bool = false) { self.resetsReputation = resetsReputation }

  /// Reputation, and the reputation that observations show.
  public func extras(agents: Int) -> Int { 2 * agents }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {
    guard !resetsReputation, let previous else { return }
    previous.reading { old in
      memory.extras.update(from: old.extras, count: memory.agents)
      (memory.extras + memory.agents).update(from: old.extras, count: memory.agents)
    }
  }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    let count = memory.agents
    for agent in 0..<count {
      let action = game.isStrict ? Double(asked[agent]) : memory.actions[agent]
      let before = memory.extras[agent]
      memory.extras[agent] = 0.9 * before + 0.1 * action / game.endowments[agent]
      // The original builds the observation before it updates.
      memory.extras[count + agent] = game.isStrict ? before : memory.extras[agent]
    }
  }

  public func suffix(agents: Int) -> Int { agents }

  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {
    for agent in 0..<memory.agents { target[agent] = Float(memory.extras[memory.agents + agent]) }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let scores = state.reading { memory in (0..<memory.agents).map { memory.extras[$0] } }
    info["reputation_scores"] = .numbers(scores)
    info["reputation_ranking"] = .integers(ranking(of: scores))
  }
}

/// ReputationMarket: a public reputation in four tiers multiplies the rewards.
///
/// Reputation is kept in 32-bit arithmetic as in the original: tier edges are hit exactly, and in double precision
/// the returns differ by up to 14%.
public struct ReputationMarketRule: CoopetitionRule {
  /// Observed reputations have noise of standard deviation 1 - visibility.
  public var visibility: Double
  public var hasTiers: Bool

  public init(visibility: Double = 1, hasTiers: Bool = true) {
    self.visibility = visibility
    self.hasTiers = hasTiers
  }

  private static let tiers: [(name: String, threshold: Float, factor: Double)] = [
    ("premium", 0.80, 1.30), ("standard", 0.50, 1.00), ("probation", 0.25, 0.70), ("excluded", 0, 0.40),
  ]

  @inline(__always) private func factor(_ reputation: Float) -> Double {
    reputation >= 0.80 ? 1.30 : reputation >= 0.50 ? 1.00 : reputation >= 0.25 ? 0.70 : 0.40
  }

  /// Reputation, and the reputation that observations show.
  public func extras(agents: Int) -> Int { 2 * agents }

  public func begin(
    _ memory: GameMemory, after previous: CoopetitionState?, of game: GameParameters, random: inout PCG64
  ) {
    memory.extras.update(repeating: 0.5, count: memory.agents)
    show(memory, &random)
  }

  @inline(__always) private func show(_ memory: GameMemory, _ random: inout PCG64) {
    for agent in 0..<memory.agents {
      let noise = visibility < 1 ? (1 - visibility) * random.normal() : 0
      memory.extras[memory.agents + agent] = max(0, min(1, memory.extras[agent] + noise))
    }
  }

  @inline(__always)
  public func finish(
    _ rewards: UnsafeMutableBufferPointer<Double>, asked: UnsafeBufferPointer<Float>, _ memory: GameMemory,
    of game: GameTables, random: inout PCG64
  ) {
    // The original builds the observation before it updates.
    if game.isStrict { show(memory, &random) }
    for agent in 0..<memory.agents {
      let action = game.isStrict ? asked[agent] : Float(memory.actions[agent])
      let change = Float(0.1) * (action / Float(game.endowments[agent]) - 0.5)
      let reputation = max(0, min(1, Float(memory.extras[agent]) + change))
      memory.extras[agent] = Double(reputation)
      if hasTiers { rewards[agent] *= factor(reputation) }
    }
    if !game.isStrict { show(memory, &random) }
  }

  public func suffix(agents: Int) -> Int { agents }

  public func writeSuffix(_ memory: GameMemory, into target: UnsafeMutablePointer<Float>) {
    for agent in 0..<memory.agents { target[agent] = Float(memory.extras[memory.agents + agent]) }
  }

  public func describe(_ state: CoopetitionState, of game: GameParameters, in info: inout JSONObject) {
    let scores = state.reading { memory in (0..<memory.agents).map { memory.extras[$0] } }
    let mean = scores.reduce(0, +) / Double(scores.count)
    info["public_reputations"] = .numbers(scores)
    info["reputation_ranking"] = .integers(ranking(of: scores))
    info["agent_tiers"] = .array(
      scores.map { score in .string(Self.tiers.first { Float(score) >= $0.threshold }!.name) })
    info["mean_reputation"] = .number(mean)
    info["reputation_inequality"] = .number(
      (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)).squareRoot())
  }
}

/// The agents from the highest score to the lowest, ties in order.
private func ranking(of scores: [Double]) -> [Int] {
  scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
}
