import Learned
import Rewards
import Worlds

/// `method: gflownet`: its keys, and what they set.
enum FlowRun {
  static let parameters = [
    Parameter("updates", .integer, default: .integer(6_000), range: 1...1e9, help: "of the flow"),
    Parameter(
      "condition", .choice(FlowConditions.Kind.allCases.map(\.rawValue)), default: .string("goals"),
      help: "goals: directions of objective space; preferences: weights of a sum"),
    Parameter(
      "conditions", .integer, default: .integer(20), range: 1...10_000,
      help: "how many of them, spread evenly for two objectives, drawn with the seed for more"),
    Parameter(
      "cosine", .number, default: .number(0.98), range: 0.001...0.9999, help: "goals: at the region's border"),
    Parameter(
      "border", .number, default: .number(0.2), range: 0.001...1, help: "goals: the share paid at the border"),
    Parameter(
      "goal_sampler", .choice(["tabular", "uniform"]), default: .string("tabular"),
      help:
        "tabular (Tab-GS): from 25% to 75% of the training conditions that nothing met yet become rarer; uniform: never"
    ),
    Parameter(
      "unreached_weight", .number, default: .number(0.1), range: 0.0001...1, help: "tabular: how rare"),
    Parameter("beta", .number, default: .number(60), range: 0.001...10_000, help: "exponent of the reward"),
    Parameter(
      "log_floor", .number, default: .number(-60), range: -100_000...0,
      help: "least beta log R, also where R is 0"),
    Parameter("batch_size", .integer, default: .integer(64), range: 1...1e6, help: "walks of an update"),
    Parameter("learning_rate", .number, default: .number(0.05), range: 0...10, help: "of the logits' Adam"),
    Parameter("partition_rate", .number, default: .number(0.5), range: 0...100, help: "of log Z's Adam"),
    Parameter("epsilon", .number, default: .number(0.01), range: 0...1, help: "share of random choices"),
    Parameter(
      "hindsight", .number, default: .number(0.3), range: 0...1,
      help: "share of a batch replayed under the condition that it met best"),
    Parameter("buffer_size", .integer, default: .integer(100_000), range: 0...1e8, help: "walks kept"),
    Parameter(
      "stop_logit", .number, default: .number(-3), range: -100...100,
      help: "with which stopping begins: the lower, the longer are the first walks"),
    Parameter(
      "samples", .integer, default: .integer(1_000), range: 1...1e7,
      help: "objects drawn at the end, the conditions in turn"),
  ]

  /// More numbers than this are no table.
  private static let limit = 100_000_000

  /// - Throws: `ParameterError` for a world that builds nothing, or too large a table.
  static func check(_ world: any World, _ settings: Parameters) throws(ParameterError) {
    guard let graph = (world as? any ConstructionWorld)?.construction else {
      throw ParameterError(
        parameter: "world",
        "gflownet builds objects with objectives: use the world objects (your own, from a file) or hypergrid")
    }
    let numbers = settings.int("conditions") * graph.states * (graph.choices + 1)
    guard numbers <= limit else {
      throw ParameterError(
        parameter: "conditions",
        "\(settings.int("conditions")) conditions x \(graph.states) partial objects x \(graph.choices + 1) choices are a table of more than \(limit) numbers: take fewer conditions or objects"
      )
    }
  }
}

extension ControlRunFile {
  /// What a flow of this many objectives is asked for.
  func flowConditions(objectives: Int) -> FlowConditions {
    FlowConditions(
      FlowConditions.Kind(rawValue: settings.string("condition")) ?? .goals, objectives: objectives,
      count: settings.int("conditions"), cosine: settings.double("cosine"), border: settings.double("border"),
      seed: seed)
  }

  var flow: GFlowNet.Settings {
    var own = GFlowNet.Settings()
    own.beta = settings.double("beta")
    own.floor = settings.double("log_floor")
    own.batchSize = settings.int("batch_size")
    own.learningRate = settings.double("learning_rate")
    own.partitionRate = settings.double("partition_rate")
    own.epsilon = settings.double("epsilon")
    own.hindsight = settings.double("hindsight")
    own.replay = settings.int("buffer_size")
    own.stopLogit = Float(settings.double("stop_logit"))
    own.unreachedWeight =
      settings.string("goal_sampler") == "tabular" ? settings.double("unreached_weight") : 1
    return own
  }
}
