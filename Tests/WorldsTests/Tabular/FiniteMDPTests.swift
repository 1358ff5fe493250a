import Foundation
import Testing

@testable import Worlds

@Suite struct FiniteMDPTests {
  @Test func valueAndPolicyIterationAgreeOnRandomProcesses() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let process = try FiniteMDP.garnet(states: 12, actions: 3, branches: 4, discount: 0.9, seed: seed)
      let values = process.optimalActionValues()
      #expect(values.distance(to: try process.policyIteration().values) < 1e-9)
      let best = try process.values(of: values.greedy)
      for state in 0..<12 { #expect(abs(best[state] - values.maximum(state)) < 1e-9) }
    }
  }

  @Test func theInverseBellmanOperatorFindsTheRewards() throws {
    let process = try FiniteMDP.garnet(states: 8, actions: 3, branches: 3, seed: 2)
    #expect(process.inverseBellman(process.optimalActionValues()).distance(to: process.rewards) < 1e-10)
    let soft = process.softActionValues(temperature: 0.5)
    #expect(process.inverseSoftBellman(soft, temperature: 0.5).distance(to: process.rewards) < 1e-10)
  }

  @Test func softValuesApproachTheHardOnesFromAbove() throws {
    let process = try FiniteMDP.garnet(states: 8, actions: 3, branches: 3, discount: 0.9, seed: 3)
    let hard = process.optimalActionValues()
    var last = Double.infinity
    for temperature in [1, 0.1, 0.01] {
      let soft = process.softActionValues(temperature: temperature)
      #expect(zip(soft.values, hard.values).allSatisfy { $0 >= $1 - 1e-9 })
      let gap = soft.distance(to: hard)
      #expect(gap < last && gap <= 0.9 * temperature * log(3) / 0.1 + 1e-9)
      last = gap
    }
  }

  @Test func visitationTimesRewardIsTheValue() throws {
    let process = try FiniteMDP.garnet(states: 9, actions: 2, branches: 3, discount: 0.8, seed: 4)
    let policy = StateActionTable(states: 9, actions: 2) { $1 == 0 ? 0.3 : 0.7 }
    let shares = try process.visitation(of: policy)
    let rewards = process.rewards
    var sum = 0.0
    for state in 0..<9 {
      for action in 0..<2 { sum += shares[state] * policy[state, action] * rewards[state, action] }
    }
    #expect(abs(sum / (1 - 0.8) - (try process.value(of: policy))) < 1e-10)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
  }

  @Test func backwardInductionCountsTheWay() throws {
    let grid = try Gridworld(GridMap(width: 4, height: 3), discount: 1)
    let plan = grid.process.plan(horizon: 5)
    var state = 0
    for choice in plan { state = grid.process.outcomes(state, choice[state]).first!.next }
    #expect(state == 11)
  }

  @Test func wrongTablesAreRefusedWithTheirPlace() {
    #expect(throws: FiniteMDPError.probabilities(state: 0, action: 1, sum: 0.5)) {
      try FiniteMDP(states: 1, actions: 2, discount: 0.9, start: 0) {
        [.init(0, probability: $1 == 0 ? 1 : 0.5)]
      }
    }
    #expect(throws: FiniteMDPError.unknownState(3, state: 0, action: 0)) {
      try FiniteMDP(states: 1, actions: 1, discount: 0.9, start: 0) { _, _ in [.init(3)] }
    }
    #expect(throws: FiniteMDPError.discount(1.5)) {
      try FiniteMDP(states: 1, actions: 1, discount: 1.5, start: 0) { _, _ in [.init(0)] }
    }
    #expect(throws: FiniteMDPError.neverEnds) {
      let process = try FiniteMDP(states: 1, actions: 1, discount: 1, start: 0) { _, _ in [.init(0)] }
      _ = try process.values(of: StateActionTable(states: 1, actions: 1, repeating: 1))
    }
  }
}

@Suite struct TabularLearnerTests {
  /// The way through a small slippery grid, learned from experience only.
  private static let process = try! Gridworld(
    GridMap("S.#.\n...G\n.T.."), discount: 0.9, slip: 0.1, payment: .init(goal: 1, trap: -1)
  ).process

  private func train(
    _ episodes: Int, seed: UInt64, act: (Int, inout PCG64) -> Int, learn: (TabularStep, Int) -> Void
  ) {
    var random = PCG64(seed: seed)
    for _ in 0..<episodes {
      var state = Self.process.drawStart(random: &random)
      var action = act(state, &random)
      for _ in 0..<50 {
        let outcome = Self.process.draw(state, action, random: &random)
        let ended = Self.process.isTerminal[outcome.next]
        let next = ended ? 0 : act(outcome.next, &random)
        learn(
          TabularStep(state, action, reward: outcome.reward, next: outcome.next, terminated: ended), next)
        if ended { break }
        (state, action) = (outcome.next, next)
      }
    }
  }

  private var optimum: Double {
    Self.process.optimalActionValues().maximum(0)
  }

  @Test func qLearningSarsaReinforceAndActorCriticFindTheWay() throws {
    let (states, actions) = (Self.process.states, Self.process.actions)
    let empty = StateActionTable(states: states, actions: actions)
    var q = QLearning(empty, learningRate: 0.2, discount: 0.9, exploration: 0.2)
    train(3000, seed: 1, act: { q.act($0, random: &$1) }) { step, _ in
      q.learn(step.state, step.action, reward: step.reward, next: step.next, terminated: step.terminated)
    }
    #expect(try Self.process.value(of: q.values.greedy) > 0.95 * optimum)

    var sarsa = SARSA(empty, learningRate: 0.1, discount: 0.9, exploration: 0.1)
    train(3000, seed: 2, act: { sarsa.act($0, random: &$1) }) { step, next in
      sarsa.learn(
        step.state, step.action, reward: step.reward, next: step.next, nextAction: next,
        terminated: step.terminated)
    }
    #expect(try Self.process.value(of: sarsa.values.greedy) > 0.9 * optimum)

    var critic = ActorCritic(states: states, actions: actions, actorRate: 0.2, criticRate: 0.2, discount: 0.9)
    train(3000, seed: 3, act: { critic.act($0, random: &$1) }) { step, _ in critic.learn(step) }
    #expect(try Self.process.value(of: critic.policy) > 0.9 * optimum)

    var reinforce = SoftmaxReinforce(states: states, actions: actions, learningRate: 1, discount: 0.9)
    var episode: [TabularStep] = []
    train(6000, seed: 4, act: { reinforce.act($0, random: &$1) }) { step, _ in
      if step.state == 0, episode.last.map({ $0.next != 0 }) ?? false || episode.last?.terminated ?? false {
        reinforce.learn([episode], returns: [discountedReturns(episode.map(\.reward), discount: 0.9)])
        episode = []
      }
      episode.append(step)
    }
    #expect(try Self.process.value(of: reinforce.policy) > 0.9 * optimum)
  }

  @Test func returnsAreDiscountedSums() {
    #expect(discountedReturns([1, 0, 4], discount: 0.5) == [2, 2, 4])
  }
}
