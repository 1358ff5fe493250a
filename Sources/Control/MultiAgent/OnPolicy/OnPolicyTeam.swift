import Foundation
import Numeric
import Rewards
import Worlds

/// How the agents of an on-policy team are told apart and paid.
struct OnPolicyPlan {
  /// One policy and critic for all seats, which sees a one-hot index; otherwise one for each agent.
  var sharesPolicy = false
  /// One critic that sees what all agents see and is taught the sum of rewards.
  var centralCritic = false
  /// Everybody learns from the sum of rewards.
  var teamReward = false
  /// Policies also see the mean of the others' last actions, critics that of their present ones.
  var seesMeanAction = false
  /// The learner takes one seat, which changes from episode to episode; these take the others.
  var partners: PartnerPool?
}

/// Several actors and critics that learn by clipped policy gradients from rollouts of one vector of environments.
final class OnPolicyTeam {
  /// Who acts in a row of a rollout.
  struct Lane {
    var environment, agent: Int
  }

  let team: Team
  let settings: OnPolicySettings
  var plan: OnPolicyPlan
  let environment: any VectorEnvironment
  let actors: [Actor]
  let critics: [ValueCritic]
  private(set) var steps = 0
  private(set) var log = EpisodeLog()
  private(set) var normalizer: ObservationNormalizer
  var random: PCG64

  /// Numbers of an action as others see it: squashed into [-1, 1], or one-hot.
  private let seenWidth: Int
  private let inputWidth: Int
  private var tracks: [Track]
  private let rollouts: [Rollout]
  private var lanes: [[Lane]]
  /// What everybody sees now, normalised: environments x state width.
  private var states, finalState: [Float]
  /// Environments x agents x action width, as the world takes them.
  private var joint: [Float]
  /// Environments x agents x `seenWidth`: the actions of the step before, and of this one.
  private var lastSeen, nowSeen: [Float]
  /// Who takes each seat of each environment; nil for the learner.
  private var seated: [Partner?]

  /// What a critic follows: its inputs, and rewards that are scaled when the rollout is complete.
  private struct Track {
    var rollout: Rollout
    var raw: [Double]
    var bootstrap: [Float]
    var terminated: [Bool]
    var scaler: RewardNormalizer
  }

  init(_ world: some World, _ settings: OnPolicySettings, _ plan: OnPolicyPlan) throws(ParameterError) {
    let team = Team(world)
    (self.team, self.settings, self.plan) = (team, settings, plan)
    var random = PCG64(seed: settings.seed)
    let isShared = plan.sharesPolicy
    if isShared, team.spaces.contains(where: { $0.kindAndCount != team.spaces[0].kindAndCount }) {
      throw ParameterError(
        parameter: "world", "agents that share a policy need actions of the same kind; use ippo or mappo")
    }
    environment = world.vector(count: settings.nEnvs, seed: settings.seed &* 1_000_003)
    let distribution = ActionDistribution(team.spaces[0], squashes: true)
    seenWidth = plan.seesMeanAction ? distribution.outputs : 0
    inputWidth = team.width + (isShared ? team.agents : 0) + seenWidth
    let criticWidth = plan.centralCritic ? team.stateWidth : inputWidth
    var (actors, critics): ([Actor], [ValueCritic]) = ([], [])
    for index in 0..<(isShared ? 1 : team.agents) {
      let name = isShared ? "the shared policy" : "agent \(index)'s policy"
      actors.append(
        Actor(
          name, inputs: inputWidth, space: team.spaces[index], hidden: settings.netArch,
          activation: settings.activation, learningRate: settings.learningRate,
          maxGradNorm: settings.maxGradNorm, logDeviation: settings.logStdInit, random: &random))
      if index > 0, plan.centralCritic { continue }
      critics.append(
        ValueCritic(
          "critic \(index)", inputs: criticWidth, hidden: settings.netArch, activation: settings.activation,
          learningRate: settings.learningRate, maxGradNorm: settings.maxGradNorm, random: &random))
    }
    (self.actors, self.critics) = (actors, critics)
    let count = environment.count
    lanes = (0..<actors.count).map { actor in
      (0..<count).flatMap { index in
        isShared && plan.partners == nil
          ? (0..<team.agents).map { Lane(environment: index, agent: $0) }
          : [Lane(environment: index, agent: actor)]
      }
    }
    rollouts = lanes.map {
      Rollout(
        steps: settings.nSteps, rows: $0.count,
        width: team.width + (isShared ? team.agents : 0)
          + (plan.seesMeanAction ? distribution.outputs : 0), actionWidth: team.actionWidth)
    }
    tracks = (0..<critics.count).map { index in
      let rows = plan.centralCritic ? count : isShared && plan.partners == nil ? count * team.agents : count
      let total = rows * settings.nSteps
      return Track(
        rollout: Rollout(steps: settings.nSteps, rows: rows, width: criticWidth, actionWidth: 0),
        raw: Array(repeating: 0, count: total), bootstrap: Array(repeating: 0, count: total),
        terminated: Array(repeating: false, count: total),
        scaler: RewardNormalizer(gamma: settings.gamma, lanes: rows))
    }
    normalizer = ObservationNormalizer(width: team.stateWidth)
    states = Array(repeating: 0, count: count * team.stateWidth)
    finalState = Array(repeating: 0, count: team.stateWidth)
    joint = Array(repeating: 0, count: count * team.agents * team.actionWidth)
    lastSeen = Array(repeating: 0, count: count * team.agents * max(seenWidth, 1))
    nowSeen = lastSeen
    seated = Array(repeating: nil, count: count * team.agents)
    self.random = random
    for index in 0..<count { seat(index) }
  }

  /// Trains until `total` steps are taken.
  func learn(
    total: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    var told = (steps: steps, episodes: log.episodes)
    while steps < total, !isCancelled() {
      try collect()
      try improve()
      if log.episodes > told.episodes || steps - told.steps >= 1_000 || steps >= total {
        told = (steps, log.episodes)
        try progress(log.progress(steps: steps))
      }
    }
  }

  /// Takes other partners, from the next episodes on.
  func useNewPartners(_ pool: PartnerPool) {
    plan.partners = pool
    environment.reset(seed: settings.seed &* 1_000_003)
    for index in 0..<environment.count { seat(index) }
  }

  /// The learner's policy as it is now, for a pool of partners.
  func snapshot() -> Partner { Partner(actors[0], normalizer: normalizer, team: team) }

  // MARK: Acting

  /// Actions outside of training (see `MultiAgentLearner.act`).
  /// - Parameter seen: agents x `seenWidth`, the actions before; replaced by these.
  func act(_ observations: [Float], deterministic: Bool, seen: inout [Float]) throws -> [Float] {
    let state = try team.normalizedState(observations, normalizer, steps: steps)
    var actions = [Float](repeating: 0, count: team.agents * team.actionWidth)
    var input = [Float](repeating: 0, count: inputWidth)
    var now = seen
    for agent in 0..<team.agents {
      let actor = actors[plan.sharesPolicy ? 0 : agent]
      writeInput(state, agent, seen, into: &input)
      actions.withUnsafeMutableBufferPointer { actions in
        let action = actions.baseAddress! + agent * team.actionWidth
        actor.act(input, deterministic: deterministic, into: action, random: &random)
        if plan.seesMeanAction { remember(action, agent, in: &now, at: agent) }
      }
    }
    seen = now
    return actions
  }

  /// Before the first action of an episode nothing was done.
  var nothingSeen: [Float] { Array(repeating: 0, count: team.agents * max(seenWidth, 1)) }

  /// The actor's input: the own row, for shared policies the seat, the mean of the others' actions.
  private func writeInput(
    _ state: UnsafePointer<Float>, _ agent: Int, _ seen: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    target.update(from: state + team.start(of: agent), count: team.width)
    var place = target + team.width
    if plan.sharesPolicy {
      for index in 0..<team.agents { place[index] = index == agent ? 1 : 0 }
      place += team.agents
    }
    for index in 0..<seenWidth {
      var sum: Float = 0
      for other in 0..<team.agents where other != agent { sum += seen[other * seenWidth + index] }
      place[index] = sum / Float(max(team.agents - 1, 1))
    }
  }

  /// Keeps an action of the world as others see it.
  private func remember(
    _ action: UnsafePointer<Float>, _ agent: Int, in seen: inout [Float], at slot: Int
  ) {
    for index in 0..<seenWidth {
      switch team.spaces[agent] {
      case .discrete: seen[slot * seenWidth + index] = Int(action[0]) == index ? 1 : 0
      case .box(let low, let high):
        let half = max((high[index] - low[index]) / 2, 1e-12)
        seen[slot * seenWidth + index] = (action[index] - low[index]) / half - 1
      }
    }
  }

  // MARK: Collecting

  private func collect() throws(LearnerError) {
    for step in 0..<settings.nSteps {
      takeStates()
      for actor in actors.indices { draw(actor, step) }
      if plan.partners != nil { letPartnersAct() }
      if plan.seesMeanAction { rememberAll() }
      for critic in critics.indices { judge(critic, step) }
      environment.step(joint)
      steps += environment.count
      try environment.requireFinite(steps: steps)
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
    let block = team.agents * team.width
    states.withUnsafeMutableBufferPointer { states in
      for index in 0..<environment.count {
        let seen = environment.observations.baseAddress! + index * block
        if learns { normalizer.observe(seen) }
        normalizer.normalize(seen, into: states.baseAddress! + index * team.stateWidth)
      }
    }
  }

  private func draw(_ index: Int, _ step: Int) {
    let (rollout, lanes, size) = (rollouts[index], lanes[index], team.actionWidth)
    let start = step * lanes.count
    rollout.observations.withUnsafeMutableBufferPointer { inputs in
      for (row, lane) in lanes.enumerated() {
        write(lane, lastSeen, into: inputs.baseAddress! + (start + row) * rollout.width)
      }
    }
    rollout.observations.withUnsafeBufferPointer { inputs in
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

  private func write(_ lane: Lane, _ seen: [Float], into target: UnsafeMutablePointer<Float>) {
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
    writeCriticInputs(index, into: rollout, at: step * rows)
    rollout.observations.withUnsafeBufferPointer { inputs in
      let values = critics[index].value.forward(inputs.baseAddress! + step * rows * rollout.width, rows: rows)
      for row in 0..<rows { rollout.values[step * rows + row] = values[row] }
    }
  }

  private func writeCriticInputs(_ index: Int, into rollout: Rollout, at start: Int) {
    rollout.observations.withUnsafeMutableBufferPointer { inputs in
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
    let last = Rollout(steps: 1, rows: rows, width: rollout.width, actionWidth: 0)
    swap(&lastSeen, &nowSeen)
    writeCriticInputs(index, into: last, at: 0)
    swap(&lastSeen, &nowSeen)
    let next = Array(critics[index].value.forward(last.observations, rows: rows))
    GeneralizedAdvantage.estimate(
      rewards: rollout.rewards, values: rollout.values, isLast: rollout.isLast, nextValues: next,
      gamma: settings.gamma, lambda: settings.gaeLambda, advantages: &rollout.advantages,
      returns: &rollout.returns)
  }

  private func takeAdvantages(_ index: Int) {
    rollouts[index].advantages = tracks[plan.centralCritic ? 0 : index].rollout.advantages
  }

  // MARK: Partners

  /// Gives the seats of an environment for its next episode.
  private func seat(_ index: Int) {
    guard let pool = plan.partners else { return }
    let own = random.integer(below: team.agents)
    lanes[0][index].agent = own
    for agent in 0..<team.agents {
      seated[index * team.agents + agent] = agent == own ? nil : pool.draw(&random)
    }
  }

  private func endEpisodes() {
    for index in 0..<environment.count where environment.terminated[index] || environment.truncated[index] {
      seat(index)
    }
  }

  private func letPartnersAct() {
    let size = team.actionWidth
    var input = [Float](repeating: 0, count: inputWidth)
    for index in 0..<environment.count {
      for agent in 0..<team.agents where agent != lanes[0][index].agent {
        let place = index * team.agents + agent
        let seen = environment.observations.baseAddress! + index * team.agents * team.width
        joint.withUnsafeMutableBufferPointer { joint in
          let action = joint.baseAddress! + place * size
          if let partner = seated[place] {
            partner.act(seen, seat: agent, into: action, random: &random)
          } else {
            write(Lane(environment: index, agent: agent), lastSeen, into: &input)
            actors[0].act(input, deterministic: false, into: action, random: &random)
          }
        }
      }
    }
  }

  // MARK: Improving

  private func improve() throws(LearnerError) {
    for _ in 0..<settings.nEpochs {
      for (actor, rollout) in zip(actors, rollouts) { try improve(actor, on: rollout) }
      for (critic, track) in zip(critics, tracks) { try improve(critic, on: track.rollout) }
    }
  }

  private func improve(_ actor: Actor, on rollout: Rollout) throws(LearnerError) {
    try passes(rollout, outputs: actor.distribution.outputs) { batch throws(LearnerError) in
      if settings.normalizeAdvantage { batch.normalizeAdvantages() }
      _ = PPOLoss.addPolicyGradient(
        actor.policy, actor.logDeviations, actor.distribution, &batch, clip: Float(settings.clipRange),
        entCoef: Float(settings.entCoef))
      try actor.step(steps: steps)
    }
  }

  private func improve(_ critic: ValueCritic, on rollout: Rollout) throws(LearnerError) {
    try passes(rollout, outputs: 1) { batch throws(LearnerError) in
      _ = PPOLoss.addValueGradient(critic.value, &batch, coefficient: Float(settings.vfCoef))
      try critic.trained.step(steps: steps)
    }
  }

  /// One pass over a rollout in minibatches of random rows.
  private func passes(
    _ rollout: Rollout, outputs: Int, _ body: (inout Minibatch) throws(LearnerError) -> Void
  ) throws(LearnerError) {
    let total = rollout.rewards.count
    let size = min(settings.batchSize ?? total, total)
    var order = Array(0..<total)
    random.shuffle(&order)
    var batch = Minibatch(
      rows: size, width: rollout.width, outputs: outputs, actionWidth: rollout.actionWidth)
    for start in stride(from: 0, to: total, by: size) {
      let chosen = order[start..<min(start + size, total)]
      if chosen.count < 2 { continue }
      batch.take(chosen, from: rollout)
      try body(&batch)
    }
  }
}

extension Space {
  /// Agents with the same can share a policy: its outputs mean the same.
  fileprivate var kindAndCount: [Int] {
    switch self {
    case .discrete(let count): [0, count]
    case .box(let low, _): [1, low.count]
    }
  }
}

extension Team {
  /// What `act` was given, checked and normalised.
  func normalizedState(_ observations: [Float], _ normalizer: ObservationNormalizer, steps: Int)
    throws(LearnerError) -> [Float]
  {
    guard observations.count == agents * width else {
      throw .wrongObservation(count: observations.count, expected: agents * width)
    }
    guard observations.allSatisfy(\.isFinite) else { throw .notFinite(what: "observation", steps: steps) }
    var state = [Float](repeating: 0, count: stateWidth)
    normalizer.normalize(observations, into: &state)
    return state
  }
}
