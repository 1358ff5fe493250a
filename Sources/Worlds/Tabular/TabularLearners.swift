/// How equal values are told apart when the best action is taken.
public enum TieBreak: String, Sendable, CaseIterable {
  /// The action of the smallest number.
  case first
  /// Each as often.
  case random
}

/// Q-learning (Watkins 1989): Q(s, a) += rate (r + gamma max Q(s', .) - Q(s, a)), exploring epsilon-greedily.
public struct QLearning: Sendable {
  public var values: StateActionTable
  public var learningRate: Double
  public var discount: Double
  /// The share of random actions.
  public var exploration: Double
  public var ties: TieBreak

  public init(
    _ values: StateActionTable, learningRate: Double, discount: Double, exploration: Double,
    ties: TieBreak = .random
  ) {
    self.values = values
    self.learningRate = learningRate
    self.discount = discount
    self.exploration = exploration
    self.ties = ties
  }

  public func act(_ state: Int, random: inout PCG64) -> Int {
    if random.uniform() < exploration { return random.integer(below: values.actions) }
    return ties == .first ? values.best(state) : values.best(state, random: &random)
  }

  /// `terminated`: nothing follows. A truncated episode goes on in its values.
  public mutating func learn(_ state: Int, _ action: Int, reward: Double, next: Int, terminated: Bool) {
    let future = terminated ? 0 : discount * values.maximum(next)
    values[state, action] += learningRate * (reward + future - values[state, action])
  }
}

/// SARSA (Rummery and Niranjan 1994): like Q-learning, with the action that was taken in s'.
public struct SARSA: Sendable {
  public var values: StateActionTable
  public var learningRate: Double
  public var discount: Double
  public var exploration: Double

  public init(_ values: StateActionTable, learningRate: Double, discount: Double, exploration: Double) {
    self.values = values
    self.learningRate = learningRate
    self.discount = discount
    self.exploration = exploration
  }

  /// - Parameter advice: Added to the values before the best action is taken (potential-based advice).
  public func act(_ state: Int, advice: StateActionTable? = nil, random: inout PCG64) -> Int {
    if random.uniform() < exploration { return random.integer(below: values.actions) }
    guard let advice else { return values.best(state, random: &random) }
    let sums = StateActionTable(states: 1, actions: values.actions) { values[state, $1] + advice[state, $1] }
    return sums.best(0, random: &random)
  }

  public mutating func learn(
    _ state: Int, _ action: Int, reward: Double, next: Int, nextAction: Int, terminated: Bool
  ) {
    let future = terminated ? 0 : discount * values[next, nextAction]
    values[state, action] += learningRate * (reward + future - values[state, action])
  }
}

/// One step of an episode in a finite world.
public struct TabularStep: Sendable, Equatable {
  public var state: Int
  public var action: Int
  public var reward: Double
  public var next: Int
  public var terminated: Bool

  public init(_ state: Int, _ action: Int, reward: Double, next: Int, terminated: Bool) {
    self.state = state
    self.action = action
    self.reward = reward
    self.next = next
    self.terminated = terminated
  }
}

/// The discounted sums of what follows, one for each step.
public func discountedReturns(_ rewards: some BidirectionalCollection<Double>, discount: Double) -> [Double] {
  var (sum, returns) = (0.0, [Double]())
  returns.reserveCapacity(rewards.count)
  for reward in rewards.reversed() {
    sum = reward + discount * sum
    returns.append(sum)
  }
  return returns.reversed()
}

/// A softmax policy learned by REINFORCE (Williams 1992): theta += rate x mean over steps of G (onehot(a) - pi).
public struct SoftmaxReinforce: Sendable {
  public internal(set) var preferences: StateActionTable
  /// softmax(preferences).
  public internal(set) var policy: StateActionTable
  public var learningRate: Double
  public var discount: Double

  public init(states: Int, actions: Int, learningRate: Double, discount: Double) {
    preferences = StateActionTable(states: states, actions: actions)
    policy = preferences.softmax()
    self.learningRate = learningRate
    self.discount = discount
  }

  public func act(_ state: Int, random: inout PCG64) -> Int { policy.draw(state, random: &random) }

  /// One gradient step on whole episodes; the mean is taken over all their steps.
  /// - Parameter returns: For each episode, one return a step (see `discountedReturns`).
  public mutating func learn(_ episodes: some Collection<[TabularStep]>, returns: some Collection<[Double]>) {
    let steps = episodes.reduce(0) { $0 + $1.count }
    if steps == 0 { return }
    let rate = learningRate / Double(steps)
    let actions = policy.actions
    for (episode, returns) in zip(episodes, returns) {
      for (step, value) in zip(episode, returns) {
        preferences[step.state, step.action] += rate * value
        for action in 0..<actions {
          preferences[step.state, action] -= rate * value * policy[step.state, action]
        }
      }
    }
    for state in Set(episodes.joined().map(\.state)) { policy.makeSoftmax(of: preferences, state) }
  }
}

/// A softmax policy with a learned baseline (one-step actor-critic; Sutton and Barto 2018, section 13.5).
public struct ActorCritic: Sendable {
  public internal(set) var preferences: StateActionTable
  public internal(set) var policy: StateActionTable
  public internal(set) var values: [Double]
  public var actorRate: Double
  public var criticRate: Double
  public var discount: Double

  public init(states: Int, actions: Int, actorRate: Double, criticRate: Double, discount: Double) {
    preferences = StateActionTable(states: states, actions: actions)
    policy = preferences.softmax()
    values = Array(repeating: 0, count: states)
    self.actorRate = actorRate
    self.criticRate = criticRate
    self.discount = discount
  }

  public func act(_ state: Int, random: inout PCG64) -> Int { policy.draw(state, random: &random) }

  public mutating func learn(_ step: TabularStep) {
    let error =
      step.reward + (step.terminated ? 0 : discount * values[step.next]) - values[step.state]
    values[step.state] += criticRate * error
    for action in 0..<policy.actions {
      let score = (action == step.action ? 1 : 0) - policy[step.state, action]
      preferences[step.state, action] += actorRate * error * score
    }
    policy.makeSoftmax(of: preferences, step.state)
  }
}
