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
  var steps = 0
  var log = EpisodeLog()
  /// Where the training stood when it was last told of.
  var told = (steps: 0, episodes: 0)
  var normalizer: ObservationNormalizer
  var random: PCG64

  /// Numbers of an action as others see it: squashed into [-1, 1], or one-hot.
  let seenWidth: Int
  let inputWidth: Int
  /// Whether all actors, and their critics, read the same rows.
  let sharesInputs: Bool
  var tracks: [Track]
  let rollouts: [Rollout]
  var lanes: [[Lane]]
  /// What everybody sees now, normalised: environments x state width.
  var states, finalState: [Float]
  /// Environments x agents x action width, as the world takes them.
  var joint: [Float]
  /// Environments x agents x `seenWidth`: the actions of the step before, and of this one.
  var lastSeen, nowSeen: [Float]
  /// Who takes each seat of each environment; nil for the learner.
  var seated: [Partner?]

  /// What a critic follows: its inputs, and rewards that are scaled when the rollout is complete.
  struct Track {
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
    // What several actors, or an actor and a critic, read alike is kept once.
    let isCommon = team.sharesObservation && !isShared && !plan.seesMeanAction
    let width = inputWidth
    func inputs(_ rows: Int) -> RolloutInputs { RolloutInputs(rows: settings.nSteps * rows, width: width) }
    let common = isCommon ? inputs(count) : nil
    sharesInputs = isCommon
    rollouts = lanes.map { lanes in
      Rollout(
        steps: settings.nSteps, rows: lanes.count, inputs: common ?? inputs(lanes.count),
        actionWidth: team.actionWidth)
    }
    let (ownRollouts, isSame) = (rollouts, !plan.centralCritic && !plan.seesMeanAction)
    tracks = critics.indices.map { index in
      let rows = plan.centralCritic ? count : ownRollouts[index].rewards.count / settings.nSteps
      let rollout =
        isSame
        ? ownRollouts[index]
        : Rollout(
          steps: settings.nSteps, rows: rows,
          inputs: common ?? RolloutInputs(rows: settings.nSteps * rows, width: criticWidth), actionWidth: 0)
      let total = rows * settings.nSteps
      return Track(
        rollout: rollout, raw: Array(repeating: 0, count: total),
        bootstrap: Array(repeating: 0, count: total), terminated: Array(repeating: false, count: total),
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
  func writeInput(
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
  func remember(
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
    guard observations.count == agents * width || observations.count == stateWidth else {
      throw .wrongObservation(count: observations.count, expected: agents * width)
    }
    guard observations.allSatisfy(\.isFinite) else { throw .notFinite(what: "observation", steps: steps) }
    var state = [Float](repeating: 0, count: stateWidth)
    normalizer.normalize(observations, into: &state)
    return state
  }
}
