import Rewards

/// Gem collecting on a 15 x 15 grid, partly alone and partly together (Haynam et al. 2025).
///
/// Three red gems pay 1 to agent 0 alone, three blue ones 1 to agent 1 alone; when both agents stand on purple cells in
/// the same step, each gets 6. What is taken appears again on a random free cell. The episode ends after 7 gems (a
/// purple event counts as one) or 45 steps. Observed are five planes of cells: both agents, red, blue, purple.
public struct Gems: World {
  public struct State: Sendable, Equatable, Codable {
    /// size x row + column, for each agent.
    public var players: [Int]
    public var red, blue, purple: [Int]
    public var collected: Int

    public init(players: [Int], red: [Int], blue: [Int], purple: [Int], collected: Int = 0) {
      self.players = players
      self.red = red
      self.blue = blue
      self.purple = purple
      self.collected = collected
    }
  }

  public let size: Int
  /// The gems after which an episode ends.
  public let goal: Int
  public let maximumSteps: Int?

  public init(size: Int = 15, goal: Int = 7, maximumSteps: Int = 45) {
    precondition(size >= 4 && goal >= 1 && maximumSteps >= 1, "eleven things need a grid of 4 x 4 or more")
    self.size = size
    self.goal = goal
    self.maximumSteps = maximumSteps
  }

  public var agents: Int { 2 }
  public func observationSpace(of agent: Int) -> Space { .box(0, 1, width: 5 * size * size) }
  /// Down, right, up, left, stay.
  public func actionSpace(of agent: Int) -> Space { .discrete(5) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    var cells: [Int] = []
    while cells.count < 11 {
      let cell = random.integer(below: size * size)
      if !cells.contains(cell) { cells.append(cell) }
    }
    return State(
      players: Array(cells[0..<2]), red: Array(cells[2..<5]), blue: Array(cells[5..<8]),
      purple: Array(cells[8..<11]), collected: 0)
  }

  private func move(_ cell: Int, _ action: Int) -> Int {
    let (row, column) = (cell / size, cell % size)
    return switch action {
    case 0: min(row + 1, size - 1) * size + column
    case 1: row * size + min(column + 1, size - 1)
    case 2: max(row - 1, 0) * size + column
    case 3: row * size + max(column - 1, 0)
    default: cell
    }
  }

  private func freeCell(_ state: State, _ random: inout PCG64) -> Int {
    while true {
      let cell = random.integer(below: size * size)
      if !(state.players + state.red + state.blue + state.purple).contains(cell) { return cell }
    }
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    for agent in 0..<2 {
      rewards[agent] = 0
      state.players[agent] = move(state.players[agent], Int(actions[agent]))
    }
    if let gem = state.red.firstIndex(of: state.players[0]) {
      rewards[0] += 1
      state.collected += 1
      state.red[gem] = freeCell(state, &random)
    }
    if let gem = state.blue.firstIndex(of: state.players[1]) {
      rewards[1] += 1
      state.collected += 1
      state.blue[gem] = freeCell(state, &random)
    }
    let purple = state.players.map { state.purple.firstIndex(of: $0) }
    if let first = purple[0], let second = purple[1] {
      rewards[0] += 6
      rewards[1] += 6
      state.collected += 1
      for gem in Set([first, second]).sorted() { state.purple[gem] = freeCell(state, &random) }
    }
    return state.collected >= goal
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target.update(repeating: 0)
    let plane = size * size
    target[state.players[0]] = 1
    target[plane + state.players[1]] = 1
    for cell in state.red { target[2 * plane + cell] = 1 }
    for cell in state.blue { target[3 * plane + cell] = 1 }
    for cell in state.purple { target[4 * plane + cell] = 1 }
  }
}

/// Worlds of gems that one or two agents collect.
public enum GemWorlds {
  static let kinds = [
    WorldKind(
      "gems", family: "gridworld", summary: "two agents, gems of their own and gems that need both",
      parameters: [
        Parameter("size", .integer, default: .integer(15), range: 4...100, help: "cells a side"),
        Parameter("goal", .integer, default: .integer(7), range: 1...1e6, help: "gems that end an episode"),
        Parameter(
          "maximum_steps", .integer, default: .integer(45), range: 1...1e6, help: "steps of an episode"),
      ]
    ) { parameters in
      Gems(
        size: parameters.int("size"), goal: parameters.int("goal"),
        maximumSteps: parameters.int("maximum_steps"))
    },
    WorldKind(
      "mini-gems", family: "gridworld", summary: "gems on a 4 x 4 grid, small enough for tables",
      parameters: [
        Parameter(
          "slip", .number, default: .number(0.2), range: 0...1, help: "how often an action is a random one"),
        Parameter(
          "maximum_steps", .integer, default: .integer(45), range: 1...1e6, help: "steps of an episode"),
      ]
    ) { parameters in
      MiniGems(slip: parameters.double("slip"), maximumSteps: parameters.int("maximum_steps"))
    },
  ]
}
