import Foundation
import Rewards

/// The redundant planar arm of the quality-diversity literature (Paolo 2022): many joints, one pose, and a reward
/// only where the end effector lies in a goal area.
///
/// An episode is one step. Joint j turns by (pi / 2) times its action relative to the link before it; all links are
/// equally long and together 1, so the end effector stays in the unit disc: it is the mean over links of (cos,
/// sin) of their absolute angles.
public struct PlanarArm: World {
  public struct State: Sendable, Equatable {
    /// The end effector's place.
    public var position: SIMD2<Double>
  }

  public let joints: Int
  public let goals: [GoalArea]

  /// - Parameter goals: The card's two areas unless given.
  public init(joints: Int = 20, goals: [GoalArea] = PlanarArm.twoAreas) {
    precondition(joints >= 1, "an arm without joints")
    self.joints = joints
    self.goals = goals
  }

  /// One area on either side of the stretched arm, both hard to meet by chance.
  public static let twoAreas = [
    GoalArea(center: [-0.55, 0.55], radius: 0.1), GoalArea(center: [0.6, -0.6], radius: 0.1),
  ]

  /// Where the end effector is.
  public func observationSpace(of agent: Int) -> Space { .box(-1, 1, width: 2) }

  /// The joints' angles in quarter turns; what is beyond -1 ... 1 is cut.
  public func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: joints) }

  /// The arm is stretched along the x axis.
  public func initialState(after previous: State?, random: inout PCG64) -> State {
    State(position: [1, 0])
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    var angle = 0.0
    var sum: SIMD2<Double> = .zero
    for action in actions {
      angle += .pi / 2 * Double(max(-1, min(1, action)))
      sum += [cos(angle), sin(angle)]
    }
    state.position = sum / Double(joints)
    rewards[0] = goals.reward(at: state.position)
    return true
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = max(-1, min(1, Float(state.position.x)))
    target[1] = max(-1, min(1, Float(state.position.y)))
  }

  /// `position`: the end effector's place, the behaviour descriptor; `goal`: the area around it, null outside.
  public func info(_ state: State) -> JSONObject {
    JSONObject([
      ("position", .array([.number(state.position.x), .number(state.position.y)])),
      ("goal", goals.index(at: state.position).map { .integer($0) } ?? .null),
    ])
  }
}
