import Rewards

/// A world whose agents see every number of the observation times a factor (a velocity brought to about 1, say).
public struct RescaledWorld<Base: World>: World {
  public typealias State = Base.State

  public let base: Base
  /// One for each number of the observation.
  public let factors: [Float]

  /// - Precondition: A positive finite factor for every number of the observation, which is a box.
  public init(_ base: Base, factors: [Float]) {
    precondition(
      factors.count == base.observationWidth && factors.allSatisfy { $0 > 0 && $0.isFinite },
      "\(factors) are no factors of \(base.observationWidth) numbers")
    self.base = base
    self.factors = factors
  }

  public var agents: Int { base.agents }
  public var maximumSteps: Int? { base.maximumSteps }
  public func actionSpace(of agent: Int) -> Space { base.actionSpace(of: agent) }

  public func observationSpace(of agent: Int) -> Space {
    guard case .box(let low, let high) = base.observationSpace(of: agent) else {
      preconditionFailure("only observations of a box can be rescaled")
    }
    return .box(low: zip(low, factors).map { $0 * $1 }, high: zip(high, factors).map { $0 * $1 })
  }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    base.initialState(after: previous, random: &random)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    base.step(&state, actions: actions, rewards: rewards, random: &random)
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    base.observe(state, agent: agent, into: target)
    for place in factors.indices { target[place] *= factors[place] }
  }

  public func info(_ state: State) -> JSONObject { base.info(state) }
}
