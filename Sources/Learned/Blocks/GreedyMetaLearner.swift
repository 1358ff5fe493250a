import Foundation
import Worlds

/// Q-learning over what an agent remembers of a block: maximises nothing but reward, with credit that reaches across
/// episodes (Rentschler and Roberts 2025).
///
/// The memory holds, for each arm, whether it was tried in this block and how much it paid last (13 bins). Arms are
/// exchangeable, so a value depends on the arm's own memory and on the set of the others'. The memory is
/// wiped when a block begins, so the agent knows that one has begun and nothing else about it; values are
/// bootstrapped across the switch. Exploring noise only makes the training data; a learned agent is greedy in the mean
/// of its values over the second half of training (Polyak and Juditsky 1992): the last ones carry the noise of the last
/// rewards, which would pass for exploration now and then.
public struct GreedyMetaLearner: Sendable {
  public struct Settings: Sendable, Equatable {
    /// The discount from one episode to the next; 0 removes long credit.
    public var episodeDiscount = 0.95
    /// Whether anything is remembered.
    public var hasMemory = true
    public var streams = 512
    public var steps = 3000
    /// Where the noise of the data ends, after half the steps; it begins at 1.
    public var finalEpsilon = 0.1
    /// The step size is 1 / sqrt(visits of the entry), at least this.
    public var leastStep = 0.02

    public init(episodeDiscount: Double = 0.95, hasMemory: Bool = true) {
      self.episodeDiscount = episodeDiscount
      self.hasMemory = hasMemory
    }
  }

  /// How a learned agent plays.
  public struct Evaluation: Sendable, Equatable {
    /// The average reward a pull.
    public var reward: Double
    /// The share of decisions that pick an untried arm, among those where the best seen value lies in (0.2, 0.8)
    /// and an arm is untried; 0 when there are none.
    public var explorationIndex: Double
    /// The mean reward of the first, second, ... pull of a block.
    public var withinBlock: [Double]
  }

  public let world: BlockBandit
  public let settings: Settings
  private let bins = 13
  /// Where a memory and an arm find their value: (bins + 1)^arms memories times arms.
  private let entries: [Int]
  var values: [Double]

  /// Where the training stands.
  struct Training: Sendable {
    var step = 0
    var random: PCG64
    /// Of each stream: the bandit, and what the agent remembers of it.
    var states: [BlockBandit.State]
    var memories: [Int]
    /// How often each value was changed.
    var visits: [Double]
    /// The values added up over the second half of the steps, and how many these were.
    var sums: [Double]
    var summed = 0
  }
  var training: Training
  /// The entries touched in a step, with the sum of their errors and how many there were.
  private var touched: [Int] = []
  private var errors, touches: [Double]

  /// Trains to the end.
  public init(_ world: BlockBandit, _ settings: Settings = Settings(), seed: UInt64) {
    self.init(untrained: world, settings, seed: seed)
    while advance() != nil {}
  }

  /// An agent that `advance` is to train.
  public init(untrained world: BlockBandit, _ settings: Settings, seed: UInt64) {
    precondition(world.arms <= 5, "a table over more than five arms is too large")
    self.world = world
    self.settings = settings
    entries = Self.entries(arms: world.arms, digits: bins + 1)
    values = [Double](repeating: 0, count: entries.count / world.arms)
    errors = values
    touches = values
    var random = PCG64(seed: seed)
    let states = (0..<settings.streams).map { _ in world.initialState(after: nil, random: &random) }
    training = Training(
      random: random, states: states, memories: Array(repeating: 0, count: settings.streams), visits: values,
      sums: values)
  }

  /// The arm's own digit, then the others' in ascending order.
  private static func entries(arms: Int, digits: Int) -> [Int] {
    let memories = (0..<arms).reduce(1) { product, _ in product * digits }
    var entries: [Int] = []
    entries.reserveCapacity(memories * arms)
    for memory in 0..<memories {
      var rest = memory
      let own = (0..<arms).map { _ in
        defer { rest /= digits }
        return rest % digits
      }
      for arm in 0..<arms {
        let others = own.indices.filter { $0 != arm }.map { own[$0] }.sorted()
        entries.append(others.reduce(own[arm]) { $0 * digits + $1 })
      }
    }
    return entries
  }

  /// The bin of a reward, 1 ... 13: eleven of equal width between -1.8 and 1.8, and the ends.
  private func bin(_ reward: Double) -> Int {
    if reward < -1.8 { return 1 }
    return min(2 + Int((reward + 1.8) / (3.6 / Double(bins - 2))), bins)
  }

  /// A memory as a number: arm 0 is the lowest digit.
  private func remembered(_ memory: Int, _ arm: Int, _ reward: Double, places: [Int]) -> Int {
    let old = memory / places[arm] % (bins + 1)
    return memory + (bin(reward) - old) * places[arm]
  }

  private var places: [Int] {
    var place = 1
    return (0..<world.arms).map { _ in
      defer { place *= bins + 1 }
      return place
    }
  }

  /// The most valuable arm; of arms with the same memory the first.
  private func greedy(_ memory: Int) -> Int {
    var (best, most) = (0, -Double.infinity)
    for arm in 0..<world.arms {
      let value = values[entries[memory * world.arms + arm]]
      if value > most { (best, most) = (arm, value) }
    }
    return best
  }

  /// Steps of all streams that were made.
  public var steps: Int { training.step }

  /// One step of all streams.
  /// - Returns: Their mean reward; nil (and no step is made) at the end of the training.
  public mutating func advance() -> Double? {
    guard training.step < settings.steps else { return nil }
    let (arms, places) = (world.arms, places)
    let epsilon = max(settings.finalEpsilon, 1 - Double(training.step) / (Double(settings.steps) * 0.5))
    touched.removeAll(keepingCapacity: true)
    var total = 0.0
    for stream in 0..<settings.streams {
      let memory = settings.hasMemory ? training.memories[stream] : 0
      let explores = training.random.uniform() < epsilon
      let arm = explores ? training.random.integer(below: arms) : greedy(memory)
      let reward = world.pull(arm, &training.states[stream], &training.random)
      total += reward
      training.states[stream] = world.initialState(
        after: training.states[stream], random: &training.random)
      training.memories[stream] =
        training.states[stream].isFresh
        ? 0 : remembered(training.memories[stream], arm, reward, places: places)
      let next = settings.hasMemory ? training.memories[stream] : 0
      let most = values[entries[next * arms + greedy(next)]]
      let entry = entries[memory * arms + arm]
      if touches[entry] == 0 { touched.append(entry) }
      touches[entry] += 1
      errors[entry] += reward + settings.episodeDiscount * most - values[entry]
    }
    for entry in touched {
      training.visits[entry] += touches[entry]
      let rate = max(settings.leastStep, 1 / training.visits[entry].squareRoot())
      values[entry] += rate * errors[entry] / touches[entry]
      (errors[entry], touches[entry]) = (0, 0)
    }
    if training.step >= settings.steps / 2 {
      for entry in values.indices { training.sums[entry] += values[entry] }
      training.summed += 1
    }
    training.step += 1
    return total / Double(settings.streams)
  }

  /// Plays greedily.
  /// - Parameter epsilon: 0; anything else fakes exploration (a recipe's fault uses it).
  public func evaluate(streams: Int = 4000, pulls: Int = 200, seed: UInt64, epsilon: Double = 0) -> Evaluation
  {
    var random = PCG64(seed: seed)
    let places = places
    var agent = self
    if training.summed > 0 { agent.values = training.sums.map { $0 / Double(training.summed) } }
    var (total, explored, decisions) = (0.0, 0, 0)
    var sums = [Double](repeating: 0, count: 20)
    var counts = sums
    for _ in 0..<streams {
      var state = world.initialState(after: nil, random: &random)
      var (memory, best, pull) = (0, -Double.infinity, 0)
      for _ in 0..<pulls {
        let arm =
          epsilon > 0 && random.uniform() < epsilon
          ? random.integer(below: world.arms) : agent.greedy(settings.hasMemory ? memory : 0)
        if best > 0.2, best < 0.8, places.contains(where: { memory / $0 % (bins + 1) == 0 }) {
          decisions += 1
          if memory / places[arm] % (bins + 1) == 0 { explored += 1 }
        }
        let reward = world.pull(arm, &state, &random)
        total += reward
        if pull < sums.count {
          sums[pull] += reward
          counts[pull] += 1
        }
        state = world.initialState(after: state, random: &random)
        if state.isFresh {
          (memory, best, pull) = (0, -.infinity, 0)
        } else {
          memory = remembered(memory, arm, reward, places: places)
          best = max(best, reward)
          pull += 1
        }
      }
    }
    return Evaluation(
      reward: total / Double(streams * pulls),
      explorationIndex: decisions == 0 ? 0 : Double(explored) / Double(decisions),
      withinBlock: zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan })
  }
}
