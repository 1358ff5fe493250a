import Foundation
import Rewards

/// A grid of `size` cells along each of two axes, walked from the origin by steps that only go up, and left by
/// stopping: the object that stands there has two objectives, its coordinates as shares of the side, as long as it
/// lies within the front u^p + v^p <= 1, and none beyond it (after Bengio et al. 2021; with p below 1 the front is
/// concave, and weighted sums find only its ends).
public struct Hypergrid: ConstructionWorld {
  public struct State: Sendable, Equatable {
    public var x, y: Int
  }

  public let size: Int
  public let exponent: Double
  /// What stopping pays.
  public let payment: ObjectivePayment

  public init(size: Int = 32, exponent: Double = 0.5, payment: ObjectivePayment = .preference([0.5, 0.5])) {
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
      rewards[0] = payment.reward(objectives(state.x, state.y))
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

  /// Cell (x, y) is state x * size + y; every cell is an object.
  public var construction: ConstructionGraph {
    ConstructionGraph(
      states: size * size, choiceNames: ["x", "y"], objectiveNames: ["x", "y"],
      child: { state, choice in
        let (x, y) = (state / size, state % size)
        return choice == 0 ? (x + 1 < size ? state + size : nil) : (y + 1 < size ? state + 1 : nil)
      },
      objectives: { objectives($0 / size, $0 % size) },
      name: { .array([.integer($0 / size), .integer($0 % size)]) })
  }
}
