/// A map to walk on: up, down, left and right (0 to 3), and stay (4) where it is allowed.
///
/// A step into a wall, a closed door or the edge stays where it is. State = cell + cells x keys, where keys has a
/// bit for every key taken. Slipping replaces the action by a uniformly drawn one.
public struct Gridworld: Sendable {
  /// What entering a cell pays; `step` is paid for every step besides.
  public struct Payment: Sendable, Equatable {
    public var goal: Double
    public var trap: Double
    public var lava: Double
    public var step: Double

    public init(goal: Double = 1, trap: Double = 0, lava: Double = 0, step: Double = 0) {
      self.goal = goal
      self.trap = trap
      self.lava = lava
      self.step = step
    }
  }

  public let map: GridMap
  public let process: FiniteMDP
  private let keys: [Int]

  /// - Parameters:
  ///   - slip: The probability with which a uniformly drawn action takes the place of the chosen one.
  ///   - canStay: Adds the action stay.
  public init(
    _ map: GridMap, discount: Double = 0.99, slip: Double = 0, payment: Payment = Payment(),
    canStay: Bool = false
  ) throws(FiniteMDPError) {
    self.map = map
    let keys = map.cells.indices.filter { map.cells[$0] == .key }
    self.keys = keys
    let cells = map.cells.count
    let starts = map.cells.indices.filter { map.cells[$0] == .start }
    let actions = canStay ? 5 : 4
    let states = cells << keys.count
    func move(_ state: Int, _ action: Int) -> Int {
      let (cell, taken) = (state % cells, state / cells)
      let (row, column) = (cell / map.width, cell % map.width)
      let (down, right) = [(-1, 0), (1, 0), (0, -1), (0, 1), (0, 0)][action]
      let (newRow, newColumn) = (row + down, column + right)
      guard (0..<map.height).contains(newRow), (0..<map.width).contains(newColumn) else { return state }
      let new = newRow * map.width + newColumn
      let isClosed = map.cells[new] == .door && taken != (1 << keys.count) - 1
      if map.cells[new] == .wall || isClosed { return state }
      let bit = keys.firstIndex(of: new).map { 1 << $0 } ?? 0
      return new + cells * (taken | bit)
    }
    func pay(_ state: Int) -> Double {
      switch map.cells[state % cells] {
      case .goal: payment.step + payment.goal
      case .trap: payment.step + payment.trap
      case .lava: payment.step + payment.lava
      default: payment.step
      }
    }
    let ends = Set((0..<states).filter { [.goal, .trap].contains(map.cells[$0 % cells]) })
    process = try FiniteMDP(
      states: states, actions: actions, discount: discount, terminal: ends,
      start: (0..<states).map { starts.contains($0) ? 1 / Double(starts.count) : 0 }
    ) { state, action in
      let meant = move(state, action)
      var outcomes = [FiniteMDP.Outcome(meant, probability: 1 - slip, reward: pay(meant))]
      if slip > 0 {
        for other in 0..<actions {
          let next = move(state, other)
          outcomes.append(
            FiniteMDP.Outcome(next, probability: slip / Double(actions), reward: pay(next)))
        }
      }
      return outcomes
    }
  }

  /// The row (from the top) and column of a state.
  public func position(_ state: Int) -> (row: Int, column: Int) {
    let cell = state % map.cells.count
    return (cell / map.width, cell % map.width)
  }

  /// |row - row'| + |column - column'| to the nearest goal; walls are not seen.
  public func manhattanDistance(_ state: Int) -> Int {
    let (row, column) = position(state)
    let distances = map.cells.indices.filter { map.cells[$0] == .goal }.map { cell in
      abs(cell / map.width - row) + abs(cell % map.width - column)
    }
    return distances.min() ?? 0
  }

  /// The fewest steps from each state to a goal, walls and doors respected; nil where no way leads there.
  public func stepsToGoal() -> [Int?] {
    var before = [[Int]](repeating: [], count: process.states)
    for state in 0..<process.states {
      for action in 0..<process.actions {
        for outcome in process.outcomes(state, action) where outcome.next != state {
          before[outcome.next].append(state)
        }
      }
    }
    var steps = [Int?](repeating: nil, count: process.states)
    var front = (0..<process.states).filter { map.cells[$0 % map.cells.count] == .goal }
    for state in front { steps[state] = 0 }
    var distance = 0
    while !front.isEmpty {
      distance += 1
      var next: [Int] = []
      for state in front {
        for earlier in before[state] where steps[earlier] == nil {
          steps[earlier] = distance
          next.append(earlier)
        }
      }
      front = next
    }
    return steps
  }

  /// The grid as a world. `position` shows row, column and the keys taken.
  public func world(view: GridView = .number, maximumSteps: Int? = nil) -> FiniteWorld {
    let view: FiniteWorld.View =
      switch view {
      case .number: .number
      case .oneHot: .oneHot
      case .position:
        .features(
          (0..<process.states).map { state in
            let (row, column) = position(state)
            let taken = state / map.cells.count
            return [Float(row), Float(column)] + keys.indices.map { taken >> $0 & 1 == 1 ? 1 : 0 }
          })
      }
    return FiniteWorld(process, view: view, maximumSteps: maximumSteps)
  }
}

/// What is seen of a finite world that has a geometry.
public enum GridView: String, Sendable, CaseIterable {
  case number
  case oneHot = "one_hot"
  case position
}
