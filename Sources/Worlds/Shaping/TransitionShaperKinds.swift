import Foundation
import Rewards

/// A kind of transition shaper that a control run's file can name.
public typealias TransitionShaperKind = PartKind<any TransitionShaper>

/// The shaping rules that a name can call up.
public enum TransitionShapers {
  /// The shaper of that name.
  /// - Throws: `ParameterError`; for an unknown name it says the nearest one.
  public static func shaper(_ name: String, _ given: JSONObject = JSONObject()) throws -> any TransitionShaper
  {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw ParameterError(
        parameter: "shaper", "there is no shaper \"\(name)\": \(kinds.map(\.name).joined(separator: ", "))",
        suggestion: nearestName(to: name, in: kinds.map(\.name)))
    }
    return try kind.make(Parameters(given, of: kind.parameters))
  }

  /// The shaper of a file's entry: a name, or a mapping with `name` and the shaper's parameters.
  public static func shaper(_ entry: JSONValue) throws -> any TransitionShaper {
    switch entry {
    case .string(let name): return try shaper(name)
    case .object(let object):
      guard case .string(let name)? = object["name"] else {
        throw ParameterError(parameter: "name", expected: "the shaper's name", found: "nothing")
      }
      return try shaper(
        name, JSONObject(object.keys.filter { $0 != "name" }.map { ($0, object[$0] ?? .null) }))
    default:
      throw ParameterError(
        parameter: "shaper", expected: "a name or a mapping with a name", found: entry.summary)
    }
  }

  /// A file's entry with every default written out.
  /// - Throws: As `shaper` does.
  public static func resolved(_ entry: JSONValue) throws -> JSONValue {
    var given = JSONObject()
    if case .object(let object) = entry { given = object } else { given["name"] = entry }
    _ = try shaper(.object(given))
    guard case .string(let name)? = given["name"], let kind = kinds.first(where: { $0.name == name }) else {
      return entry
    }
    let values = try Parameters(
      JSONObject(given.keys.filter { $0 != "name" }.map { ($0, given[$0] ?? .null) }), of: kind.parameters
    ).values
    return .object(JSONObject([("name", .string(name))] + values.keys.map { ($0, values[$0] ?? .null) }))
  }

  /// The shapers of a list.
  public static func shapers(_ list: JSONValue, of parameter: String) throws -> [any TransitionShaper] {
    guard case .array(let items) = list, !items.isEmpty else {
      throw ParameterError(parameter: parameter, expected: "a list of shaping rules", found: list.summary)
    }
    return try items.map { try shaper($0) }
  }

  /// Every rule of the catalogue that works on single transitions (rules 2 to 4, 7 to 12, 15 and 16 of the
  /// overview arXiv 2408.10215). Difference rewards (13) are a world, `DifferenceRewardWorld`.
  public static let kinds: [TransitionShaperKind] = [
    TransitionShaperKind(
      name: "potential",
      help: "Adds gamma Phi(s') - Phi(s); the optimal policies stay (Ng et al. 1999).",
      parameters: potentialParameters + [discount], make: makePotentialShaping),
    TransitionShaperKind(
      name: "potential_advice",
      help: "A potential on states and actions (Wiewiora et al. 2003).",
      parameters: [
        advice,
        Parameter(
          "form", .choice(PotentialAdvice.Form.allCases.map(\.rawValue)), default: .string("look_back"),
          help: "look_ahead needs a learner that gives the next action and acts on Q + Phi"), bins, discount,
      ],
      make: {
        PotentialAdvice(
          try adviceTable($0), form: PotentialAdvice.Form(rawValue: $0.string("form")) ?? .lookBack,
          discount: $0.optionalDouble("discount"))
      }),
    TransitionShaperKind(
      name: "learned_potential",
      help: "Dynamic potential: the values learned so far (Devlin and Kudenko 2012).",
      parameters: [
        Parameter("learning_rate", .number, default: .number(0.1), range: 0...1, help: "of the values"),
        Parameter("scale", .number, default: .number(1), help: "times the values"), bins, discount,
      ],
      make: {
        LearnedPotentialShaping(
          learningRate: $0.double("learning_rate"), scale: $0.double("scale"), bins: $0.optionalInt("bins"),
          discount: $0.optionalDouble("discount"))
      }),
    TransitionShaperKind(
      name: "advice_as_potential",
      help: "Any reward on states and actions, made a dynamic potential (DPBA, Harutyunyan et al. 2015).",
      parameters: [
        advice,
        Parameter("learning_rate", .number, default: .number(0.5), range: 0...1, help: "of the potential"),
        bins, discount,
      ],
      make: {
        AdviceAsPotential(
          try adviceTable($0), learningRate: $0.double("learning_rate"),
          discount: $0.optionalDouble("discount"))
      }),
    TransitionShaperKind(
      name: "count_bonus", help: "Pays for states seen seldom: scale / sqrt((scale / maximum)^2 + visits).",
      parameters: [
        Parameter("scale", .number, default: .number(1), range: 1e-12...1e12, help: "beta"),
        Parameter(
          "maximum", .number, default: .null, range: 1e-12...1e12,
          help: "bonus of a new state; default: scale"), bins,
      ],
      make: {
        CountBonus(
          scale: $0.double("scale"), maximum: $0.optionalDouble("maximum"), bins: $0.optionalInt("bins"))
      }),
    TransitionShaperKind(
      name: "exploration_guided",
      help:
        "An intrinsic reward learned from the agent's own returns, and a count bonus (ExploRS, NeurIPS 2022).",
      parameters: [
        Parameter("learning_rate", .number, default: .number(0.01), range: 0...10, help: "of r_phi and V"),
        Parameter(
          "limit", .number, default: .null, range: 0...1e12, help: "holds r_phi within +- this; default: not"),
        Parameter("period", .integer, default: .integer(5), range: 1...1e9, help: "episodes between updates"),
        Parameter("memory", .integer, default: .integer(10), range: 1...1e6, help: "episodes an update sees"),
        Parameter(
          "bonus", .number, default: .number(1), range: 0...1e12, help: "scale of the count bonus; 0: none"),
        Parameter("maximum_bonus", .number, default: .number(1), range: 1e-12...1e12, help: "of a new state"),
        bins,
      ],
      make: {
        var settings = ExplorationGuidedShaping.Settings()
        settings.learningRate = $0.double("learning_rate")
        settings.limit = $0.optionalDouble("limit")
        settings.period = $0.int("period")
        settings.memory = $0.int("memory")
        settings.bonus = $0.double("bonus") == 0 ? nil : $0.double("bonus")
        settings.maximumBonus = $0.double("maximum_bonus")
        settings.bins = $0.optionalInt("bins")
        return ExplorationGuidedShaping(settings)
      }),
    TransitionShaperKind(
      name: "first_visit", help: "Pays for subgoals, each once an episode.",
      parameters: [
        Parameter("states", .json, help: "the subgoals' state numbers, a list"),
        Parameter("bonus", .number, default: .number(0.1), help: "paid for each"), bins,
      ],
      make: {
        FirstVisitBonus(
          states: try integers($0.json("states"), "states"), bonus: $0.double("bonus"),
          bins: $0.optionalInt("bins"))
      }),
    TransitionShaperKind(
      name: "episode_neutral",
      help:
        "Takes a bonus back at the end of the episode, so that it cannot be farmed (PBIM, Forbes et al. 2024).",
      parameters: [inner, discount],
      make: { parameters in
        func neutral(_ inner: some TransitionShaper) -> any TransitionShaper {
          EpisodeNeutral(inner, discount: parameters.optionalDouble("discount"))
        }
        return neutral(try shaper(parameters.json("shaper")))
      }),
    TransitionShaperKind(
      name: "annealed", help: "Lets a shaper fade to nothing.",
      parameters: [
        inner,
        Parameter("steps", .integer, range: 1...1e15, help: "transitions until nothing is left"),
        Parameter(
          "decay", .choice(["linear", "exponential"]), default: .string("linear"), help: "how it fades"),
      ],
      make: { parameters in
        func annealed<Inner: TransitionShaper>(_ inner: Inner) -> any TransitionShaper {
          AnnealedShaping(
            inner, steps: parameters.int("steps"),
            decay: parameters.string("decay") == "linear" ? .linear : .exponential)
        }
        return annealed(try shaper(parameters.json("shaper")))
      }),
    TransitionShaperKind(
      name: "distance", help: "A reward from the distance to a goal, or from its fall; changes the optimum.",
      parameters: [
        Parameter(
          "form", .choice(DistanceRewardForm.allCases.map(\.rawValue)), default: .string("progress"),
          help: "distance: -d each step; progress: the fall of d; approach: a fixed sum when d fell")
      ] + goalParameters,
      make: {
        let goal = try goalDistance($0)
        return DistanceReward(
          DistanceRewardForm(rawValue: $0.string("form")) ?? .progress, closeness: goal, bonus: goal.scale)
      }),
    graphReachability, behaviourSpecification,
    TransitionShaperKind(
      name: "affine", help: "factor x reward + offset, limited to low ... high.",
      parameters: [
        Parameter("factor", .number, default: .number(1), help: "the factor"),
        Parameter("offset", .number, default: .number(0), help: "the offset"),
        Parameter("low", .number, default: .null, help: "the smallest reward"),
        Parameter("high", .number, default: .null, help: "the largest reward"),
      ],
      make: {
        let low = $0.optionalDouble("low") ?? -.infinity
        let high = $0.optionalDouble("high") ?? .infinity
        guard low <= high else {
          throw ParameterError(parameter: "low", expected: "a number up to high (\(high))", found: "\(low)")
        }
        return AffineReward(
          factor: $0.double("factor"), offset: $0.double("offset"),
          limits: low.isFinite || high.isFinite ? low...high : nil)
      }),
    LoyaltyShaping.kind,
    TransitionShaperKind(
      name: "aligned",
      help: "A hint weighted as a run of method: barfi learned to (Gupta et al. 2023).",
      parameters: [
        Parameter("reward", .string, help: "the run's reward.json"),
        Parameter("hint", .json, help: "the hint: a list of shaping rules, as in that run"), bins,
      ],
      make: {
        let path = $0.string("reward")
        let reward: BehaviourAlignmentReward
        do {
          let data = try Data(contentsOf: URL(fileURLWithPath: path))
          reward = try BehaviourAlignmentReward(json: JSONValue(json: String(decoding: data, as: UTF8.self)))
        } catch let error as ParameterError {
          throw ParameterError(parameter: "reward", "\(path): \(error.message)")
        } catch let error as JSONError {
          throw ParameterError(parameter: "reward", "\(path): \(error)")
        } catch {
          throw ParameterError(parameter: "reward", "cannot read \(path): \(error.localizedDescription)")
        }
        return AlignedHint(
          ShaperChain(try shapers($0.json("hint"), of: "hint")), reward: reward, bins: $0.optionalInt("bins"))
      }),
    TransitionShaperKind(
      name: "exprd",
      help:
        "A designed reward on few states that keeps the optimum and shows it sooner (EXPRD, Devidze et al. 2021).",
      parameters: [
        limit,
        Parameter(
          "budget", .integer, default: .integer(5), range: 0...1000,
          help: "states chosen beside those that are paid anyway"),
        Parameter("states", .json, default: .null, help: "the states that may be paid, in place of a search"),
        Parameter(
          "horizons", .json, default: .array([1, 4, 8, 16, 32].map(JSONValue.integer)),
          help: "steps after which a gap should show"),
        Parameter(
          "small", .bool, default: .bool(false), help: "of the best designs the one with the smallest rewards"
        ),
      ],
      make: {
        var settings = DesignedReward.Settings()
        settings.limit = $0.double("limit")
        settings.budget = $0.int("budget")
        if case .null = $0.json("states") {
        } else {
          settings.states = try integers($0.json("states"), "states")
        }
        settings.horizons = try integers($0.json("horizons"), "horizons")
        guard !settings.horizons.isEmpty, settings.horizons.allSatisfy({ $0 >= 1 }) else {
          throw ParameterError(
            parameter: "horizons", "expected at least one number of steps, each at least 1")
        }
        settings.isSmall = $0.bool("small")
        return DesignedReward(settings)
      }),
    TransitionShaperKind(
      name: "expadard",
      help: "A reward designed anew for the policy as it learns (ExpAdaRD, Devidze et al. 2024).",
      parameters: [
        limit,
        Parameter(
          "period", .integer, default: .integer(5), range: 1...1e9, help: "episodes between two designs"),
        Parameter(
          "teacher_exploration", .number, default: .number(0.4), range: 0...1,
          help: "share of random actions of the teacher, an optimal policy"),
        Parameter(
          "features", .json, default: .null,
          help: "for every state a list of its features' numbers; default: every state is its own"),
      ],
      make: {
        var settings = AdaptiveDesignedReward.Settings()
        settings.limit = $0.double("limit")
        settings.period = $0.int("period")
        settings.teacherExploration = $0.double("teacher_exploration")
        if case .array(let rows) = $0.json("features") {
          settings.features = try rows.map { try integers($0, "features") }
        }
        return AdaptiveDesignedReward(settings)
      }),
  ]

  private static let limit = Parameter(
    "limit", .number, default: .number(10), range: 1e-9...1e9, help: "the largest reward in size")

  static let discount = Parameter(
    "discount", .number, default: .null, range: 0...1,
    help: "must be the learner's; default: the learner's")
  private static let bins = Parameter(
    "bins", .integer, default: .null, range: 1...1e6,
    help: "into how many parts each number of the observation is cut; not needed for numbered states")
  private static let inner = Parameter("shaper", .json, help: "a shaper: its name, or name and parameters")
  private static let advice = Parameter(
    "advice", .json, help: "a list of [state, action, value]; everything else is 0")
  static let goalParameters = [
    Parameter("goal", .json, default: .array([]), help: "the goal's coordinates, a list"),
    Parameter("indices", .json, default: .null, help: "which numbers of the observation; default: the first"),
    Parameter("scale", .number, default: .number(0.1), help: "reward a unit of distance"),
    Parameter(
      "metric", .choice(GoalDistancePotential.Metric.allCases.map(\.rawValue)),
      default: .string("euclidean"), help: "how distance is measured; walls are not seen"),
  ]
  private static let potentialParameters =
    [
      Parameter(
        "form", .choice(["goal_distance", "linear", "table"]), default: .string("goal_distance"),
        help: "what Phi is: -scale x distance, weights x observation, or a number a state"),
      Parameter("values", .json, default: .array([]), help: "linear: the weights; table: Phi of each state"),
    ] + goalParameters

  private static func makePotentialShaping(_ parameters: Parameters) throws -> any TransitionShaper {
    let discount = parameters.optionalDouble("discount")
    switch parameters.string("form") {
    case "linear":
      return PotentialShaping(LinearPotential(weights: try filled(parameters, "values")), discount: discount)
    case "table":
      return PotentialShaping(TablePotential(try filled(parameters, "values")), discount: discount)
    default: return PotentialShaping(try goalDistance(parameters), discount: discount)
    }
  }

  private static func goalDistance(_ parameters: Parameters) throws -> GoalDistancePotential {
    let goal = try filled(parameters, "goal")
    return GoalDistancePotential(
      goal: goal, indices: try places(parameters, count: goal.count), scale: parameters.double("scale"),
      metric: GoalDistancePotential.Metric(rawValue: parameters.string("metric")) ?? .euclidean)
  }

  /// `indices`: where in an observation the goal's numbers stand; nil when the file does not say.
  static func places(_ parameters: Parameters, count: Int) throws -> [Int]? {
    if case .null = parameters.json("indices") { return nil }
    let given = try integers(parameters.json("indices"), "indices")
    guard given.count == count, given.allSatisfy({ $0 >= 0 }) else {
      throw ParameterError(
        parameter: "indices", expected: "\(count) numbers from 0, one for each of the goal's",
        found: "\(given)")
    }
    return given
  }

  private static func adviceTable(_ parameters: Parameters) throws -> AdviceTable {
    guard case .array(let rows) = parameters.json("advice") else {
      throw ParameterError(
        parameter: "advice", expected: "a list of [state, action, value]",
        found: parameters.json("advice").summary)
    }
    return AdviceTable(
      try rows.map { row in
        guard case .array(let items) = row, items.count == 3 else {
          throw ParameterError(parameter: "advice", expected: "[state, action, value]", found: row.summary)
        }
        let place = try integers(.array(Array(items[..<2])), "advice")
        return AdviceTable.Entry(place[0], place[1], try numbers(.array([items[2]]), "advice")[0])
      }, bins: parameters.optionalInt("bins"))
  }

  static func filled(_ parameters: Parameters, _ name: String) throws -> [Double] {
    let list = try numbers(parameters, name)
    if list.isEmpty {
      throw ParameterError(parameter: name, expected: "a list of numbers", found: "an empty list")
    }
    return list
  }

  static func numbers(_ parameters: Parameters, _ name: String) throws -> [Double] {
    try numbers(parameters.json(name), name)
  }

  static func integers(_ value: JSONValue, _ name: String) throws -> [Int] {
    guard case .array(let items) = value else {
      throw ParameterError(parameter: name, expected: "a list of integers", found: value.summary)
    }
    return try items.map { item in
      guard case .integer(let number) = item else {
        throw ParameterError(
          parameter: name, expected: "a list of integers", found: "a list with \(item.summary) in it")
      }
      return number
    }
  }

  private static func numbers(_ value: JSONValue, _ name: String) throws -> [Double] {
    guard case .array(let items) = value else {
      throw ParameterError(parameter: name, expected: "a list of numbers", found: value.summary)
    }
    return try items.map { item in
      switch item {
      case .integer(let number): return Double(number)
      case .number(let number) where number.isFinite: return number
      default:
        throw ParameterError(
          parameter: name, expected: "a list of finite numbers", found: "a list with \(item.summary) in it")
      }
    }
  }
}
