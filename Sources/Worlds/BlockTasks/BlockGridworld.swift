import Rewards

/// A grid with a hidden goal that stays where it is for a block of episodes: whoever remembers it reaches it sooner.
///
/// An episode begins in the middle, ends at the goal (reward 1) or after `maximumSteps`. After each, a new block
/// begins with probability 1/n and the goal moves. Only the own cell is observed.
public struct BlockGridworld: World {
  public struct State: Sendable, Equatable {
    public var cell: Int
    /// Never observed.
    public var goal: Int
    /// Whether the block has just begun; never observed.
    public var isFresh: Bool
  }

  /// Cells a side.
  public let size: Int
  /// n, at least 1.
  public let blockLength: Double
  public let maximumSteps: Int?

  public init(size: Int = 5, blockLength: Double = 10, maximumSteps: Int = 20) {
    precondition(size >= 2 && blockLength >= 1 && maximumSteps >= 1, "a grid has at least four cells")
    self.size = size
    self.blockLength = blockLength
    self.maximumSteps = maximumSteps
  }

  private var middle: Int { size / 2 * size + size / 2 }

  /// The number of the cell, row by row from the top.
  public func observationSpace(of agent: Int) -> Space { .discrete(size * size) }
  /// Up, right, down, left.
  public func actionSpace(of agent: Int) -> Space { .discrete(4) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    if let previous, random.uniform() >= 1 / blockLength {
      return State(cell: middle, goal: previous.goal, isFresh: false)
    }
    // Any cell but the middle.
    let drawn = random.integer(below: size * size - 1)
    return State(cell: middle, goal: drawn < middle ? drawn : drawn + 1, isFresh: true)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    var (row, column) = (state.cell / size, state.cell % size)
    switch Int(actions[0]) {
    case 0: row = max(row - 1, 0)
    case 1: column = min(column + 1, size - 1)
    case 2: row = min(row + 1, size - 1)
    default: column = max(column - 1, 0)
    }
    state.cell = row * size + column
    rewards[0] = state.cell == state.goal ? 1 : 0
    return state.cell == state.goal
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.cell)
  }
}

/// Worlds whose task stays hidden and recurs in blocks.
public enum BlockTasks {
  private static let blockLength = Parameter(
    "block_length", .number, default: .number(10), range: 1...1e9,
    help: "the mean number of episodes of a block")

  static let kinds = [
    WorldKind(
      "block-bandit", family: "bandit", summary: "arms that stay for a block of episodes, then change unseen",
      parameters: [
        Parameter("arms", .integer, default: .integer(3), range: 1...1000, help: "how many arms"),
        blockLength,
        Parameter("noise", .number, default: .number(0), range: 0...1e6, help: "spread of a reward"),
      ]
    ) { parameters in
      BlockBandit(
        arms: parameters.int("arms"), blockLength: parameters.double("block_length"),
        noise: parameters.double("noise"))
    },
    WorldKind(
      "block-gridworld", family: "gridworld",
      summary: "a hidden goal that stays for a block of episodes, then moves unseen",
      parameters: [
        Parameter("size", .integer, default: .integer(5), range: 2...100, help: "cells a side"), blockLength,
        Parameter(
          "maximum_steps", .integer, default: .integer(20), range: 1...1e6, help: "steps of an episode"),
      ]
    ) { parameters in
      BlockGridworld(
        size: parameters.int("size"), blockLength: parameters.double("block_length"),
        maximumSteps: parameters.int("maximum_steps"))
    },
  ]
}
