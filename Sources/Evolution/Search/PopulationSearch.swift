import Worlds

/// Searches that carry a population from generation to generation: random, fitness, Novelty Search (Lehman and
/// Stanley 2011), NSGA-II, novelty with local competition, and, with emitters or a learned descriptor, SERENE,
/// TAXONS and STAX (Paolo 2022).
final class PopulationSearch<P: Problem> {
  /// Who stays among equals.
  enum Ties: String, CaseIterable {
    /// The later ones, offspring before parents: a population drifts where nothing is paid. The thesis's code sorts
    /// parents and offspring upwards and takes them from the end.
    case offspring
    /// The earlier ones: a population stands still until something is paid.
    case parents

    /// The places of `values`, highest first.
    func ranked(_ values: [Double]) -> [Int] {
      switch self {
      case .offspring: values.indices.sorted { (values[$0], $0) > (values[$1], $1) }
      case .parents: values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
      }
    }
  }

  /// What decides who survives.
  enum Selection: String, CaseIterable {
    case none
    case fitness
    case novelty
    /// Novelty or surprise, each generation by a coin (TAXONS).
    case noveltyOrSurprise = "novelty_or_surprise"
    case surprise
    /// The Pareto fronts of novelty and surprise.
    case noveltyAndSurprise = "novelty_and_surprise"
    /// The Pareto fronts of novelty and fitness (NSGA-II).
    case noveltyAndFitness = "novelty_and_fitness"
    /// The Pareto fronts of novelty and the share of the nearest neighbours that one beats.
    case localCompetition = "local_competition"
  }

  struct Settings {
    var population = 100
    var offspring = 2
    var sigma = 0.05
    var selection = Selection.novelty
    var ties = Ties.offspring
    var neighbours = 15
    /// How many offspring enter the archive each generation.
    var archived = 5
    /// The most novel rather than random ones.
    var archivesBest = false
    var chunk = 1000
    /// nil: no emitters.
    var emitters: EmitterSettings?
    /// nil: the problem's own descriptor.
    var learned: LearnedSettings?
    /// Every coordinate of the descriptor is divided by its spread over the reference set.
    var whitens = false
    var fault: QualityDiversity.Fault?
  }

  struct LearnedSettings {
    var codeWidth = 10
    var isTrained = true
  }

  let trials: Trials<P>
  let settings: Settings
  var population: [Individual] = []
  var offspring: [Individual] = []
  var archive: [Individual] = []
  var learned: LearnedDescriptor?
  var serene: EmitterState
  /// The spread by which each coordinate is divided; empty without whitening.
  private var scales: [Double] = []

  init(_ trials: Trials<P>, _ settings: Settings) {
    self.trials = trials
    self.settings = settings
    serene = EmitterState()
    if let learned = settings.learned {
      self.learned = LearnedDescriptor(
        viewWidth: trials.problem.viewWidth, codeWidth: learned.codeWidth, isTrained: learned.isTrained,
        isCollapsed: settings.fault == .collapsedCode, random: &trials.random)
    }
  }

  func run() throws(SearchError) -> Exploration {
    try trials.carryOut { () throws(SearchError) in try search() }
    let kept = archive.isEmpty ? population : archive
    return trials.exploration(
      archive: kept, rewarded: serene.rewarded, warnings: learned?.warnings ?? [])
  }

  private func search() throws(SearchError) {
    for _ in 0..<settings.population { population.append(try trials.individual(trials.drawGenome())) }
    learned?.describe(&population)
    while !trials.isOver {
      try explore()
      try retrain()
      if let emitters = settings.emitters, !trials.isOver { try exploit(emitters) }
    }
  }

  /// One chunk of generations.
  private func explore() throws(SearchError) {
    let end = trials.evaluations + settings.chunk
    while trials.evaluations < end, !trials.isOver { try generation() }
  }

  private func generation() throws(SearchError) {
    offspring.removeAll(keepingCapacity: true)
    for parent in population {
      for _ in 0..<settings.offspring where !trials.isOver {
        let genome =
          settings.selection == .none
          ? trials.drawGenome() : trials.mutate(parent.genome, sigma: settings.sigma)
        offspring.append(try trials.individual(genome))
      }
    }
    if settings.selection == .none { return }
    learned?.describe(&offspring)
    if settings.emitters != nil { findCandidates() }
    var all = population + offspring
    if settings.selection != .fitness { rate(&all) }
    offspring = Array(all[population.count...])
    fillArchive()
    population = survivors(of: all)
  }

  /// Novelty, and local competition where it is wanted.
  private func rate(_ all: inout [Individual]) {
    let reference = all + archive + serene.rewarded
    if settings.whitens { scales = Self.spreads(reference) }
    let index = index(of: reference)
    let isLocal = settings.selection == .localCompetition
    for place in all.indices {
      let query = settings.fault == .constantDescriptor ? zeros : scaled(all[place].descriptor)
      let (neighbours, distances) = index.nearest(settings.neighbours + 1, to: query)
      let others = distances.dropFirst()
      all[place].novelty = others.isEmpty ? 0 : others.reduce(0, +) / Double(others.count)
      if settings.fault == .invertedNovelty { all[place].novelty *= -1 }
      if isLocal {
        let beaten = neighbours.dropFirst().count { reference[$0].fitness < all[place].fitness }
        all[place].localCompetition = Double(beaten) / Double(max(1, others.count))
      }
    }
  }

  private var zeros: [Double] { Array(repeating: 0, count: population.first?.descriptor.count ?? 1) }

  func index(of individuals: [Individual]) -> NeighbourIndex {
    var points: [Double] = []
    for individual in individuals {
      points += settings.fault == .constantDescriptor ? zeros : scaled(individual.descriptor)
    }
    return NeighbourIndex(points, width: max(1, individuals.first?.descriptor.count ?? 1))
  }

  func scaled(_ descriptor: [Double]) -> [Double] {
    scales.isEmpty ? descriptor : zip(descriptor, scales).map { $0 / $1 }
  }

  private static func spreads(_ individuals: [Individual]) -> [Double] {
    let count = Double(individuals.count)
    return individuals[0].descriptor.indices.map { axis in
      let mean = individuals.reduce(0) { $0 + $1.descriptor[axis] } / count
      let squares = individuals.reduce(0) { sum, one in
        sum + (one.descriptor[axis] - mean) * (one.descriptor[axis] - mean)
      }
      let spread = (squares / count).squareRoot()
      return spread > 0 ? spread : 1
    }
  }

  private func fillArchive() {
    var order = Array(offspring.indices)
    if settings.archivesBest {
      order.sort { (offspring[$0].novelty, $1) > (offspring[$1].novelty, $0) }
    } else {
      for place in 0..<min(settings.archived, order.count) {
        order.swapAt(place, place + trials.random.integer(below: order.count - place))
      }
    }
    for place in order.prefix(settings.archived) { archive.append(offspring[place]) }
  }

  private func survivors(of all: [Individual]) -> [Individual] {
    let count = settings.population
    switch settings.selection {
    case .none: return population
    case .fitness: return best(count, of: all, \.fitness)
    case .novelty: return best(count, of: all, \.novelty)
    case .surprise: return best(count, of: all, \.surprise)
    case .noveltyOrSurprise:
      return best(count, of: all, trials.random.uniform() < 0.5 ? \.novelty : \.surprise)
    case .noveltyAndSurprise: return fronts(count, of: all, \.surprise)
    case .noveltyAndFitness: return fronts(count, of: all, \.fitness)
    case .localCompetition: return fronts(count, of: all, \.localCompetition)
    }
  }

  private func best(_ count: Int, of all: [Individual], _ key: KeyPath<Individual, Double>) -> [Individual] {
    settings.ties.ranked(all.map { $0[keyPath: key] }).prefix(count).map { all[$0] }
  }

  private func fronts(_ count: Int, of all: [Individual], _ key: KeyPath<Individual, Double>) -> [Individual]
  {
    ParetoRanking.best(count, of: all.map { ($0.novelty, $0[keyPath: key]) }).map { all[$0] }
  }

  /// Trains the autoencoder when it is time, and describes everything anew that is stored.
  private func retrain() throws(SearchError) {
    guard var learned else { return }
    let wasTrained = learned.chunkEnded(
      { (population + offspring + archive + serene.rewarded).map(\.view) }, random: &trials.random)
    if wasTrained {
      learned.describe(&population)
      learned.describe(&archive)
      serene.describe(with: learned)
    }
    self.learned = learned
  }
}
