import Foundation
import Numeric
import Rewards
import Worlds

/// COMA's networks: an actor for each agent on his own row, and one critic of the state, the others' actions and the
/// agent's index, which values each of his actions.
final class CounterfactualTeam {
  let team: Team
  let bins: [ActionBins]
  let actors: [DenseNetwork]
  let critic: ActionCritic
  let trained: [Trained]
  private let entCoef: Float
  /// Of a one-hot action: the most that any agent has.
  private let choices: Int

  init(_ team: Team, _ given: Parameters, random: inout PCG64) throws(ParameterError) {
    self.team = team
    var bins: [ActionBins] = []
    for (agent, space) in team.spaces.enumerated() {
      bins.append(try ActionBins(space, bins: given.int("action_bins"), agent: agent))
    }
    self.bins = bins
    choices = bins.map(\.count).max() ?? 1
    entCoef = Float(given.double("ent_coef"))
    let (hidden, activation) = (try given.widths(), given.activation)
    let (rate, norm) = (given.double("actor_lr"), given.double("max_grad_norm"))
    actors = bins.map {
      DenseNetwork(
        widths: [team.width] + hidden + [$0.count], activation: activation,
        initialization: .orthogonal(hidden: 2.0.squareRoot(), output: 0.01), random: &random)
    }
    trained = actors.enumerated().map {
      Trained("agent \($0.offset)'s policy", [Adam($0.element, learningRate: rate)], maxGradNorm: norm)
    }
    critic = ActionCritic(
      "the critic", inputs: team.stateWidth + team.agents * (choices + 1), outputs: choices, hidden: hidden,
      activation: activation, learningRate: given.double("critic_lr"), maxGradNorm: norm, random: &random)
  }

  /// The critic's input for one agent: the state, the others' actions one-hot (the own place empty), his index.
  /// - Parameter actions: All agents' choices.
  func criticInput(_ state: ArraySlice<Float>, _ actions: ArraySlice<Int>, agent: Int) -> [Float] {
    var input = Array(state)
    for (other, action) in actions.enumerated() {
      var place = [Float](repeating: 0, count: choices)
      if other != agent { place[action] = 1 }
      input += place
    }
    for index in 0..<team.agents { input.append(index == agent ? 1 : 0) }
    return input
  }

  /// An agent's choices in a state: (1 - epsilon) softmax + epsilon / count.
  func probabilities(_ state: ArraySlice<Float>, agent: Int, epsilon: Double) -> [Float] {
    let start = state.startIndex + team.start(of: agent)
    let output = actors[agent].forward(Array(state[start..<start + team.width]), rows: 1)
    return CounterfactualAdvantage.probabilities(
      output.baseAddress!, bins[agent].count, epsilon: Float(epsilon))
  }

  func draw(_ state: ArraySlice<Float>, epsilon: Double, random: inout PCG64) -> [Int] {
    (0..<team.agents).map { agent in
      let probabilities = probabilities(state, agent: agent, epsilon: epsilon)
      var left = Float(random.uniform())
      for (choice, probability) in probabilities.enumerated() {
        left -= probability
        if left < 0 { return choice }
      }
      return probabilities.count - 1
    }
  }

  func enact(_ choices: [Int]) -> [Float] { choices.enumerated().flatMap { bins[$0].actions[$1] } }

  /// One step of an actor up log pi of his choices times their counterfactual advantages.
  /// - Parameters:
  ///   - states: rows x state width.
  ///   - choices: rows x agents.
  func improve(_ agent: Int, states: [Float], choices: [Int], epsilon: Double, steps: Int)
    throws(LearnerError)
  {
    let (count, width, agents) = (bins[agent].count, team.stateWidth, team.agents)
    let rows = choices.count / agents
    let distribution = ActionDistribution.categorical(count)
    let (own, values) = inputs(agent, states, choices)
    let found = Array(critic.value.forward(values, rows: rows))
    let outputs = actors[agent].forward(own, rows: rows)
    var gradient = [Float](repeating: 0, count: rows * count)
    let none = ParameterVector([0])
    precondition(states.count == rows * width)
    for row in 0..<rows {
      let output = outputs.baseAddress! + row * count
      let probabilities = CounterfactualAdvantage.probabilities(output, count, epsilon: Float(epsilon))
      let taken = choices[row * agents + agent]
      let advantage = CounterfactualAdvantage.value(
        found[row * self.choices..<row * self.choices + count], probabilities, taken: taken)
      // d log((1 - e) p + e / K) = (1 - e) p / (...) d log p.
      let free = (probabilities[taken] - Float(epsilon) / Float(count)) / probabilities[taken]
      gradient.withUnsafeMutableBufferPointer {
        distribution.gradient(
          output, logDeviations: none.parameters, action: [Float(taken)],
          byLogProbability: -advantage * free / Float(rows), byEntropy: -entCoef / Float(rows),
          into: $0.baseAddress! + row * count, deviationGradients: none.gradients)
      }
    }
    actors[agent].backward(own, rows: rows, outputGradient: gradient)
    try trained[agent].step(steps: steps)
  }

  /// An actor's and the critic's inputs for all rows.
  func inputs(_ agent: Int, _ states: [Float], _ choices: [Int]) -> (own: [Float], critic: [Float]) {
    let (width, agents, start) = (team.stateWidth, team.agents, team.start(of: agent))
    var (own, values): ([Float], [Float]) = ([], [])
    for row in 0..<choices.count / agents {
      let state = states[row * width..<(row + 1) * width]
      own += state[state.startIndex + start..<state.startIndex + start + team.width]
      values += criticInput(state, choices[row * agents..<(row + 1) * agents], agent: agent)
    }
    return (own, values)
  }

  /// The target critic's values of what was chosen.
  func targetValues(_ agent: Int, _ states: [Float], _ choices: [Int]) -> [Float] {
    let rows = choices.count / team.agents
    let found = critic.target.forward(inputs(agent, states, choices).critic, rows: rows)
    return (0..<rows).map { found[$0 * self.choices + choices[$0 * team.agents + agent]] }
  }
}
