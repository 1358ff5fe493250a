import Rewards

/// A finite Markov decision process as a world.
public struct FiniteWorld: World {
  /// What an agent sees of the state.
  public enum View: Sendable, Equatable {
    /// The state's number.
    case number
    /// One number a state, 1 at the state, else 0.
    case oneHot
    /// Numbers of one's own for every state, all as many: coordinates, features.
    case features([[Float]])
  }

  public let process: FiniteMDP
  public let view: View
  public let maximumSteps: Int?
  private let space: Space

  /// - Parameter maximumSteps: When an episode is truncated; nil when only terminal states end it.
  public init(_ process: FiniteMDP, view: View = .number, maximumSteps: Int? = nil) {
    self.process = process
    self.view = view
    self.maximumSteps = maximumSteps
    switch view {
    case .number: space = .discrete(process.states)
    case .oneHot: space = .box(0, 1, width: process.states)
    case .features(let rows):
      precondition(rows.count == process.states, "\(rows.count) rows of features, \(process.states) states")
      let width = rows[0].count
      precondition(rows.allSatisfy { $0.count == width }, "rows of features of different lengths")
      space = .box(
        low: (0..<width).map { column in rows.map { $0[column] }.min()! },
        high: (0..<width).map { column in rows.map { $0[column] }.max()! })
    }
  }

  public func observationSpace(of agent: Int) -> Space { space }
  public func actionSpace(of agent: Int) -> Space { .discrete(process.actions) }

  public func initialState(after previous: Int?, random: inout PCG64) -> Int {
    process.drawStart(random: &random)
  }

  public func step(
    _ state: inout Int, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let outcome = process.draw(state, Int(actions[0]), random: &random)
    state = outcome.next
    rewards[0] = outcome.reward
    return process.isTerminal[outcome.next]
  }

  public func observe(_ state: Int, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    switch view {
    case .number: target[0] = Float(state)
    case .oneHot:
      target.update(repeating: 0)
      target[state] = 1
    case .features(let rows): for index in target.indices { target[index] = rows[state][index] }
    }
  }

  public func info(_ state: Int) -> JSONObject { JSONObject([("state", .integer(state))]) }
}
