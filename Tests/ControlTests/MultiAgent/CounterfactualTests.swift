import Foundation
import Numeric
import Rewards
import Testing
import Worlds

@testable import Control

@Suite struct CounterfactualTests {
  /// eq. 4 with every Q asked of the critic apart, for a joint action written by hand.
  @Test func theAdvantageIsTheValueLessTheMeanOverOwnActions() throws {
    var random = PCG64(seed: 2)
    let world = MatrixGame(table: [[1, 0, 0], [0, 2, 0], [0, 0, 3]])
    let settings = try Parameters(of: COMA.kind.parameters)
    let networks = try CounterfactualTeam(Team(world), settings, random: &random)
    let (state, choices): ([Float], [Int]) = ([0.25], [2, 1])
    for agent in 0..<2 {
      let probabilities = networks.probabilities(state[...], agent: agent, epsilon: 0.3)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(probabilities.allSatisfy { $0 >= 0.1 - 1e-6 })
      // State, agent 0's choice, agent 1's choice (the own one empty), index.
      let input: [Float] =
        agent == 0
        ? [0.25, 0, 0, 0, 0, 1, 0, 1, 0] : [0.25, 0, 0, 1, 0, 0, 0, 0, 1]
      let values = networks.critic.value(input)
      let taken = choices[agent]
      var mean: Float = 0
      for other in 0..<3 { mean += probabilities[other] * values[other] }
      let input2 = networks.criticInput(state[...], choices[...], agent: agent)
      #expect(input2 == input)
      let advantage = CounterfactualAdvantage.value(values, probabilities, taken: taken)
      #expect(abs(advantage - (values[taken] - mean)) < 1e-6)
      var expectation: Float = 0
      for choice in 0..<3 {
        expectation +=
          probabilities[choice] * CounterfactualAdvantage.value(values, probabilities, taken: choice)
      }
      #expect(abs(expectation) < 1e-6)
    }
  }

  /// The exploration's floor changes log pi; its derivative is checked through one gradient step's direction.
  @Test func theActorsGradientIsThatOfTheFlooredPolicy() {
    let epsilon: Float = 0.3
    let outputs: [Float] = [0.4, -0.7, 1.1]
    func logProbability(_ outputs: [Float]) -> Double {
      var outputs = outputs
      return log(Double(CounterfactualAdvantage.probabilities(&outputs, 3, epsilon: epsilon)[1]))
    }
    var copy = outputs
    let probabilities = CounterfactualAdvantage.probabilities(&copy, 3, epsilon: epsilon)
    let free = (probabilities[1] - epsilon / 3) / probabilities[1]
    var gradient = [Float](repeating: 0, count: 3)
    let none = ParameterVector([0])
    ActionDistribution.categorical(3).gradient(
      &copy, logDeviations: none.parameters, action: [1], byLogProbability: free, byEntropy: 0,
      into: &gradient, deviationGradients: none.gradients)
    for place in 0..<3 {
      var (above, below) = (outputs, outputs)
      above[place] += 0.01
      below[place] -= 0.01
      #expect(abs(Double(gradient[place]) - (logProbability(above) - logProbability(below)) / 0.02) < 1e-3)
    }
  }

  @Test func targetsGoFromOneStepToTheWholeReturn() {
    let (rewards, next): ([Float], [Float]) = ([1, 2, 3, 4], [10, 20, 30, 40])
    let discounts: [Float] = [0.5, 0, 0.5, 0.5]
    let isLast = [false, true, false, false]
    func targets(_ lambda: Float) -> [Float] {
      CounterfactualAdvantage.targets(
        rewards: rewards, nextValues: next, discounts: discounts, isLast: isLast, lambda: lambda)
    }
    let oneStep: [Float] = [6, 2, 18, 24]
    let whole: [Float] = [2, 2, 15, 24]
    let between: [Float] = [4, 2, 16.5, 24]
    #expect(targets(0) == oneStep)
    #expect(targets(1) == whole)
    #expect(targets(0.5) == between)
  }
}
