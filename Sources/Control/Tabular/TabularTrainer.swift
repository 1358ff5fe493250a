import Rewards
import Worlds

/// Q-learning, SARSA, REINFORCE or a one-step actor-critic on a world of numbered (or binned) states, with shaping.
public final class TabularTrainer {
  enum Learner {
    case q(QLearning)
    case sarsa(SARSA)
    case reinforce(SoftmaxReinforce)
    case actorCritic(ActorCritic)
  }

  public let configuration: TabularConfiguration
  let walk: TabularWalk
  var shaping: ShaperChain
  var learner: Learner
  var random: PCG64
  var batch: [[TabularStep]] = []

  /// - Throws: `ShapingError` when a table or a shaper does not go with the world.
  public init(
    _ world: some World, _ configuration: TabularConfiguration, shapers: [any TransitionShaper] = []
  ) throws(ShapingError) {
    self.configuration = configuration
    walk = try TabularWalk(world, bins: configuration.bins, seed: configuration.seed)
    shaping = ShaperChain(shapers)
    try shaping.begin(
      ShapingSetting(
        observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
        discount: configuration.gamma, hasNextAction: configuration.method == .sarsa,
        hasProbabilities: configuration.method.hasProbabilities, process: (world as? FiniteWorld)?.process))
    random = PCG64(seed: configuration.seed &+ 1)
    let (states, actions) = (walk.states, walk.actions)
    let values = StateActionTable(states: states, actions: actions)
    let (rate, gamma) = (configuration.learningRate, configuration.gamma)
    switch configuration.method {
    case .qLearning:
      learner = .q(
        QLearning(
          values, learningRate: rate, discount: gamma, exploration: configuration.exploration,
          ties: configuration.ties))
    case .sarsa:
      learner = .sarsa(
        SARSA(values, learningRate: rate, discount: gamma, exploration: configuration.exploration))
    case .reinforce:
      learner = .reinforce(
        SoftmaxReinforce(states: states, actions: actions, learningRate: rate, discount: gamma))
    case .actorCritic:
      learner = .actorCritic(
        ActorCritic(
          states: states, actions: actions, actorRate: rate, criticRate: configuration.criticRate,
          discount: gamma))
    }
  }

  public var steps: Int { walk.steps }

  /// Action values (q_learning, sarsa) or probabilities (reinforce, actor_critic): the largest is the best action.
  public var table: StateActionTable {
    switch learner {
    case .q(let learner): learner.values
    case .sarsa(let learner): learner.values
    case .reinforce(let learner): learner.policy
    case .actorCritic(let learner): learner.policy
    }
  }

  /// The best action, without exploring.
  public func act(_ observation: [Float]) -> [Float] { [Float(table.best(walk.state(observation)))] }

  /// Learns episode by episode until `totalSteps` are taken (the last episode ends) or `onEpisode` says false.
  public func learn(totalSteps: Int, onEpisode: (TabularEpisode) throws -> Bool) throws {
    while walk.steps < totalSteps {
      let episode = try playAndLearn()
      if try !onEpisode(episode) { return }
    }
  }

  private func playAndLearn() throws -> TabularEpisode {
    var observation = walk.begin()
    var state = walk.state(observation)
    var action = choose(state)
    var episode = TabularEpisode(steps: 0, length: 0, worldReturn: 0)
    var trace: [TabularStep] = []
    while true {
      let transition = try walk.step(action)
      let next = walk.state(transition.observation)
      let probabilities = configuration.method.hasProbabilities ? table.row(state) : nil
      // SARSA needs the next action before it learns; the others choose after it.
      let early = configuration.method == .sarsa && !transition.isLast ? choose(next) : nil
      let reward = shaping.reward(
        observation, action, transition, nextAction: early, probabilities: probabilities)
      let step = TabularStep(state, action, reward: reward, next: next, terminated: transition.terminated)
      learn(step, nextAction: early)
      trace.append(step)
      episode.length += 1
      episode.worldReturn += transition.reward
      if transition.isLast { break }
      (observation, state, action) = (transition.observation, next, early ?? choose(next))
    }
    finish(trace)
    episode.steps = walk.steps
    return episode
  }

  private func choose(_ state: Int) -> Int {
    switch learner {
    case .q(let learner): learner.act(state, random: &random)
    case .sarsa(let learner): learner.act(state, random: &random)
    case .reinforce(let learner): learner.act(state, random: &random)
    case .actorCritic(let learner): learner.act(state, random: &random)
    }
  }

  private func learn(_ step: TabularStep, nextAction: Int?) {
    // Taken out, so that the tables are changed in place.
    switch learner {
    case .q(var own):
      learner = .sarsa(Self.placeholder)
      own.learn(step.state, step.action, reward: step.reward, next: step.next, terminated: step.terminated)
      learner = .q(own)
    case .sarsa(var own):
      learner = .sarsa(Self.placeholder)
      own.learn(
        step.state, step.action, reward: step.reward, next: step.next, nextAction: nextAction ?? 0,
        terminated: step.terminated)
      learner = .sarsa(own)
    case .actorCritic(var own):
      learner = .sarsa(Self.placeholder)
      own.learn(step)
      learner = .actorCritic(own)
    case .reinforce: break
    }
  }

  private static let placeholder = SARSA(
    StateActionTable(states: 0, actions: 0), learningRate: 0, discount: 0, exploration: 0)

  /// REINFORCE learns from whole episodes.
  private func finish(_ trace: [TabularStep]) {
    guard case .reinforce(var own) = learner else { return }
    batch.append(trace)
    if batch.count < configuration.batchEpisodes { return }
    learner = .sarsa(Self.placeholder)
    own.learn(
      batch, returns: batch.map { discountedReturns($0.map(\.reward), discount: configuration.gamma) })
    learner = .reinforce(own)
    batch.removeAll(keepingCapacity: true)
  }
}
