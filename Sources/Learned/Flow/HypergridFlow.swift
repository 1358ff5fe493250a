import Foundation
import Numeric
import Worlds

/// A GFlowNet on the hypergrid, one table for each condition, trained by trajectory balance (Malkin et al. 2022;
/// goal-conditioned as in arXiv 2306.04620): it learns to stop at x with probability proportional to R(x | condition)^beta.
///
/// The loss of a trajectory is (log Z + sum log P_F - beta log R - sum log P_B)^2; P_B is uniform over a cell's parents.
public final class HypergridFlow {
  public struct Settings: Sendable, Equatable {
    public var beta = 60.0
    /// What beta log R is where R is 0.
    public var floor = -60.0
    public var batchSize = 64
    public var learningRate = 0.05
    /// log Z learns that many times as fast.
    public var partitionRate = 0.5
    /// Share of random actions.
    public var epsilon = 0.01
    /// Share of a batch that is replayed under the condition it turned out to meet best.
    public var hindsight = 0.3
    public var replay = 100_000
    /// The logit with which stopping begins: at 0 a walk ends after three steps.
    public var stopLogit: Float = -3

    public init() {}
  }

  /// A walk: its cells from the origin to where it stopped.
  struct Walk {
    var cells: [(x: Int, y: Int)]
  }

  public let grid: Hypergrid
  public let settings: Settings
  public let conditions: Int
  /// R by condition, x, y.
  private let logRewards: [Double]
  private let best: [Int?]
  private let logits, partitions: ParameterVector
  private let optimizers: [Adam]
  private var random: PCG64
  private var memory: [Walk] = []
  private var place = 0

  /// - Parameter reward: R of a condition and objectives; never negative.
  public init(
    _ grid: Hypergrid, conditions: Int, settings: Settings = Settings(), seed: UInt64,
    reward: (_ condition: Int, _ objectives: [Double]) -> Double
  ) {
    self.grid = grid
    self.conditions = conditions
    self.settings = settings
    let size = grid.size
    let rewards = (0..<conditions * size * size).map { index in
      reward(index / (size * size), grid.objectives(index / size % size, index % size))
    }
    precondition(rewards.allSatisfy { $0 >= 0 }, "rewards of a GFlowNet are not negative")
    logRewards = rewards.map { $0 > 0 ? max(settings.beta * log($0), settings.floor) : settings.floor }
    best = (0..<size * size).map { cell in
      let values = (0..<conditions).map { rewards[$0 * size * size + cell] }
      let largest = values.max() ?? 0
      return largest > 0 ? values.firstIndex(of: largest) : nil
    }
    logits = ParameterVector(
      (0..<conditions * size * size * 3).map { $0 % 3 == 2 ? settings.stopLogit : 0 })
    partitions = ParameterVector(Array(repeating: 0, count: conditions))
    optimizers = [
      Adam(
        logits, parameters: logits.parameters, gradients: logits.gradients,
        learningRate: settings.learningRate),
      Adam(
        partitions, parameters: partitions.parameters, gradients: partitions.gradients,
        learningRate: settings.partitionRate),
    ]
    random = PCG64(seed: seed)
  }

  /// P_F of a condition's table at a cell; steps beyond the edge are impossible.
  public func probabilities(_ condition: Int, _ x: Int, _ y: Int) -> [Double] {
    let start = ((condition * grid.size + x) * grid.size + y) * 3
    let open = [x + 1 < grid.size, y + 1 < grid.size, true]
    let values = (0..<3).map { open[$0] ? Double(logits.parameters[start + $0]) : -.infinity }
    let normalizer = logSumExp(values)
    return values.map { exp($0 - normalizer) }
  }

  /// Updates on walks of its own and on replayed ones.
  /// - Returns: The mean loss of the last tenth.
  @discardableResult
  public func train(steps: Int) -> Double {
    var (sum, count) = (0.0, 0)
    for step in 0..<steps {
      var loss = 0.0
      for index in 0..<settings.batchSize {
        let isReplayed = Double(index) < settings.hindsight * Double(settings.batchSize) && !memory.isEmpty
        if isReplayed {
          let walk = memory[random.integer(below: memory.count)]
          let last = walk.cells[walk.cells.count - 1]
          loss += add(walk, best[last.x * grid.size + last.y] ?? random.integer(below: conditions))
        } else {
          let condition = random.integer(below: conditions)
          let walk = draw(condition)
          remember(walk)
          loss += add(walk, condition)
        }
      }
      for optimizer in optimizers { optimizer.step(scale: 1 / Double(settings.batchSize)) }
      if step >= steps - max(1, steps / 10) {
        sum += loss / Double(settings.batchSize)
        count += 1
      }
    }
    return sum / Double(max(count, 1))
  }

  private func draw(_ condition: Int) -> Walk {
    var cells: [(x: Int, y: Int)] = [(0, 0)]
    while true {
      let (x, y) = cells[cells.count - 1]
      let probabilities = probabilities(condition, x, y)
      var action = 2
      if random.uniform() < settings.epsilon {
        let open = (0..<3).filter { probabilities[$0] > 0 }
        action = open[random.integer(below: open.count)]
      } else {
        var left = random.uniform()
        action =
          probabilities.firstIndex {
            left -= $0; return left < 0
          } ?? 2
      }
      if action == 2 { return Walk(cells: cells) }
      cells.append(action == 0 ? (x + 1, y) : (x, y + 1))
    }
  }

  private func remember(_ walk: Walk) {
    if memory.count < settings.replay {
      memory.append(walk)
    } else {
      memory[place] = walk
      place = (place + 1) % settings.replay
    }
  }

  /// Adds a walk's gradient.
  private func add(_ walk: Walk, _ condition: Int) -> Double {
    let cells = walk.cells
    let last = cells[cells.count - 1]
    var residual =
      Double(partitions.parameters[condition])
      - logRewards[(condition * grid.size + last.x) * grid.size + last.y]
    var steps: [(start: Int, action: Int, probabilities: [Double])] = []
    for (index, cell) in cells.enumerated() {
      let action = index + 1 == cells.count ? 2 : cells[index + 1].x > cell.x ? 0 : 1
      let probabilities = probabilities(condition, cell.x, cell.y)
      residual += log(max(probabilities[action], 1e-300))
      // A cell inside has two parents, one on an edge has one.
      if cell.x > 0, cell.y > 0 { residual += log(2) }
      steps.append((((condition * grid.size + cell.x) * grid.size + cell.y) * 3, action, probabilities))
    }
    for step in steps {
      for action in 0..<3 {
        let score = (action == step.action ? 1 : 0) - step.probabilities[action]
        logits.gradients[step.start + action] += Float(2 * residual * score)
      }
    }
    partitions.gradients[condition] += Float(2 * residual)
    return residual * residual
  }

  /// The exact probability of stopping at each cell under a condition, x after x.
  public func distribution(_ condition: Int) -> [Double] {
    let size = grid.size
    var flow = [Double](repeating: 0, count: size * size)
    var stops = flow
    flow[0] = 1
    for x in 0..<size {
      for y in 0..<size where flow[x * size + y] > 0 {
        let here = flow[x * size + y]
        let probabilities = probabilities(condition, x, y)
        stops[x * size + y] = here * probabilities[2]
        if x + 1 < size { flow[(x + 1) * size + y] += here * probabilities[0] }
        if y + 1 < size { flow[x * size + y + 1] += here * probabilities[1] }
      }
    }
    return stops
  }
}
