/// How well a shaping reward can be written as gamma Phi(s') - Phi(s).
public struct PotentialFit: Sendable, Equatable {
  /// Phi of every state, 0 where an episode ends.
  public var potential: [Double]
  /// The largest |F(s, a, s') - (gamma Phi(s') - Phi(s))| over all transitions that can happen.
  public var residual: Double
}

extension FiniteMDP {
  /// The potential nearest to F by least squares over all transitions (s, a, s') that can happen, Phi = 0 at
  /// terminal states. F is potential-based, and so harmless, exactly when the residual is 0 (in numbers: below
  /// 1e-9 for rewards of about 1).
  ///
  /// Where the data leave Phi free (discount 1 and no end within reach), one state's Phi is set to 0.
  public func fitPotential(_ extra: (_ state: Int, _ action: Int, _ next: Int) -> Double) -> PotentialFit {
    let open = (0..<states).filter { !isTerminal[$0] }
    let place = Dictionary(uniqueKeysWithValues: open.enumerated().map { ($1, $0) })
    let size = open.count
    if size == 0 { return PotentialFit(potential: Array(repeating: 0, count: states), residual: 0) }
    var normal = [Double](repeating: 0, count: size * size)
    // One row a transition: gamma at s', -1 at s.
    func parts(_ state: Int, _ next: Int) -> [(Int, Double)] {
      if isTerminal[next] { return [(place[state]!, -1)] }
      if next == state { return [(place[state]!, discount - 1)] }
      return [(place[state]!, -1), (place[next]!, discount)]
    }
    func visit(_ body: (_ state: Int, _ action: Int, _ next: Int) -> Void) {
      for state in open {
        for action in 0..<actions {
          for outcome in outcomes(state, action) { body(state, action, outcome.next) }
        }
      }
    }
    visit { state, _, next in
      let row = parts(state, next)
      for (i, a) in row { for (j, b) in row { normal[i * size + j] += a * b } }
    }
    if discount == 1 { for state in loose() { normal[place[state]! * size + place[state]!] += 1 } }
    var potential = [Double](repeating: 0, count: states)
    guard let system = LinearSystem(normal, size: size) else {
      return PotentialFit(potential: potential, residual: .infinity)
    }
    // The second and third rounds remove what rounding left of the normal equations.
    for _ in 0..<3 {
      var right = [Double](repeating: 0, count: size)
      visit { state, action, next in
        let miss = residual(extra(state, action, next), state, next, potential)
        for (i, a) in parts(state, next) { right[i] += a * miss }
      }
      for (index, change) in system.solution(right).enumerated() { potential[open[index]] += change }
    }
    var worst = 0.0
    visit { state, action, next in
      worst = max(worst, abs(residual(extra(state, action, next), state, next, potential)))
    }
    return PotentialFit(potential: potential, residual: worst)
  }

  private func residual(_ extra: Double, _ state: Int, _ next: Int, _ potential: [Double]) -> Double {
    extra - (discount * potential[next] - potential[state])
  }

  /// One state of every weakly connected part from which no terminal state can be told apart.
  private func loose() -> [Int] {
    var parent = Array(0..<states)
    func root(_ state: Int) -> Int {
      var state = state
      while parent[state] != state { state = parent[state] }
      return state
    }
    for state in 0..<states {
      for action in 0..<actions {
        for outcome in outcomes(state, action) where !isTerminal[outcome.next] {
          parent[root(state)] = root(outcome.next)
        }
      }
    }
    var ends: Set<Int> = []
    for state in 0..<states {
      for action in 0..<actions where outcomes(state, action).contains(where: { isTerminal[$0.next] }) {
        ends.insert(root(state))
      }
    }
    return (0..<states).filter { !isTerminal[$0] && root($0) == $0 && !ends.contains($0) }
  }
}

/// What a shaping reward does to a finite process.
public struct InvarianceReport: Sendable {
  public var fit: PotentialFit
  /// The states, terminal ones left out, in which the optimal actions differ.
  public var changedStates: [Int]
  /// 1 - changed states / states.
  public var agreement: Double
  /// The best value from the start, in the unshaped rewards.
  public var optimum: Double
  /// What the shaped optimum's first-best policy is worth in the unshaped rewards.
  public var value: Double
  /// A cycle that pays without end, if there is one.
  public var loop: RewardLoop?

  /// Whether both tests pass: F is a potential's, and the optimal actions are the same everywhere.
  public var isInvariant: Bool { fit.residual < 1e-9 && changedStates.isEmpty }
}

/// A cycle of states along which a shaping reward adds up.
public struct RewardLoop: Sendable, Equatable {
  public var states: [Int]
  /// The action taken in each of them.
  public var actions: [Int]
  /// What one turn pays beyond the nearest potential-based shaping.
  public var gain: Double
}

extension FiniteMDP {
  /// Tests whether F leaves the optimal policies as they are.
  /// - Parameter tolerance: How near to the best an action must be to count as optimal.
  public func invariance(
    of extra: (_ state: Int, _ action: Int, _ next: Int) -> Double, tolerance: Double = 1e-7
  ) throws(FiniteMDPError) -> InvarianceReport {
    let shaped = adding(extra)
    let (before, after) = (optimalActionValues(), shaped.optimalActionValues())
    let open = (0..<states).filter { !isTerminal[$0] }
    let changed = open.filter {
      before.bestActions($0, tolerance: tolerance) != after.bestActions($0, tolerance: tolerance)
    }
    let fit = fitPotential(extra)
    return InvarianceReport(
      fit: fit, changedStates: changed, agreement: 1 - Double(changed.count) / Double(max(open.count, 1)),
      optimum: try value(of: before.greedy), value: try value(of: after.greedy),
      loop: rewardLoop(extra, beyond: fit))
  }

  /// A cycle whose expected shaping rewards, beyond what the potential `beyond` explains, add up to more than
  /// `tolerance` (Bellman and Ford). An edge leads from a state to the likeliest outcome of an action and carries
  /// the action's expected shaping reward; with random outcomes such a cycle is walked only most of the time.
  public func rewardLoop(
    _ extra: (_ state: Int, _ action: Int, _ next: Int) -> Double, beyond fit: PotentialFit,
    tolerance: Double = 1e-7
  ) -> RewardLoop? {
    struct Edge { var from, to, action: Int, gain: Double }
    var edges: [Edge] = []
    for state in 0..<states where !isTerminal[state] {
      for action in 0..<actions {
        let gain = outcomes(state, action).reduce(0) { sum, outcome in
          sum + outcome.probability
            * residual(extra(state, action, outcome.next), state, outcome.next, fit.potential)
        }
        let likeliest = outcomes(state, action).max { $0.probability < $1.probability }!
        if !isTerminal[likeliest.next] {
          edges.append(Edge(from: state, to: likeliest.next, action: action, gain: gain - tolerance))
        }
      }
    }
    var best = [Double](repeating: 0, count: states)
    var reached = [Int](repeating: -1, count: states)
    var last = -1
    for _ in 0..<states {
      last = -1
      for (index, edge) in edges.enumerated() where best[edge.from] + edge.gain > best[edge.to] + 1e-12 {
        best[edge.to] = best[edge.from] + edge.gain
        reached[edge.to] = index
        last = edge.to
      }
      if last < 0 { return nil }
    }
    for _ in 0..<states { last = edges[reached[last]].from }
    var cycle: [Edge] = []
    var state = last
    repeat {
      let edge = edges[reached[state]]
      cycle.append(edge)
      state = edge.from
    } while state != last
    cycle.reverse()
    return RewardLoop(
      states: cycle.map(\.from), actions: cycle.map(\.action),
      gain: cycle.reduce(0) { $0 + $1.gain + tolerance })
  }

  /// The process with the rewards that a shaper makes of its own, for shapers that look at the transition only.
  /// - Throws: `notStationary` for the others, and what `begin` throws.
  public func shaped(by shaper: some TransitionShaper) throws(ShapingError) -> FiniteMDP {
    guard shaper.isStationary else { throw .notStationary }
    var shaper = shaper
    try shaper.begin(
      ShapingSetting(
        observationSpace: .discrete(states), actionSpace: .discrete(actions), discount: discount))
    return withRewards { state, action, outcome in
      shaper.shape(
        state: state, action: action, next: outcome.next, reward: outcome.reward,
        terminated: isTerminal[outcome.next])
    }
  }
}
