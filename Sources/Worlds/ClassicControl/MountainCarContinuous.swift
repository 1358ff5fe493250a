import Foundation
import Rewards

/// MountainCarContinuous-v0, equal to Gymnasium's: the car of `MountainCar` with a force from -1 to 1. Reward 100
/// at the flag at 0.45, less a tenth of the force's square in every step.
///
/// Gymnasium's keeps its state in single precision after the first step; so does this one, rounding where NumPy
/// rounds.
public struct MountainCarContinuous: World {
  public struct State: Sendable, Equatable {
    /// From -1.2 to 0.6, and at most 0.07 a step.
    public var position, velocity: Double
    /// Whether both were rounded to single precision, as they are after every step.
    public var isSingle: Bool

    public init(position: Double, velocity: Double, isSingle: Bool = false) {
      self.position = position
      self.velocity = velocity
      self.isSingle = isSingle
    }
  }

  /// The velocity that the car must have at the flag.
  public let goalVelocity: Double
  public let maximumSteps: Int?

  public init(goalVelocity: Double = 0, maximumSteps: Int? = 999) {
    self.goalVelocity = goalVelocity
    self.maximumSteps = maximumSteps
  }

  public func observationSpace(of agent: Int) -> Space {
    .box(low: [-1.2, -0.07], high: [0.6, 0.07])
  }

  /// The force, to the right when positive; beyond -1 ... 1 it is cut, but paid for.
  public func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 1) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    State(position: random.uniform(-0.6, -0.4), velocity: 0)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let isSingle = state.isSingle
    func rounded(_ value: Double) -> Double { isSingle ? Double(Float(value)) : value }
    let action = actions[0]
    let pull = 0.0025 * cos(rounded(3 * state.position))
    // A force that was cut is a Python number, which is multiplied in double precision.
    let change =
      if action > 1 { 0.0015 - pull } else if action < -1 { -0.0015 - pull } else {
        Double(action * 0.0015 - Float(pull))
      }
    var velocity = rounded(state.velocity + rounded(change))
    velocity = max(rounded(-0.07), min(rounded(0.07), velocity))
    let position = max(rounded(-1.2), min(rounded(0.6), rounded(state.position + velocity)))
    if position == rounded(-1.2), velocity < 0 { velocity = 0 }
    let isReached = position >= rounded(0.45) && velocity >= rounded(goalVelocity)
    rewards[0] = (isReached ? 100 : 0) - Double(action) * Double(action) * 0.1
    state = State(
      position: Double(Float(position)), velocity: Double(Float(velocity)), isSingle: true)
    return isReached
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.position)
    target[1] = Float(state.velocity)
  }
}
