import Rewards

/// Two agents on a 4 x 4 grid, each with a gem of its own and one that both must take together: small enough to be
/// solved exactly, with goals that neither coincide nor oppose.
///
/// A move that ends on the own gem (agent 0: cell 3, agent 1: cell 12) pays 1 and puts that agent back into its
/// corner (0 and 15). Both ending on cell 10 at once pays 3 to each and puts both back. Each agent's action is
/// replaced by a uniform one with probability `slip`.
public struct MiniGems: World {
  public struct State: Sendable, Equatable {
    /// 4 row + column, for each agent.
    public var first, second: Int

    /// 16 first + second, 0 ... 255: what both agents observe.
    public var number: Int { 16 * first + second }

    public init(first: Int = 0, second: Int = 15) {
      self.first = first
      self.second = second
    }
  }

  public let slip: Double
  public let maximumSteps: Int?

  public init(slip: Double = 0.2, maximumSteps: Int = 45) {
    precondition(slip >= 0 && slip <= 1, "slip is a probability")
    self.slip = slip
    self.maximumSteps = maximumSteps
  }

  public var agents: Int { 2 }
  public static let states = 256
  public func observationSpace(of agent: Int) -> Space { .discrete(Self.states) }
  /// Down, right, up, left, stay.
  public func actionSpace(of agent: Int) -> Space { .discrete(5) }

  public func initialState(after previous: State?, random: inout PCG64) -> State { State() }

  /// The cell a move ends in; walls hold.
  static func move(_ cell: Int, _ action: Int) -> Int {
    let (row, column) = (cell / 4, cell % 4)
    return switch action {
    case 0: min(row + 1, 3) * 4 + column
    case 1: row * 4 + min(column + 1, 3)
    case 2: max(row - 1, 0) * 4 + column
    case 3: row * 4 + max(column - 1, 0)
    default: cell
    }
  }

  /// What follows when these actions are carried out, without slip.
  public static func outcome(_ state: State, _ first: Int, _ second: Int) -> (
    next: State, rewards: (Double, Double)
  ) {
    var next = State(first: move(state.first, first), second: move(state.second, second))
    let areTogether = next.first == 10 && next.second == 10
    let shared = areTogether ? 3.0 : 0
    let rewards = (shared + (next.first == 3 ? 1 : 0), shared + (next.second == 12 ? 1 : 0))
    if next.first == 3 || areTogether { next.first = 0 }
    if next.second == 12 || areTogether { next.second = 15 }
    return (next, rewards)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let first = random.uniform() >= slip ? Int(actions[0]) : random.integer(below: 5)
    let second = random.uniform() >= slip ? Int(actions[1]) : random.integer(below: 5)
    let outcome = Self.outcome(state, first, second)
    state = outcome.next
    (rewards[0], rewards[1]) = outcome.rewards
    return false
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.number)
  }
}
