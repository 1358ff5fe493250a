import Rewards

/// A genome worth keeping.
public struct Elite: Sendable, Equatable {
  public var genome: [Double]
  public var fitness: Double
  /// The problem's own behaviour descriptor.
  public var behaviour: [Double]

  public init(genome: [Double], fitness: Double, behaviour: [Double]) {
    self.genome = genome
    self.fitness = fitness
    self.behaviour = behaviour
  }

  init(_ individual: Individual) {
    self.init(genome: individual.genome, fitness: individual.fitness, behaviour: individual.behaviour)
  }
}

/// How much of the behaviour space had been reached after so many evaluations.
public struct CoveragePoint: Sendable, Equatable {
  public var evaluations: Int
  public var coverage: Double
}

/// What a search found.
public struct Exploration: Sendable {
  public var evaluations: Int
  /// The share of the behaviour grid's cells that any evaluated genome reached.
  public var coverage: Double
  /// 1 - the Jensen-Shannon distance between visits and the uniform distribution.
  public var uniformity: Double
  public var best: Elite?
  /// The best fitness in each of the problem's areas; 0 where none was found.
  public var bestInArea: [Double]
  /// How many evaluations were rewarded.
  public var rewarding: Int
  public var curve: [CoveragePoint]
  /// What the method keeps: the novelty archive, the grid's elites, or the last population.
  public var archive: [Elite]
  /// SERENE's and STAX's archive of rewarded policies.
  public var rewarded: [Elite]
  /// What went wrong without stopping the search (a collapsed autoencoder).
  public var warnings: [String]
  /// Whether the search was stopped before its budget was used.
  public var isStopped = false

  /// The sum of the fitness over the archive's cells (Pugh et al. 2016), for a fitness of at least 0.
  public func qualityScore(over ranges: [ClosedRange<Double>], cells: Int? = nil) -> Double {
    let grid = BehaviourGrid(ranges, cells: cells)
    var best: [Int: Double] = [:]
    for elite in archive {
      let cell = elite.behaviour.withUnsafeBufferPointer { grid.cell(of: $0) }
      best[cell] = max(best[cell] ?? -.infinity, elite.fitness)
    }
    return best.keys.sorted().reduce(0) { $0 + best[$1]! }
  }

  /// The result as a file: numbers, the coverage curve, and every elite with its genome.
  public var json: JSONValue {
    func list(_ values: [Double]) -> JSONValue { .array(values.map(JSONValue.number)) }
    func elites(_ all: [Elite]) -> JSONValue {
      .array(
        all.map { elite in
          .object(
            JSONObject([
              ("fitness", .number(elite.fitness)), ("behaviour", list(elite.behaviour)),
              ("genome", list(elite.genome)),
            ]))
        })
    }
    var object = JSONObject([
      ("evaluations", .integer(evaluations)), ("coverage", .number(coverage)),
      ("uniformity", .number(uniformity)), ("rewarding", .integer(rewarding)),
      ("best_in_area", list(bestInArea)),
    ])
    object["best"] = best.map { elites([$0]) } ?? .null
    object["curve"] = .array(
      curve.map { .array([.integer($0.evaluations), .number($0.coverage)]) })
    object["archive"] = elites(archive)
    object["rewarded"] = elites(rewarded)
    object["warnings"] = .array(warnings.map(JSONValue.string))
    return .object(object)
  }
}
