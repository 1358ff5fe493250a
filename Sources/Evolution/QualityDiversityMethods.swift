import Rewards

extension QualityDiversity {
  /// Every method, simplest first.
  public static let methods: [Method] = [
    Method(
      name: "random", help: "random genomes; the baseline", parameters: [population(), chunk, threshold]),
    Method(
      name: "fitness", help: "keeps the best; blind where nothing is paid",
      parameters: [
        population(), offspring, sigma(0.05), archived,
        Parameter(
          "ties", .choice(["offspring", "parents"]), default: .string("offspring"),
          help:
            "who stays among equals: offspring, so that the population drifts where nothing is paid, or parents"
        ), chunk, threshold,
      ]),
    Method(
      name: "novelty", help: "Novelty Search: keeps the most different (Lehman and Stanley 2011)",
      parameters: noveltyParameters),
    Method(
      name: "nsga2", help: "keeps the Pareto fronts of novelty and fitness (Deb et al. 2002)",
      parameters: noveltyParameters),
    Method(
      name: "nslc", help: "novelty with local competition (Lehman and Stanley 2011)",
      parameters: noveltyParameters),
    Method(
      name: "serene",
      help: "novelty explores, emitters exploit every reward that it finds (Paolo et al. 2021)",
      parameters: noveltyParameters + emitterParameters),
    Method(
      name: "taxons",
      help: "novelty and surprise in the code of an autoencoder over views (Paolo et al. 2019)",
      parameters: noveltyParameters + learnedParameters, needsViews: true),
    Method(
      name: "stax", help: "SERENE in a learned descriptor space (Paolo 2022)",
      parameters: noveltyParameters + learnedParameters + emitterParameters, needsViews: true),
    Method(
      name: "map_elites", help: "the best of every cell of a behaviour grid (Mouret and Clune 2015)",
      parameters: [
        population(), sigma(0.05),
        Parameter(
          "line_sigma", .number, default: .number(0), range: 0...10,
          help: "spread of a mutation along the line to a second elite (0.2 is usual); 0 for none"), cells,
        threshold,
      ]),
    Method(
      name: "cma_es", help: "CMA-ES on the fitness, restarted when it has converged (Hansen 2016)",
      parameters: [sigma(0.3), batch, threshold]),
    Method(
      name: "cma_me", help: "MAP-Elites whose mutations CMA-ES adapts (Fontaine et al. 2020)",
      parameters: [
        sigma(0.3), batch,
        Parameter("emitters", .integer, default: .integer(5), range: 1...1000, help: "CMA-ES side by side"),
        cells, threshold,
      ]),
  ]

  private static let large = 1e9

  private static func population() -> Parameter {
    Parameter(
      "population", .integer, default: .integer(100), range: 2...large, help: "genomes at the start, and kept"
    )
  }
  private static func sigma(_ value: Double) -> Parameter {
    Parameter("sigma", .number, default: .number(value), range: 1e-9...1e3, help: "spread of a mutation")
  }
  private static let offspring = Parameter(
    "offspring", .integer, default: .integer(2), range: 1...1000, help: "children of each parent")
  private static let archived = Parameter(
    "archived", .integer, default: .integer(5), range: 0...large,
    help: "offspring that enter the archive each generation (lambda)")
  private static let chunk = Parameter(
    "chunk", .integer, default: .integer(1000), range: 1...large,
    help: "evaluations between two switches of exploring and exploiting, or two checks whether to train")
  private static let threshold = Parameter(
    "reward_threshold", .number, default: .number(0), range: -1e300...1e300,
    help: "a fitness above this is a reward (raise or lower it where rewards are not 0 by default)")
  private static let batch = Parameter(
    "batch", .integer, default: .integer(36), range: 2...1e6, help: "samples of a generation")
  private static let cells = Parameter(
    "cells", .integer, default: .null, range: 1...1e4,
    help: "cells a side of the behaviour grid; left out: 50 in the plane, 2500 altogether elsewhere")

  private static let noveltyParameters = [
    population(), offspring, sigma(0.05), archived,
    Parameter(
      "neighbours", .integer, default: .integer(15), range: 1...1e6,
      help: "novelty is the mean distance to so many"),
    Parameter(
      "archive", .choice(["random", "best"]), default: .string("random"),
      help: "which offspring enter the archive"),
    Parameter(
      "whiten", .bool, default: .bool(false),
      help: "divide every descriptor number by its spread, where scales differ"), chunk, threshold,
  ]
  private static let emitterParameters = [
    Parameter(
      "emitter_population", .integer, default: .integer(6), range: 2...1e6, help: "genomes of an emitter"),
    Parameter(
      "emitter_trial", .integer, default: .integer(5), range: 1...1e6,
      help: "generations in which a candidate must improve"),
    Parameter(
      "sigma_cap", .number, default: .number(3), range: 1e-3...1e6,
      help: "an emitter's mutations are at most this many times as wide"),
    Parameter(
      "stagnation_window", .integer, default: .null, range: 20...1e6,
      help: "generations over which stagnation is judged; left out: 20 genes / 6 + 120"),
    Parameter(
      "emitter_cap", .integer, default: .null, range: 1...1e6, help: "the most generations of an emitter"),
    Parameter(
      "confirmations", .integer, default: .integer(0), range: 0...1000,
      help: "further trials that must also be rewarded before a candidate starts (noisy worlds: 1)"),
  ]
  private static let learnedParameters = [
    Parameter("code_width", .integer, default: .integer(10), range: 1...1000, help: "numbers of the code"),
    Parameter(
      "train", .bool, default: .bool(true), help: "false keeps the autoencoder's first random weights"),
    Parameter(
      "selection", .choice(["novelty_or_surprise", "novelty", "surprise", "novelty_and_surprise"]),
      default: .string("novelty_or_surprise"), help: "what decides who survives"),
  ]
}
