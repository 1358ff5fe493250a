/// Rewards on few states that keep the optimal policy and tell a learner soon what is right (EXPRD: Devidze et al.
/// 2021).
///
/// Among all reward tables that are 0 outside some states, bounded by `limit`, and under which every suboptimal
/// action loses at least as much as before, the design maximises the informativeness
/// I(R) = -1 / (|H| S) sum_h sum_s max(0, max_a (delta(s) - (G_h R)(s, a))), where G_h R is the gap that shows within
/// h steps. That is a linear program.
public struct ExplicableRewardDesign: Sendable {
  public let gaps: OptimalityGaps
  /// |R| <= limit.
  public let limit: Double
  public let horizons: [Int]
  private let horizonMatrices: [[[Double]]]
  /// The gap asked for: a touch less than the original's, so that it can be met with equality.
  private let wanted: [Double]

  /// A design, or why there is none.
  public enum Outcome: Sendable {
    /// `informativeness` is at most 0; 0 says that every horizon shows the whole gap.
    case design(rewards: StateActionTable, informativeness: Double)
    /// The gap cannot be kept in these states with rewards on the chosen states within the limit: raise the limit
    /// or choose more states.
    case infeasible(states: [Int])
    case failed(String)
  }

  public init(_ process: FiniteMDP, limit: Double, horizons: [Int] = [1, 4, 8, 16, 32])
    throws(OptimalityGaps.Failure)
  {
    precondition(limit > 0 && !horizons.isEmpty, "a limit of \(limit), \(horizons.count) horizons")
    gaps = try OptimalityGaps(process)
    self.limit = limit
    self.horizons = horizons
    horizonMatrices = horizons.map(gaps.matrix(horizon:))
    wanted = gaps.gaps.map { $0 / (1 + 1e-5) }
  }

  private var process: FiniteMDP { gaps.process }

  /// I(R) of any reward table: 0 at best.
  public func informativeness(of rewards: StateActionTable) -> Double {
    var total = 0.0
    for matrix in horizonMatrices {
      var worst = [Double](repeating: 0, count: process.states)
      for pair in gaps.suboptimal {
        let state = pair / process.actions
        worst[state] = max(worst[state], wanted[state] - dot(matrix[pair], rewards.values))
      }
      total += worst.reduce(0, +)
    }
    return -total / Double(horizons.count * process.states)
  }

  /// The most informative reward on these states.
  /// - Parameter isSmall: Among all most informative ones, the one with the smallest sum of absolute rewards (a second
  ///   linear program). Otherwise some corner of the optimal set, often with rewards at the limit.
  public func design(on states: [Int], isSmall: Bool = false) -> Outcome {
    let actions = process.actions
    let columns = states.flatMap { state in (0..<actions).map { state * actions + $0 } }
    let open = (0..<process.states).filter { gaps.optimal[$0].count < actions }
    let place = Dictionary(uniqueKeysWithValues: open.enumerated().map { ($1, $0) })
    let slacks = horizons.count * open.count
    let weight = 1 / Double(horizons.count * process.states)
    // Rewards up, rewards down, slacks.
    let count = columns.count
    var program = LinearProgram(
      minimising: Array(repeating: 0, count: 2 * count) + Array(repeating: weight, count: slacks),
      low: Array(repeating: 0, count: 2 * count + slacks),
      high: Array(repeating: limit, count: 2 * count) + Array(repeating: .infinity, count: slacks))
    var states: [Int] = []
    func add(_ matrix: [Double], _ state: Int, slack: Int?, atLeast bound: Double) {
      var row = columns.map { matrix[$0] } + columns.map { -matrix[$0] } + Array(repeating: 0, count: slacks)
      if let slack { row[2 * count + slack] = 1 }
      program.add(row, from: bound)
      states.append(state)
    }
    let suboptimal = Set(gaps.suboptimal)
    for pair in gaps.matrix.indices where pair % actions != gaps.target[pair / actions] {
      let bound = suboptimal.contains(pair) ? wanted[pair / actions] : 0
      add(gaps.matrix[pair], pair / actions, slack: nil, atLeast: bound)
    }
    for (index, matrix) in horizonMatrices.enumerated() {
      for pair in gaps.suboptimal {
        let state = pair / actions
        add(matrix[pair], state, slack: index * open.count + place[state]!, atLeast: wanted[state])
      }
    }
    var outcome = program.solve()
    if isSmall, case .optimal(let solution) = outcome {
      program.add(program.costs, to: solution.objective + 1e-9)
      program.costs = Array(repeating: 1, count: 2 * count) + Array(repeating: 0, count: slacks)
      outcome = program.solve()
    }
    switch outcome {
    case .optimal(let solution):
      var rewards = StateActionTable(states: process.states, actions: actions)
      for (index, column) in columns.enumerated() {
        rewards.values[column] = solution.x[index] - solution.x[count + index]
      }
      let missing = solution.x[(2 * count)...].reduce(0, +)
      return .design(rewards: rewards, informativeness: -weight * missing)
    case .infeasible(let rows): return .infeasible(states: Set(rows.map { states[$0] }).sorted())
    case .unbounded: return .failed("unbounded")
    case .failed(let reason): return .failed(reason)
    }
  }

  /// Adds the state that helps most, `budget` times (greedy; ties go to the earlier candidate).
  /// - Parameters:
  ///   - start: The states that have rewards anyway (goals).
  ///   - map: Designs for every candidate; give a parallel one to use several threads.
  /// - Returns: The states in the order chosen, and the design after each, the start's first.
  public func greedyDesign(
    start: [Int], candidates: [Int], budget: Int,
    map: (([[Int]], @escaping @Sendable ([Int]) -> Outcome) throws -> [Outcome])? = nil
  ) throws -> [(states: [Int], outcome: Outcome)] {
    var chosen = start
    var steps = [(chosen, design(on: chosen))]
    for _ in 0..<budget {
      let options = candidates.filter { !chosen.contains($0) }.map { chosen + [$0] }
      var best: (states: [Int], outcome: Outcome, value: Double)?
      for (states, outcome) in zip(
        options, try map?(options, { design(on: $0) }) ?? options.map { design(on: $0) })
      {
        guard case .design(_, let value) = outcome, value > (best?.value ?? -.infinity) + 1e-12 else {
          continue
        }
        best = (states, outcome, value)
      }
      guard let best else { break }
      chosen = best.states
      steps.append((chosen, best.outcome))
    }
    return steps
  }
}
