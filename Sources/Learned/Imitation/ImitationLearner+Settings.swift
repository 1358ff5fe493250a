import Rewards

extension ImitationLearner {
  public struct Settings: Sendable, Equatable {
    /// Window length; 0: whole episodes (ASAF), 1: ASAF-1, else ASAF-w.
    public var window = 1
    /// How often the generator is replaced, and ASAF's or the cloning's Adam steps each time.
    public var rounds = 40
    public var steps = 20
    public var learningRate = 3e-3
    /// Windows of the expert in each step, and as many generated ones; 0: all.
    public var batchSize = 0
    /// Episodes that the generator plays each round.
    public var episodes = 10
    /// Gradients are clipped to this norm.
    public var maxGradNorm = 10.0
    public var netArch = [64, 64]

    public init() {}

    /// The settings that a file or a command gives.
    public init(_ given: JSONObject) throws(ParameterError) {
      let values = try Parameters(given, of: Self.parameters)
      window = values.int("window")
      rounds = values.int("rounds")
      steps = values.int("steps")
      learningRate = values.double("learning_rate")
      batchSize = values.int("batch_size")
      episodes = values.int("episodes")
      maxGradNorm = values.double("max_grad_norm")
      guard case .array(let items) = values.json("net_arch") else {
        throw ParameterError(
          parameter: "net_arch", expected: "a list of widths", found: values.json("net_arch").summary)
      }
      netArch = []
      for item in items {
        guard case .integer(let width) = item, (1...65_536).contains(width) else {
          throw ParameterError(
            parameter: "net_arch", expected: "widths from 1 to 65536", found: item.summary)
        }
        netArch.append(width)
      }
    }

    public static let parameters = [
      Parameter(
        "window", .integer, default: .integer(1), range: 0...1e9,
        help: "steps told apart together: 1 ASAF-1, more ASAF-w, 0 whole episodes (ASAF)"),
      Parameter(
        "rounds", .integer, default: .integer(40), range: 1...1e7, help: "generators, one after another"),
      Parameter("steps", .integer, default: .integer(20), range: 1...1e7, help: "of Adam, each round"),
      Parameter("learning_rate", .number, default: .number(3e-3), range: 1e-9...10, help: "of Adam"),
      Parameter(
        "batch_size", .integer, default: .integer(0), range: 0...1e7,
        help: "the expert's windows a step; 0: all"),
      Parameter("episodes", .integer, default: .integer(10), range: 1...1e6, help: "played each round"),
      Parameter("max_grad_norm", .number, default: .number(10), range: 1e-6...1e9, help: "gradient clipping"),
      Parameter(
        "net_arch", .json, default: .array([.integer(64), .integer(64)]), help: "hidden widths, a list"),
    ]
  }
}
