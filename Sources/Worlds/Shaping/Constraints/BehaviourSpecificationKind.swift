import Rewards

extension TransitionShapers {
  /// `behaviour_specification`, as a control run's file names it.
  static let behaviourSpecification = TransitionShaperKind(
    name: "behaviour_specification",
    help: "Requirements as constraints on rates, whose weights are learned (direct behaviour specification).",
    parameters: [
      Parameter(
        "constraints", .json,
        help:
          "a list of mappings: name, cost (\"next_observation[2] > 0.5 and abs(action[0]) <= 1\"), at_most or "
          + "at_least (a rate from 0 to 1), per (step or episode: asked at the last step), bootstrap"),
      Parameter(
        "learning_rate", .number, default: .number(0.01), range: 0...10,
        help: "of the weights' Adam; where it is too high, weights outrun the policy"),
      Parameter(
        "interval", .integer, default: .integer(500), range: 1...1e9,
        help: "transitions between updates of the weights"),
      Parameter(
        "window", .integer, default: .integer(2000), range: 1...1e8, help: "transitions that rates are of"),
      Parameter(
        "normalize", .bool, default: .bool(true), help: "weights sum to 1; otherwise each grows on its own"),
    ],
    make: { parameters in
      let constraints = try constraints(parameters.json("constraints"))
      return BehaviourSpecification(
        constraints, learningRate: parameters.double("learning_rate"),
        isNormalized: parameters.bool("normalize"), interval: parameters.int("interval"),
        window: parameters.int("window"))
    })

  private static let constraintParameters = [
    Parameter("name", .string, help: "what reports call it"),
    Parameter("cost", .string, help: "the indicator"),
    Parameter("at_most", .number, default: .null, range: 0...1, help: "the largest rate"),
    Parameter("at_least", .number, default: .null, range: 0...1, help: "the smallest rate"),
    Parameter("per", .choice(["step", "episode"]), default: .string("step"), help: "when it is asked"),
    Parameter("bootstrap", .bool, default: .bool(false), help: "lends its weight to the main reward"),
  ]

  private static func constraints(_ value: JSONValue) throws -> [BehaviourSpecification.Constraint] {
    guard case .array(let items) = value, !items.isEmpty else {
      throw ParameterError(parameter: "constraints", expected: "a list of constraints", found: value.summary)
    }
    var all: [BehaviourSpecification.Constraint] = []
    for (index, item) in items.enumerated() {
      do { all += try constraint(item) } catch {
        throw ParameterError(
          parameter: "constraints[\(index)].\(error.parameter)", error.message, suggestion: error.suggestion)
      }
    }
    let names = all.map(\.bound.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ParameterError(parameter: "constraints", "two constraints are called \"\(names[twice])\"")
    }
    guard all.count(where: \.bound.isBootstrap) <= 1 else {
      throw ParameterError(parameter: "constraints", "only one constraint can be the bootstrap")
    }
    return all
  }

  /// One constraint; with both bounds, two.
  private static func constraint(
    _ item: JSONValue
  ) throws(ParameterError) -> [BehaviourSpecification.Constraint] {
    guard case .object(let object) = item else {
      throw ParameterError(
        parameter: "name", expected: "a mapping with name, cost, at_most or at_least", found: item.summary)
    }
    let given = try Parameters(object, of: constraintParameters)
    let cost = try StepIndicator(given.string("cost"))
    let (name, isPerEpisode) = (given.string("name"), given.string("per") == "episode")
    let (upper, lower) = (given.optionalDouble("at_most"), given.optionalDouble("at_least"))
    if upper == nil, lower == nil {
      throw ParameterError(parameter: "at_most", expected: "at_most or at_least, a rate", found: "neither")
    }
    if let upper, let lower, lower > upper {
      throw ParameterError(
        parameter: "at_least", expected: "a rate up to at_most, \(upper)", found: "\(lower)")
    }
    let isBootstrap = given.bool("bootstrap")
    if isBootstrap, lower == nil {
      throw ParameterError(
        parameter: "bootstrap", "a bootstrap constraint says what is wanted: it needs at_least")
    }
    var bounds: [ConstraintMultipliers.Bound] = []
    if let upper {
      bounds.append(.init(lower == nil ? name : "\(name), at most", .atMost, upper))
    }
    if let lower {
      bounds.append(
        .init(upper == nil ? name : "\(name), at least", .atLeast, lower, isBootstrap: isBootstrap))
    }
    return bounds.map {
      BehaviourSpecification.Constraint($0, cost: cost, isPerEpisode: isPerEpisode)
    }
  }
}
