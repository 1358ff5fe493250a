import Foundation
import Numeric
import Rewards
import Worlds

/// Deterministic actors on their own rows, and for each agent critics of the state and all actions: MADDPG, and with
/// more settings MATD3 and M3DDPG.
final class DeterministicTeam: ReplayMethod {
  struct Settings {
    var actorRate, criticRate, tau, maxGradNorm: Double
    /// Exploration in shares of half an action's range: its deviation, what it is multiplied by at every step, its
    /// least value.
    var noise, noiseDecay, noiseFloor: Double
    /// 2: the smaller of two critics counts, against overestimation.
    var nCritics = 1
    /// Updates of the critics between updates of the actors.
    var policyDelay = 1
    var targetNoise = 0.0
    var targetNoiseClip = 0.5
    /// How far, in shares of half an action's range, the others move to the agent's harm.
    var adversaryStep = 0.0
    var hidden: [Int]
    var activation: DenseActivation
    var seed: UInt64

    init(_ given: Parameters) throws(ParameterError) {
      actorRate = given.double("actor_lr")
      criticRate = given.double("critic_lr")
      tau = given.double("tau")
      maxGradNorm = given.double("max_grad_norm")
      noise = given.double("action_noise")
      noiseDecay = given.double("noise_decay")
      noiseFloor = given.double("noise_min")
      hidden = try given.widths()
      activation = given.activation
      seed = given.seed
    }

    static var parameters: [Parameter] {
      typealias P = LearnerParameters
      return P.common() + ReplaySettings.parameters(buffer: 100_000, batch: 256, starts: 1_000, every: 4) + [
        P.number("actor_lr", 1e-4, 0...1, "of the actors' Adam"),
        P.number("critic_lr", 1e-3, 0...1, "of the critics' Adam"),
        P.number("tau", 0.005, 0...1, "how far targets follow"), P.maxGradNorm(0.5),
        P.number("action_noise", 0.1, 0...10, "exploration at first, in shares of half the action's range"),
        P.number("noise_decay", 0.9999, 0...1, "factor of the exploration at every step"),
        P.number("noise_min", 0.01, 0...10, "least exploration"), P.teamReward(false),
      ]
    }
  }

  let team: Team
  let settings: Settings
  var noise: Double
  var updates = 0
  let actors, actorTargets: [DenseNetwork]
  let trained: [Trained]
  let critics: [[ActionCritic]]

  /// Keeps tanh away from its flat ends: weight of the mean square of what enters it (the authors' own code).
  private static let flatness: Float = 1e-3

  init(_ team: Team, _ settings: Settings) {
    (self.team, self.settings) = (team, settings)
    noise = settings.noise
    var random = PCG64(seed: settings.seed &+ 0x9E37)
    let size = team.actionWidth
    actors = (0..<team.agents).map { _ in
      DenseNetwork(
        widths: [team.width] + settings.hidden + [size], activation: settings.activation, random: &random)
    }
    actorTargets = actors.map { $0.copy() }
    trained = actors.enumerated().map {
      Trained(
        "agent \($0.offset)'s policy", [Adam($0.element, learningRate: settings.actorRate)],
        maxGradNorm: settings.maxGradNorm)
    }
    critics = (0..<team.agents).map { agent in
      (0..<settings.nCritics).map { _ in
        ActionCritic(
          "agent \(agent)'s critic", inputs: team.stateWidth + team.agents * size, hidden: settings.hidden,
          activation: settings.activation, learningRate: settings.criticRate,
          maxGradNorm: settings.maxGradNorm, random: &random)
      }
    }
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
        let drawn = explores ? Float(noise * random.normal()) : 0
        actions[agent * size + place] = min(max(tanh(output[place]) + drawn, -1), 1)
      }
    }
    if explores { noise = max(noise * settings.noiseDecay, settings.noiseFloor) }
  }

  func chooseAtRandom(into actions: inout [Float], random: inout PCG64) {
    for place in actions.indices { actions[place] = Float(random.uniform(-1, 1)) }
  }

  func enact(_ action: UnsafePointer<Float>, agent: Int, into target: UnsafeMutablePointer<Float>) {
    team.stretch(action, agent: agent, into: target)
  }

  // MARK: Learning

  func update(_ batch: TeamBatch, steps: Int, random: inout PCG64) throws(LearnerError) {
    updates += 1
    let (rows, agents, size) = (batch.rows, team.agents, storedWidth)
    let next = nextActions(batch, &random)
    var (present, following) = (
      StateActionRows(rows: rows, stateWidth: team.stateWidth, actionWidth: agents * size),
      StateActionRows(rows: rows, stateWidth: team.stateWidth, actionWidth: agents * size)
    )
    var targets = [Float](repeating: 0, count: rows)
    for agent in 0..<agents {
      present.write(batch.states, batch.actions)
      following.write(batch.nextStates, next)
      if settings.adversaryStep > 0 { harm(agent, &following, critics[agent][0].target) }
      for (index, critic) in critics[agent].enumerated() {
        let found = critic.target.forward(following.values, rows: rows)
        for row in 0..<rows {
          let value = batch.rewards[agent][row] + batch.discounts[row] * found[row]
          targets[row] = index == 0 ? value : min(targets[row], value)
        }
      }
      for critic in critics[agent] { try critic.fit(present.values, targets: targets, steps: steps) }
      if updates % settings.policyDelay == 0 { try improve(agent, batch, &present, steps) }
    }
    guard updates % settings.policyDelay == 0 else { return }
    for critic in critics.joined() { critic.follow(settings.tau) }
    for (target, actor) in zip(actorTargets, actors) { target.blend(towards: actor, rate: settings.tau) }
  }

  /// What the target actors do next, with TD3's clipped noise; rows x (agents x size).
  private func nextActions(_ batch: TeamBatch, _ random: inout PCG64) -> [Float] {
    let (rows, size, total) = (batch.rows, storedWidth, team.agents * storedWidth)
    let limit = Float(settings.targetNoiseClip)
    var actions = [Float](repeating: 0, count: rows * total)
    var own = [Float](repeating: 0, count: rows * team.width)
    for agent in 0..<team.agents {
      batch.own(agent, of: batch.nextStates, into: &own)
      let output = actorTargets[agent].forward(own, rows: rows)
      for row in 0..<rows {
        for place in 0..<size {
          var action = tanh(output[row * size + place])
          if settings.targetNoise > 0 {
            action += min(max(Float(settings.targetNoise * random.normal()), -limit), limit)
          }
          actions[row * total + agent * size + place] = min(max(action, -1), 1)
        }
      }
    }
    return actions
  }

  /// One step of an actor up his first critic's value of his own action, the others' as they were.
  private func improve(_ agent: Int, _ batch: TeamBatch, _ present: inout StateActionRows, _ steps: Int)
    throws(LearnerError)
  {
    let (rows, size) = (batch.rows, storedWidth)
    var own = [Float](repeating: 0, count: rows * team.width)
    batch.own(agent, of: batch.states, into: &own)
    let actor = actors[agent]
    let output = Array(actor.forward(own, rows: rows))
    let actions = output.map { tanh($0) }
    present.replace(from: agent * size, count: size, by: actions)
    let critic = critics[agent][0].value
    if settings.adversaryStep > 0 { harm(agent, &present, critic) }
    _ = critic.forward(present.values, rows: rows)
    let down = [Float](repeating: -1 / Float(rows), count: rows)
    var byInput = [Float](repeating: 0, count: present.values.count)
    critic.backward(
      present.values, rows: rows, outputGradient: down, inputGradient: &byInput, parameterGradients: false)
    var gradient = [Float](repeating: 0, count: rows * size)
    present.slice(byInput, from: agent * size, count: size, into: &gradient)
    for place in gradient.indices {
      gradient[place] *= 1 - actions[place] * actions[place]
      gradient[place] += 2 * Self.flatness * output[place] / Float(rows * size)
    }
    actor.backward(own, rows: rows, outputGradient: gradient)
    try trained[agent].step(steps: steps)
  }

  /// Moves every other agent's action one step of length `adversaryStep` down the agent's value (M3DDPG).
  private func harm(_ agent: Int, _ input: inout StateActionRows, _ critic: DenseNetwork) {
    let (rows, size) = (input.rows, storedWidth)
    _ = critic.forward(input.values, rows: rows)
    var gradient = [Float](repeating: 0, count: input.values.count)
    critic.backward(
      input.values, rows: rows, outputGradient: [Float](repeating: 1, count: rows), inputGradient: &gradient,
      parameterGradients: false)
    for other in 0..<team.agents where other != agent {
      for row in 0..<rows {
        let start = row * input.width + input.stateWidth + other * size
        var norm: Float = 0
        for place in start..<start + size { norm += gradient[place] * gradient[place] }
        let factor = Float(settings.adversaryStep) / max(norm.squareRoot(), 1e-12)
        for place in start..<start + size {
          input.values[place] = min(max(input.values[place] - factor * gradient[place], -1), 1)
        }
      }
    }
  }
}
