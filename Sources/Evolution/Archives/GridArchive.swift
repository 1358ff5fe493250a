import Worlds

/// The best individual of every cell of a grid over the behaviour space (Mouret and Clune 2015), in flat memory.
public struct GridArchive: Sendable {
  /// What became of an individual that was offered.
  public enum Addition: Sendable, Equatable {
    /// The first of its cell.
    case new(fitness: Double)
    /// Better than its cell's best by so much.
    case better(by: Double)
    case refused(by: Double)
  }

  public let genomeLength: Int
  public let descriptorWidth: Int
  private let grid: BehaviourGrid
  /// The place in `genomes` of each cell's elite; -1 where there is none.
  private var places: [Int]
  private var genomes: [Double] = []
  private var behaviours: [Double] = []
  public private(set) var fitness: [Double] = []

  public init(_ ranges: [ClosedRange<Double>], genomeLength: Int, cells: Int? = nil) {
    grid = BehaviourGrid(ranges, cells: cells)
    self.genomeLength = genomeLength
    descriptorWidth = ranges.count
    places = Array(repeating: -1, count: grid.counts.count)
  }

  /// How many cells have an elite.
  public var count: Int { fitness.count }
  /// The share of cells that have an elite.
  public var coverage: Double { Double(count) / Double(places.count) }
  /// The sum of the elites' fitness.
  public var qualityScore: Double { fitness.reduce(0, +) }

  public mutating func add(
    _ genome: UnsafeBufferPointer<Double>, behaviour: UnsafeBufferPointer<Double>, fitness value: Double
  ) -> Addition {
    let cell = grid.cell(of: behaviour)
    let place = places[cell]
    if place < 0 {
      places[cell] = fitness.count
      genomes.append(contentsOf: genome)
      behaviours.append(contentsOf: behaviour)
      fitness.append(value)
      return .new(fitness: value)
    }
    let gain = value - fitness[place]
    guard gain > 0 else { return .refused(by: -gain) }
    fitness[place] = value
    for index in 0..<genomeLength { genomes[place * genomeLength + index] = genome[index] }
    for index in 0..<descriptorWidth { behaviours[place * descriptorWidth + index] = behaviour[index] }
    return .better(by: gain)
  }

  /// The `index`-th elite's genome (in the order in which cells were found).
  public func withGenome<T>(_ index: Int, _ body: (UnsafeBufferPointer<Double>) -> T) -> T {
    genomes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[index * genomeLength..<(index + 1) * genomeLength]))
    }
  }

  public var elites: [Elite] {
    (0..<count).map { index in
      Elite(
        genome: Array(genomes[index * genomeLength..<(index + 1) * genomeLength]), fitness: fitness[index],
        behaviour: Array(behaviours[index * descriptorWidth..<(index + 1) * descriptorWidth]))
    }
  }
}
