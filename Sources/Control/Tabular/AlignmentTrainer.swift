import Rewards
import Worlds

/// BARFI (Gupta et al. 2023) on a world of numbered (or binned) states: learns how far to trust a hint.
///
/// The hint is what shaping rules add to the world's reward; the world's own reward is the one that counts. Each
/// iteration plays `batchEpisodes` episodes for the inner loop and as many for the outer gradient.
public final class AlignmentTrainer {
  let walk: TabularWalk
  var hint: ShaperChain
  var learner: BehaviourAlignment
  let settings: String
  private let batchEpisodes: Int
  var random: PCG64
  /// Episodes of the last iteration that `onEpisode` has not been told of.
  var untold: ArraySlice<TabularEpisode> = []

  /// - Throws: `ShapingError` when a table or the hint does not go with the world.
  public init(
    _ world: some World, hint: [any TransitionShaper], settings: BehaviourAlignment.Settings,
    batchEpisodes: Int = 20, bins: Int? = nil, seed: UInt64 = 0
  ) throws(ShapingError) {
    guard !hint.isEmpty else { throw .parameter("barfi needs a hint: a list of shaping rules") }
    walk = try TabularWalk(world, bins: bins, seed: seed)
    self.hint = ShaperChain(hint)
    try self.hint.begin(
      ShapingSetting(
        observationSpace: world.observationSpace(of: 0), actionSpace: world.actionSpace(of: 0),
        discount: settings.discount, process: (world as? FiniteWorld)?.process))
    self.batchEpisodes = batchEpisodes
    self.settings = "\(settings), \(batchEpisodes) episodes, seed \(seed)"
    learner = BehaviourAlignment(
      reward: BehaviourAlignmentReward(states: walk.states, actions: walk.actions), settings: settings)
    random = PCG64(seed: seed &+ 1)
  }

  public var steps: Int { walk.steps }
  /// r_phi as it is.
  public var reward: BehaviourAlignmentReward { learner.reward }
  /// The policy's probabilities.
  public var table: StateActionTable { learner.policy }

  /// The best action, without exploring.
  public func act(_ observation: [Float]) -> [Float] { [Float(table.best(walk.state(observation)))] }

  /// Learns until `totalSteps` are taken (the last iteration ends) or a callback says false.
  /// - Parameters:
  ///   - onEpisode: Called with each episode of the policy that the inner loop arrived at.
  ///   - onIteration: Called with what each iteration did.
  public func learn(
    totalSteps: Int, onEpisode: (TabularEpisode) throws -> Bool,
    onIteration: (BehaviourAlignment.Report) -> Void = { _ in }
  ) throws {
    while true {
      while let episode = untold.popFirst() { if try !onEpisode(episode) { return } }
      if walk.steps >= totalSteps { return }
      let (episodes, _) = try play(learner.policy)
      var played: [TabularEpisode] = []
      var failure: (any Error)?
      let report = learner.iterate(episodes) { policy in
        do {
          let (trial, own) = try play(policy)
          played = own
          return trial
        } catch {
          failure = error
          return []
        }
      }
      if let failure { throw failure }
      onIteration(report)
      untold = played[...]
    }
  }

  private func play(_ policy: StateActionTable) throws -> ([[HintedStep]], [TabularEpisode]) {
    var (steps, episodes): ([[HintedStep]], [TabularEpisode]) = ([], [])
    for _ in 0..<batchEpisodes {
      var observation = walk.begin()
      var own: [HintedStep] = []
      while true {
        let state = walk.state(observation)
        let action = policy.draw(state, random: &random)
        let transition = try walk.step(action)
        let shaped = hint.reward(observation, action, transition)
        own.append(
          HintedStep(state, action, primary: transition.reward, hint: shaped - transition.reward))
        observation = transition.observation
        if transition.isLast { break }
      }
      episodes.append(
        TabularEpisode(
          steps: walk.steps, length: own.count, worldReturn: own.reduce(0) { $0 + $1.primary }))
      steps.append(own)
    }
    return (steps, episodes)
  }
}
