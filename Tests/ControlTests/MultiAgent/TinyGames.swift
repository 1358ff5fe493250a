import Worlds

/// A cooperative game with a known optimum: everybody is paid minus the mean squared distance of the agents' actions, in
/// a box of [0, 2], from their targets. Nothing that is done changes what follows.
struct TargetGame: World {
  var targets: [Double]
  var horizon = 5
  /// Added to agent 1's reward: times his action.
  var bribe = 0.0
  /// Each agent is paid by his own distance only.
  var paysApart = false
  /// The step of an episode in which rewards are NaN.
  var failingStep: Int?

  var agents: Int { targets.count }
  func observationSpace(of agent: Int) -> Space { .box(-.infinity, .infinity, width: 2) }
  func actionSpace(of agent: Int) -> Space { .box(0, 2, width: 1) }
  func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }

  func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let losses = targets.indices.map {
      (Double(actions[$0]) - targets[$0]) * (Double(actions[$0]) - targets[$0])
    }
    for agent in targets.indices {
      rewards[agent] = -(paysApart ? losses[agent] : losses.reduce(0, +) / Double(agents))
    }
    rewards[1] += bribe * Double(actions[1])
    if state == failingStep { rewards[0] = .nan }
    state += 1
    return state == horizon
  }

  func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state)
    target[1] = Float(agent)
  }
}

/// A cooperative matrix game, played `horizon` times: everybody is paid the entry of the table at the agents' choices.
struct MatrixGame: World {
  var table: [[Double]]
  var horizon = 4

  var agents: Int { 2 }
  var sharesObservation: Bool { true }
  func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 1) }
  func actionSpace(of agent: Int) -> Space { .discrete(table.count) }
  func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }

  func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    for agent in 0..<2 { rewards[agent] = table[Int(actions[0])][Int(actions[1])] }
    state += 1
    return state == horizon
  }

  func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state) / Float(horizon)
  }
}

/// The two-step game of QMIX's paper (Rashid et al. 2018, section 5): agent 0's first choice leads to a table that pays 7
/// everywhere, or to one that pays 0, 1, 1 and 8. A sum of values cannot hold the second table.
struct TwoStepGame: World {
  var agents: Int { 2 }
  var sharesObservation: Bool { true }
  func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 3) }
  func actionSpace(of agent: Int) -> Space { .discrete(2) }
  func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }

  func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let isOver = state > 0
    var paid = 0.0
    if state == 1 { paid = 7 }
    if state == 2 { paid = [[0, 1], [1, 8]][Int(actions[0])][Int(actions[1])] }
    if state == 0 { state = 1 + Int(actions[0]) }
    for agent in 0..<2 { rewards[agent] = paid }
    return isOver
  }

  func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    for place in 0..<3 { target[place] = place == state ? 1 : 0 }
  }
}

extension World {
  /// The sum of agent 0's rewards in one episode.
  func play(_ policy: ([Float]) throws -> [Float]) throws -> Double {
    let environment = environment(seed: 5)
    var observation = environment.reset(seed: 5)
    var total = 0.0
    while true {
      let transition = try environment.step(policy(observation))
      total += transition.reward
      observation = transition.observation
      if transition.isLast { return total }
    }
  }
}
