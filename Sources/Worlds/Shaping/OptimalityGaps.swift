/// What a designed reward must keep: which actions are optimal in a finite process, and by how much.
///
/// Linear algebra on state-action pairs, O((states x actions)^3): at most 2,000 pairs.
public struct OptimalityGaps: Sendable {
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(pairs: Int)
    case neverEnds

    public var description: String {
      switch self {
      case .tooLarge(let pairs):
        "reward design works on dense matrices: \(pairs) state-action pairs are above the limit of 2000; "
          + "group states first"
      case .neverEnds: "I - gamma P is singular: take a discount below 1"
      }
    }
  }

  public let process: FiniteMDP
  /// The target policy: each state's first best action.
  public let target: [Int]
  /// The actions as good as the best within 1e-8.
  public let optimal: [[Int]]
  /// How much the nearest action that is not optimal loses, in each state; 0 where all are optimal.
  public let gaps: [Double]
  /// The optimal Q.
  public let values: StateActionTable
  /// Row (s, a): the weights that turn a reward table into Q(s, target) - Q(s, a).
  let matrix: [[Double]]
  private let transfer: [[(pair: Int, weight: Double)]]

  public init(_ process: FiniteMDP, tolerance: Double = 1e-8) throws(Failure) {
    let (states, actions) = (process.states, process.actions)
    let pairs = states * actions
    guard pairs <= 2000 else { throw .tooLarge(pairs: pairs) }
    self.process = process
    let values = process.optimalActionValues(tolerance: 1e-13)
    self.values = values
    let target = (0..<states).map { state in values.bestActions(state, tolerance: 1e-11)[0] }
    self.target = target
    let optimal = values.bestActions(tolerance: tolerance)
    self.optimal = optimal
    gaps = (0..<states).map { state in
      let rest = (0..<actions).filter { !optimal[state].contains($0) }
      return rest.map { values[state, target[state]] - values[state, $0] }.min() ?? 0
    }
    // gamma P of pairs under the target policy.
    transfer = (0..<pairs).map { pair in
      process.outcomes(pair / actions, pair % actions).filter { !process.isTerminal[$0.next] }.map {
        ($0.next * actions + target[$0.next], process.discount * $0.probability)
      }
    }
    var bellman = [Double](repeating: 0, count: pairs * pairs)
    for pair in 0..<pairs {
      bellman[pair * pairs + pair] += 1
      // Transposed, so that a solution is a row of the inverse.
      for (other, weight) in transfer[pair] { bellman[other * pairs + pair] -= weight }
    }
    guard let system = LinearSystem(bellman, size: pairs) else { throw .neverEnds }
    let rows = (0..<pairs).map { pair in
      var unit = [Double](repeating: 0, count: pairs)
      unit[pair] = 1
      return system.solution(unit)
    }
    matrix = Self.differences(rows, target, actions)
  }

  private static func differences(_ rows: [[Double]], _ target: [Int], _ actions: Int) -> [[Double]] {
    rows.indices.map { pair in
      let best = rows[pair / actions * actions + target[pair / actions]]
      return zip(best, rows[pair]).map { $0 - $1 }
    }
  }

  /// The same for returns cut off after `horizon` further steps: I + gamma P + ... + (gamma P)^horizon.
  func matrix(horizon: Int) -> [[Double]] {
    let pairs = transfer.count
    // sum_k (gamma P)^k by Horner's rule: S <- I + (gamma P) S.
    var sum = [[Double]](repeating: [Double](repeating: 0, count: pairs), count: pairs)
    for pair in 0..<pairs { sum[pair][pair] = 1 }
    for _ in 0..<horizon {
      var next = [[Double]](repeating: [Double](repeating: 0, count: pairs), count: pairs)
      for pair in 0..<pairs {
        next[pair][pair] = 1
        for (other, weight) in transfer[pair] {
          for column in 0..<pairs { next[pair][column] += weight * sum[other][column] }
        }
      }
      sum = next
    }
    return Self.differences(sum, target, process.actions)
  }

  /// The pairs (s, a) whose action is not optimal, as s x actions + a.
  var suboptimal: [Int] {
    (0..<process.states * process.actions).filter { pair in
      !optimal[pair / process.actions].contains(pair % process.actions)
    }
  }

  /// Whether a reward table keeps the target policy's gaps in every state: the smallest of
  /// (new gap - old gap) over the states that have one; at least 0 (within rounding) when it does.
  ///
  /// Also looks at the actions tied with the target's: they may not become better than it.
  public func smallestMargin(of rewards: StateActionTable) -> Double {
    var smallest = Double.infinity
    for pair in matrix.indices {
      let (state, action) = (pair / process.actions, pair % process.actions)
      if action == target[state] { continue }
      let advantage = dot(matrix[pair], rewards.values)
      smallest = min(smallest, optimal[state].contains(action) ? advantage : advantage - gaps[state])
    }
    return smallest
  }
}
