import Foundation
import Numeric

/// The coach of CoachReg: it sees the state and chooses a sub-policy for everybody.
final class Coach {
  let network: DenseNetwork
  let trained: Trained

  init(
    stateWidth: Int, hidden: [Int], activation: DenseActivation, subPolicies: Int, learningRate: Double,
    maxGradNorm: Double, random: inout PCG64
  ) {
    network = DenseNetwork(
      widths: [stateWidth] + hidden + [subPolicies], activation: activation, random: &random)
    trained = Trained("the coach", [Adam(network, learningRate: learningRate)], maxGradNorm: maxGradNorm)
  }
}

extension DeterministicTeam {
  /// The masks of sub-policies that an actor chooses himself, rows x units; empty where there are none.
  /// - Parameter draws: By their probabilities, as in training; otherwise the likeliest.
  func ownMasks(
    _ actor: CoordinatedActor, _ own: UnsafePointer<Float>, rows: Int, draws: Bool, random: inout PCG64
  ) -> [Float] {
    guard let chooser = actor.chooser else { return [] }
    let logits = chooser.forward(own, rows: rows)
    let count = chooser.outputWidth
    return masks(
      (0..<rows).map { row in
        draws
          ? GumbelSample(Self.row(row, logits, count), random: &random).choice
          : ActionBins.best(logits.baseAddress! + row * count, count)
      }, units: actor.units)
  }

  private func masks(_ choices: [Int], units: Int) -> [Float] {
    guard case .coach(let coach) = settings.coordination else { return [] }
    let table = (0..<coach.subPolicies).map { coach.mask($0, units: units).map { Float($0) } }
    return choices.flatMap { table[$0] }
  }

  private static func row(_ row: Int, _ values: UnsafeMutableBufferPointer<Float>, _ count: Int) -> [Double] {
    (row * count..<(row + 1) * count).map { Double(values[$0]) }
  }

  /// Adds the gradients of coordination to those that the policies have.
  func coordinate(_ batch: TeamBatch, random: inout PCG64) {
    if settings.coordination == .none { return }
    let own = (0..<team.agents).map { agent in
      var rows = [Float](repeating: 0, count: batch.rows * team.width)
      batch.own(agent, of: batch.states, into: &rows)
      return rows
    }
    switch settings.coordination {
    case .none: return
    case .team(let regularizer): predict(regularizer, own, batch.rows)
    case .coach(let regularizer):
      guard let coach else { return }
      let choices = agree(regularizer, coach, own, batch, random: &random)
      follow(regularizer, coach, choices, own, batch)
    }
  }

  // MARK: TeamReg

  /// Where agent `i` puts his prediction of agent `j`'s action among his outputs: his own action comes first.
  func head(of j: Int, in i: Int) -> Int { (j < i ? j + 1 : j) * team.actionWidth }

  /// J_TS(i, j) for all pairs, summed: lambda_1 to i's predictions, lambda_2 to j's actions.
  private func predict(_ regularizer: TeamRegularizer, _ own: [[Float]], _ rows: Int) {
    let (agents, size) = (team.agents, team.actionWidth)
    let width = size * agents
    let outputs = (0..<agents).map { agent in
      actors[agent].forward(own[agent], rows: rows, masks: []).map { tanh($0) }
    }
    var gradients = [[Float]](repeating: Array(repeating: 0, count: rows * width), count: agents)
    var loss = 0.0
    for i in 0..<agents {
      for j in 0..<agents where j != i {
        for row in 0..<rows {
          let (predicted, actual) = (row * width + head(of: j, in: i), row * width)
          let result = regularizer.continuous(
            predicted: (0..<size).map { Double(outputs[i][predicted + $0]) },
            actual: (0..<size).map { Double(outputs[j][actual + $0]) })
          loss += result.loss
          for place in 0..<size {
            gradients[i][predicted + place] += Float(result.byPrediction[place]) / Float(rows)
            gradients[j][actual + place] += Float(result.byActual[place]) / Float(rows)
          }
        }
      }
    }
    for agent in 0..<agents {
      for place in gradients[agent].indices {
        gradients[agent][place] *= 1 - outputs[agent][place] * outputs[agent][place]
      }
      actors[agent].backward(own[agent], rows: rows, outputGradient: gradients[agent], masks: [])
    }
    measured["prediction_loss"] = loss / Double(rows * agents * (agents - 1))
  }

  // MARK: CoachReg

  /// J_E: the agents learn to name the coach's choice, the coach to be named.
  /// - Returns: The coach's choices, drawn, a row each.
  private func agree(
    _ regularizer: CoachRegularizer, _ coach: Coach, _ own: [[Float]], _ batch: TeamBatch,
    random: inout PCG64
  ) -> [GumbelSample] {
    let (rows, count) = (batch.rows, regularizer.subPolicies)
    let logits = coach.network.forward(batch.states, rows: rows)
    let choosers = actors.compactMap(\.chooser)
    let named = zip(choosers, own).map { $0.forward($1, rows: rows) }
    var byCoach = [Float](repeating: 0, count: rows * count)
    var byAgents = [[Float]](repeating: byCoach, count: choosers.count)
    var (samples, loss, entropy, same): ([GumbelSample], Double, Double, Int) = ([], 0, 0, 0)
    for row in 0..<rows {
      let asked = Self.row(row, logits, count)
      let result = regularizer.agreement(coach: asked, agents: named.map { Self.row(row, $0, count) })
      loss += result.loss
      for place in 0..<count {
        byCoach[row * count + place] = Float(result.byCoach[place]) / Float(rows)
        for agent in choosers.indices {
          byAgents[agent][row * count + place] = Float(result.byAgents[agent][place]) / Float(rows)
        }
      }
      samples.append(GumbelSample(asked, random: &random))
      let normalizer = logSumExp(asked)
      entropy -= asked.reduce(0) { $0 + exp($1 - normalizer) * ($1 - normalizer) }
      let best = ActionBins.best(logits.baseAddress! + row * count, count)
      same += named.count { ActionBins.best($0.baseAddress! + row * count, count) == best }
    }
    for agent in choosers.indices {
      choosers[agent].backward(own[agent], rows: rows, outputGradient: byAgents[agent])
    }
    coach.network.backward(batch.states, rows: rows, outputGradient: byCoach)
    measured["mask_loss"] = loss / Double(rows)
    measured["mask_agreement"] = Double(same) / Double(rows * choosers.count)
    measured["coach_entropy"] = entropy / Double(rows)
    return samples
  }

  /// J_PGE: agent i's policy climbs his own value of the joint actions under the coach's choices, the coach the mean over
  /// the agents of theirs.
  private func follow(
    _ regularizer: CoachRegularizer, _ coach: Coach, _ choices: [GumbelSample], _ own: [[Float]],
    _ batch: TeamBatch
  ) {
    if regularizer.policyWeight == 0 { return }
    let (rows, agents, size, units) = (batch.rows, team.agents, team.actionWidth, actors[0].units)
    let masks = masks(choices.map(\.choice), units: units)
    var joint = StateActionRows(rows: rows, stateWidth: team.stateWidth, actionWidth: agents * size)
    joint.write(batch.states, batch.actions)
    let actions = (0..<agents).map { agent in
      let actions = actors[agent].forward(own[agent], rows: rows, masks: masks).map { tanh($0) }
      joint.replace(from: agent * size, count: size, by: actions)
      return actions
    }
    // -Q_i by agent j's output, the coach's sum over i.
    var byOutput = [[Float]](repeating: Array(repeating: 0, count: rows * size), count: agents)
    var byInput = [Float](repeating: 0, count: joint.values.count)
    var slice = [Float](repeating: 0, count: rows * size)
    for i in 0..<agents {
      let critic = critics[i][0].value
      _ = critic.forward(joint.values, rows: rows)
      critic.backward(
        joint.values, rows: rows, outputGradient: [Float](repeating: -1 / Float(rows), count: rows),
        inputGradient: &byInput, parameterGradients: false)
      for j in 0..<agents {
        joint.slice(byInput, from: j * size, count: size, into: &slice)
        for place in slice.indices {
          slice[place] *= 1 - actions[j][place] * actions[j][place]
          byOutput[j][place] += slice[place]
        }
        guard j == i else { continue }
        let weighted = slice.map { $0 * Float(regularizer.policyWeight) }
        actors[i].backward(own[i], rows: rows, outputGradient: weighted, masks: masks)
      }
    }
    var byMask = [Double](repeating: 0, count: rows * units)
    for j in 0..<agents {
      let found = actors[j].backward(
        own[j], rows: rows, outputGradient: byOutput[j], masks: masks, parameterGradients: false)
      // What the mean of Q changes by, not of -Q.
      for place in found.indices { byMask[place] -= Double(found[place]) / Double(agents) }
    }
    let byLogits = (0..<rows).flatMap { row in
      regularizer.policyGradient(
        byMask: Array(byMask[row * units..<(row + 1) * units]), sample: choices[row]
      ).map { Float($0) }
    }
    coach.network.backward(batch.states, rows: rows, outputGradient: byLogits)
  }
}
