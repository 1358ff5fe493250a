import Numeric
import Worlds

/// When a reward that stands in for the world's is asked.
public enum RewardTime: Sendable {
  /// Once, when the step is made: bonuses for what is new.
  case collected
  /// Whenever the step is drawn: learned rewards, which change.
  case sampled
}

/// An off-policy learner of continuous control: SAC, TD3, DDPG. One environment, one agent; actions are kept as
/// numbers of [-1, 1] and stretched over the world's box.
public class OffPolicyLearner {
  /// An episode that has ended.
  public struct Episode: Sendable {
    /// Environment steps taken so far.
    public var steps: Int
    /// The sum of the world's rewards.
    public var worldReturn: Double
    public var length: Int
  }

  public let configuration: OffPolicyConfiguration
  public let environment: any VectorEnvironment
  public let buffer: ReplayBuffer
  /// Transitions recorded before, of which a share of every update comes (see `addOffline`).
  public private(set) var offline: ReplayBuffer?
  public let policy: DenseNetwork
  public private(set) var steps = 0
  public private(set) var updates = 0
  /// What is paid in place of the world's reward; nil for the world's own.
  public var reward: (any StepReward)?
  public var rewardTime = RewardTime.sampled
  /// Called after every step, before learning: reward models are trained here.
  public var afterStep: (() -> Void)?

  let width: Int
  let actionWidth: Int
  let sample: ReplaySample
  var random: PCG64
  private let low, high: [Float]
  private var action, scaled: [Float]

  /// - Precondition: One agent, actions of a bounded box.
  init(_ world: some World, _ configuration: OffPolicyConfiguration, policy: DenseNetwork) {
    precondition(world.agents == 1, "off-policy learners are for one agent")
    guard case .box(let low, let high) = world.actionSpace(of: 0), (low + high).allSatisfy(\.isFinite) else {
      preconditionFailure("off-policy learners need actions of a bounded box")
    }
    self.configuration = configuration
    self.policy = policy
    self.low = low
    self.high = high
    width = world.observationWidth
    actionWidth = low.count
    environment = world.vector(count: 1, seed: configuration.seed &* 1_000_003)
    random = PCG64(seed: configuration.seed)
    buffer = ReplayBuffer(
      capacity: configuration.bufferSize, observationWidth: width, actionWidth: actionWidth)
    sample = ReplaySample(rows: configuration.batchSize, observationWidth: width, actionWidth: actionWidth)
    action = Array(repeating: 0, count: actionWidth)
    scaled = action
  }

  /// The policy's action for one observation in [-1, 1], written to `target`.
  func choose(_ observation: UnsafePointer<Float>, explores: Bool, into target: inout [Float]) {
    preconditionFailure("a learner chooses actions")
  }

  /// All networks, single vectors and optimisers under the names by which they are kept.
  var networks: [(String, DenseNetwork)] { [("policy", policy)] }
  var vectors: [(String, ParameterVector)] { [] }
  var optimizers: [(String, Adam)] { [] }

  /// Takes counters and generator of a kept state.
  func resume(steps: Int, updates: Int, random: PCG64) {
    (self.steps, self.updates, self.random) = (steps, updates, random)
  }

  /// One update from `sample`, which has just been drawn.
  func update() { preconditionFailure("a learner updates") }

  /// The policy's action for one observation, inside its box, without exploration.
  public func act(_ observation: [Float]) -> [Float] {
    precondition(observation.count == width, "\(observation.count) numbers are no observation of \(width)")
    var action = [Float](repeating: 0, count: actionWidth)
    observation.withUnsafeBufferPointer { choose($0.baseAddress!, explores: false, into: &action) }
    return stretched(action)
  }

  /// Takes one recorded transition, from which updates draw `configuration.offlineShare` of their rows: MOPO's real
  /// data beside imagined steps, or RLPD's (Ball et al. 2023, arXiv 2302.02948) beside played ones.
  /// - Parameters:
  ///   - action: In the world's own units; what lies outside its box is cut.
  ///   - terminated: Whether the rules ended the episode there.
  public func addOffline(
    observation: [Float], action: [Float], reward: Double, next: [Float], terminated: Bool
  ) {
    precondition(
      observation.count == width && action.count == actionWidth && next.count == width,
      "a transition of another world")
    if offline == nil {
      offline = ReplayBuffer(capacity: .max, observationWidth: width, actionWidth: actionWidth)
    }
    let shrunk = action.indices.map { place in
      let range = high[place] - low[place]
      return range > 0 ? min(max(2 * (action[place] - low[place]) / range - 1, -1), 1) : 0
    }
    offline?.append(
      observation: observation, action: shrunk, reward: reward, next: next, terminated: terminated)
  }

  private func stretched(_ action: [Float]) -> [Float] {
    action.indices.map { low[$0] + (action[$0] + 1) / 2 * (high[$0] - low[$0]) }
  }

  /// Trains until `totalSteps` environment steps are taken, or `onEpisode` returns false.
  /// - Returns: The episodes that ended.
  @discardableResult
  public func learn(
    totalSteps: Int, onEpisode: (Episode) throws -> Bool
  ) rethrows -> [Episode] {
    var episodes: [Episode] = []
    var before = [Float](repeating: 0, count: width)
    while steps < totalSteps {
      for place in 0..<width { before[place] = environment.observations[place] }
      if steps < configuration.learningStarts {
        for place in 0..<actionWidth { action[place] = Float(random.uniform(-1, 1)) }
      } else {
        before.withUnsafeBufferPointer { choose($0.baseAddress!, explores: true, into: &action) }
      }
      for place in 0..<actionWidth {
        scaled[place] = low[place] + (action[place] + 1) / 2 * (high[place] - low[place])
      }
      environment.step(scaled)
      steps += 1
      let hasEnded = environment.terminated[0] || environment.truncated[0]
      keep(before, hasEnded: hasEnded)
      afterStep?()
      if steps >= configuration.learningStarts, steps % configuration.trainFreq == 0 {
        for _ in 0..<configuration.gradientSteps {
          draw()
          if rewardTime == .sampled, let reward { sample.repay(by: reward) }
          updates += 1
          update()
        }
      }
      if hasEnded {
        let episode = Episode(
          steps: steps, worldReturn: environment.episodeReturns[0], length: environment.episodeLengths[0])
        episodes.append(episode)
        if try !onEpisode(episode) { break }
      }
    }
    return episodes
  }

  /// Trains until `totalSteps` environment steps are taken.
  @discardableResult
  public func learn(totalSteps: Int) -> [Episode] { learn(totalSteps: totalSteps) { _ in true } }

  private func draw() {
    let share = offline == nil ? 0 : Int((configuration.offlineShare * Double(sample.rows)).rounded())
    offline?.draw(into: sample, rows: 0..<share, random: &random)
    buffer.draw(into: sample, rows: share..<sample.rows, random: &random)
  }

  private func keep(_ before: [Float], hasEnded: Bool) {
    let after = hasEnded ? environment.finalObservations : environment.observations
    var paid = environment.rewards[0]
    if rewardTime == .collected, let reward {
      before.withUnsafeBufferPointer { observation in
        action.withUnsafeBufferPointer { action in
          let batch = TransitionBatch(
            lanes: 1, observations: observation, actions: action, nextObservations: after,
            rewards: environment.rewards, terminated: environment.terminated,
            truncated: environment.truncated)
          withUnsafeMutablePointer(to: &paid) {
            reward.pay(batch, into: UnsafeMutableBufferPointer(start: $0, count: 1))
          }
        }
      }
    }
    buffer.append(
      observation: before, action: action, reward: paid, next: after.baseAddress!,
      terminated: environment.terminated[0])
  }

  // MARK: What the learners share

  /// Rows of observation and action side by side, as critics read them.
  func join(_ observations: UnsafePointer<Float>, _ actions: UnsafePointer<Float>, into target: inout [Float])
  {
    let total = width + actionWidth
    for row in 0..<sample.rows {
      for place in 0..<width { target[row * total + place] = observations[row * width + place] }
      for place in 0..<actionWidth {
        target[row * total + width + place] = actions[row * actionWidth + place]
      }
    }
  }

  /// One step of every critic towards `targets` (mean squared error).
  func fit(_ critics: [(DenseNetwork, Adam)], _ input: [Float], targets: [Float], _ gradient: inout [Float]) {
    for (critic, optimizer) in critics {
      let values = critic.forward(input, rows: sample.rows)
      for row in 0..<sample.rows { gradient[row] = 2 * (values[row] - targets[row]) / Float(sample.rows) }
      critic.backward(input, rows: sample.rows, outputGradient: gradient)
      optimizer.step()
    }
  }
}
