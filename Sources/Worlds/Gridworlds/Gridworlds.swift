import Rewards

/// Worlds of finitely many states that a name can call up.
public enum Gridworlds {
  static let kinds: [WorldKind] = [
    WorldKind(
      "gridworld", family: "gridworld", summary: "a map drawn in text: walls, traps, lava, keys and doors",
      parameters: [
        Parameter(
          "map", .string, default: .string(fourRooms), help: "# wall . floor S G T L K D, rows by line"),
        number("slip", 0, 0...1, "probability of a random action"),
        number("goal", 1, anything, "reward of the goal"), number("trap", 0, anything, "reward of a trap"),
        number("lava", 0, anything, "reward of each step on lava"),
        number("step", 0, anything, "reward of every step"),
        Parameter("stay", .bool, default: .bool(false), help: "adds the action stay"), view,
        steps(200),
      ]
    ) { parameters throws(ParameterError) in
      try grid(parameters, map(parameters.string("map")))
    },
    WorldKind(
      "open-grid", family: "gridworld", summary: "an empty square from one corner to the opposite one",
      parameters: [
        Parameter("size", .integer, default: .integer(12), range: 2...100, help: "cells a side"),
        number("slip", 0, 0...1, "probability of a random action"), view, steps(400),
      ]
    ) { parameters throws(ParameterError) in
      let size = parameters.int("size")
      return try wrap {
        try Gridworld(GridMap(width: size, height: size), slip: parameters.double("slip"))
          .world(view: shown(parameters), maximumSteps: parameters.int("max_steps"))
      }
    },
    WorldKind(
      "hypergrid", family: "gridworld",
      summary: "steps up two axes, then stop: two objectives within a concave front",
      parameters: [
        Parameter("size", .integer, default: .integer(32), range: 2...1000, help: "cells a side"),
        number("exponent", 0.5, 0.01...100, "p of the front u^p + v^p = 1; below 1 it is concave"),
      ] + ObjectivePayment.parameters
    ) { parameters throws(ParameterError) in
      Hypergrid(
        size: parameters.int("size"), exponent: parameters.double("exponent"),
        payment: try ObjectivePayment(parameters, objectives: 2))
    },
    WorldKind(
      "decoy-grid", family: "gridworld",
      summary: "5 x 5, a goal in one corner and a decoy for hints in another (BARFI's check)",
      parameters: [number("slip", 0.1, 0...1, "probability of a random action"), view, steps(40)]
    ) { parameters throws(ParameterError) in
      try wrap {
        try DecoyGrid.grid(slip: parameters.double("slip"))
          .world(view: shown(parameters), maximumSteps: parameters.int("max_steps"))
      }
    },
    WorldKind(
      "lava-grid", family: "gridworld",
      summary: "6 x 6, a field of grass or lava between start and target (inverse reward design)",
      parameters: [
        Parameter("field", .choice(["grass", "lava"]), default: .string("lava"), help: "what the field is"),
        number("dirt_reward", -0.1, anything, "reward of a step on dirt"),
        number("grass_reward", -0.2, anything, "reward of a step on grass"),
        number("target_reward", 1, anything, "reward of a step on the target"),
        number("lava_reward", 0, anything, "reward of a step on lava"), steps(16),
      ]
    ) { parameters throws(ParameterError) in
      try wrap {
        let weights = ["dirt", "grass", "target", "lava"].map { parameters.double($0 + "_reward") }
        let grid = try LavaGrid(field: parameters.string("field") == "lava" ? .lava : .grass)
        return FiniteWorld(grid.process(weights: weights), maximumSteps: parameters.int("max_steps"))
      }
    },
    WorldKind(
      "rooms", family: "gridworld", summary: "four rooms, a trap exit and a goal (EXPRD's RoomsNav)",
      parameters: [
        number("noise", 0.1, 0...0.99, "probability of another neighbour"),
        number("goal", 10, anything, "reward of the goal"), oneHot, steps(50),
      ]
    ) { parameters throws(ParameterError) in
      try wrap {
        FiniteWorld(
          try RoomsNav.process(noise: parameters.double("noise"), reward: parameters.double("goal")),
          view: parameters.bool("one_hot") ? .oneHot : .number, maximumSteps: parameters.int("max_steps"))
      }
    },
    WorldKind(
      "line-key", family: "chain", summary: "a line with a key at one end and the lock at the other (LineK)",
      parameters: [
        number("slip", 0.1, 0...0.99, "probability of the opposite move"),
        number("goal", 10, anything, "reward of the goal"), oneHot, steps(30),
      ]
    ) { parameters throws(ParameterError) in
      try wrap {
        FiniteWorld(
          try LineKey.process(slip: parameters.double("slip"), reward: parameters.double("goal")),
          view: parameters.bool("one_hot") ? .oneHot : .number, maximumSteps: parameters.int("max_steps"))
      }
    },
    WorldKind(
      "chain", family: "chain", summary: "a long line, a trap at the near end, the reward at the far one",
      parameters: [
        Parameter(
          "left", .integer, default: .integer(40), range: 0...10_000, help: "states left of the start"),
        Parameter("right", .integer, default: .integer(20), range: 0...10_000, help: "states right of it"),
        number("noise", 0.05, 0...1, "probability of a random action"),
        Parameter(
          "distractor", .integer, default: .null, range: 0...20_000,
          help: "state in which going left pays a little; default: none"),
        number("distractor_reward", 0.01, anything, "what it pays"), oneHot, steps(40),
      ]
    ) { parameters throws(ParameterError) in
      try wrap {
        FiniteWorld(
          try ChainWorld.process(
            left: parameters.int("left"), right: parameters.int("right"), noise: parameters.double("noise"),
            distractor: parameters.optionalInt("distractor").map {
              ($0, parameters.double("distractor_reward"))
            }),
          view: parameters.bool("one_hot") ? .oneHot : .number, maximumSteps: parameters.int("max_steps"))
      }
    },
  ]

  /// The map of `gridworld` when none is given.
  static let fourRooms = """
    S...#....
    ....#....
    .........
    ....#....
    #.####.##
    ....#....
    ....#....
    .........
    ....#...G
    """

  private static let anything = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  private static let oneHot = Parameter(
    "one_hot", .bool, default: .bool(false), help: "show a 1 at the state instead of its number")
  private static let view = Parameter(
    "view", .choice(GridView.allCases.map(\.rawValue)), default: .string("number"),
    help: "what is seen: the state's number, a 1 at it, or row, column and keys")

  private static func number(_ name: String, _ value: Double, _ range: ClosedRange<Double>, _ help: String)
    -> Parameter
  {
    Parameter(name, .number, default: .number(value), range: range, help: help)
  }

  private static func steps(_ value: Int) -> Parameter {
    Parameter("max_steps", .integer, default: .integer(value), range: 1...1e9, help: "steps until truncation")
  }

  private static func shown(_ parameters: Parameters) -> GridView {
    GridView(rawValue: parameters.string("view")) ?? .number
  }

  private static func map(_ text: String) throws(ParameterError) -> GridMap {
    do { return try GridMap(text) } catch { throw ParameterError(parameter: "map", "\(error)") }
  }

  private static func grid(_ parameters: Parameters, _ map: GridMap) throws(ParameterError) -> FiniteWorld {
    try wrap {
      try Gridworld(
        map, slip: parameters.double("slip"),
        payment: Gridworld.Payment(
          goal: parameters.double("goal"), trap: parameters.double("trap"),
          lava: parameters.double("lava"), step: parameters.double("step")),
        canStay: parameters.bool("stay")
      ).world(view: shown(parameters), maximumSteps: parameters.int("max_steps"))
    }
  }

  private static func wrap(_ make: () throws -> FiniteWorld) throws(ParameterError) -> FiniteWorld {
    do { return try make() } catch { throw ParameterError(parameter: "world", "\(error)") }
  }
}
