import Foundation

extension FiniteMDP {
  /// Q(s, a) = sum_s' p (r + gamma V(s')), with V = 0 in terminal states.
  public func actionValues(of values: [Double]) -> StateActionTable {
    var table = StateActionTable(states: states, actions: actions)
    for state in 0..<states where !isTerminal[state] {
      for action in 0..<actions { table[state, action] = backup(state, action, values) }
    }
    return table
  }

  private func backup(_ state: Int, _ action: Int, _ values: [Double]) -> Double {
    var sum = 0.0
    for outcome in outcomes(state, action) {
      sum +=
        outcome.probability
        * (outcome.reward + (isTerminal[outcome.next] ? 0 : discount * values[outcome.next]))
    }
    return sum
  }

  /// The optimal Q by value iteration (Bellman 1957), Gauss-Seidel sweeps.
  /// - Parameters:
  ///   - tolerance: Sweeps end when no value changes by more.
  ///   - maximumSweeps: A guard for discount 1; the last iterate is returned.
  public func optimalActionValues(tolerance: Double = 1e-12, maximumSweeps: Int = 100_000)
    -> StateActionTable
  {
    sweep(tolerance, maximumSweeps) { state, values in
      var best = -Double.infinity
      for action in 0..<actions { best = max(best, backup(state, action, values)) }
      return best
    }
  }

  /// The Q of the entropy-regularised optimum (soft value iteration; Ziebart 2010): V = T log sum exp(Q / T).
  /// - Parameter temperature: T > 0.
  public func softActionValues(temperature: Double, tolerance: Double = 1e-12, maximumSweeps: Int = 100_000)
    -> StateActionTable
  {
    precondition(temperature > 0, "a temperature of \(temperature)")
    return sweep(tolerance, maximumSweeps) { state, values in
      temperature * logSumExp((0..<actions).map { backup(state, $0, values) / temperature })
    }
  }

  private func sweep(_ tolerance: Double, _ limit: Int, _ value: (Int, [Double]) -> Double)
    -> StateActionTable
  {
    var values = [Double](repeating: 0, count: states)
    for _ in 0..<limit {
      var change = 0.0
      for state in 0..<states where !isTerminal[state] {
        let new = value(state, values)
        change = max(change, abs(new - values[state]))
        values[state] = new
      }
      if change <= tolerance { break }
    }
    return actionValues(of: values)
  }

  /// The values of a policy (a table of probabilities): V = (I - gamma P)^-1 r, solved directly.
  /// - Throws: `neverEnds` when discount 1 leaves no solution.
  public func values(of policy: StateActionTable) throws(FiniteMDPError) -> [Double] {
    var right = [Double](repeating: 0, count: states)
    let matrix = bellmanMatrix(of: policy) { state, action, probability in
      for outcome in outcomes(state, action) {
        right[state] += probability * outcome.probability * outcome.reward
      }
    }
    guard let system = LinearSystem(matrix, size: states) else { throw .neverEnds }
    return system.solution(right)
  }

  /// I - gamma P under a policy, row by row; `visit` sees every state and action with its probability.
  private func bellmanMatrix(
    of policy: StateActionTable, _ visit: (_ state: Int, _ action: Int, _ probability: Double) -> Void
  ) -> [Double] {
    var matrix = [Double](repeating: 0, count: states * states)
    for state in 0..<states {
      matrix[state * states + state] = 1
      if isTerminal[state] { continue }
      for action in 0..<actions where policy[state, action] != 0 {
        visit(state, action, policy[state, action])
        for outcome in outcomes(state, action) where !isTerminal[outcome.next] {
          matrix[state * states + outcome.next] -= discount * policy[state, action] * outcome.probability
        }
      }
    }
    return matrix
  }

  /// The expected discounted return of a policy from the start.
  public func value(of policy: StateActionTable) throws(FiniteMDPError) -> Double {
    zip(try values(of: policy), start).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// A deterministic optimal policy by Howard's policy iteration (1960) and its Q.
  public func policyIteration(tolerance: Double = 1e-10) throws(FiniteMDPError) -> (
    policy: [Int], values: StateActionTable
  ) {
    var policy = [Int](repeating: 0, count: states)
    while true {
      let table = StateActionTable(states: states, actions: actions) { policy[$0] == $1 ? 1 : 0 }
      let values = actionValues(of: try values(of: table))
      var isStable = true
      for state in 0..<states where values.maximum(state) > values[state, policy[state]] + tolerance {
        policy[state] = values.best(state)
        isStable = false
      }
      if isStable { return (policy, values) }
    }
  }

  /// Where one is a step later under a policy: the distribution over states, given the one before. Terminal states
  /// keep their share.
  public func distribution(after before: [Double], under policy: StateActionTable) -> [Double] {
    var next = [Double](repeating: 0, count: states)
    for state in 0..<states where before[state] > 0 {
      if isTerminal[state] {
        next[state] += before[state]
        continue
      }
      for action in 0..<actions {
        for outcome in outcomes(state, action) {
          next[outcome.next] += before[state] * policy[state, action] * outcome.probability
        }
      }
    }
    return next
  }

  /// The discounted share of time in each state under a policy: (1 - gamma) sum_t gamma^t Pr(s_t = s), terminal
  /// states left out and the rest scaled to sum 1.
  public func visitation(of policy: StateActionTable) throws(FiniteMDPError) -> [Double] {
    let matrix = bellmanMatrix(of: policy) { _, _, _ in }
    var transposed = matrix
    for row in 0..<states {
      for column in 0..<states { transposed[row * states + column] = matrix[column * states + row] }
    }
    guard let system = LinearSystem(transposed, size: states) else { throw .neverEnds }
    var shares = system.solution(start)
    for state in 0..<states where isTerminal[state] { shares[state] = 0 }
    let sum = shares.reduce(0, +)
    return sum > 0 ? shares.map { $0 / sum } : shares
  }

  /// The reward table that makes `table` the optimal Q: R = Q - gamma E[max Q(s')] (the inverse Bellman operator).
  public func inverseBellman(_ table: StateActionTable) -> StateActionTable {
    inverse(table) { table.maximum($0) }
  }

  /// The reward table that makes `table` the soft optimal Q: R = Q - gamma E[T log sum exp(Q(s') / T)].
  public func inverseSoftBellman(_ table: StateActionTable, temperature: Double) -> StateActionTable {
    inverse(table) { state in temperature * logSumExp(table.row(state).map { $0 / temperature }) }
  }

  private func inverse(_ table: StateActionTable, _ value: (Int) -> Double) -> StateActionTable {
    let values = (0..<states).map { isTerminal[$0] ? 0 : value($0) }
    return StateActionTable(states: states, actions: actions) { state, action in
      if isTerminal[state] { return 0 }
      return table[state, action]
        - outcomes(state, action).reduce(0) { $0 + $1.probability * discount * values[$1.next] }
    }
  }

  /// The best action for every number of steps left (backward induction), undiscounted.
  /// - Returns: `horizon` lists, the first for the first step; each state's first best action.
  public func plan(horizon: Int) -> [[Int]] {
    var values = [Double](repeating: 0, count: states)
    var plan: [[Int]] = []
    for _ in 0..<horizon {
      var next = [Double](repeating: 0, count: states)
      var choice = [Int](repeating: 0, count: states)
      for state in 0..<states where !isTerminal[state] {
        var best = -Double.infinity
        for action in 0..<actions {
          var sum = 0.0
          for outcome in outcomes(state, action) {
            sum += outcome.probability * (outcome.reward + values[outcome.next])
          }
          if sum > best { (best, choice[state]) = (sum, action) }
        }
        next[state] = best
      }
      values = next
      plan.append(choice)
    }
    return plan.reversed()
  }

  /// A random process (Archibald, McKinnon and Thomas 1995): every state and action leads to `branches` random
  /// states with random probabilities; rewards of states and actions are standard normal.
  public static func garnet(
    states: Int, actions: Int, branches: Int, discount: Double = 0.95, seed: UInt64
  ) throws(FiniteMDPError) -> FiniteMDP {
    precondition((1...states).contains(branches), "\(branches) branches among \(states) states")
    var random = PCG64(seed: seed)
    let start = [Double](repeating: 1 / Double(states), count: states)
    return try FiniteMDP(states: states, actions: actions, discount: discount, start: start) { _, _ in
      var pool = Array(0..<states)
      for index in 0..<branches { pool.swapAt(index, index + random.integer(below: states - index)) }
      let cuts = [0] + (0..<branches - 1).map { _ in random.uniform() }.sorted() + [1]
      let reward = random.normal()
      return (0..<branches).map {
        Outcome(pool[$0], probability: cuts[$0 + 1] - cuts[$0], reward: reward)
      }
    }
  }
}
