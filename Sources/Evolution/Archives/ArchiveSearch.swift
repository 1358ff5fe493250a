import Worlds

/// Searches around a grid of elites: MAP-Elites, CMA-ES (whose elites are only watched) and CMA-ME.
final class ArchiveSearch<P: Problem> {
  private let trials: Trials<P>
  private let random: Int
  private let sigma: Double
  private let lineSigma: Double
  private let batch: Int
  private let emitterCount: Int
  private var archive: GridArchive
  private var genome: [Double]
  private var behaviour: [Double]

  init(
    _ trials: Trials<P>, initial: Int, sigma: Double, lineSigma: Double = 0, batch: Int = 36,
    emitters: Int = 5, cells: Int? = nil
  ) {
    self.trials = trials
    random = initial
    self.sigma = sigma
    self.lineSigma = lineSigma
    self.batch = batch
    emitterCount = emitters
    archive = GridArchive(
      trials.problem.descriptorRanges, genomeLength: trials.problem.genomeLength, cells: cells)
    genome = Array(repeating: 0, count: trials.problem.genomeLength)
    behaviour = Array(repeating: 0, count: trials.problem.descriptorWidth)
  }

  private func result() -> Exploration {
    var exploration = trials.exploration(archive: [])
    exploration.archive = archive.elites
    return exploration
  }

  /// Evaluates `genome` and offers it to the archive.
  private func offer() throws(SearchError) -> (GridArchive.Addition, Double) {
    let outcome = genome.withUnsafeBufferPointer { genome in
      behaviour.withUnsafeMutableBufferPointer {
        trials.problem.evaluate(genome, descriptor: $0, view: nil, random: &trials.random)
      }
    }
    try trials.count(outcome, behaviour: behaviour, genome: genome)
    let addition = genome.withUnsafeBufferPointer { genome in
      behaviour.withUnsafeBufferPointer { archive.add(genome, behaviour: $0, fitness: outcome.fitness) }
    }
    return (addition, outcome.fitness)
  }

  private func drawGenome() {
    genome.withUnsafeMutableBufferPointer { trials.problem.drawGenome(into: $0, random: &trials.random) }
  }

  private func clip() {
    let range = trials.problem.geneRange
    for index in genome.indices {
      genome[index] = min(max(genome[index], range.lowerBound), range.upperBound)
    }
  }

  /// MAP-Elites: a random elite, a mutation, and a place in the archive if it is the best of its cell. With
  /// `lineSigma` the mutation also goes along the line to a second elite (Vassiliades and Mouret 2018).
  func mapElites() throws(SearchError) -> Exploration {
    try trials.carryOut { () throws(SearchError) in try fillCells() }
    return result()
  }

  private func fillCells() throws(SearchError) {
    while !trials.isOver {
      if trials.evaluations < random {
        drawGenome()
      } else {
        let first = trials.random.integer(below: archive.count)
        archive.withGenome(first) { elite in
          for index in 0..<elite.count { genome[index] = elite[index] + sigma * trials.random.normal() }
        }
        if lineSigma > 0 {
          let second = trials.random.integer(below: archive.count)
          let share = lineSigma * trials.random.normal()
          archive.withGenome(first) { a in
            archive.withGenome(second) { b in
              for index in 0..<a.count { genome[index] += share * (b[index] - a[index]) }
            }
          }
        }
        clip()
      }
      _ = try offer()
    }
  }

  /// CMA-ES on the fitness, started anew from a random genome whenever it has converged.
  func evolutionStrategy() throws(SearchError) -> Exploration {
    try trials.carryOut { () throws(SearchError) in try evolve() }
    return result()
  }

  private func evolve() throws(SearchError) {
    while !trials.isOver {
      drawGenome()
      var strategy = CovarianceAdaptation(mean: genome, sigma: sigma, batch: batch)
      var flat = 0
      while !trials.isOver, !strategy.hasConverged, flat < 10 {
        var tried: [(genome: [Double], fitness: Double)] = []
        for _ in 0..<strategy.batch where !trials.isOver {
          genome.withUnsafeMutableBufferPointer { strategy.sample(into: $0, random: &trials.random) }
          clip()
          tried.append((genome, try offer().1))
        }
        let order = tried.indices.sorted { (tried[$0].fitness, $1) > (tried[$1].fitness, $0) }
        flat = tried[order[0]].fitness == tried[order[order.count - 1]].fitness ? flat + 1 : 0
        strategy.update(order.prefix(max(1, strategy.batch / 2)).map { tried[$0].genome })
      }
    }
  }

  /// CMA-ME with improvement emitters (Fontaine et al. 2020): each emitter is a CMA-ES that ranks first what found
  /// new cells, by fitness, then what improved cells, by how much; it starts anew from a random elite when a
  /// generation added nothing.
  func covarianceMapElites() throws(SearchError) -> Exploration {
    try trials.carryOut { () throws(SearchError) in try emit() }
    return result()
  }

  private func emit() throws(SearchError) {
    var emitters: [CovarianceAdaptation] = []
    for _ in 0..<emitterCount {
      drawGenome()
      emitters.append(CovarianceAdaptation(mean: genome, sigma: sigma, batch: batch))
    }
    while !trials.isOver {
      for index in emitters.indices where !trials.isOver {
        var added: [(genome: [Double], isNew: Bool, value: Double)] = []
        for _ in 0..<emitters[index].batch where !trials.isOver {
          genome.withUnsafeMutableBufferPointer {
            emitters[index].sample(into: $0, random: &trials.random)
          }
          clip()
          switch try offer().0 {
          case .new(let fitness): added.append((genome, true, fitness))
          case .better(let gain): added.append((genome, false, gain))
          case .refused: break
          }
        }
        added.sort { ($0.isNew ? 1 : 0, $0.value) > ($1.isNew ? 1 : 0, $1.value) }
        emitters[index].update(added.map(\.genome))
        if added.isEmpty || emitters[index].hasConverged, archive.count > 0 {
          let start = archive.withGenome(trials.random.integer(below: archive.count)) { Array($0) }
          emitters[index] = CovarianceAdaptation(mean: start, sigma: sigma, batch: batch)
        }
      }
    }
  }
}
