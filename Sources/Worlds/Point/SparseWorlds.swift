import Rewards

/// Worlds whose reward is almost always zero: what matters is where a policy ends up.
public enum SparseWorlds {
  static let kinds = [
    WorldKind(
      "point-robot", family: family,
      summary:
        "a point in a square with walls, paid only inside goal areas; ends where its policy leads it",
      parameters: [
        Parameter(
          "layout", .choice(Layout.allCases.map(\.rawValue)),
          default: .string(Layout.obstacle.rawValue),
          help:
            "Walls, start and goals: open, obstacle (a wall between start and goal), trap (a cul-de-sac)."
        ),
        Parameter(
          "walls", .json, default: .null,
          help: "In place of the layout's: a list of [x1, y1, x2, y2]."),
        Parameter(
          "goals", .json, default: .null,
          help: "In place of the layout's: a list of [x, y, radius]."),
        Parameter("start", .json, default: .null, help: "In place of the layout's: [x, y]."),
        Parameter(
          "start_noise", .number, default: .number(0), range: 0...1,
          help: "Half the width of the square in which an episode begins."),
        Parameter(
          "speed", .number, default: .number(0.05), range: 1e-4...1,
          help: "How far a full action moves."),
        Parameter(
          "ends_at_goal", .bool, default: .bool(false),
          help: "Whether a goal area ends the episode."),
        .maxEpisodeSteps(50),
      ], build: pointRobot),
    WorldKind(
      "umaze", family: family,
      summary: "a point in a square with a wall from its left side, from below the wall to a goal above it",
      parameters: [
        Parameter(
          "start_noise", .number, default: .number(0), range: 0...1,
          help: "Half the width of the square in which an episode begins."),
        Parameter(
          "speed", .number, default: .number(0.1), range: 1e-4...1, help: "How far a full action moves."),
        Parameter("ends_at_goal", .bool, default: .bool(true), help: "Whether the goal ends the episode."),
        .maxEpisodeSteps(300),
      ]
    ) { parameters throws(ParameterError) in
      PointRobot.uMaze(
        startNoise: parameters.double("start_noise"), speed: parameters.double("speed"),
        endsAtGoal: parameters.bool("ends_at_goal"), maximumSteps: parameters.maxEpisodeSteps)
    },
    WorldKind(
      "planar-arm", family: family,
      summary:
        "an arm with many joints takes one pose, paid only where its end lies in a goal area",
      parameters: [
        Parameter(
          "joints", .integer, default: .integer(20), range: 1...10_000,
          help: "How many links it has."),
        Parameter(
          "goals", .json, default: .null, help: "A list of [x, y, radius]; two areas without."),
      ]
    ) { parameters throws(ParameterError) in
      let goals = parameters.json("goals")
      return PlanarArm(
        joints: parameters.int("joints"),
        goals: goals == .null ? PlanarArm.twoAreas : try [GoalArea](goals, of: "goals"))
    },
  ]

  private static let family = "sparse reward"

  enum Layout: String, CaseIterable {
    case open, obstacle, trap

    var walls: [PointRobot.Wall] {
      switch self {
      case .open: []
      case .obstacle: [PointRobot.Wall(from: [-0.4, 0], to: [0.4, 0])]
      case .trap:
        [
          PointRobot.Wall(from: [-0.4, 0.2], to: [0.4, 0.2]),
          PointRobot.Wall(from: [-0.4, -0.4], to: [-0.4, 0.2]),
          PointRobot.Wall(from: [0.4, -0.4], to: [0.4, 0.2]),
        ]
      }
    }

    var goals: [GoalArea] {
      switch self {
      case .open:
        [GoalArea(center: [-0.7, 0.6], radius: 0.1), GoalArea(center: [0.7, 0.3], radius: 0.1)]
      case .obstacle, .trap: [GoalArea(center: [0, 0.7], radius: 0.15)]
      }
    }
  }

  private static func pointRobot(_ parameters: Parameters) throws(ParameterError) -> any World {
    let layout = Layout(rawValue: parameters.string("layout")) ?? .obstacle
    var (walls, goals) = (layout.walls, layout.goals)
    var start: SIMD2<Double> = [0, -0.8]
    if parameters.json("walls") != .null {
      walls = try parameters.json("walls").rows(4, of: "walls", "[x1, y1, x2, y2]").map {
        PointRobot.Wall(from: [$0[0], $0[1]], to: [$0[2], $0[3]])
      }
    }
    if parameters.json("goals") != .null {
      goals = try [GoalArea](parameters.json("goals"), of: "goals")
    }
    let given = parameters.json("start")
    if given != .null {
      guard let numbers = given.numbers, numbers.count == 2, numbers.allSatisfy({ abs($0) <= 1 })
      else {
        throw ParameterError(
          parameter: "start", expected: "[x, y], both from -1 to 1", found: given.summary)
      }
      start = [numbers[0], numbers[1]]
    }
    return PointRobot(
      start: start, startNoise: parameters.double("start_noise"), speed: parameters.double("speed"),
      walls: walls, goals: goals, endsAtGoal: parameters.bool("ends_at_goal"),
      maximumSteps: parameters.maxEpisodeSteps)
  }
}
