import Foundation
import Numeric
import Rewards
import Worlds

/// Counterfactual multi-agent policy gradients (Foerster et al. 2018, arXiv 1705.08926): one critic values every action
/// that an agent might have taken beside the others' actual ones; his advantage is the value of what he did less the
/// mean over what his policy might have done. Taught the sum of rewards, on short rollouts; box actions become a grid.
public final class COMA: MultiAgentLearner {
  let networks: CounterfactualTeam
  let settings: String
  let environment: any VectorEnvironment
  private let rolloutSteps, epochs, batchSize, targetInterval: Int
  private let lambda, explorationDecay, explorationFloor: Double
  private let paysTeam: Bool
  var exploration: Double
  var normalizer: ObservationNormalizer
  /// One for each agent; all the same where the team is paid.
  var scalers: [RewardNormalizer]
  var log = EpisodeLog()
  var random: PCG64
  var criticSteps = 0
  public internal(set) var steps = 0

  /// A rollout; `next...` are the states and choices after each step, of the same episode.
  private struct Play {
    var states, nextStates: [Float]
    var choices, nextChoices: [Int]
    var paid: [[Double]]
    var terminated, isLast: [Bool]
  }

  public init(_ settings: Parameters, world: some World) throws(ParameterError) {
    let team = Team(world)
    var random = PCG64(seed: settings.seed)
    self.settings = "coma \(settings.line)"
    networks = try CounterfactualTeam(team, settings, random: &random)
    environment = world.vector(count: 1, seed: settings.seed &* 1_000_003)
    rolloutSteps = settings.int("n_steps")
    epochs = settings.int("n_epochs")
    batchSize = settings.int("batch_size")
    targetInterval = settings.int("target_update_interval")
    lambda = settings.double("td_lambda")
    exploration = settings.double("exploration_initial_eps")
    explorationFloor = settings.double("exploration_final_eps")
    explorationDecay = settings.double("exploration_decay")
    paysTeam = settings.bool("team_reward")
    normalizer = ObservationNormalizer(width: team.stateWidth)
    scalers = Array(repeating: RewardNormalizer(gamma: settings.double("gamma")), count: team.agents)
    self.random = random
  }

  private var team: Team { networks.team }

  public func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    while steps < totalTimesteps, !isCancelled() {
      let play = try collect()
      try teachCritic(play)
      for agent in 0..<team.agents {
        try networks.improve(
          agent, states: play.states, choices: play.choices, epsilon: exploration, steps: steps)
      }
      try progress(log.progress(steps: steps))
    }
  }

  private func collect() throws(LearnerError) -> Play {
    var play = Play(
      states: [], nextStates: [], choices: [], nextChoices: [], paid: team.spaces.map { _ in [] },
      terminated: [], isLast: [])
    var state = normalized(environment.states(team), learns: true)
    var choices = networks.draw(state[...], epsilon: exploration, random: &random)
    for _ in 0..<rolloutSteps {
      play.states += state
      play.choices += choices
      environment.step(networks.enact(choices))
      steps += 1
      exploration = max(exploration * explorationDecay, explorationFloor)
      try environment.requireFinite(team, steps: steps)
      let (isOver, isCut) = (environment.terminated[0], environment.truncated[0])
      let sum = environment.rewards.reduce(0, +)
      for agent in 0..<team.agents {
        let reward = paysTeam ? sum : environment.rewards[agent]
        scalers[agent].observe(reward, terminated: isOver, truncated: isCut)
        play.paid[agent].append(reward)
      }
      play.terminated.append(isOver)
      play.isLast.append(isOver || isCut)
      state = normalized(environment.states(team), learns: true)
      choices = networks.draw(state[...], epsilon: exploration, random: &random)
      if log.book(environment) {
        let last = normalized(environment.finalObservations.baseAddress!, learns: false)
        play.nextStates += last
        play.nextChoices += networks.draw(last[...], epsilon: exploration, random: &random)
      } else {
        play.nextStates += state
        play.nextChoices += choices
      }
    }
    return play
  }

  private func normalized(_ seen: UnsafePointer<Float>, learns: Bool) -> [Float] {
    if learns { normalizer.observe(seen) }
    var state = [Float](repeating: 0, count: team.stateWidth)
    normalizer.normalize(seen, into: &state)
    return state
  }

  /// Several passes of the critic towards TD(lambda) targets.
  private func teachCritic(_ play: Play) throws(LearnerError) {
    let rows = play.terminated.count
    let gamma = Float(scalers[0].gamma)
    var inputs: [[Float]] = []
    var targets: [[Float]] = []
    for agent in 0..<team.agents {
      inputs.append(networks.inputs(agent, play.states, play.choices).critic)
      targets.append(
        CounterfactualAdvantage.targets(
          rewards: (0..<rows).map {
            scalers[agent].scaled(play.paid[agent][$0], terminated: play.terminated[$0])
          }, nextValues: networks.targetValues(agent, play.nextStates, play.nextChoices),
          discounts: play.terminated.map { $0 ? 0 : gamma }, isLast: play.isLast, lambda: Float(lambda)))
    }
    let width = networks.critic.value.inputWidth
    var order = Array(0..<rows * team.agents)
    for _ in 0..<epochs {
      random.shuffle(&order)
      for start in stride(from: 0, to: order.count, by: batchSize) {
        let chosen = order[start..<min(start + batchSize, order.count)]
        let batch = chosen.flatMap { index in
          let (agent, row) = (index / rows, index % rows)
          return inputs[agent][row * width..<(row + 1) * width]
        }
        let places = Array(chosen)
        try networks.critic.fit(
          batch, targets: places.map { targets[$0 / rows][$0 % rows] }, steps: steps
        ) { play.choices[(places[$0] % rows) * team.agents + places[$0] / rows] }
        criticSteps += 1
        if criticSteps % targetInterval == 0 { networks.critic.follow(1) }
      }
    }
  }

  public func act(_ observations: [Float], deterministic: Bool) throws -> [Float] {
    let state = try team.normalizedState(observations, normalizer, steps: steps)
    if !deterministic {
      return networks.enact(networks.draw(state[...], epsilon: exploration, random: &random))
    }
    return networks.enact(
      (0..<team.agents).map { agent in
        let probabilities = networks.probabilities(state[...], agent: agent, epsilon: 0)
        return ActionBins.best(probabilities, probabilities.count)
      })
  }

  public var policies: [(name: String, network: DenseNetwork)] {
    networks.actors.enumerated().map { ("agent\($0.offset)", $0.element) }
  }
  public var observationScale: (mean: [Double], deviation: [Double]) {
    get { normalizer.scale }
    set { normalizer.scale = newValue }
  }

  static let kind: LearnerKind = {
    typealias P = LearnerParameters
    return LearnerKind(
      "coma", summary: "policy gradients with counterfactual advantages; grid of actions",
      paper: "Foerster et al. 2018, arXiv 1705.08926",
      parameters: P.common() + [
        P.number("actor_lr", 3e-4, 0...1, "of the actors' Adam"),
        P.number("critic_lr", 1e-3, 0...1, "of the critic's Adam"),
        P.integer("n_steps", 128, 1...1e6, "steps between updates"),
        P.integer("n_epochs", 4, 1...1_000, "passes of the critic over a rollout"),
        P.integer("batch_size", 32, 1...1e6, "rows of a minibatch of the critic"),
        P.integer("target_update_interval", 100, 1...1e9, "critic steps between copies to its target"),
        P.number("td_lambda", 0.8, 0...1, "of the critic's targets"), P.entropy(0.01), P.maxGradNorm(10),
        P.bins,
        P.number("exploration_initial_eps", 0.3, 0...1, "share of uniform choices at first"),
        P.number("exploration_decay", 0.9998, 0...1, "factor of that share at every step"),
        P.number("exploration_final_eps", 0.01, 0...1, "least share of uniform choices"),
        P.teamReward(true),
      ]
    ) { settings, world throws(ParameterError) in try COMA(settings, world: world) }
  }()
}
