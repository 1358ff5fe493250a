import Foundation
import Numeric
import Testing
import Worlds

@testable import Control

/// LOLA's gradient on an iterated prisoner's dilemma of three steps with memory of one step, against finite differences
/// of values in closed form. The estimator gets all 64 courses of the game, each with its probability.
@Suite struct OpponentShapingTests {
  private static let payoffs: [[[Double]]] = [[[-1, -1], [-3, 0]], [[0, -3], [-2, -2]]]
  private static let horizon = 3
  private static let gamma = 0.9
  private let actors: [Actor]
  private let team: Team

  private struct Dilemma: World {
    var agents: Int { 2 }
    var sharesObservation: Bool { true }
    func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 5) }
    func actionSpace(of agent: Int) -> Space { .discrete(2) }
    func initialState(after previous: Int?, random: inout PCG64) -> Int { 0 }
    func step(
      _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
      random: inout PCG64
    ) -> Bool { true }
    func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {}
  }

  init() {
    var random = PCG64(seed: 11)
    team = Team(Dilemma())
    actors = (0..<2).map {
      Actor(
        "\($0)", inputs: 5, space: .discrete(2), hidden: [], activation: .relu, learningRate: 0.1,
        maxGradNorm: 1, logDeviation: 0, random: &random)
    }
    for actor in actors {
      for place in 0..<actor.policy.parameterCount { actor.policy.parameters[place] = Float(random.normal()) }
    }
  }

  /// A policy's probability of the second choice in each state: softmax of 5 x 2 weights and 2 biases.
  private static func probabilities(_ theta: [Double]) -> [Double] {
    (0..<5).map { state in
      let (first, second) = (theta[state * 2] + theta[10], theta[state * 2 + 1] + theta[11])
      return 1 / (1 + exp(first - second))
    }
  }

  /// Both agents' discounted values from the start, by recursion over states.
  private static func values(_ thetas: [[Double]]) -> [Double] {
    let choices = thetas.map(probabilities)
    func value(_ state: Int, _ step: Int) -> [Double] {
      if step == horizon { return [0, 0] }
      var total = [0.0, 0.0]
      for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let probability =
          (a == 1 ? choices[0][state] : 1 - choices[0][state])
          * (b == 1 ? choices[1][state] : 1 - choices[1][state])
        let next = value(1 + 2 * a + b, step + 1)
        for agent in 0..<2 { total[agent] += probability * (payoffs[a][b][agent] + gamma * next[agent]) }
      }
      return total
    }
    return value(0, 0)
  }

  /// dV_k / d theta_j by central differences.
  private static func gradient(_ thetas: [[Double]], of agent: Int, by other: Int) -> [Double] {
    thetas[other].indices.map { place in
      var (above, below) = (thetas, thetas)
      above[other][place] += 1e-4
      below[other][place] -= 1e-4
      return (values(above)[agent] - values(below)[agent]) / 2e-4
    }
  }

  /// Every course of the game with its probability.
  private func everything(_ thetas: [[Double]]) -> EpisodeBatch {
    let choices = thetas.map(Self.probabilities)
    var batch = EpisodeBatch(agents: 2)
    for course in 0..<64 {
      batch.starts.append(batch.rows)
      var (state, probability) = (0, 1.0)
      for step in 0..<Self.horizon {
        let (a, b) = (course >> (2 * step) & 1, course >> (2 * step + 1) & 1)
        batch.states += (0..<5).map { $0 == state ? 1 : 0 }
        for (agent, choice) in [a, b].enumerated() {
          batch.actions[agent].append(Float(choice))
          batch.rewards[agent].append(Self.payoffs[a][b][agent])
          probability *= choice == 1 ? choices[agent][state] : 1 - choices[agent][state]
        }
        batch.terminated.append(step == Self.horizon - 1)
        state = 1 + 2 * a + b
      }
      batch.shares.append(probability)
    }
    return batch
  }

  @Test(arguments: [false, true]) func theSecondOrderTermIsTheDerivativeOfTheOthersStep(looksAhead: Bool) {
    let rate = 0.7
    let thetas = actors.map { $0.policy.parameters.map(Double.init) }
    let batch = everything(thetas)
    #expect(abs(batch.shares.reduce(0, +) - 1) < 1e-6)
    OpponentShaping.addGradients(actors, batch, team, gamma: Self.gamma, rate: rate, looksAhead: looksAhead)
    for i in 0..<2 {
      let j = 1 - i
      let (fixedOwn, fixedStep) = (
        Self.gradient(thetas, of: i, by: j), Self.gradient(thetas, of: j, by: j)
      )
      /// V_i + eta g_ji . g_jj; without look-ahead g_ji is held.
      func objective(_ thetas: [[Double]]) -> Double {
        let step = Self.gradient(thetas, of: j, by: j)
        let own = looksAhead ? Self.gradient(thetas, of: i, by: j) : fixedOwn
        return Self.values(thetas)[i] + rate * zip(own, step).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let found = actors[i].takeGradient().dropLast()
      var secondOrder = 0.0
      for (place, value) in found.enumerated() {
        var (above, below) = (thetas, thetas)
        above[i][place] += 1e-3
        below[i][place] -= 1e-3
        let expected = (objective(above) - objective(below)) / 2e-3
        #expect(abs(-Double(value) - expected) < 2e-3 * max(1, abs(expected)), "agent \(i), number \(place)")
        secondOrder += abs(expected - Self.gradient(thetas, of: i, by: i)[place])
      }
      #expect(secondOrder > 0.1, "the term must not be nothing")
      #expect(fixedStep.contains { abs($0) > 1e-3 })
    }
  }

  @Test func withoutTheOthersStepItIsThePlainGradient() {
    let thetas = actors.map { $0.policy.parameters.map(Double.init) }
    OpponentShaping.addGradients(
      actors, everything(thetas), team, gamma: Self.gamma, rate: 0, looksAhead: true)
    for i in 0..<2 {
      let expected = Self.gradient(thetas, of: i, by: i)
      for (value, expected) in zip(actors[i].takeGradient(), expected) {
        #expect(abs(-Double(value) - expected) < 1e-3)
      }
    }
  }
}
