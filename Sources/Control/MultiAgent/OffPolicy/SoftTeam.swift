import Foundation
import Numeric
import Rewards
import Worlds

/// Soft actor-critics with a temperature for each agent. With `isCentral` the critics see the state and all actions
/// (MASAC), without, the agent's own row and action only (independent SAC).
final class SoftTeam: ReplayMethod {
  let team: Team
  private let isCentral: Bool
  private let tau: Double
  /// The entropy that the temperatures aim at.
  private let targetEntropy: Float
  let actors: [DenseNetwork]
  let trained: [Trained]
  let critics: [[ActionCritic]]
  let logTemperatures: [ParameterVector]
  let temperatureOptimizers: [Trained]
  private var drawn: SquashedGaussian

  init(_ team: Team, _ given: Parameters, isCentral: Bool) throws(ParameterError) {
    (self.team, self.isCentral) = (team, isCentral)
    tau = given.double("tau")
    let size = team.actionWidth
    targetEntropy = Float(given.optionalDouble("target_entropy") ?? -Double(size))
    let (actorRate, criticRate) = (given.double("actor_lr"), given.double("critic_lr"))
    let (norm, hidden, activation) = (given.double("max_grad_norm"), try given.widths(), given.activation)
    var random = PCG64(seed: given.seed &+ 0x9E37)
    actors = (0..<team.agents).map { _ in
      DenseNetwork(widths: [team.width] + hidden + [2 * size], activation: activation, random: &random)
    }
    trained = actors.enumerated().map {
      Trained(
        "agent \($0.offset)'s policy", [Adam($0.element, learningRate: actorRate)], maxGradNorm: norm)
    }
    let inputs = isCentral ? team.stateWidth + team.agents * size : team.width + size
    critics = (0..<team.agents).map { agent in
      (0..<2).map { _ in
        ActionCritic(
          "agent \(agent)'s critic", inputs: inputs, hidden: hidden, activation: activation,
          learningRate: criticRate, maxGradNorm: norm, random: &random)
      }
    }
    let start = Float(log(given.double("ent_coef_init")))
    logTemperatures = actors.map { _ in ParameterVector([start]) }
    temperatureOptimizers = logTemperatures.enumerated().map {
      Trained(
        "agent \($0.offset)'s temperature",
        [
          Adam(
            $0.element, parameters: $0.element.parameters, gradients: $0.element.gradients,
            learningRate: actorRate)
        ], maxGradNorm: .infinity)
    }
    drawn = SquashedGaussian(rows: given.int("batch_size"), width: size)
  }

  static func parameters(actor: Double, critic: Double, every: Int, maxGradNorm: Double) -> [Parameter] {
    typealias P = LearnerParameters
    return P.common() + ReplaySettings.parameters(buffer: 100_000, batch: 256, starts: 1_000, every: every)
      + [
        P.number("actor_lr", actor, 0...1, "of the actors' and temperatures' Adam"),
        P.number("critic_lr", critic, 0...1, "of the critics' Adam"),
        P.number("tau", 0.005, 0...1, "how far targets follow"), P.maxGradNorm(maxGradNorm),
        P.number("ent_coef_init", 0.1, 1e-6...100, "temperature at the start; it is learned"),
        Parameter(
          "target_entropy", .number, default: .null,
          help: "what the temperatures keep the entropy at; none: minus the numbers of an action"),
        P.teamReward(false),
      ]
  }

  var storedWidth: Int { team.actionWidth }
  var policies: [(name: String, network: DenseNetwork)] {
    actors.enumerated().map { ("agent\($0.offset)", $0.element) }
  }

  // MARK: Acting

  func choose(_ state: UnsafePointer<Float>, explores: Bool, into actions: inout [Float], random: inout PCG64)
  {
    let size = storedWidth
    for agent in 0..<team.agents {
      let output = actors[agent].forward(state + team.start(of: agent), rows: 1)
      for place in 0..<size {
        let deviation = exp(SquashedGaussian.clamp(output[size + place]))
        actions[agent * size + place] = tanh(
          output[place] + (explores ? deviation * Float(random.normal()) : 0))
      }
    }
  }

  func chooseAtRandom(into actions: inout [Float], random: inout PCG64) {
    for place in actions.indices { actions[place] = Float(random.uniform(-1, 1)) }
  }

  func enact(_ action: UnsafePointer<Float>, agent: Int, into target: UnsafeMutablePointer<Float>) {
    team.stretch(action, agent: agent, into: target)
  }

  // MARK: Learning

  func update(_ batch: TeamBatch, steps: Int, random: inout PCG64) throws(LearnerError) {
    let (rows, size, total) = (batch.rows, storedWidth, team.agents * storedWidth)
    var next = [Float](repeating: 0, count: rows * total)
    var entropies: [[Float]] = []
    var own = [Float](repeating: 0, count: rows * team.width)
    for agent in 0..<team.agents {
      batch.own(agent, of: batch.nextStates, into: &own)
      drawn.draw(actors[agent].forward(own, rows: rows), random: &random)
      entropies.append(drawn.logProbabilities)
      for row in 0..<rows {
        for place in 0..<size {
          next[row * total + agent * size + place] = drawn.actions[row * size + place]
        }
      }
    }
    for agent in 0..<team.agents {
      var input = inputs(agent, batch, batch.nextStates, next)
      var targets = [Float](repeating: 0, count: rows)
      let alpha = exp(logTemperatures[agent].parameters[0])
      for (index, critic) in critics[agent].enumerated() {
        let found = critic.target.forward(input.values, rows: rows)
        for row in 0..<rows { targets[row] = index == 0 ? found[row] : min(targets[row], found[row]) }
      }
      for row in 0..<rows {
        targets[row] =
          batch.rewards[agent][row] + batch.discounts[row] * (targets[row] - alpha * entropies[agent][row])
      }
      input = inputs(agent, batch, batch.states, batch.actions)
      for critic in critics[agent] { try critic.fit(input.values, targets: targets, steps: steps) }
      try improve(agent, batch, &input, alpha, steps, &random)
    }
    for critic in critics.joined() { critic.follow(tau) }
  }

  /// What an agent's critics read.
  private func inputs(_ agent: Int, _ batch: TeamBatch, _ states: [Float], _ actions: [Float])
    -> StateActionRows
  {
    let (rows, size) = (batch.rows, storedWidth)
    if isCentral {
      var input = StateActionRows(
        rows: rows, stateWidth: team.stateWidth, actionWidth: team.agents * size)
      input.write(states, actions)
      return input
    }
    var own = [Float](repeating: 0, count: rows * team.width)
    batch.own(agent, of: states, into: &own)
    var alone = [Float](repeating: 0, count: rows * size)
    for row in 0..<rows {
      for place in 0..<size {
        alone[row * size + place] = actions[(row * team.agents + agent) * size + place]
      }
    }
    var input = StateActionRows(rows: rows, stateWidth: team.width, actionWidth: size)
    input.write(own, alone)
    return input
  }

  /// One step of an actor down alpha log pi - min Q, the others' actions as they were; then of his temperature.
  private func improve(
    _ agent: Int, _ batch: TeamBatch, _ input: inout StateActionRows, _ alpha: Float, _ steps: Int,
    _ random: inout PCG64
  ) throws(LearnerError) {
    let (rows, size) = (batch.rows, storedWidth)
    var own = [Float](repeating: 0, count: rows * team.width)
    batch.own(agent, of: batch.states, into: &own)
    let output = actors[agent].forward(own, rows: rows)
    drawn.draw(output, random: &random)
    let start = isCentral ? agent * size : 0
    input.replace(from: start, count: size, by: drawn.actions)
    let first = Array(critics[agent][0].value.forward(input.values, rows: rows))
    let second = Array(critics[agent][1].value.forward(input.values, rows: rows))
    var gradient = [Float](repeating: 0, count: rows * 2 * size)
    var byInput = [Float](repeating: 0, count: input.values.count)
    var byAction = [Float](repeating: 0, count: rows * size)
    for (index, critic) in critics[agent].enumerated() {
      let down = (0..<rows).map { (first[$0] <= second[$0]) == (index == 0) ? -1 / Float(rows) : 0 }
      critic.value.backward(
        input.values, rows: rows, outputGradient: down, inputGradient: &byInput, parameterGradients: false)
      input.slice(byInput, from: start, count: size, into: &byAction)
      for row in 0..<rows {
        for place in 0..<size { gradient[row * 2 * size + place] += byAction[row * size + place] }
      }
    }
    drawn.finishPolicyGradient(output, alpha: alpha, into: &gradient)
    actors[agent].backward(own, rows: rows, outputGradient: gradient)
    try trained[agent].step(steps: steps)
    let mean = drawn.logProbabilities.reduce(0, +) / Float(rows)
    logTemperatures[agent].gradients[0] = -(mean + targetEntropy)
    try temperatureOptimizers[agent].step(steps: steps)
  }
}
