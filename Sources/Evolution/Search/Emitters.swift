import Foundation
import Worlds

/// How SERENE exploits.
struct EmitterSettings {
  var population = 6
  /// Generations of a candidate's trial.
  var trial = 5
  /// An emitter's step size is at most this many times the search's.
  var sigmaCap = 3.0
  /// Generations over which stagnation is judged; nil for int(20 genes / 6 + 120).
  var window: Int?
  /// The most generations of an emitter; nil for no limit.
  var cap: Int?
  /// How many of an emitter's novel finds enter the novelty archive when it dies.
  var archived = 5
  /// How often a rewarded individual is tried again before it starts a candidate (noisy worlds).
  var confirmations = 0
}

/// A local search that starts from a rewarded individual.
struct Emitter {
  var ancestor: Individual
  var sigma: Double
  var population: [Individual]
  /// The rewards of the population, generation after generation.
  var rewards: [[Double]]
  var improvement: Double
  var bestArchived = -Double.infinity
  var mostNovel: Double
  var buffer: [Individual] = []

  /// max(mean of the last three generations - mean of the first three, 0).
  static func improvement(of rewards: [[Double]]) -> Double {
    func mean(_ rows: ArraySlice<[Double]>) -> Double {
      let all = rows.flatMap { $0 }
      return all.reduce(0, +) / Double(max(all.count, 1))
    }
    return max(mean(rewards.suffix(3)) - mean(rewards.prefix(3)), 0)
  }

  /// Hansen's stagnation: over the window, neither median nor best of the newest 20 generations beats the oldest 20.
  func hasStagnated(window: Int) -> Bool {
    guard rewards.count > window else { return false }
    let rows = rewards.suffix(window)
    let (old, new) = (rows.prefix(20).flatMap { $0 }, rows.suffix(20).flatMap { $0 })
    return Self.median(old) >= Self.median(new) || old.max()! >= new.max()!
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// What SERENE keeps besides the population.
struct EmitterState {
  var candidates: [(ancestor: Individual, sigma: Double)] = []
  var emitters: [Emitter] = []
  /// The reward archive.
  var rewarded: [Individual] = []

  /// Describes everything stored anew, after the autoencoder was trained.
  mutating func describe(with learned: LearnedDescriptor) {
    learned.describe(&rewarded)
    var ancestors = candidates.map(\.ancestor)
    learned.describe(&ancestors)
    for index in candidates.indices { candidates[index].ancestor = ancestors[index] }
    for index in emitters.indices {
      var ancestor = [emitters[index].ancestor]
      learned.describe(&ancestor)
      emitters[index].ancestor = ancestor[0]
      learned.describe(&emitters[index].population)
      learned.describe(&emitters[index].buffer)
      // A distance in the old code space bounds nothing in the new one.
      emitters[index].mostNovel = 0
    }
  }
}

/// SERENE's alternation of exploration and local exploitation (Paolo et al. 2021, "Sparse reward exploration via
/// novelty search and emitters").
extension PopulationSearch {
  /// Every rewarded individual that has not been used starts a candidate emitter.
  func findCandidates() {
    let everyone = population.map(\.genome) + offspring.map(\.genome)
    for place in 0..<everyone.count {
      let isParent = place < population.count
      let one = isParent ? population[place] : offspring[place - population.count]
      guard one.fitness > trials.threshold, !one.hasEmitter else { continue }
      var nearest = Double.infinity
      for other in 0..<everyone.count where other != place {
        var square = 0.0
        for (a, b) in zip(everyone[other], one.genome) { square += (a - b) * (a - b) }
        nearest = min(nearest, square.squareRoot())
      }
      let sigma = nearest > 0 && nearest.isFinite ? nearest / 3 : settings.sigma
      let cap = settings.sigma * (settings.emitters?.sigmaCap ?? 3)
      serene.candidates.append((one, min(sigma, cap)))
      serene.rewarded.append(one)
      if isParent {
        population[place].hasEmitter = true
      } else {
        offspring[place - population.count].hasEmitter = true
      }
    }
  }

  /// One chunk of exploitation: candidates are tried, then emitters run.
  func exploit(_ emitters: EmitterSettings) throws(SearchError) {
    if settings.fault == .noEmitters { return }
    let end = trials.evaluations + settings.chunk
    try tryCandidates(emitters, end: end)
    while !serene.emitters.isEmpty, trials.evaluations < end, !trials.isOver {
      // Taken out while it runs: it adds to the reward archive beside it.
      var emitter = serene.emitters.remove(at: chooseEmitter())
      if try run(&emitter, emitters, end: end) {
        archive += emitter.buffer.suffix(emitters.archived)
      } else {
        emitter.improvement = Emitter.improvement(of: emitter.rewards)
        serene.emitters.append(emitter)
      }
    }
  }

  /// How far something is from the rewarded.
  private func rewardNovelty(_ individuals: [Individual]) -> [Double] {
    let index = index(of: serene.rewarded)
    return individuals.map {
      index.meanDistance(settings.neighbours, to: scaled($0.descriptor), skippingFirst: true)
    }
  }

  private func tryCandidates(_ emitters: EmitterSettings, end: Int) throws(SearchError) {
    let distances = rewardNovelty(serene.candidates.map(\.ancestor))
    let order = serene.candidates.indices.sorted { (distances[$0], $1) > (distances[$1], $0) }
    serene.candidates = order.map { serene.candidates[$0] }
    var used = 0
    while used < serene.candidates.count, end - trials.evaluations > settings.chunk / 3, !trials.isOver {
      let (ancestor, sigma) = serene.candidates[used]
      used += 1
      if try !isConfirmed(ancestor, emitters.confirmations) { continue }
      var emitter = Emitter(
        ancestor: ancestor, sigma: sigma, population: [], rewards: [], improvement: 0, mostNovel: 0)
      for _ in 0..<emitters.population where !trials.isOver {
        emitter.population.append(
          try trials.individual(trials.mutate(ancestor.genome, sigma: sigma)))
      }
      guard !emitter.population.isEmpty else { break }
      emitter.rewards.append(emitter.population.map(\.fitness))
      let surroundings = noveltyIndex()
      emitter.mostNovel = novelty(of: ancestor, surroundings)
      for _ in 0..<emitters.trial where !trials.isOver {
        try step(&emitter, emitters, surroundings)
      }
      emitter.improvement = Emitter.improvement(of: emitter.rewards)
      if emitter.improvement > 0 { serene.emitters.append(emitter) }
    }
    serene.candidates.removeFirst(used)
  }

  private func isConfirmed(_ ancestor: Individual, _ times: Int) throws(SearchError) -> Bool {
    for _ in 0..<times where !trials.isOver {
      if try trials.individual(ancestor.genome).fitness <= trials.threshold { return false }
    }
    return true
  }

  /// A random emitter of the Pareto front of novelty and improvement.
  private func chooseEmitter() -> Int {
    let novelty = rewardNovelty(serene.emitters.map(\.ancestor))
    let front = ParetoRanking.front(zip(novelty, serene.emitters.map(\.improvement)).map { ($0, $1) })
    return front[trials.random.integer(below: front.count)]
  }

  private func noveltyIndex() -> NeighbourIndex { index(of: population + archive + serene.rewarded) }

  private func novelty(of individual: Individual, _ index: NeighbourIndex) -> Double {
    index.meanDistance(settings.neighbours, to: scaled(individual.descriptor), skippingFirst: false)
  }

  /// Runs an emitter until the chunk ends or it stops.
  /// - Returns: Whether it stopped.
  private func run(_ emitter: inout Emitter, _ emitters: EmitterSettings, end: Int) throws(SearchError)
    -> Bool
  {
    let window = emitters.window ?? 20 * trials.problem.genomeLength / 6 + 120
    let surroundings = noveltyIndex()
    while trials.evaluations < end, !trials.isOver {
      try step(&emitter, emitters, surroundings)
      if emitter.hasStagnated(window: window) { return true }
      if let cap = emitters.cap, emitter.rewards.count > cap { return true }
    }
    return false
  }

  /// One generation: two offspring each, the best by reward stay.
  private func step(
    _ emitter: inout Emitter, _ emitters: EmitterSettings, _ surroundings: NeighbourIndex
  ) throws(SearchError) {
    var children: [Individual] = []
    for parent in emitter.population {
      for _ in 0..<settings.offspring where !trials.isOver {
        children.append(try trials.individual(trials.mutate(parent.genome, sigma: emitter.sigma)))
      }
    }
    learned?.describe(&children)
    for child in children {
      let novelty = novelty(of: child, surroundings)
      if novelty > emitter.mostNovel {
        emitter.mostNovel = novelty
        emitter.buffer.append(child)
      }
    }
    let all = emitter.population + children
    let order = settings.ties.ranked(all.map(\.fitness))
    emitter.population = order.prefix(emitters.population).map { all[$0] }
    emitter.rewards.append(emitter.population.map(\.fitness))
    if emitter.bestArchived == -.infinity {
      let best = emitter.population[0]
      if best.fitness > trials.threshold { store(best, &emitter) }
    } else {
      for child in children where child.fitness > emitter.bestArchived { store(child, &emitter) }
    }
  }

  private func store(_ individual: Individual, _ emitter: inout Emitter) {
    var stored = individual
    if learned != nil {
      var list = [stored]
      learned?.describe(&list)
      stored = list[0]
    }
    emitter.bestArchived = stored.fitness
    serene.rewarded.append(stored)
  }
}
