import Foundation

/// A number for every state and action: values Q(s, a), a policy's probabilities, a reward table.
public struct StateActionTable: Sendable, Equatable {
  public let states: Int
  public let actions: Int
  /// State after state.
  public var values: [Double]

  public init(states: Int, actions: Int, repeating value: Double = 0) {
    self.states = states
    self.actions = actions
    values = Array(repeating: value, count: states * actions)
  }

  /// - Precondition: `values` has `states` x `actions` numbers.
  public init(states: Int, actions: Int, values: [Double]) {
    precondition(values.count == states * actions, "\(values.count) numbers for \(states) x \(actions)")
    self.states = states
    self.actions = actions
    self.values = values
  }

  /// The table of a function.
  public init(states: Int, actions: Int, _ value: (_ state: Int, _ action: Int) -> Double) {
    self.init(states: states, actions: actions)
    for state in 0..<states { for action in 0..<actions { self[state, action] = value(state, action) } }
  }

  public subscript(state: Int, action: Int) -> Double {
    get { values[state * actions + action] }
    set { values[state * actions + action] = newValue }
  }

  /// The numbers of one state.
  public func row(_ state: Int) -> ArraySlice<Double> { values[state * actions..<(state + 1) * actions] }

  public func maximum(_ state: Int) -> Double { row(state).max() ?? -.infinity }

  /// The first action with the largest number.
  public func best(_ state: Int) -> Int {
    var best = 0
    for action in 1..<max(actions, 1) where self[state, action] > self[state, best] { best = action }
    return best
  }

  /// An action with the largest number; every one of them is as likely.
  public func best(_ state: Int, random: inout PCG64) -> Int {
    let largest = maximum(state)
    var count = 0
    for value in row(state) where value == largest { count += 1 }
    if count == 1 { return best(state) }
    var left = random.integer(below: max(count, 1))
    for action in 0..<actions where self[state, action] == largest {
      if left == 0 { return action }
      left -= 1
    }
    return best(state)
  }

  /// The actions of one state within `tolerance` of the largest number.
  public func bestActions(_ state: Int, tolerance: Double) -> [Int] {
    let largest = maximum(state)
    return (0..<actions).filter { self[state, $0] >= largest - tolerance }
  }

  /// For every state the actions within `tolerance` of the largest number.
  public func bestActions(tolerance: Double) -> [[Int]] {
    (0..<states).map { bestActions($0, tolerance: tolerance) }
  }

  /// The policy that takes each state's first best action.
  public var greedy: StateActionTable {
    StateActionTable(states: states, actions: actions) { $1 == best($0) ? 1 : 0 }
  }

  /// The policy that takes the actions within `tolerance` of the best, each as often.
  public func greedy(tolerance: Double) -> StateActionTable {
    let best = bestActions(tolerance: tolerance)
    return StateActionTable(states: states, actions: actions) { state, action in
      best[state].contains(action) ? 1 / Double(best[state].count) : 0
    }
  }

  /// exp(values / temperature), normalised in each state.
  public func softmax(temperature: Double = 1) -> StateActionTable {
    var result = self
    for state in 0..<states { result.makeSoftmax(of: self, state, temperature: temperature) }
    return result
  }

  /// Writes the softmax of one state of `table`.
  mutating func makeSoftmax(of table: StateActionTable, _ state: Int, temperature: Double = 1) {
    let largest = table.maximum(state)
    var sum = 0.0
    for action in 0..<actions {
      let weight = exp((table[state, action] - largest) / temperature)
      self[state, action] = weight
      sum += weight
    }
    for action in 0..<actions { self[state, action] /= sum }
  }

  /// An action drawn with the state's numbers as probabilities.
  public func draw(_ state: Int, random: inout PCG64) -> Int {
    var left = random.uniform()
    for action in 0..<actions - 1 {
      left -= self[state, action]
      if left < 0 { return action }
    }
    return actions - 1
  }

  /// The largest absolute difference.
  public func distance(to other: StateActionTable) -> Double {
    zip(values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
