import Foundation
import Rewards

/// CartPole-v1 (Barto, Sutton and Anderson 1983), equal to Gymnasium's to the last digit of double precision:
/// Euler integration, 0.02 s a step, reward 1 a step, over when |x| > 2.4 m or the pole leans more than 12 degrees.
public struct CartPole: World {
  public struct State: Sendable, Equatable {
    /// Metres, metres a second, radians, radians a second.
    public var x, velocity, angle, angularVelocity: Double

    public init(x: Double, velocity: Double, angle: Double, angularVelocity: Double) {
      self.x = x
      self.velocity = velocity
      self.angle = angle
      self.angularVelocity = angularVelocity
    }
  }

  public let maximumSteps: Int?

  public init(maximumSteps: Int? = 500) { self.maximumSteps = maximumSteps }

  private static let positionLimit = 2.4
  private static let angleLimit = 12 * 2 * Double.pi / 360

  public func observationSpace(of agent: Int) -> Space {
    let high: [Float] = [
      Float(Self.positionLimit * 2), .infinity, Float(Self.angleLimit * 2), .infinity,
    ]
    return .box(low: high.map { -$0 }, high: high)
  }

  /// 0 pushes the cart to the left, 1 to the right.
  public func actionSpace(of agent: Int) -> Space { .discrete(2) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    let x = random.uniform(-0.05, 0.05)
    let velocity = random.uniform(-0.05, 0.05)
    let angle = random.uniform(-0.05, 0.05)
    return State(
      x: x, velocity: velocity, angle: angle, angularVelocity: random.uniform(-0.05, 0.05))
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let (gravity, cart, pole, half, push, seconds) = (9.8, 1.0, 0.1, 0.5, 10.0, 0.02)
    let (total, poleMassLength) = (pole + cart, pole * half)
    let force = actions[0] == 1 ? push : -push
    let (cosine, sine) = (cos(state.angle), sin(state.angle))
    let temporary =
      (force + poleMassLength * (state.angularVelocity * state.angularVelocity) * sine) / total
    let angular =
      (gravity * sine - cosine * temporary)
      / (half * (4.0 / 3.0 - pole * (cosine * cosine) / total))
    let acceleration = temporary - poleMassLength * angular * cosine / total
    state.x += seconds * state.velocity
    state.velocity += seconds * acceleration
    state.angle += seconds * state.angularVelocity
    state.angularVelocity += seconds * angular
    rewards[0] = 1
    return abs(state.x) > Self.positionLimit || abs(state.angle) > Self.angleLimit
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.x)
    target[1] = Float(state.velocity)
    target[2] = Float(state.angle)
    target[3] = Float(state.angularVelocity)
  }
}
