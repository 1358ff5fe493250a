import Shelf
import Worlds

/// Part A of card 5: G4RL in the U-maze.
extension DenseRewards {
  func reachability(_ context: RecipeContext) throws -> RecipeResult {
    let seeds = context.seeds(24)
    let fault = context.fault
    let walks = try context.map(["graph"], seeds: seeds, name: { $0 }) { _, seed in
      try MazeWalk(
        seed: seed, radius: 0.14, slides: fault == "sliding"
      ).study()
    }[0]
    let arms: [TwoLevelMaze.Arm] = [.euclid, .decoder]
    let curves = try context.map(arms, seeds: Array(seeds.prefix(3)), name: \.rawValue) { arm, seed in
      try TwoLevelMaze(MazeWalk(seed: seed, radius: 0.14, slides: false).trained().encoder, arm)
        .learn(episodes: 300, seed: seed)
    }
    let late = curves.map { runs in runs.map { mean($0.suffix(100)) } }
    let (decoder, euclid) = (walks.map(\.decoder), walks.map(\.euclid))
    return RecipeResult(
      measurements: [
        Measurement("decoder", "AUC, parted by the wall or not", decoder),
        Measurement("Euclid", "AUC, parted by the wall or not", euclid),
        Measurement("decoder", "mean D, connected", walks.map(\.connected)),
        Measurement("decoder", "mean D, parted", walks.map(\.parted)),
      ]
        + zip(arms, late).map { arm, values in
          Measurement(arm.rawValue, "success, last 100 of 300 episodes", values)
        },
      checks: [
        Check("decoder: AUC over near pairs", mean(decoder), .atLeast, 0.7),
        Check("decoder: AUC above Euclid's", mean(decoder) - mean(euclid), .atLeast, 0.1),
      ],
      findings: [
        """
        Two-level Q-learning in the maze: success in the last 100 of 300 episodes is \(percent(mean(late[1]))) with \
        the decoder's terms (alpha_h 0.005, alpha_l 0.5) and \(percent(mean(late[0]))) without. The card's target, \
        80% against at most 40%, had not been run.
        """,
        "The 4 lowest Laplacian eigenvalues of two walks in the maze differ by \(rounded(try MazeWalk.spectralGap(seeds[0], seeds[1], hasWall: true))), of one in the maze and one in the open square by \(rounded(try MazeWalk.spectralGap(seeds[0], seeds[1], hasWall: false))).",
      ],
      plots: [
        .lines(
          title: "Two levels in the U-maze", x: "episode", y: "success, 20 episodes",
          series: zip(arms, curves).map { arm, runs in
            let groups = runs.map { run in
              stride(from: 0, to: 300, by: 20).map { mean(run[$0..<$0 + 20]) }
            }
            return Plot.Curve(
              arm.rawValue, x: stride(from: 20, through: 300, by: 20).map(Double.init), runs: groups)
          })
      ])
  }
}

/// A random walk in the U-maze, its graph and the encoder trained on it.
private struct MazeWalk {
  var graph: StateGraph
  let seed: UInt64

  /// 40,000 steps of deviation 0.1 in the square -1 ... 1, begun anew at a uniform place every 500.
  init(seed: UInt64, radius: Double, slides: Bool, hasWall: Bool = true) throws {
    self.seed = seed
    let maze = PointRobot.uMaze()
    // Actions are cut at 1, here four deviations.
    let world = PointRobot(
      start: maze.start, speed: 0.4, walls: hasWall ? maze.walls : [], staysWhenBlocked: !slides,
      maximumSteps: nil)
    graph = StateGraph(width: 2, capacity: 250, radius: radius)
    var random = PCG64(seed: seed)
    let environment = world.environment(seed: seed)
    var previous: Int?
    for step in 0..<40_000 {
      if step % 500 == 0 {
        let x = random.uniform(-1, 1)
        let place: SIMD2<Double> = step == 0 ? maze.start : [x, random.uniform(-1, 1)]
        previous = graph.visit(environment.reset(to: PointRobot.State(position: place))).node
      }
      let action = [Float(random.normal() / 4), Float(random.normal() / 4)]
      previous = graph.visit(try environment.step(action).observation, after: previous).node
    }
  }

  func trained() -> (encoder: ReachabilityEncoder, graph: StateGraph) {
    let encoder = ReachabilityEncoder(low: [-1, -1], high: [1, 1], seed: seed)
    encoder.train(on: graph, batches: 4000)
    return (encoder, graph)
  }

  /// How well decoder and distance tell, among pairs of nodes closer than 0.32, those that the wall parts.
  func study() throws -> (decoder: Double, euclid: Double, connected: Double, parted: Double) {
    let (encoder, graph) = trained()
    let places = (0..<graph.count).map { Array(graph.features(of: $0)) }
    let codes = places.map(encoder.codes)
    var near: [(isConnected: Bool, decoder: Double, euclid: Double)] = []
    for i in places.indices {
      for j in 0..<i {
        let (dx, dy) = (Double(places[i][0] - places[j][0]), Double(places[i][1] - places[j][1]))
        let distance = (dx * dx + dy * dy).squareRoot()
        if distance >= 0.32 { continue }
        let isParted = places[i][1] * places[j][1] < 0 && min(places[i][0], places[j][0]) < 0.5
        let product = zip(codes[i], codes[j]).reduce(0) { $0 + Double($1.0 * $1.1) }
        near.append((!isParted, product, -distance))
      }
    }
    let (connected, parted) = (near.filter(\.isConnected), near.filter { !$0.isConnected })
    return (
      areaUnderROC(connected.map(\.decoder), parted.map(\.decoder)),
      areaUnderROC(connected.map(\.euclid), parted.map(\.euclid)), mean(connected.map(\.decoder)),
      mean(parted.map(\.decoder))
    )
  }

  /// The distance of the low spectra of two walks, the first in the maze.
  static func spectralGap(_ one: UInt64, _ two: UInt64, hasWall: Bool) throws -> Double {
    let first = try MazeWalk(seed: one, radius: 0.14, slides: false).graph
    let second = try MazeWalk(seed: two, radius: 0.14, slides: false, hasWall: hasWall).graph
    return LaplacianSpectrum(first).distance(to: LaplacianSpectrum(second), count: 4)
  }
}

/// How often a positive scores above a negative, ties counting half.
private func areaUnderROC(_ positive: [Double], _ negative: [Double]) -> Double {
  var wins = 0.0
  for one in positive { for other in negative { wins += one > other ? 1 : one == other ? 0.5 : 0 } }
  return wins / Double(positive.count * negative.count)
}

/// Tabular Q-learning on two levels in the maze cut into 10 x 10 cells: every 10 steps the high level names a cell,
/// which the low level is paid for reaching.
private struct TwoLevelMaze {
  enum Arm: String, Sendable {
    case euclid = "two levels, Euclid"
    case decoder = "two levels, decoder"
  }

  static let size = 10
  static let (period, limit) = (10, 100)
  /// D of every two cells; 0 without a decoder.
  private let reachability: [[Double]]
  /// |s - g|^2 of every two cells.
  private let squares: [[Double]]
  private let alpha: (high: Double, low: Double) = (0.005, 0.5)

  init(_ encoder: ReachabilityEncoder, _ arm: Arm) {
    let cells = (0..<Self.size * Self.size).map { cell -> [Float] in
      [Float(cell % Self.size) * 0.2 - 0.9, Float(cell / Self.size) * 0.2 - 0.9]
    }
    let codes = cells.map(encoder.codes)
    reachability = cells.indices.map { s in
      cells.indices.map { arm == .decoder ? encoder.reachability(codes[s], codes[$0]) : 0 }
    }
    squares = cells.map { one in
      cells.map { other in
        let (dx, dy) = (Double(one[0] - other[0]), Double(one[1] - other[1]))
        return dx * dx + dy * dy
      }
    }
  }

  /// Right, up, left, down; the wall lies between rows 4 and 5, up to column 6.
  private static func move(_ cell: Int, _ action: Int) -> Int {
    let (column, row) = (cell % size, cell / size)
    let (x, y) = (column + [1, 0, -1, 0][action], row + [0, 1, 0, -1][action])
    guard (0..<size).contains(x), (0..<size).contains(y) else { return cell }
    if min(row, y) == 4, max(row, y) == 5, column <= 6 { return cell }
    return y * size + x
  }

  /// - Returns: For each episode 1 when it reached the goal.
  func learn(episodes: Int, seed: UInt64) throws -> [Double] {
    let cells = Self.size * Self.size
    var random = PCG64(seed: seed)
    var high = QLearning(
      StateActionTable(states: cells, actions: cells), learningRate: 0.5, discount: 0.95, exploration: 0.2)
    // One table for each subgoal; every step teaches all of them.
    var low = (0..<cells).map { _ in
      QLearning(
        StateActionTable(states: cells, actions: 4), learningRate: 0.5, discount: 0.9, exploration: 0.1)
    }
    let goal = cells - Self.size
    var successes: [Double] = []
    for _ in 0..<episodes {
      var (cell, steps, isDone) = (0, 0, false)
      while steps < Self.limit, !isDone {
        let (begin, subgoal) = (cell, high.act(cell, random: &random))
        var reward = alpha.high * reachability[begin][subgoal]
        for _ in 0..<Self.period where !isDone {
          let action = low[subgoal].act(cell, random: &random)
          let next = Self.move(cell, action)
          for target in 0..<cells {
            low[target].learn(
              cell, action, reward: alpha.low * reachability[next][target] - squares[next][target],
              next: next,
              terminated: false)
          }
          cell = next
          steps += 1
          if cell == goal {
            reward += 1
            isDone = true
          }
        }
        high.learn(begin, subgoal, reward: reward, next: cell, terminated: isDone)
      }
      successes.append(isDone ? 1 : 0)
    }
    return successes
  }
}
