import Rewards

/// A point that moves through a square from -1 to 1, stops at walls, and is paid only inside goal areas: the 2-D
/// walker of the sparse-reward literature (Lehman and Stanley 2011; Paolo 2022).
public struct PointRobot: World {
  /// A straight wall that the robot does not cross.
  public struct Wall: Sendable, Equatable {
    public var from, to: SIMD2<Double>

    public init(from: SIMD2<Double>, to: SIMD2<Double>) {
      self.from = from
      self.to = to
    }
  }

  public struct State: Sendable, Equatable {
    public var position: SIMD2<Double>
    /// Whether a wall or the square's edge stopped the last step.
    public var isBlocked: Bool

    public init(position: SIMD2<Double>, isBlocked: Bool = false) {
      self.position = position
      self.isBlocked = isBlocked
    }
  }

  public let start: SIMD2<Double>
  /// Half the width of the square around `start` in which an episode begins.
  public let startNoise: Double
  /// How far a full action moves the robot along each axis.
  public let speed: Double
  public let walls: [Wall]
  public let goals: [GoalArea]
  /// Whether a goal area ends the episode.
  public let endsAtGoal: Bool
  /// Whether a move that meets a wall or the edge does not happen at all; otherwise it goes as far as it can.
  public let staysWhenBlocked: Bool
  public let maximumSteps: Int?

  public init(
    start: SIMD2<Double> = [0, -0.8], startNoise: Double = 0, speed: Double = 0.05,
    walls: [Wall] = [],
    goals: [GoalArea] = [], endsAtGoal: Bool = false, staysWhenBlocked: Bool = false, maximumSteps: Int? = 50
  ) {
    self.start = start
    self.startNoise = startNoise
    self.speed = speed
    self.walls = walls
    self.goals = goals
    self.endsAtGoal = endsAtGoal
    self.staysWhenBlocked = staysWhenBlocked
    self.maximumSteps = maximumSteps
  }

  /// A U: one wall from the left side to three quarters of the width, the start below it on the left, the goal above.
  /// A blocked move does not happen, so that states do not pile up on both faces of the wall.
  public static func uMaze(
    startNoise: Double = 0, speed: Double = 0.1, endsAtGoal: Bool = true, maximumSteps: Int? = 300
  ) -> PointRobot {
    PointRobot(
      start: [-0.8, -0.8], startNoise: startNoise, speed: speed,
      walls: [Wall(from: [-1, 0], to: [0.5, 0])],
      goals: [GoalArea(center: [-0.8, 0.8], radius: 0.2)], endsAtGoal: endsAtGoal, staysWhenBlocked: true,
      maximumSteps: maximumSteps)
  }

  public func observationSpace(of agent: Int) -> Space { .box(-1, 1, width: 2) }

  /// The velocity along both axes; what is beyond -1 ... 1 is cut.
  public func actionSpace(of agent: Int) -> Space { .box(-1, 1, width: 2) }

  public func initialState(after previous: State?, random: inout PCG64) -> State {
    if startNoise == 0 { return State(position: start) }
    let x = random.uniform(-startNoise, startNoise)
    let noise: SIMD2<Double> = [x, random.uniform(-startNoise, startNoise)]
    return State(position: (start + noise).clamped(lowerBound: [-1, -1], upperBound: [1, 1]))
  }

  public func step(
    _ state: inout State, actions: UnsafeBufferPointer<Float>,
    rewards: UnsafeMutableBufferPointer<Double>,
    random: inout PCG64
  ) -> Bool {
    let action: SIMD2<Double> = [Double(actions[0]), Double(actions[1])]
    let move = speed * action.clamped(lowerBound: [-1, -1], upperBound: [1, 1])
    let share = free(move, from: state.position)
    let wanted = state.position + share * move
    let reached = wanted.clamped(lowerBound: [-1, -1], upperBound: [1, 1])
    let isBlocked = share < 1 || reached != wanted
    state = State(position: isBlocked && staysWhenBlocked ? state.position : reached, isBlocked: isBlocked)
    let reward = goals.reward(at: state.position)
    rewards[0] = reward
    return endsAtGoal && reward > 0
  }

  /// The share of the move that no wall forbids: up to just before the first one.
  private func free(_ move: SIMD2<Double>, from position: SIMD2<Double>) -> Double {
    func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }
    // The robot stays this far from a wall, so that rounding never puts it on the other side.
    let gap = 1e-6
    let length = (move * move).sum().squareRoot()
    var share = 1.0
    for wall in walls {
      let along = wall.to - wall.from
      let determinant = cross(move, along)
      if determinant == 0 { continue }
      let offset = wall.from - position
      let place = cross(offset, move) / determinant
      // A wall's ends are closed by the same gap, or a robot could slip past a corner where two walls meet.
      let slack = gap / max((along * along).sum().squareRoot(), gap)
      guard place >= -slack, place <= 1 + slack else { continue }
      let met = cross(offset, along) / determinant
      // How far the gap reaches along the move, whatever the angle between both.
      let slope = abs(determinant) / ((along * along).sum().squareRoot() * length)
      let before = gap / (length * slope)
      if met >= 0, met - before < share { share = max(0, met - before) }
    }
    return share
  }

  public func observe(_ state: State, agent: Int, into target: UnsafeMutableBufferPointer<Float>) {
    target[0] = Float(state.position.x)
    target[1] = Float(state.position.y)
  }

  /// `position`: where the robot is (at the episode's end its behaviour descriptor); `goal`: the index of the goal
  /// area around it, null outside.
  public func info(_ state: State) -> JSONObject {
    JSONObject([
      ("position", .array([.number(state.position.x), .number(state.position.y)])),
      ("goal", goals.index(at: state.position).map { .integer($0) } ?? .null),
      ("blocked", .bool(state.isBlocked)),
    ])
  }
}
