import Foundation
import Rewards

/// A grid of `size` cells along each of two axes, walked from the origin by steps that only go up, and left by
/// stopping: the object that stands there has two objectives, its coordinates as shares of the side, as long as it
/// lies within the front u^p + v^p <= 1, and none beyond it (after Bengio et al. 2021; with p below 1 the front is
/// concave, and weighted sums find only its ends).
public struct Hypergrid: World {
  /// What stopping pays.
  public enum Payment: Sendable, Equatable {
    /// w . r.
    case preference([Double])
    /// The reward of a region of objective space.
    case focus(FocusRegion)
  }

  public struct State: Sendable, Equatable {
    public var x, y: Int
  }

  public let size: Int
  public let exponent: Double
  public let payment: Payment

  public init(size: Int = 32, exponent: Double = 0.5, payment: Payment = .preference([0.5, 0.5])) {
    precondition(size >= 2 && exponent > 0, "a grid of \(size) cells a side, exponent \(exponent)")
    self.size = size
    self.exponent = exponent
    self.payment = payment
  }

  /// The objectives of the object at a place.
  public func objectives(_ x: Int, _ y: Int) -> [Double] {
    let (u, v) = (Double(x) / Double(size - 1), Double(y) / Double(size - 1))
    return pow(u, exponent) + pow(v, exponent) <= 1 + 1e-9 ? [u, v] : [0, 0]
  }

  public func observationSpace(of agent: Int) -> Space { .box(0, Float(size - 1), width: 2) }
  /// 0: one up in x, 1: one up in y, 2: stop. A step beyond the edge stays.
  public func actionSpace(of agent: Int) -> Space { .discrete(3) }
  public var maximumSteps: Int? { 2 * size }

  public func initialState(after previous: State?, random: inout PCG64) -> State { State(x: 0, y: 0) }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>, rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    rewards[0] = 0
    switch Int(actions[0]) {
    case 0: state.x = min(state.x + 1, size - 1)
    case 1: state.y = min(state.y + 1, size - 1)
    default:
      let objectives = objectives(state.x, state.y)
      switch payment {
      case .preference(let weights): rewards[0] = zip(weights, objectives).reduce(0) { $0 + $1.0 * $1.1 }
      case .focus(let region): rewards[0] = region.reward(objectives)
      }
      return true
    }
    return false
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.x)
    target[1] = Float(state.y)
  }

  /// `objectives` of the place.
  public func info(_ state: State) -> JSONObject {
    JSONObject([("objectives", .array(objectives(state.x, state.y).map(JSONValue.number)))])
  }
}

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
