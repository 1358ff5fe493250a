/// Pays each agent what its action added: D_i = G(z) - G(z with i's action replaced by a default) (Wolpert and
/// Tumer 2001). G is the sum of what the agents are paid in the base world. Any change of i's action changes D_i
/// as it changes G, so what is good for i is good for all.
///
/// The counterfactual step starts from the same state with the same random numbers and costs one step of the base
/// world for each agent.
public struct DifferenceRewardWorld<Base: World>: World {
  public let base: Base
  /// The default action of every agent, as long as an action.
  public let defaultAction: [Float]

  /// - Precondition: `defaultAction` has the action's width.
  public init(_ base: Base, defaultAction: [Float]) {
    precondition(
      defaultAction.count == base.actionWidth,
      "a default action of \(defaultAction.count) numbers, actions have \(base.actionWidth)")
    self.base = base
    self.defaultAction = defaultAction
  }

  public var agents: Int { base.agents }
  public func observationSpace(of agent: Int) -> Space { base.observationSpace(of: agent) }
  public func actionSpace(of agent: Int) -> Space { base.actionSpace(of: agent) }
  public var maximumSteps: Int? { base.maximumSteps }

  public func initialState(after previous: Base.State?, random: inout PCG64) -> Base.State {
    base.initialState(after: previous, random: &random)
  }

  public func step(
    _ state: inout Base.State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>, random: inout PCG64
  ) -> Bool {
    let width = defaultAction.count
    let (before, start) = (state, random)
    let terminated = base.step(&state, actions: actions, rewards: rewards, random: &random)
    let total = rewards.reduce(0, +)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: actions.count) { others in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: rewards.count) { paid in
        for agent in 0..<agents {
          _ = others.update(fromContentsOf: actions)
          for index in 0..<width { others[agent * width + index] = defaultAction[index] }
          var (copy, draws) = (before, start)
          paid.update(repeating: 0)
          _ = base.step(&copy, actions: UnsafeBufferPointer(others), rewards: paid, random: &draws)
          rewards[agent] = total - paid.reduce(0, +)
        }
      }
    }
    return terminated
  }

  public func observe(_ state: Base.State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    base.observe(state, agent: agent, into: target)
  }
}

extension World {
  /// This world with every agent paid its difference reward.
  public func differenceRewards(defaultAction: [Float]) -> DifferenceRewardWorld<Self> {
    DifferenceRewardWorld(self, defaultAction: defaultAction)
  }
}
