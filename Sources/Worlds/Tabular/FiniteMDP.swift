/// Why a table is no Markov decision process.
public enum FiniteMDPError: Error, Sendable, Equatable, CustomStringConvertible {
  case probabilities(state: Int, action: Int, sum: Double)
  case unknownState(Int, state: Int, action: Int)
  case noOutcome(state: Int, action: Int)
  case start(sum: Double)
  case discount(Double)
  /// (I - gamma P) is singular: with discount 1 the policy never ends.
  case neverEnds

  public var description: String {
    switch self {
    case .probabilities(let state, let action, let sum):
      "the probabilities of state \(state), action \(action) sum to \(sum), not 1"
    case .unknownState(let next, let state, let action):
      "state \(state), action \(action) leads to state \(next), which does not exist"
    case .noOutcome(let state, let action):
      "state \(state), action \(action) leads nowhere; mark the state as terminal or say what follows"
    case .start(let sum): "the start probabilities sum to \(sum), not 1"
    case .discount(let discount): "a discount of \(discount) is not in 0 ... 1"
    case .neverEnds:
      "the values are not finite: with discount 1 every policy must end; take a discount below 1"
    }
  }
}

/// A Markov decision process with finitely many states and actions, its outcomes listed sparsely.
///
/// Terminal states have value 0 and no outcomes. Rewards belong to transitions (s, a, s').
public struct FiniteMDP: Sendable {
  /// What may follow a state and an action.
  public struct Outcome: Sendable, Equatable {
    public var next: Int
    public var probability: Double
    public var reward: Double

    public init(_ next: Int, probability: Double = 1, reward: Double = 0) {
      self.next = next
      self.probability = probability
      self.reward = reward
    }
  }

  public let states: Int
  public let actions: Int
  public var discount: Double
  public let isTerminal: [Bool]
  /// The probability with which an episode begins in each state.
  public let start: [Double]
  private var table: [Outcome] = []
  private var offsets: [Int] = [0]

  /// - Parameters:
  ///   - start: One probability a state.
  ///   - outcomes: Called for every state that is not terminal and every action. Outcomes of probability 0 are
  ///     dropped, several to the same state are kept.
  public init(
    states: Int, actions: Int, discount: Double, terminal: Set<Int> = [], start: [Double],
    outcomes: (_ state: Int, _ action: Int) -> [Outcome]
  ) throws(FiniteMDPError) {
    precondition(states >= 1 && actions >= 1, "\(states) states and \(actions) actions")
    guard (0...1).contains(discount) else { throw .discount(discount) }
    let sum = start.reduce(0, +)
    guard start.count == states, start.allSatisfy({ $0 >= 0 }), abs(sum - 1) < 1e-9 else {
      throw .start(sum: sum)
    }
    self.states = states
    self.actions = actions
    self.discount = discount
    self.start = start
    isTerminal = (0..<states).map(terminal.contains)
    for state in 0..<states {
      for action in 0..<actions {
        if !isTerminal[state] {
          let list = outcomes(state, action).filter { $0.probability != 0 }
          guard !list.isEmpty else { throw .noOutcome(state: state, action: action) }
          let sum = list.reduce(0) { $0 + $1.probability }
          guard abs(sum - 1) < 1e-9, list.allSatisfy({ $0.probability > 0 && $0.reward.isFinite }) else {
            throw .probabilities(state: state, action: action, sum: sum)
          }
          if let wrong = list.first(where: { !(0..<states).contains($0.next) }) {
            throw .unknownState(wrong.next, state: state, action: action)
          }
          table += list
        }
        offsets.append(table.count)
      }
    }
  }

  /// Like above, beginning always in one state.
  public init(
    states: Int, actions: Int, discount: Double, terminal: Set<Int> = [], start: Int,
    outcomes: (_ state: Int, _ action: Int) -> [Outcome]
  ) throws(FiniteMDPError) {
    try self.init(
      states: states, actions: actions, discount: discount, terminal: terminal,
      start: (0..<states).map { $0 == start ? 1 : 0 }, outcomes: outcomes)
  }

  /// What may follow; empty in a terminal state.
  public func outcomes(_ state: Int, _ action: Int) -> ArraySlice<Outcome> {
    let place = state * actions + action
    return table[offsets[place]..<offsets[place + 1]]
  }

  /// The expected reward of every state and action.
  public var rewards: StateActionTable {
    StateActionTable(states: states, actions: actions) { state, action in
      outcomes(state, action).reduce(0) { $0 + $1.probability * $1.reward }
    }
  }

  /// The same process with other rewards on its transitions.
  public func withRewards(
    _ reward: (_ state: Int, _ action: Int, _ outcome: Outcome) -> Double
  ) -> FiniteMDP {
    var copy = self
    for state in 0..<states {
      for action in 0..<actions {
        let place = state * actions + action
        for index in offsets[place]..<offsets[place + 1] {
          copy.table[index].reward = reward(state, action, table[index])
        }
      }
    }
    return copy
  }

  /// The same process, paid by state and action only.
  public func withRewards(_ rewards: StateActionTable) -> FiniteMDP {
    withRewards { state, action, _ in rewards[state, action] }
  }

  /// The same process with F(s, a, s') added to its rewards.
  public func adding(_ extra: (_ state: Int, _ action: Int, _ next: Int) -> Double) -> FiniteMDP {
    withRewards { state, action, outcome in outcome.reward + extra(state, action, outcome.next) }
  }

  /// A state in which an episode begins.
  public func drawStart(random: inout PCG64) -> Int {
    var left = random.uniform()
    for state in 0..<states where start[state] > 0 {
      left -= start[state]
      if left < 0 { return state }
    }
    return start.lastIndex { $0 > 0 } ?? 0
  }

  /// What follows, drawn.
  /// - Precondition: The state is not terminal.
  public func draw(_ state: Int, _ action: Int, random: inout PCG64) -> Outcome {
    let place = state * actions + action
    let (from, to) = (offsets[place], offsets[place + 1])
    precondition(from < to, "an action in terminal state \(state)")
    var left = random.uniform()
    for index in from..<to - 1 {
      left -= table[index].probability
      if left < 0 { return table[index] }
    }
    return table[to - 1]
  }
}
