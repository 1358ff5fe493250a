import Foundation
import Rewards

/// MountainCar-v0 (Moore 1990), equal to Gymnasium's: a car in a valley, too weak to climb out without swinging.
/// Reward -1 a step until the flag at 0.5 is reached.
public struct MountainCar: World {
  public struct State: Sendable, Equatable {
    /// From -1.2 to 0.6, and at most 0.07 a step.
    public var position, velocity: Double

    public init(position: Double, velocity: Double) {
      self.position = position
      self.velocity = velocity
    }
  }

  /// The velocity that the car must have at the flag.
  public let goalVelocity: Double
  public let maximumSteps: Int?

  public init(goalVelocity: Double = 0, maximumSteps: Int? = 200) {
    self.goalVelocity = goalVelocity
    self.maximumSteps = maximumSteps
  }

  public func observationSpace(of agent: Int) -> Space {
    .box(low: [-1.2, -0.07], high: [0.6, 0.07])
  }

  /// 0 pushes to the left, 1 not at all, 2 to the right.
  public func actionSpace(of agent: Int) -> Space { .discrete(3) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    State(position: random.uniform(-0.6, -0.4), velocity: 0)
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let push = Double(actions[0].rounded(.down)) - 1
    var velocity = state.velocity + (push * 0.001 + cos(3 * state.position) * -0.0025)
    velocity = max(-0.07, min(0.07, velocity))
    let position = max(-1.2, min(0.6, state.position + velocity))
    if position == -1.2, velocity < 0 { velocity = 0 }
    state = State(position: position, velocity: velocity)
    rewards[0] = -1
    return position >= 0.5 && velocity >= goalVelocity
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.position)
    target[1] = Float(state.velocity)
  }
}
