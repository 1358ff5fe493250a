import Rewards
import Worlds

extension WorldRegistry {
  /// Every world that a name can call up: the standard ones, and those that are learned.
  public static let complete = WorldRegistry(standard.kinds + [ImaginedWorld.kind])
}

extension ImaginedWorld {
  /// The world by the name `imagined`.
  public static let kind = WorldKind(
    "imagined", family: "learned",
    summary:
      "what a model of recorded transitions imagines (laurel dynamics fit): offline learning by MOPO and MOREC",
    parameters: [
      Parameter(
        "model", .string, help: "the model that laurel dynamics fit wrote, of transitions with rewards",
        namesFile: true),
      Parameter(
        "from", .string, help: "transitions (JSONL) in whose observations episodes begin", namesFile: true),
      Parameter(
        "like", .string, default: .null,
        help: "a world that has the actions; none: a box from the least to the greatest recorded action"),
    ] + TransitionFilter.parameters + [
      Parameter("samples", .integer, default: .integer(2), range: 1...1000, help: "candidates of each elite"),
      Parameter(
        "penalty", .number, default: .number(0), range: 0...1e9,
        help: "MOPO's beta: what a unit of the ensemble's uncertainty costs"),
      Parameter(
        "uncertainty", .choice(FilteredDynamics.Uncertainty.allCases.map(\.rawValue)),
        default: .string("predicted"),
        help:
          "predicted: the largest deviation that an elite predicts (MOPO); disagreement: that of the elites' means"
      ),
      Parameter(
        "stop_reward", .number, default: .null, range: -1e9...1e9,
        help:
          "what a stopped step pays; none: 100 times the lowest recorded reward if that is below 0, else 0"),
      Parameter(
        "limits", .json, default: .null,
        help: "where the rules end an episode: [low, high] or null for each number of the observation"),
      Parameter(
        "max_episode_steps", .integer, default: .integer(100), range: 1...1_000_000,
        help: "steps of an imagined episode"),
    ]
  ) { parameters throws(ParameterError) in
    var settings = Settings()
    settings.filter = try TransitionFilter(parameters)
    settings.samples = parameters.int("samples")
    settings.uncertainty = .init(rawValue: parameters.string("uncertainty")) ?? .predicted
    settings.penalty = parameters.double("penalty")
    settings.horizon = parameters.int("max_episode_steps")
    settings.limits = try limits(parameters.json("limits"))
    let model: DynamicsModel
    do { model = try DynamicsModel(path: parameters.string("model")) } catch {
      throw ParameterError(parameter: "model", "\(error)")
    }
    settings.stopReward = parameters.optionalDouble("stop_reward")
    if settings.stopReward != nil, settings.filter.stopsBelow == nil {
      throw ParameterError(
        parameter: "stop_reward", "nothing stops without stop_below: give both, or neither")
    }
    let starts = try TransitionData(named: "from", path: parameters.string("from"))
    let space = try parameters.optionalString("like").map(actionSpace)
    do throws(ImaginationError) {
      return try ImaginedWorld(model, startingIn: starts, actionSpace: space, settings: settings)
    } catch {
      let place =
        switch error {
        case .noRewards: "model"
        case .otherStarts: "from"
        case .otherActions, .notAChoice: "like"
        case .otherLimits, .nothingWithinLimits: "limits"
        }
      throw ParameterError(parameter: place, "\(error)")
    }
  }

  private static func actionSpace(like name: String) throws(ParameterError) -> Space {
    let world: any World
    do { world = try WorldRegistry.standard.world(name) } catch {
      throw ParameterError(parameter: "like", error.message, suggestion: error.suggestion)
    }
    guard world.agents == 1 else {
      throw ParameterError(
        parameter: "like", "\(name) is a game of \(world.agents) agents: name a world of one")
    }
    return world.actionSpace(of: 0)
  }

  private static func limits(_ value: JSONValue) throws(ParameterError) -> [ClosedRange<Float>?] {
    let expected =
      "[low, high] or null for each number of the observation, either end null where there is none"
    func end(_ value: JSONValue, _ none: Float) -> Float? {
      value == .null ? none : value.double.map { Float($0) }
    }
    if value == .null { return [] }
    guard case .array(let items) = value else {
      throw ParameterError(parameter: "limits", expected: expected, found: value.summary)
    }
    var found: [ClosedRange<Float>?] = []
    for item in items {
      if item == .null {
        found.append(nil)
        continue
      }
      guard case .array(let ends) = item, ends.count == 2, let low = end(ends[0], -.infinity),
        let high = end(ends[1], .infinity)
      else { throw ParameterError(parameter: "limits", expected: expected, found: item.jsonText) }
      guard low <= high else {
        throw ParameterError(parameter: "limits", "\(item.jsonText): the low end is above the high one")
      }
      found.append(low...high)
    }
    return found
  }
}

extension TransitionData {
  /// Reads a file for a parameter.
  /// - Throws: `ParameterError` with the file and the line.
  public init(named parameter: String, path: String) throws(ParameterError) {
    do { try self.init(path: path) } catch let error as JSONLError {
      throw ParameterError(parameter: parameter, error.message(file: path))
    } catch {
      throw ParameterError(parameter: parameter, "\(error)")
    }
  }
}
