import Worlds

/// The account of a search: tries genomes, counts evaluations, and remembers what was seen of the behaviour space.
final class Trials<P: Problem> {
  let problem: P
  let budget: Int
  /// A fitness above this is a reward.
  let threshold: Double
  var random: PCG64
  private let wantsViews: Bool
  /// Whether a search that is stopped gives what it has found.
  let keepsPartial: Bool
  private let progress: @Sendable (Double) -> Bool

  private(set) var evaluations = 0
  private(set) var grid: BehaviourGrid
  private(set) var rewarding = 0
  private(set) var bestInArea: [Double]
  private(set) var best: Individual?
  private(set) var curve: [CoveragePoint] = []
  private let interval: Int

  init(
    _ problem: P, budget: Int, seed: UInt64, threshold: Double, wantsViews: Bool = false,
    keepsPartial: Bool = false, progress: @escaping @Sendable (Double) -> Bool
  ) {
    self.problem = problem
    self.budget = budget
    self.threshold = threshold
    self.wantsViews = wantsViews
    self.keepsPartial = keepsPartial
    self.progress = progress
    random = PCG64(seed: seed)
    grid = BehaviourGrid(problem.descriptorRanges)
    bestInArea = Array(repeating: 0, count: problem.areas)
    interval = max(1, budget / 40)
  }

  var isOver: Bool { evaluations >= budget }

  /// A genome to begin with.
  func drawGenome() -> [Double] {
    var genome = [Double](repeating: 0, count: problem.genomeLength)
    genome.withUnsafeMutableBufferPointer { problem.drawGenome(into: $0, random: &random) }
    return genome
  }

  /// A copy with normal noise on every gene, clipped.
  func mutate(_ genome: [Double], sigma: Double) -> [Double] {
    let range = problem.geneRange
    return genome.map { min(max($0 + sigma * random.normal(), range.lowerBound), range.upperBound) }
  }

  /// Tries a genome and counts it.
  func individual(_ genome: [Double]) throws(SearchError) -> Individual {
    var behaviour = [Double](repeating: 0, count: problem.descriptorWidth)
    var view = [Float](repeating: 0, count: wantsViews ? problem.viewWidth : 0)
    let outcome = evaluate(genome, &behaviour, &view)
    let individual = Individual(
      genome: genome, fitness: outcome.fitness, area: outcome.area, behaviour: behaviour,
      descriptor: behaviour, view: view)
    try count(outcome, behaviour: behaviour, genome: genome)
    return individual
  }

  private func evaluate(_ genome: [Double], _ behaviour: inout [Double], _ view: inout [Float]) -> Trial {
    genome.withUnsafeBufferPointer { genome in
      behaviour.withUnsafeMutableBufferPointer { behaviour in
        view.withUnsafeMutableBufferPointer { view in
          problem.evaluate(
            genome, descriptor: behaviour, view: wantsViews ? view : nil, random: &random)
        }
      }
    }
  }

  /// Enters a trial that was made elsewhere.
  /// - Returns: The trial's cell in `grid`.
  @discardableResult
  func count(_ outcome: Trial, behaviour: [Double], genome: [Double]) throws(SearchError) -> Int {
    evaluations += 1
    guard outcome.fitness.isFinite else { throw .notFinite(evaluation: evaluations, what: "fitness") }
    guard behaviour.allSatisfy(\.isFinite) else {
      throw .notFinite(evaluation: evaluations, what: "behaviour descriptor")
    }
    let cell = behaviour.withUnsafeBufferPointer { grid.cell(of: $0) }
    grid.count(cell)
    if outcome.fitness > threshold {
      rewarding += 1
      if let area = outcome.area { bestInArea[area] = max(bestInArea[area], outcome.fitness) }
    }
    if outcome.fitness > best?.fitness ?? -.infinity {
      best = Individual(
        genome: genome, fitness: outcome.fitness, area: outcome.area, behaviour: behaviour,
        descriptor: behaviour, view: [])
    }
    if evaluations % interval == 0 || evaluations == budget {
      curve.append(CoveragePoint(evaluations: evaluations, coverage: grid.coverage))
    }
    // Often, so that a long search can be stopped soon.
    if evaluations % min(interval, 100) == 0 || evaluations == budget {
      guard progress(min(1, Double(evaluations) / Double(budget))) else { throw .cancelled }
    }
    return cell
  }

  /// Searches to the end, or until the search is stopped where what it has found is wanted.
  func carryOut(_ search: () throws(SearchError) -> Void) throws(SearchError) {
    do { try search() } catch SearchError.cancelled where keepsPartial {
      // The points on the way are few: the last one says how far the search came.
      if curve.last?.evaluations != evaluations {
        curve.append(CoveragePoint(evaluations: evaluations, coverage: grid.coverage))
      }
    }
  }

  /// What was found, with the archive of the method.
  func exploration(archive: [Individual], rewarded: [Individual] = [], warnings: [String] = []) -> Exploration
  {
    Exploration(
      evaluations: evaluations, coverage: grid.coverage, uniformity: grid.uniformity,
      best: best.map(Elite.init), bestInArea: bestInArea, rewarding: rewarding, curve: curve,
      archive: archive.map(Elite.init), rewarded: rewarded.map(Elite.init), warnings: warnings,
      isStopped: !isOver)
  }
}
