import Foundation
import Numeric
import Rewards
import Worlds

/// Deterministic actors on their own rows, and for each agent critics of the state and all actions: MADDPG, and with
/// more settings MATD3 and M3DDPG.
final class DeterministicTeam: ReplayMethod {
  let team: Team
  let settings: Settings
  var noise: Double
  var updates = 0
  let actors: [CoordinatedActor]
  let actorTargets: [CoordinatedActor]
  let trained: [Trained]
  let critics: [[ActionCritic]]
  /// Of CoachReg.
  let coach: Coach?
  /// What the last update measured.
  var measured: [String: Double] = [:]

  /// Keeps tanh away from its flat ends: weight of the mean square of what enters it (the authors' own code).
  private static let flatness: Float = 1e-3

  init(_ team: Team, _ settings: Settings) {
    (self.team, self.settings) = (team, settings)
    noise = settings.noise
    var random = PCG64(seed: settings.seed &+ 0x9E37)
    let size = team.actionWidth
    actors = (0..<team.agents).map { _ in
      CoordinatedActor(
        team, hidden: settings.hidden, activation: settings.activation, settings.coordination,
        random: &random)
    }
    actorTargets = actors.map { $0.copy() }
    trained = actors.enumerated().map {
      Trained(
        "agent \($0.offset)'s policy",
        $0.element.networks.map { Adam($0, learningRate: settings.actorRate) },
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
    if case .coach(let regularizer) = settings.coordination {
      coach = Coach(
        stateWidth: team.stateWidth, hidden: settings.hidden, activation: settings.activation,
        subPolicies: regularizer.subPolicies, learningRate: settings.actorRate,
        maxGradNorm: settings.maxGradNorm, random: &random)
    } else {
      coach = nil
    }
  }

  var storedWidth: Int { team.actionWidth }
  /// What acts: with CoachReg `agent0.first` up to the masked layer, `agent0.sub_policy`, and `agent0` behind it.
  var policies: [(name: String, network: DenseNetwork)] {
    actors.enumerated().flatMap { index, actor in
      // What predicts the others is of training only.
      [
        (
          "agent\(index)",
          actor.outputWidth == storedWidth ? actor.body : actor.body.keeping(outputs: storedWidth)
        )
      ]
        + [("first", actor.first), ("sub_policy", actor.chooser)].compactMap { part, network in
          network.map { ("agent\(index).\(part)", $0) }
        }
    }
  }

  var measurements: [(name: String, value: Double)] {
    measured.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  var warnings: [String] {
    guard settings.coordination != .none, let spread = measured["action_spread"], spread < 0.02 else {
      return []
    }
    return [
      String(
        format:
          "the agents do nearly the same whatever they see (spread of actions %.3f of half the range): being predictable may have become the task; lower policy_weight",
        spread)
    ]
  }

  // MARK: Acting

  func choose(_ state: UnsafePointer<Float>, explores: Bool, into actions: inout [Float], random: inout PCG64)
  {
    let size = storedWidth
    for agent in 0..<team.agents {
      let own = state + team.start(of: agent)
      let masks = ownMasks(actors[agent], own, rows: 1, draws: explores, random: &random)
      let output = actors[agent].forward(own, rows: 1, masks: masks)
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
    var spread = 0.0
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
      if updates % settings.policyDelay == 0 { spread += improve(agent, batch, &present, &random) }
    }
    guard updates % settings.policyDelay == 0 else { return }
    coordinate(batch, random: &random)
    for part in trained { try part.step(steps: steps) }
    try coach?.trained.step(steps: steps)
    measured["action_spread"] = spread / Double(agents)
    for critic in critics.joined() { critic.follow(settings.tau) }
    for (target, actor) in zip(actorTargets, actors) { target.follow(actor, rate: settings.tau) }
  }

  /// What the target actors do next, with TD3's clipped noise; rows x (agents x size).
  private func nextActions(_ batch: TeamBatch, _ random: inout PCG64) -> [Float] {
    let (rows, size, total) = (batch.rows, storedWidth, team.agents * storedWidth)
    let limit = Float(settings.targetNoiseClip)
    var actions = [Float](repeating: 0, count: rows * total)
    var own = [Float](repeating: 0, count: rows * team.width)
    for agent in 0..<team.agents {
      batch.own(agent, of: batch.nextStates, into: &own)
      let actor = actorTargets[agent]
      let masks = ownMasks(actor, own, rows: rows, draws: false, random: &random)
      let output = actor.forward(own, rows: rows, masks: masks)
      for row in 0..<rows {
        for place in 0..<size {
          var action = tanh(output[row * actor.outputWidth + place])
          if settings.targetNoise > 0 {
            action += min(max(Float(settings.targetNoise * random.normal()), -limit), limit)
          }
          actions[row * total + agent * size + place] = min(max(action, -1), 1)
        }
      }
    }
    return actions
  }

  /// Adds an actor's gradient up his first critic's value of his own action, the others' as they were.
  /// - Returns: The standard deviation of his actions over the batch, in shares of half their range.
  private func improve(
    _ agent: Int, _ batch: TeamBatch, _ present: inout StateActionRows, _ random: inout PCG64
  ) -> Double {
    let (rows, size) = (batch.rows, storedWidth)
    var own = [Float](repeating: 0, count: rows * team.width)
    batch.own(agent, of: batch.states, into: &own)
    let actor = actors[agent]
    let width = actor.outputWidth
    let masks = ownMasks(actor, own, rows: rows, draws: true, random: &random)
    let all = actor.forward(own, rows: rows, masks: masks)
    let output = (0..<rows).flatMap { row in all[row * width..<row * width + size] }
    let actions = output.map { tanh($0) }
    present.replace(from: agent * size, count: size, by: actions)
    let critic = critics[agent][0].value
    if settings.adversaryStep > 0 { harm(agent, &present, critic) }
    _ = critic.forward(present.values, rows: rows)
    let down = [Float](repeating: -1 / Float(rows), count: rows)
    var byInput = [Float](repeating: 0, count: present.values.count)
    critic.backward(
      present.values, rows: rows, outputGradient: down, inputGradient: &byInput, parameterGradients: false)
    var slice = [Float](repeating: 0, count: rows * size)
    present.slice(byInput, from: agent * size, count: size, into: &slice)
    var gradient = [Float](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for place in 0..<size {
        let (from, to) = (row * size + place, row * width + place)
        gradient[to] = slice[from] * (1 - actions[from] * actions[from])
        gradient[to] += 2 * Self.flatness * output[from] / Float(rows * size)
      }
    }
    actor.backward(own, rows: rows, outputGradient: gradient, masks: masks)
    return Self.spread(actions, rows: rows)
  }

  /// The standard deviation of each number over the rows, averaged.
  private static func spread(_ actions: [Float], rows: Int) -> Double {
    let size = actions.count / rows
    return (0..<size).reduce(0) { sum, place in
      let values = (0..<rows).map { Double(actions[$0 * size + place]) }
      let mean = values.reduce(0, +) / Double(rows)
      return sum + (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)).squareRoot()
    } / Double(size)
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
