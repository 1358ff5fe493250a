/// Rewards designed for the learner as it is now (ExpAdaRD: Devidze, Kamalaruban and Singla 2024).
///
/// R = F w with few weights; the optimal gaps are kept as in `ExplicableRewardDesign`, and among those the design
/// maximises what one policy-gradient step on R would gain, seen with the teacher's advantages:
/// I_L(R) = sum mu_T(s) mu_L(s, a) pi_L(a|s) [A_T(s, a) - E_b A_T(s, b)] [R(s, a) - E_b R(s, b)].
public struct AdaptiveRewardDesign: Sendable {
  public let gaps: OptimalityGaps
  public let limit: Double
  /// Which weight pays each pair s x actions + a; nil pays nothing. Several weights may pay one pair.
  private let payers: [[Int]]
  private let weights: Int
  private let teacherShares: [Double]
  private let advantages: StateActionTable
  private let rows: [[Double]]
  private let bounds: [Double]

  /// - Parameters:
  ///   - features: For every state the features it has; each feature has a weight for every action.
  ///   - teacherExploration: The teacher's visitation is that of the optimal policy with this share of random
  ///     actions.
  public init(
    _ process: FiniteMDP, features: [[Int]], limit: Double, teacherExploration: Double = 0.4
  ) throws(OptimalityGaps.Failure) {
    precondition(features.count == process.states, "\(features.count) rows of features")
    let gaps = try OptimalityGaps(process)
    self.gaps = gaps
    self.limit = limit
    let (states, actions) = (process.states, process.actions)
    weights = ((features.joined().max() ?? -1) + 1) * actions
    let payers = (0..<states * actions).map { pair in
      features[pair / actions].map { $0 * actions + pair % actions }
    }
    self.payers = payers
    let optimal = gaps.values.greedy(tolerance: 1e-8)
    var teacher = optimal
    for index in teacher.values.indices {
      teacher.values[index] =
        (1 - teacherExploration) * optimal.values[index] + teacherExploration / Double(actions)
    }
    do { teacherShares = try process.visitation(of: teacher) } catch { throw .neverEnds }
    advantages = StateActionTable(states: states, actions: actions) { state, action in
      gaps.values[state, action] - gaps.values.maximum(state)
    }
    let suboptimal = Set(gaps.suboptimal)
    let kept = (0..<states * actions).filter { $0 % actions != gaps.target[$0 / actions] }
    rows = kept.map { pair in
      Self.project(gaps.matrix[pair], payers, ((features.joined().max() ?? -1) + 1) * actions)
    }
    bounds = kept.map { suboptimal.contains($0) ? gaps.gaps[$0 / actions] / (1 + 1e-5) : 0 }
  }

  private static func project(_ row: [Double], _ payers: [[Int]], _ weights: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: weights)
    for (pair, list) in payers.enumerated() { for weight in list { sums[weight] += row[pair] } }
    return sums
  }

  private func rewards(_ weights: [Double]) -> StateActionTable {
    StateActionTable(
      states: gaps.process.states, actions: gaps.process.actions,
      values: payers.map { $0.reduce(0) { $0 + weights[$1] } })
  }

  /// How much I_L(R) grows with the reward of each pair, for a learner with this policy.
  public func slopes(for policy: StateActionTable) throws(FiniteMDPError) -> StateActionTable {
    let shares = try gaps.process.visitation(of: policy)
    let actions = policy.actions
    var slopes = StateActionTable(states: policy.states, actions: actions)
    for state in 0..<policy.states {
      let mean = (0..<actions).reduce(0) { $0 + policy[state, $1] * advantages[state, $1] }
      var sum = 0.0
      for action in 0..<actions {
        let probability = policy[state, action]
        slopes[state, action] =
          teacherShares[state] * shares[state] * probability * probability
          * (advantages[state, action] - mean)
        sum += slopes[state, action]
      }
      for action in 0..<actions { slopes[state, action] -= policy[state, action] * sum }
    }
    return slopes
  }

  /// I_L(R): how much one policy-gradient step on this reward would help this learner.
  public func informativeness(of rewards: StateActionTable, for policy: StateActionTable)
    throws(FiniteMDPError)
    -> Double
  {
    dot(try slopes(for: policy).values, rewards.values)
  }

  /// The reward that helps a learner with this policy most.
  /// - Returns: nil when no reward of this structure keeps the gaps within the limit, or when the policy is
  ///   deterministic and nothing would help (keep the reward in use).
  public func design(for policy: StateActionTable) throws(FiniteMDPError) -> StateActionTable? {
    try design(for: policy, sign: 1)
  }

  /// The reward that helps a learner with this policy least: what the design is worth shows in the difference.
  public func worstDesign(for policy: StateActionTable) throws(FiniteMDPError) -> StateActionTable? {
    try design(for: policy, sign: -1)
  }

  private func design(for policy: StateActionTable, sign: Double) throws(FiniteMDPError) -> StateActionTable?
  {
    let slopes = Self.project(try slopes(for: policy).values, payers, weights)
    let scale = slopes.reduce(0) { max($0, abs($1)) }
    if scale < 1e-300 { return nil }
    return solve(slopes.map { -sign * $0 / scale })
  }

  private func solve(_ costs: [Double]) -> StateActionTable? {
    var program = LinearProgram(
      minimising: costs, low: Array(repeating: -limit, count: weights),
      high: Array(repeating: limit, count: weights))
    for (row, bound) in zip(rows, bounds) { program.add(row, from: bound) }
    guard case .optimal(let solution) = program.solve() else { return nil }
    return rewards(solution.x)
  }

  /// The smallest reward (Euclidean length of the weights) that keeps the gaps: invariance alone, without a thought
  /// for the learner.
  public func smallestDesign() -> StateActionTable? {
    shortestPoint(satisfying: rows, atLeast: bounds, tolerance: 1e-7).map(rewards)
  }

  /// The design of `ExplicableRewardDesign`'s objective with this structure.
  public func staticDesign(horizons: [Int] = [1, 4, 8, 16, 32]) -> StateActionTable? {
    let process = gaps.process
    let open = (0..<process.states).filter { gaps.optimal[$0].count < process.actions }
    let place = Dictionary(uniqueKeysWithValues: open.enumerated().map { ($1, $0) })
    let slacks = horizons.count * open.count
    var program = LinearProgram(
      minimising: Array(repeating: 0, count: weights) + Array(repeating: 1, count: slacks),
      low: Array(repeating: -limit, count: weights) + Array(repeating: 0, count: slacks),
      high: Array(repeating: limit, count: weights) + Array(repeating: .infinity, count: slacks))
    for (row, bound) in zip(rows, bounds) {
      program.add(row + Array(repeating: 0, count: slacks), from: bound)
    }
    for (index, horizon) in horizons.enumerated() {
      let matrix = gaps.matrix(horizon: horizon)
      for pair in gaps.suboptimal {
        let state = pair / process.actions
        var slack = [Double](repeating: 0, count: slacks)
        slack[index * open.count + place[state]!] = 1
        program.add(Self.project(matrix[pair], payers, weights) + slack, from: gaps.gaps[state])
      }
    }
    guard case .optimal(let solution) = program.solve() else { return nil }
    return rewards(Array(solution.x[..<weights]))
  }
}
