import Rewards

/// The settings of `HeronReward`; the defaults are those of the paper's classic-control experiments.
public struct HeronConfiguration: Sendable, Equatable {
  /// What the reward model reads.
  public enum Inputs: String, Sendable, CaseIterable {
    case observation
    /// The signals in units of their spread.
    case observationAndSignals = "observation_and_signals"
  }

  public var hidden = [256, 256]
  public var learningRate = 1e-3
  /// Rows a training step, all pairs of which are compared.
  public var batchSize = 16
  public var inputs = Inputs.observationAndSignals
  /// Whether the reward is brought to mean 0 and standard deviation 1 over recent rows.
  public var normalizesOutput = true
  /// How far the normaliser moves to what it finds after each fit; below 1 it is slower than the model.
  public var normalizerRate = 1.0
  /// Environment steps between fits, the training steps of the first fit, and those of the others.
  public var fitEvery = 400
  public var firstUpdates = 64
  public var updates = 16
  public var seed: UInt64 = 1

  public init() {}

  /// The keys of a file.
  public static let parameters = [
    Parameter(
      "signals", .json, help: "The signals, the most important first: name, of, transform, better, margin."),
    Parameter(
      "spread", .choice(SignalHierarchy.Spread.allCases.map(\.rawValue)),
      default: .string("standard_deviation"),
      help: "How a signal's spread is measured; median_deviation for heavy tails."),
    Parameter(
      "hidden", .json, default: .array([.integer(256), .integer(256)]), help: "Widths of the hidden layers."),
    Parameter(
      "learning_rate", .number, default: .number(1e-3), range: 1e-8...1, help: "Of the reward model."),
    Parameter(
      "batch_size", .integer, default: .integer(16), range: 2...4096,
      help: "Rows a training step; all their pairs are compared."),
    Parameter(
      "inputs", .choice(Inputs.allCases.map(\.rawValue)), default: .string("observation_and_signals"),
      help: "What the reward model reads."),
    Parameter(
      "normalize_output", .bool, default: .bool(true),
      help: "Mean 0 and standard deviation 1 over recent rows."),
    Parameter(
      "normalizer_rate", .number, default: .number(1), range: 0.001...1,
      help: "How far the normaliser moves after each fit."),
    Parameter(
      "fit_every", .integer, default: .integer(400), range: 1...1e9, help: "Environment steps between fits."),
    Parameter(
      "first_updates", .integer, default: .integer(64), range: 1...1e6,
      help: "Training steps of the first fit, when learning starts."),
    Parameter(
      "updates", .integer, default: .integer(16), range: 1...1e6, help: "Training steps of the other fits."),
  ]

  /// The settings of a file's values (see `parameters`).
  /// - Throws: `ParameterError` for hidden widths that are none.
  public init(_ values: Parameters, seed: UInt64 = 1) throws(ParameterError) {
    guard case .array(let widths) = values.json("hidden"), !widths.isEmpty else {
      throw ParameterError(
        parameter: "hidden", expected: "a list of widths", found: values.json("hidden").summary)
    }
    hidden = []
    for width in widths {
      guard case .integer(let count) = width, 1...4096 ~= count else {
        throw ParameterError(
          parameter: "hidden", expected: "widths from 1 to 4096", found: width.summary)
      }
      hidden.append(count)
    }
    learningRate = values.double("learning_rate")
    batchSize = values.int("batch_size")
    inputs = Inputs(rawValue: values.string("inputs"))!
    normalizesOutput = values.bool("normalize_output")
    normalizerRate = values.double("normalizer_rate")
    fitEvery = values.int("fit_every")
    firstUpdates = values.int("first_updates")
    updates = values.int("updates")
    self.seed = seed
  }
}
