/// The state of a coopetition game, in one block of numbers so that a step allocates nothing.
public struct CoopetitionState: Sendable, Equatable, Codable {
  /// Step count, gamma, actions, trust, reputation damage, the rule's own numbers, scratch.
  var values: [Double]
  public let agents: Int

  init(agents: Int, extras: Int) {
    self.agents = agents
    values = Array(repeating: 0, count: 2 + 6 * agents + 2 * agents * agents + extras)
  }

  public var step: Int { Int(values[0]) }
  /// gamma: the weight of the synergy, which one environment draws anew for every episode.
  public var synergyWeight: Double { values[1] }
  /// What each agent has contributed last; the baselines at first.
  public var actions: ArraySlice<Double> { values[2..<2 + agents] }
  /// T_ij: how far i trusts j.
  public func trust(_ i: Int, _ j: Int) -> Double { values[2 + agents + i * agents + j] }
  /// R_ij: the damage that j's reputation with i has taken.
  public func reputation(_ i: Int, _ j: Int) -> Double {
    values[2 + agents + agents * agents + i * agents + j]
  }
  /// The mean of T off the diagonal; 1 for a single agent.
  public var meanTrust: Double { mean(trust, alone: 1) }
  /// The mean of R off the diagonal.
  public var meanReputationDamage: Double { mean(reputation, alone: 0) }

  private func mean(_ value: (Int, Int) -> Double, alone: Double) -> Double {
    guard agents > 1 else { return alone }
    var sum = 0.0
    for i in 0..<agents { for j in 0..<agents where i != j { sum += value(i, j) } }
    return sum / Double(agents * (agents - 1))
  }

  /// Calls `body` with the memory, which is changed in place.
  @inline(__always)
  mutating func with<Result>(_ body: (GameMemory) -> Result) -> Result {
    let agents = agents
    return values.withUnsafeMutableBufferPointer { body(GameMemory(base: $0.baseAddress!, agents: agents)) }
  }

  /// Calls `body` with the memory, which is only read.
  @inline(__always)
  func reading<Result>(_ body: (GameMemory) -> Result) -> Result {
    values.withUnsafeBufferPointer {
      body(GameMemory(base: UnsafeMutablePointer(mutating: $0.baseAddress!), agents: agents))
    }
  }
}

/// A state's memory during a step.
public struct GameMemory {
  let base: UnsafeMutablePointer<Double>
  public let agents: Int

  @inline(__always) public var step: Int { Int(base[0]) }
  @inline(__always) public var synergyWeight: Double {
    get { base[1] }
    nonmutating set { base[1] = newValue }
  }
  @inline(__always) public var actions: UnsafeMutablePointer<Double> { base + 2 }
  @inline(__always) public var trust: UnsafeMutablePointer<Double> { base + 2 + agents }
  @inline(__always) public var reputation: UnsafeMutablePointer<Double> { trust + agents * agents }
  /// What the rule keeps.
  @inline(__always) public var extras: UnsafeMutablePointer<Double> { scratch + 5 * agents }
  /// Five numbers for each agent, without meaning between steps.
  @inline(__always) var scratch: UnsafeMutablePointer<Double> { reputation + agents * agents }

  public var meanTrust: Double {
    if agents < 2 { return 1 }
    var sum = 0.0
    for place in 0..<agents * agents { sum += trust[place] }
    return (sum - Double(agents)) / Double(agents * (agents - 1))
  }
}
