import Foundation
import Numeric
import Worlds

extension OnPolicyTeam {
  /// Fills the rollouts: what everybody saw, did and got, and the advantages.
  func collect() throws(LearnerError) {
    for step in 0..<settings.nSteps {
      takeStates()
      for actor in actors.indices { draw(actor, step) }
      if plan.partners != nil { letPartnersAct() }
      if plan.seesMeanAction { rememberAll() }
      for critic in critics.indices { judge(critic, step) }
      environment.step(joint)
      steps += environment.count
      try environment.requireFinite(team, steps: steps)
      for critic in critics.indices { book(critic, step) }
      if log.book(environment) { endEpisodes() }
      swap(&lastSeen, &nowSeen)
      if plan.seesMeanAction { forgetEnded() }
    }
    takeStates(learns: false)
    for critic in critics.indices { complete(critic) }
    for actor in actors.indices { takeAdvantages(actor) }
  }

  private func takeStates(learns: Bool = true) {
    let all = environment.states(team)
    states.withUnsafeMutableBufferPointer { states in
      for index in 0..<environment.count {
        let seen = all + index * team.stateWidth
        if learns { normalizer.observe(seen) }
        normalizer.normalize(seen, into: states.baseAddress! + index * team.stateWidth)
      }
    }
  }

  private func draw(_ index: Int, _ step: Int) {
    let (rollout, lanes, size) = (rollouts[index], lanes[index], team.actionWidth)
    let start = step * lanes.count
    if index == 0 || !sharesInputs {
      rollout.inputs.values.withUnsafeMutableBufferPointer { inputs in
        for (row, lane) in lanes.enumerated() {
          write(lane, lastSeen, into: inputs.baseAddress! + (start + row) * rollout.width)
        }
      }
    }
    rollout.inputs.values.withUnsafeBufferPointer { inputs in
      rollout.actions.withUnsafeMutableBufferPointer { actions in
        rollout.logProbabilities.withUnsafeMutableBufferPointer { logs in
          actors[index].draw(
            inputs.baseAddress! + start * rollout.width, rows: lanes.count,
            actions: actions.baseAddress! + start * size, logProbabilities: logs.baseAddress! + start,
            random: &random)
        }
      }
    }
    for (row, lane) in lanes.enumerated() {
      let place = (lane.environment * team.agents + lane.agent) * size
      joint.withUnsafeMutableBufferPointer { joint in
        let target = joint.baseAddress! + place
        for number in 0..<size { target[number] = rollout.actions[(start + row) * size + number] }
        actors[index].distribution.confine(target)
      }
    }
  }

  func write(_ lane: Lane, _ seen: [Float], into target: UnsafeMutablePointer<Float>) {
    states.withUnsafeBufferPointer { states in
      seen.withUnsafeBufferPointer { seen in
        writeInput(
          states.baseAddress! + lane.environment * team.stateWidth, lane.agent,
          seen.baseAddress! + lane.environment * team.agents * seenWidth, into: target)
      }
    }
  }

  private func rememberAll() {
    for index in 0..<environment.count {
      for agent in 0..<team.agents {
        let slot = index * team.agents + agent
        joint.withUnsafeBufferPointer {
          remember($0.baseAddress! + slot * team.actionWidth, agent, in: &nowSeen, at: slot)
        }
      }
    }
  }

  /// Nothing was done before the first step of an episode.
  private func forgetEnded() {
    let size = team.agents * seenWidth
    for index in 0..<environment.count where environment.terminated[index] || environment.truncated[index] {
      for place in index * size..<(index + 1) * size { lastSeen[place] = 0 }
    }
  }

  /// The critics' values of the present states.
  private func judge(_ index: Int, _ step: Int) {
    let rollout = tracks[index].rollout
    let rows = rollout.rewards.count / settings.nSteps
    if plan.seesMeanAction || (plan.centralCritic && !sharesInputs) {
      writeCriticInputs(index, into: rollout, at: step * rows)
    }
    rollout.inputs.values.withUnsafeBufferPointer { inputs in
      let values = critics[index].value.forward(inputs.baseAddress! + step * rows * rollout.width, rows: rows)
      for row in 0..<rows { rollout.values[step * rows + row] = values[row] }
    }
  }

  private func writeCriticInputs(_ index: Int, into rollout: Rollout, at start: Int) {
    rollout.inputs.values.withUnsafeMutableBufferPointer { inputs in
      if plan.centralCritic {
        for place in 0..<states.count { inputs[start * rollout.width + place] = states[place] }
      } else {
        for (row, lane) in lanes[index].enumerated() {
          write(lane, nowSeen, into: inputs.baseAddress! + (start + row) * rollout.width)
        }
      }
    }
  }

  private func book(_ index: Int, _ step: Int) {
    let rows = tracks[index].raw.count / settings.nSteps
    for row in 0..<rows {
      let lane = plan.centralCritic ? Lane(environment: row, agent: 0) : lanes[index][row]
      let (place, at) = (lane.environment * team.agents + lane.agent, step * rows + row)
      var reward = environment.rewards[place]
      if plan.teamReward {
        reward = 0
        for agent in 0..<team.agents { reward += environment.rewards[lane.environment * team.agents + agent] }
      }
      let (isOver, isCut) = (
        environment.terminated[lane.environment], environment.truncated[lane.environment]
      )
      tracks[index].raw[at] = reward
      tracks[index].terminated[at] = isOver
      tracks[index].scaler.observe(reward, lane: row, terminated: isOver, truncated: isCut)
      tracks[index].rollout.isLast[at] = isOver || isCut
      tracks[index].bootstrap[at] = isCut && !isOver ? Float(settings.gamma) * finalValue(index, lane) : 0
    }
  }

  /// The critic's value of the state in which an episode was cut off.
  private func finalValue(_ index: Int, _ lane: Lane) -> Float {
    let block = team.agents * team.width
    normalizer.normalize(
      environment.finalObservations.baseAddress! + lane.environment * block, into: &finalState)
    if plan.centralCritic { return critics[index].value.forward(finalState, rows: 1)[0] }
    var input = [Float](repeating: 0, count: inputWidth)
    nowSeen.withUnsafeBufferPointer { seen in
      writeInput(
        finalState, lane.agent, seen.baseAddress! + lane.environment * team.agents * seenWidth, into: &input)
    }
    return critics[index].value.forward(input, rows: 1)[0]
  }

  /// Scales the rewards and works out the advantages.
  private func complete(_ index: Int) {
    let track = tracks[index]
    let rollout = track.rollout
    let rows = track.raw.count / settings.nSteps
    for place in track.raw.indices {
      rollout.rewards[place] =
        track.scaler.scaled(track.raw[place], terminated: track.terminated[place]) + track.bootstrap[place]
    }
    let last = Rollout(
      steps: 1, rows: rows, inputs: RolloutInputs(rows: rows, width: rollout.width), actionWidth: 0)
    swap(&lastSeen, &nowSeen)
    writeCriticInputs(index, into: last, at: 0)
    swap(&lastSeen, &nowSeen)
    let next = Array(critics[index].value.forward(last.inputs.values, rows: rows))
    GeneralizedAdvantage.estimate(
      rewards: rollout.rewards, values: rollout.values, isLast: rollout.isLast, nextValues: next,
      gamma: settings.gamma, lambda: settings.gaeLambda, advantages: &rollout.advantages,
      returns: &rollout.returns)
  }

  private func takeAdvantages(_ index: Int) {
    let judged = tracks[plan.centralCritic ? 0 : index].rollout
    if judged !== rollouts[index] { rollouts[index].advantages = judged.advantages }
  }
}
