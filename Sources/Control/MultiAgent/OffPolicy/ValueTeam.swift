import Foundation
import Numeric
import Rewards
import Worlds

/// Agents that each value their own actions on their own rows; a mixer makes the team's value of theirs, and it alone
/// is taught (VDN, QMIX). Box actions become a grid.
final class ValueTeam: ReplayMethod {
  let team: Team
  private let bins: [ActionBins]
  let values, valueTargets: [DenseNetwork]
  let mixer, mixerTarget: any ValueMixer
  let trained: Trained
  private let targetInterval: Int
  private let explorationFloor, explorationDecay: Double
  var exploration: Double
  var updates = 0

  init(
    _ team: Team, _ given: Parameters, mixer build: (inout PCG64) -> any ValueMixer
  ) throws(ParameterError) {
    self.team = team
    var bins: [ActionBins] = []
    for (agent, space) in team.spaces.enumerated() {
      bins.append(try ActionBins(space, bins: given.int("action_bins"), agent: agent))
    }
    self.bins = bins
    var random = PCG64(seed: given.seed &+ 0x9E37)
    let (hidden, activation) = (try given.widths(), given.activation)
    let values = bins.map {
      DenseNetwork(widths: [team.width] + hidden + [$0.count], activation: activation, random: &random)
    }
    self.values = values
    valueTargets = values.map { $0.copy() }
    let mixer = build(&random)
    self.mixer = mixer
    mixerTarget = mixer.copy()
    let rate = given.double("learning_rate")
    trained = Trained(
      "the mixed value", (values + mixer.networks).map { Adam($0, learningRate: rate) },
      maxGradNorm: given.double("max_grad_norm"))
    targetInterval = given.int("target_update_interval")
    exploration = given.double("exploration_initial_eps")
    explorationFloor = given.double("exploration_final_eps")
    explorationDecay = given.double("exploration_decay")
  }

  static var parameters: [Parameter] {
    typealias P = LearnerParameters
    return P.common(widths: [64, 64])
      + ReplaySettings.parameters(buffer: 5_000, batch: 32, starts: 500, every: 1) + [
        P.learningRate(5e-4), P.maxGradNorm(10), P.bins,
        P.integer("target_update_interval", 1_000, 1...1e9, "updates between copies to the targets"),
        P.number("exploration_initial_eps", 1, 0...1, "share of random actions at first"),
        P.number("exploration_decay", 0.9995, 0...1, "factor of that share at every step"),
        P.number("exploration_final_eps", 0.05, 0...1, "least share of random actions"),
      ]
  }

  var storedWidth: Int { 1 }
  var policies: [(name: String, network: DenseNetwork)] {
    values.enumerated().map { ("agent\($0.offset)", $0.element) }
  }

  // MARK: Acting

  func choose(_ state: UnsafePointer<Float>, explores: Bool, into actions: inout [Float], random: inout PCG64)
  {
    for agent in 0..<team.agents {
      if explores, random.uniform() < exploration {
        actions[agent] = Float(random.integer(below: bins[agent].count))
      } else {
        let found = values[agent].forward(state + team.start(of: agent), rows: 1)
        actions[agent] = Float(ActionBins.best(found.baseAddress!, bins[agent].count))
      }
    }
    if explores { exploration = max(exploration * explorationDecay, explorationFloor) }
  }

  func chooseAtRandom(into actions: inout [Float], random: inout PCG64) {
    for agent in actions.indices { actions[agent] = Float(random.integer(below: bins[agent].count)) }
  }

  func enact(_ action: UnsafePointer<Float>, agent: Int, into target: UnsafeMutablePointer<Float>) {
    for (place, number) in bins[agent].actions[Int(action[0])].enumerated() { target[place] = number }
  }

  // MARK: Learning

  /// One step of Q_tot of the taken actions towards r + gamma Q_tot' of the actions that the agents now prefer, valued
  /// by the targets (double Q-learning).
  func update(_ batch: TeamBatch, steps: Int, random: inout PCG64) throws(LearnerError) {
    updates += 1
    let (rows, agents) = (batch.rows, team.agents)
    let next = mixerTarget.mix(preferred(batch), states: batch.nextStates, rows: rows)
    var own = [Float](repeating: 0, count: rows * team.width)
    var taken = [Float](repeating: 0, count: rows * agents)
    for agent in 0..<agents {
      batch.own(agent, of: batch.states, into: &own)
      let found = values[agent].forward(own, rows: rows)
      for row in 0..<rows {
        taken[row * agents + agent] =
          found[row * bins[agent].count + Int(batch.actions[row * agents + agent])]
      }
    }
    let total = mixer.mix(taken, states: batch.states, rows: rows)
    let gradient = (0..<rows).map { row in
      2 * (total[row] - batch.rewards[0][row] - batch.discounts[row] * next[row]) / Float(rows)
    }
    let byValues = mixer.backward(gradient, states: batch.states)
    for agent in 0..<agents {
      // The network still holds what it put out above.
      batch.own(agent, of: batch.states, into: &own)
      var byOutput = [Float](repeating: 0, count: rows * bins[agent].count)
      for row in 0..<rows {
        byOutput[row * bins[agent].count + Int(batch.actions[row * agents + agent])] =
          byValues[row * agents + agent]
      }
      values[agent].backward(own, rows: rows, outputGradient: byOutput)
    }
    try trained.step(steps: steps)
    guard updates % targetInterval == 0 else { return }
    for (target, value) in zip(valueTargets, values) { target.take(value) }
    mixerTarget.take(mixer)
  }

  /// The targets' values of each agent's preferred next action, rows x agents.
  private func preferred(_ batch: TeamBatch) -> [Float] {
    let (rows, agents) = (batch.rows, team.agents)
    var result = [Float](repeating: 0, count: rows * agents)
    var own = [Float](repeating: 0, count: rows * team.width)
    for agent in 0..<agents {
      batch.own(agent, of: batch.nextStates, into: &own)
      let count = bins[agent].count
      let present = values[agent].forward(own, rows: rows)
      let target = valueTargets[agent].forward(own, rows: rows)
      for row in 0..<rows {
        let best = ActionBins.best(present.baseAddress! + row * count, count)
        result[row * agents + agent] = target[row * count + best]
      }
    }
    return result
  }
}
