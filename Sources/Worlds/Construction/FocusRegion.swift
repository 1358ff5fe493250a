import Foundation
import Rewards

/// A cone of objective space that one asks for (goal-conditioned GFlowNets, arXiv 2306.04620): the sum of the objectives
/// inside it, fading from its axis to its border, and nothing outside.
public struct FocusRegion: Sendable, Equatable {
  /// Of unit length.
  public let direction: [Double]
  /// c_g: the cosine at the border.
  public let cosine: Double
  /// m_g: the share that is paid at the border.
  public let border: Double

  /// - Precondition: No negative component, not all 0.
  public init(direction: [Double], cosine: Double = 0.98, border: Double = 0.2) {
    precondition(
      direction.allSatisfy { $0 >= 0 } && direction.contains { $0 > 0 }, "a direction without negative parts")
    precondition(cosine > 0 && cosine < 1 && border > 0 && border <= 1, "cosine and border from 0 to 1")
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.direction = direction.map { $0 / length }
    self.cosine = cosine
    self.border = border
  }

  /// cos(r, d)^(log m / log c) x the sum of r inside, 0 outside; 0 for r = 0, which has no direction.
  public func reward(_ objectives: [Double]) -> Double {
    let length = objectives.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if length == 0 { return 0 }
    let cos = zip(objectives, direction).reduce(0) { $0 + $1.0 * $1.1 } / length
    if cos < cosine { return 0 }
    return pow(min(cos, 1), log(border) / log(cosine)) * objectives.reduce(0, +)
  }
}

/// What a world pays for an object with several objectives when it is finished.
public enum ObjectivePayment: Sendable, Equatable {
  /// w . r.
  case preference([Double])
  /// The reward of a region of objective space.
  case focus(FocusRegion)

  public func reward(_ objectives: [Double]) -> Double {
    switch self {
    case .preference(let weights): zip(weights, objectives).reduce(0) { $0 + $1.0 * $1.1 }
    case .focus(let region): region.reward(objectives)
    }
  }
}

extension ObjectivePayment {
  static let parameters = [
    Parameter(
      "weights", .json, default: .null,
      help: "stopping pays weights . objectives; default: the same weight for all, summing to 1"),
    Parameter(
      "goal", .json, default: .null,
      help: "a direction, a number for each objective: stopping pays by the region around it, not by weights"),
    Parameter(
      "cosine", .number, default: .number(0.98), range: 0.001...0.9999, help: "of the region's border"),
  ]

  /// Reads `parameters` for objects of this many objectives.
  init(_ parameters: Parameters, objectives: Int) throws(ParameterError) {
    func vector(_ name: String) throws(ParameterError) -> [Double]? {
      let value = parameters.json(name)
      if value == .null { return nil }
      guard let numbers = value.numbers, numbers.count == objectives, numbers.allSatisfy({ $0 >= 0 }),
        numbers.contains(where: { $0 > 0 })
      else {
        throw ParameterError(
          parameter: name, expected: "a list of \(objectives) numbers from 0, not all 0", found: value.summary
        )
      }
      return numbers
    }
    let (weights, goal) = (try vector("weights"), try vector("goal"))
    if weights != nil, goal != nil {
      throw ParameterError(parameter: "goal", "weights and goal are two ways to ask: give one of them")
    }
    if let goal {
      self = .focus(FocusRegion(direction: goal, cosine: parameters.double("cosine")))
    } else {
      self = .preference(weights ?? Array(repeating: 1 / Double(objectives), count: objectives))
    }
  }
}
