import Foundation
import Numeric
import Worlds

/// What a conditional sampler can be asked for: a table of goal directions, or of preferences (arXiv 2306.04620).
public struct FlowConditions: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A direction of objective space: the reward of the focus region around it.
    case goals
    /// Weights w ~ Dirichlet(1): R = w . r.
    case preferences
  }

  public let kind: Kind
  /// Directions of unit length, or weights that sum to 1.
  public let vectors: [[Double]]
  private let payments: [ObjectivePayment]

  /// Two objectives: evenly spread; more: drawn with the seed. With one objective there is one condition, R = r.
  /// - Parameters:
  ///   - cosine: c_g of `goals`.
  ///   - border: m_g of `goals`.
  public init(
    _ kind: Kind, objectives: Int, count: Int, cosine: Double = 0.98, border: Double = 0.2, seed: UInt64 = 1
  ) {
    precondition(objectives >= 1 && count >= 1, "\(objectives) objectives, \(count) conditions")
    var random = PCG64(seed: seed)
    let count = objectives == 1 ? 1 : count
    vectors = (0..<count).map { index in
      let place = (Double(index) + 0.5) / Double(count)
      switch (kind, objectives) {
      case (_, 1): return [1]
      case (.goals, 2): return [cos(place * .pi / 2), sin(place * .pi / 2)]
      case (.preferences, 2): return [1 - place, 1 - (1 - place)]
      case (.goals, _):
        let vector = (0..<objectives).map { _ in abs(random.normal()) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
      case (.preferences, _):
        let vector = (0..<objectives).map { _ in -log(1 - random.uniform()) }
        let sum = vector.reduce(0, +)
        return vector.map { $0 / sum }
      }
    }
    self.kind = kind
    payments = vectors.map { vector in
      kind == .goals
        ? .focus(FocusRegion(direction: vector, cosine: cosine, border: border)) : .preference(vector)
    }
  }

  public var count: Int { vectors.count }

  /// R(x | condition) by x's objectives.
  public func reward(_ condition: Int, _ objectives: [Double]) -> Double {
    payments[condition].reward(objectives)
  }
}
