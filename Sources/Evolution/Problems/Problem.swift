import Worlds

/// What the search of behaviours is about: a genome makes a behaviour, the behaviour has a fitness, a descriptor
/// and, if descriptors are to be learned, a view.
///
/// A problem holds parameters only, so that one value can be searched by many threads.
public protocol Problem: Sendable {
  /// How many genes a genome has.
  var genomeLength: Int { get }
  /// Genes are clipped to this interval.
  var geneRange: ClosedRange<Double> { get }
  /// The interval of each number of the behaviour descriptor; what lies outside counts as the outermost cell.
  var descriptorRanges: [ClosedRange<Double>] { get }
  /// How many places pay a reward, as far as the problem tells them apart; 1 unless it says otherwise.
  var areas: Int { get }
  /// How many numbers a view has (pixels, frames of a trajectory); 0 when there is none.
  var viewWidth: Int { get }

  /// Writes a genome with which a search may begin.
  func drawGenome(into genome: UnsafeMutableBufferPointer<Double>, random: inout PCG64)

  /// Tries a genome.
  /// - Parameters:
  ///   - descriptor: Receives the behaviour descriptor, `descriptorRanges.count` numbers.
  ///   - view: Receives `viewWidth` numbers; nil when nobody looks.
  func evaluate(
    _ genome: UnsafeBufferPointer<Double>, descriptor: UnsafeMutableBufferPointer<Double>,
    view: UnsafeMutableBufferPointer<Float>?, random: inout PCG64
  ) -> Trial
}

extension Problem {
  public var areas: Int { 1 }
  public var viewWidth: Int { 0 }
  public var descriptorWidth: Int { descriptorRanges.count }

  /// Uniform over `geneRange`.
  public func drawGenome(into genome: UnsafeMutableBufferPointer<Double>, random: inout PCG64) {
    for index in genome.indices {
      genome[index] = random.uniform(geneRange.lowerBound, geneRange.upperBound)
    }
  }
}

/// What a trial brought.
public struct Trial: Sendable, Equatable {
  public var fitness: Double
  /// The place that paid (0 ..< `areas`); nil when none did.
  public var area: Int?

  public init(fitness: Double, area: Int? = nil) {
    self.fitness = fitness
    self.area = area
  }
}

/// One that was tried: a genome and what is known of it.
public struct Individual: Sendable {
  public var genome: [Double]
  public var fitness: Double
  public var area: Int?
  /// The problem's own behaviour descriptor.
  public var behaviour: [Double]
  /// The descriptor the search works with: the problem's own, or an autoencoder's code.
  public var descriptor: [Double]
  public var view: [Float]
  /// The mean distance to the nearest others.
  public var novelty = 0.0
  /// How badly the autoencoder reconstructs the view.
  public var surprise = 0.0
  /// The share of the nearest others with a lower fitness.
  public var localCompetition = 0.0
  /// Whether an emitter has started here.
  var hasEmitter = false
}

/// Why a search stopped.
public enum SearchError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A fitness or descriptor is not a finite number.
  case notFinite(evaluation: Int, what: String)
  case cancelled

  public var description: String {
    switch self {
    case .notFinite(let evaluation, let what):
      "evaluation \(evaluation): the \(what) is not a finite number; mend the problem or bound its rewards"
    case .cancelled: "the search was stopped"
    }
  }
}
