import Foundation
import Numeric
import Worlds

/// A GFlowNet on a finite construction, one table for each condition, trained by trajectory balance (Malkin et al. 2022;
/// goal-conditioned as in arXiv 2306.04620): it learns to stop at x with probability proportional to R(x | condition)^beta.
///
/// The loss of a trajectory is (log Z + sum log P_F - beta log R - sum log P_B)^2; P_B is uniform over a state's parents.
public final class GFlowNet {
  public struct Settings: Sendable, Equatable {
    public var beta = 60.0
    /// What beta log R is where R is 0.
    public var floor = -60.0
    public var batchSize = 64
    public var learningRate = 0.05
    /// Of log Z's Adam.
    public var partitionRate = 0.5
    /// Share of random choices.
    public var epsilon = 0.01
    /// Share of a batch that is replayed under the condition it turned out to meet best.
    public var hindsight = 0.3
    /// Walks that are kept.
    public var replay = 100_000
    /// The logit with which stopping begins: at 0 a walk with two choices ends after three steps.
    public var stopLogit: Float = -3
    /// How often conditions that no object has met are drawn (`GoalTable`); 1: as often as others.
    public var unreachedWeight = 0.1

    public init() {}
  }

  /// Where the training stands.
  public struct Progress: Sendable {
    public var updates: Int
    /// Walks of its own, and choices in them, stopping included.
    public var walks, steps: Int
    /// The mean loss since the last report.
    public var loss: Double
    /// Conditions for which an object was paid.
    public var reached: Int
  }

  public let graph: ConstructionGraph
  public let conditions: FlowConditions
  public let settings: Settings
  /// By condition and state: beta log R, meaningless where one cannot stop.
  let logRewards: [Double]
  /// By state: the condition that pays most; nil where none pays.
  private let best: [Int?]
  /// By state: log of the number of parents.
  private let logParents: [Double]
  let logits, partitions: ParameterVector
  let optimizers: [Adam]
  var random: PCG64
  var goals: GoalTable
  /// Walks from the start: the choices made, stopping left out.
  var memory: [[Int]] = []
  var place = 0
  var walks = 0
  var steps = 0
  /// Updates so far.
  public internal(set) var updates = 0

  /// - Precondition: The conditions are for as many objectives as the objects have.
  public init(
    _ graph: ConstructionGraph, conditions: FlowConditions, settings: Settings = Settings(), seed: UInt64
  ) {
    self.graph = graph
    self.conditions = conditions
    self.settings = settings
    let (states, count, width) = (graph.states, conditions.count, graph.choices + 1)
    precondition(conditions.vectors[0].count == graph.objectiveNames.count, "a number for each objective")
    var (logRewards, largest) = (
      [Double](repeating: settings.floor, count: count * states), [Double](repeating: 0, count: states)
    )
    var best = [Int?](repeating: nil, count: states)
    for condition in 0..<count {
      for state in 0..<states {
        guard let objectives = graph.objectives(state) else { continue }
        let reward = conditions.reward(condition, objectives)
        if reward > 0 {
          logRewards[condition * states + state] = max(settings.beta * log(reward), settings.floor)
        }
        if reward > largest[state] { (largest[state], best[state]) = (reward, condition) }
      }
    }
    (self.logRewards, self.best) = (logRewards, best)
    logParents = graph.parents.map { $0 > 1 ? log(Double($0)) : 0 }
    logits = ParameterVector(
      (0..<count * states * width).map { $0 % width == width - 1 ? settings.stopLogit : 0 })
    partitions = ParameterVector(Array(repeating: 0, count: count))
    optimizers = [(logits, settings.learningRate), (partitions, settings.partitionRate)].map { vector, rate in
      Adam(vector, parameters: vector.parameters, gradients: vector.gradients, learningRate: rate)
    }
    random = PCG64(seed: seed)
    goals = GoalTable(conditions: count, unreachedWeight: settings.unreachedWeight)
  }

  /// The logits of all steps (conditions x states x (choices + stop)) and log Z of each condition.
  public var parameters: (logits: [Float], partitions: [Float]) {
    (Array(logits.parameters), Array(partitions.parameters))
  }

  /// By condition: whether an object was paid for under it.
  public var isReached: [Bool] { goals.isReached }

  private func start(_ condition: Int, _ state: Int) -> Int {
    (condition * graph.states + state) * (graph.choices + 1)
  }

  /// P_F of a condition at a state: every choice, then stopping; what is impossible has 0.
  public func probabilities(_ condition: Int, _ state: Int) -> [Double] {
    let start = start(condition, state)
    let values = (0...graph.choices).map { choice in
      let isOpen =
        choice == graph.choices ? graph.objectives(state) != nil : graph.child(state, choice) != nil
      return isOpen ? Double(logits.parameters[start + choice]) : -.infinity
    }
    let normalizer = logSumExp(values)
    return values.map { exp($0 - normalizer) }
  }

  // MARK: Training

  /// Updates on walks of its own and on replayed ones, until there were so many in all.
  /// - Returns: The mean loss of the last tenth.
  @discardableResult
  public func train(updates: Int) -> Double { train(updates: updates, every: updates) { _ in true } }

  /// - Parameters:
  ///   - every: Updates between reports.
  ///   - report: False ends the training.
  /// - Returns: The mean loss of the last tenth.
  @discardableResult
  public func train(
    updates: Int, every: Int, report: (Progress) throws -> Bool
  ) rethrows -> Double {
    var (sum, count, recent, since) = (0.0, 0, 0.0, 0)
    for update in self.updates..<max(updates, self.updates) {
      goals.adjust(progress: Double(update) / Double(updates))
      let loss = self.update()
      self.updates = update + 1
      if update >= updates - max(1, updates / 10) { (sum, count) = (sum + loss, count + 1) }
      (recent, since) = (recent + loss, since + 1)
      if (update + 1) % every == 0 || update + 1 == updates {
        let progress = Progress(
          updates: update + 1, walks: walks, steps: steps, loss: recent / Double(since),
          reached: goals.isReached.count { $0 })
        (recent, since) = (0, 0)
        if try !report(progress) { break }
      }
    }
    return sum / Double(max(count, 1))
  }

  /// - Returns: The mean loss of the batch.
  private func update() -> Double {
    var loss = 0.0
    for index in 0..<settings.batchSize {
      let isReplayed = Double(index) < settings.hindsight * Double(settings.batchSize) && !memory.isEmpty
      if isReplayed {
        let walk = memory[random.integer(below: memory.count)]
        loss += add(walk, best[end(walk)] ?? random.integer(below: conditions.count))
      } else {
        let condition = goals.draw(&random)
        let walk = draw(condition, epsilon: settings.epsilon, random: &random)
        (walks, steps) = (walks + 1, steps + walk.count + 1)
        remember(walk)
        note(walk)
        loss += add(walk, condition)
      }
    }
    for optimizer in optimizers { optimizer.step(scale: 1 / Double(settings.batchSize)) }
    return loss / Double(settings.batchSize)
  }

  private func end(_ walk: [Int]) -> Int { walk.reduce(0) { graph.child($0, $1) ?? $0 } }

  private func draw(_ condition: Int, epsilon: Double, random: inout PCG64) -> [Int] {
    var (walk, state): ([Int], Int) = ([], 0)
    while true {
      let probabilities = probabilities(condition, state)
      let choice: Int
      if epsilon > 0, random.uniform() < epsilon {
        let open = probabilities.indices.filter { probabilities[$0] > 0 }
        choice = open[random.integer(below: open.count)]
      } else {
        var left = random.uniform()
        choice =
          probabilities.firstIndex {
            left -= $0; return left < 0
          } ?? probabilities.lastIndex { $0 > 0 } ?? graph.choices
      }
      guard choice < graph.choices, let next = graph.child(state, choice) else { return walk }
      walk.append(choice)
      state = next
    }
  }

  private func remember(_ walk: [Int]) {
    if settings.replay == 0 { return }
    if memory.count < settings.replay {
      memory.append(walk)
    } else {
      memory[place] = walk
      place = (place + 1) % settings.replay
    }
  }

  /// Books the conditions under which a walk's object is paid.
  private func note(_ walk: [Int]) {
    let state = end(walk)
    guard best[state] != nil, let objectives = graph.objectives(state) else { return }
    for condition in goals.isReached.indices where !goals.isReached[condition] {
      if conditions.reward(condition, objectives) > 0 { goals.reach(condition) }
    }
  }

  /// Adds a walk's gradient.
  private func add(_ walk: [Int], _ condition: Int) -> Double {
    var residual =
      Double(partitions.parameters[condition]) - logRewards[condition * graph.states + end(walk)]
    var state = 0
    var taken: [(start: Int, choice: Int, probabilities: [Double])] = []
    for index in 0...walk.count {
      let choice = index < walk.count ? walk[index] : graph.choices
      let probabilities = probabilities(condition, state)
      residual += log(max(probabilities[choice], 1e-300))
      residual += logParents[state]
      taken.append((start(condition, state), choice, probabilities))
      if index < walk.count { state = graph.child(state, choice) ?? state }
    }
    for step in taken {
      for choice in step.probabilities.indices {
        let score = (choice == step.choice ? 1 : 0) - step.probabilities[choice]
        logits.gradients[step.start + choice] += Float(2 * residual * score)
      }
    }
    partitions.gradients[condition] += Float(2 * residual)
    return residual * residual
  }

  // MARK: What was learned

  /// The state in which one walk under a condition stops, without exploring.
  public func sample(_ condition: Int, random: inout PCG64) -> Int {
    end(draw(condition, epsilon: 0, random: &random))
  }
}
