import Rewards

extension TransitionShapers {
  /// `graph_reachability`, as a control run's file names it.
  static let graphReachability = TransitionShaperKind(
    name: "graph_reachability",
    help: "Pays for states from which a goal can be reached, by a graph of what was seen (G4RL).",
    parameters: [
      Parameter(
        "form", .choice(GraphReachability.Form.allCases.map(\.rawValue)), default: .string("high"),
        help: "high: r + alpha D(s, g); low: -|s' - g|^2 + alpha D(s', g); potential: keeps the optimum"),
      Parameter("goal", .json, help: "the goal's coordinates, a list"),
      Parameter(
        "indices", .json, default: .null, help: "which numbers of the observation; default: the first"),
      Parameter(
        "eps_d", .number, default: .number(0.1), range: 1e-9...1e9,
        help: "a state farther than this from every node becomes one; below the clearance of walls"),
      Parameter("nodes", .integer, default: .integer(250), range: 2...10_000, help: "most nodes, N"),
      Parameter("alpha", .number, default: .number(1), help: "of D"),
      Parameter(
        "beta", .number, default: .number(0.05), range: 0...1000,
        help: "the encoder is trained when the graph has changed more than beta (N^2 - N)"),
      Parameter(
        "batches", .integer, default: .integer(200), range: 1...1e6, help: "of 256 pairs, each training"),
      Parameter("every", .integer, default: .integer(1), range: 1...1e6, help: "steps between visits, t_c"),
      Parameter(
        "replacement", .choice(StateGraph.Replacement.allCases.map(\.rawValue)), default: .string("oldest"),
        help: "which node makes room in a full graph"),
      Parameter(
        "logarithm", .bool, default: .bool(false), help: "log(1 + A) for A, so that no hot edge rules"),
      Parameter(
        "learning_rate", .number, default: .number(1e-3), range: 0...1, help: "of the encoder's Adam"),
      Parameter("seed", .integer, default: .integer(1), range: 0...2_147_483_647, help: "of the encoder"),
      discount,
    ],
    make: { parameters in
      var settings = GraphReachability.Settings(goal: try filled(parameters, "goal"))
      settings.form = GraphReachability.Form(rawValue: parameters.string("form")) ?? .high
      settings.indices = try places(parameters, count: settings.goal.count)
      settings.radius = parameters.double("eps_d")
      settings.nodes = parameters.int("nodes")
      settings.alpha = parameters.double("alpha")
      settings.beta = parameters.double("beta")
      settings.batches = parameters.int("batches")
      settings.every = parameters.int("every")
      settings.replacement = StateGraph.Replacement(rawValue: parameters.string("replacement")) ?? .oldest
      settings.encoder.usesLogarithm = parameters.bool("logarithm")
      settings.encoder.learningRate = parameters.double("learning_rate")
      settings.discount = parameters.optionalDouble("discount")
      settings.seed = UInt64(parameters.int("seed"))
      return GraphReachability(settings)
    })
}
