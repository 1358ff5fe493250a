import Foundation
import Rewards

/// Acrobot-v1 (Sutton 1996; the equations of Sutton and Barto's book), equal to Gymnasium's: two links hang from a
/// pivot, torque acts on the joint between them. Reward -1 a step, 0 in the step that lifts the tip one link's
/// length above the pivot. Fourth-order Runge-Kutta, one step of 0.2 s.
public struct Acrobot: World {
  public struct State: Sendable, Equatable {
    /// The first link's angle from hanging down, the second's relative to the first (radians, -pi to pi), and their
    /// velocities (at most 4 pi and 9 pi radians a second).
    public var angles: SIMD4<Double>

    public init(
      _ first: Double, _ second: Double, _ firstVelocity: Double, _ secondVelocity: Double
    ) {
      angles = [first, second, firstVelocity, secondVelocity]
    }
  }

  public let maximumSteps: Int?

  public init(maximumSteps: Int? = 500) { self.maximumSteps = maximumSteps }

  private static let fastest: (first: Double, second: Double) = (4 * Double.pi, 9 * Double.pi)

  /// Cosine and sine of both angles, and the velocities.
  public func observationSpace(of agent: Int) -> Space {
    let high: [Float] = [1, 1, 1, 1, Float(Self.fastest.first), Float(Self.fastest.second)]
    return .box(low: high.map { -$0 }, high: high)
  }

  /// The torque: 0 means -1, 1 none, 2 +1 newton metre.
  public func actionSpace(of agent: Int) -> Space { .discrete(3) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    // Gymnasium rounds the first state to single precision.
    func draw() -> Double { Double(Float(random.uniform(-0.1, 0.1))) }
    let first = draw()
    let second = draw()
    let third = draw()
    return State(first, second, third, draw())
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let torque = Double(actions[0].rounded(.down)) - 1
    let seconds = 0.2
    let start = state.angles
    let k1 = Self.change(of: start, torque)
    let k2 = Self.change(of: start + seconds / 2 * k1, torque)
    let k3 = Self.change(of: start + seconds / 2 * k2, torque)
    let k4 = Self.change(of: start + seconds * k3, torque)
    var next = start + seconds / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    next[0] = Self.wrapped(next[0])
    next[1] = Self.wrapped(next[1])
    next[2] = min(max(next[2], -Self.fastest.first), Self.fastest.first)
    next[3] = min(max(next[3], -Self.fastest.second), Self.fastest.second)
    state.angles = next
    let isUp = -cos(next[0]) - cos(next[1] + next[0]) > 1
    rewards[0] = isUp ? 0 : -1
    return isUp
  }

  private static func wrapped(_ angle: Double) -> Double {
    var angle = angle
    while angle > .pi { angle -= 2 * .pi }
    while angle < -.pi { angle += 2 * .pi }
    return angle
  }

  /// The time derivative: links of 1 m and 1 kg, centres of mass in their middles, moments of inertia 1.
  private static func change(of state: SIMD4<Double>, _ torque: Double) -> SIMD4<Double> {
    let (angle1, angle2, velocity1, velocity2) = (state[0], state[1], state[2], state[3])
    let (cosine, sine) = (cos(angle2), sin(angle2))
    let (half, gravity) = (0.5, 9.8)
    let d1 = 0.25 + (1.25 + cosine) + 1 + 1
    let d2 = (0.25 + half * cosine) + 1
    let phi2 = half * gravity * cos(angle1 + angle2 - .pi / 2)
    let phi1 =
      -half * (velocity2 * velocity2) * sine - velocity2 * velocity1 * sine
      + 1.5 * gravity * cos(angle1 - .pi / 2) + phi2
    let acceleration2 =
      (torque + d2 / d1 * phi1 - half * (velocity1 * velocity1) * sine - phi2)
      / (1.25 - d2 * d2 / d1)
    let acceleration1 = -(d2 * acceleration2 + phi1) / d1
    return [velocity1, velocity2, acceleration1, acceleration2]
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(cos(state.angles[0]))
    target[1] = Float(sin(state.angles[0]))
    target[2] = Float(cos(state.angles[1]))
    target[3] = Float(sin(state.angles[1]))
    target[4] = Float(state.angles[2])
    target[5] = Float(state.angles[3])
  }
}
