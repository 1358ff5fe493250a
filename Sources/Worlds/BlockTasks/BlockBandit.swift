import Rewards

/// A bandit whose arms stay the same for a block of episodes and are then drawn anew: information pays off later.
///
/// An episode is one pull. After each, a new block begins with probability 1/n, so that blocks have mean length n
/// (n = 1: every pull faces new arms, and nothing can be learned). Arm means are standard normal; nothing is
/// observed but the reward, and no observation tells that a block has begun.
public struct BlockBandit: World {
  public struct State: Sendable, Equatable, Codable {
    public var means: [Double]
    /// Whether the block has just begun: for tests and oracles, never observed.
    public var isFresh: Bool
  }

  public let arms: Int
  /// n, at least 1.
  public let blockLength: Double
  /// The standard deviation of a reward around its arm's mean.
  public let noise: Double
  /// The mean of the arms' means. Anything but 0 makes untried arms look good or bad by default.
  public let priorMean: Double

  public init(arms: Int = 3, blockLength: Double = 10, noise: Double = 0, priorMean: Double = 0) {
    precondition(arms >= 1 && blockLength >= 1 && noise >= 0, "a block has arms and at least one episode")
    self.arms = arms
    self.blockLength = blockLength
    self.noise = noise
    self.priorMean = priorMean
  }

  /// None: every pull ends its episode by the rules.
  public var maximumSteps: Int? { nil }
  /// Nothing: one number that is always 0.
  public func observationSpace(of agent: Int) -> Space { .box(0, 0, width: 1) }
  public func actionSpace(of agent: Int) -> Space { .discrete(arms) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    if var state = previous, random.uniform() >= 1 / blockLength {
      state.isFresh = false
      return state
    }
    return State(means: (0..<arms).map { _ in priorMean + random.normal() }, isFresh: true)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    rewards[0] = state.means[Int(actions[0])] + (noise > 0 ? noise * random.normal() : 0)
    return true
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = 0
  }
}
