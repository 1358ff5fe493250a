import Foundation
import Rewards

/// Pendulum-v1, equal to Gymnasium's: a rod of 1 m and 1 kg, swung up and held by a torque too small to lift it at
/// once. Reward -(angle^2 + 0.1 velocity^2 + 0.001 torque^2) with the angle from upright; never terminates.
public struct Pendulum: World {
  public struct State: Sendable, Equatable {
    /// Radians from upright (not wrapped), and radians a second (at most 8).
    public var angle, velocity: Double

    public init(angle: Double, velocity: Double) {
      self.angle = angle
      self.velocity = velocity
    }
  }

  /// Metres a second squared.
  public let gravity: Double
  public let maximumSteps: Int?

  public init(gravity: Double = 10, maximumSteps: Int? = 200) {
    self.gravity = gravity
    self.maximumSteps = maximumSteps
  }

  /// Cosine and sine of the angle, and the velocity.
  public func observationSpace(of agent: Int) -> Space {
    .box(low: [-1, -1, -8], high: [1, 1, 8])
  }

  /// The torque in newton metres; what is beyond -2 ... 2 is cut.
  public func actionSpace(of agent: Int) -> Space { .box(-2, 2, width: 1) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    let angle = random.uniform(-.pi, .pi)
    return State(angle: angle, velocity: random.uniform(-1, 1))
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let torque = max(-2, min(2, actions[0]))
    // The angle of -pi ..< pi, by Python's modulo (the sign of the divisor).
    var angle = fmod(state.angle + .pi, 2 * .pi)
    if angle < 0 { angle += 2 * .pi }
    angle -= .pi
    // NumPy keeps the torque's own terms in single precision.
    rewards[0] =
      -(angle * angle + 0.1 * (state.velocity * state.velocity) + Double(0.001 * (torque * torque)))
    let acceleration = 3 * gravity / 2 * sin(state.angle) + Double(3 * torque)
    state.velocity = max(-8, min(8, state.velocity + acceleration * 0.05))
    state.angle += state.velocity * 0.05
    return false
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(cos(state.angle))
    target[1] = Float(sin(state.angle))
    target[2] = Float(state.velocity)
  }
}
