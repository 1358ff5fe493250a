import Rewards

/// A multi-armed bandit (Robbins 1952): each arm pays by a distribution of its own, and nothing else happens.
///
/// Means that are not given are drawn with the first episode after a seed and stay: episodes are pieces of one
/// long game. There is nothing to see; the observation is always 0.
public struct Bandit: World {
  /// How the arms pay.
  public struct Payment: Sendable, Equatable {
    /// How many arms there are.
    public let arms: Int
    /// Each arm's mean; nil: drawn.
    public let means: [Double]?
    /// The standard deviation of normal payments; nil: payments are 1 or 0.
    public let deviation: Double?

    /// 1 with the arm's probability (of 0 ... 1), else 0.
    public static func bernoulli(means: [Double]) -> Payment {
      Payment(arms: means.count, means: means, deviation: nil)
    }
    /// The same with probabilities drawn uniformly from 0 to 1.
    public static func bernoulli(arms: Int) -> Payment {
      Payment(arms: arms, means: nil, deviation: nil)
    }
    /// Normal around the arm's mean.
    public static func gaussian(means: [Double], deviation: Double = 1) -> Payment {
      Payment(arms: means.count, means: means, deviation: deviation)
    }
    /// The same with standard normal means.
    public static func gaussian(arms: Int, deviation: Double = 1) -> Payment {
      Payment(arms: arms, means: nil, deviation: deviation)
    }
  }

  public struct State: Sendable, Equatable, Codable {
    /// What each arm pays on average.
    public let means: [Double]
    /// The arm of the last step; nil before the first.
    public var arm: Int?
  }

  public let payment: Payment
  public let maximumSteps: Int?

  public init(_ payment: Payment, maximumSteps: Int? = 1000) {
    precondition(payment.arms >= 1, "a bandit without arms")
    self.payment = payment
    self.maximumSteps = maximumSteps
  }

  public func observationSpace(of agent: Int) -> Space { .discrete(1) }
  public func actionSpace(of agent: Int) -> Space { .discrete(payment.arms) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    if let previous { return State(means: previous.means) }
    if let means = payment.means { return State(means: means) }
    return State(
      means: (0..<payment.arms).map { _ in
        payment.deviation == nil ? random.uniform() : random.normal()
      })
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let arm = Int(actions[0])
    state.arm = arm
    if let deviation = payment.deviation {
      rewards[0] = state.means[arm] + deviation * random.normal()
    } else {
      rewards[0] = random.uniform() < state.means[arm] ? 1 : 0
    }
    return false
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = 0
  }

  /// `best_arm` (the first of equals), and of the arm chosen `regret`: how much less it pays on average.
  public func info(_ state: State) -> JSONObject {
    let highest = state.means.max() ?? 0
    var info = JSONObject([("best_arm", .integer(state.means.firstIndex(of: highest) ?? 0))])
    if let arm = state.arm { info["regret"] = .number(highest - state.means[arm]) }
    return info
  }
}
