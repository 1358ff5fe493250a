import Rewards

/// Searches for many different behaviours rather than one best.
public enum QualityDiversity {
  /// One way of searching, with its parameters.
  public struct Method: RegisteredKind {
    public var name: String
    public var help: String
    public var parameters: [Parameter]
    /// Whether it needs views (an autoencoder learns from them).
    public var needsViews = false
  }

  /// A way of breaking a search on purpose, to see whether a check notices.
  public enum Fault: String, Sendable, CaseIterable {
    /// Every behaviour looks the same to the novelty.
    case constantDescriptor = "constant-descriptor"
    /// The least novel survive.
    case invertedNovelty = "inverted-novelty"
    /// The chunks of exploitation are left out.
    case noEmitters = "no-emitters"
    /// The autoencoder's code is 0 for every view.
    case collapsedCode = "collapsed-code"
  }

  /// The method of that name.
  /// - Throws: `ParameterError` with the nearest name.
  public static func method(_ name: String) throws(ParameterError) -> Method {
    if let method = methods.first(where: { $0.name == name.lowercased() }) { return method }
    throw ParameterError(
      parameter: "method", expected: "one of " + methods.map(\.name).joined(separator: ", "),
      found: "\"\(name)\"", suggestion: nearestName(to: name, in: methods.map(\.name)))
  }

  /// Searches a problem.
  /// - Parameters:
  ///   - method: The name of one of `methods`.
  ///   - given: Parameters of the method; what is left out has its default.
  ///   - budget: How many evaluations.
  ///   - keepsPartial: Whether a search that is stopped gives what it has found instead of an error.
  ///   - progress: Called every hundred evaluations or more often, with the share done; returns false to stop the search.
  /// - Throws: `ParameterError` for wrong parameters, `SearchError` for a problem that misbehaves or a search that
  ///   was stopped.
  public static func run<P: Problem>(
    _ problem: P, method: String, parameters given: JSONObject = JSONObject(), budget: Int, seed: UInt64,
    fault: Fault? = nil, keepsPartial: Bool = false,
    progress: @escaping @Sendable (Double) -> Bool = { _ in true }
  ) throws -> Exploration {
    let method = try Self.method(method)
    let values = try Parameters(given, of: method.parameters)
    let initial = values.values["population"].map { _ in values.int("population") } ?? 1
    guard budget >= initial else {
      throw ParameterError(
        parameter: "budget", expected: "at least the population (\(initial) evaluations)", found: "\(budget)")
    }
    if method.needsViews, problem.viewWidth == 0 {
      throw ParameterError(
        parameter: "method",
        "\(method.name) learns from views, and this problem has none; give it views or use serene or novelty")
    }
    let trials = Trials(
      problem, budget: budget, seed: seed, threshold: values.double("reward_threshold"),
      wantsViews: method.needsViews, keepsPartial: keepsPartial, progress: progress)
    switch method.name {
    case "map_elites":
      return try ArchiveSearch(
        trials, initial: initial, sigma: values.double("sigma"), lineSigma: values.double("line_sigma"),
        cells: values.optionalInt("cells")
      ).mapElites()
    case "cma_es":
      return try ArchiveSearch(
        trials, initial: 1, sigma: values.double("sigma"), batch: values.int("batch")
      ).evolutionStrategy()
    case "cma_me":
      return try ArchiveSearch(
        trials, initial: 1, sigma: values.double("sigma"), batch: values.int("batch"),
        emitters: values.int("emitters"), cells: values.optionalInt("cells")
      ).covarianceMapElites()
    default:
      var settings = settings(method, values, for: P.self)
      settings.fault = fault
      return try PopulationSearch(trials, settings).run()
    }
  }

  private static func settings<P: Problem>(
    _ method: Method, _ values: Parameters, for problem: P.Type
  ) -> PopulationSearch<P>.Settings {
    var settings = PopulationSearch<P>.Settings()
    settings.population = values.int("population")
    settings.chunk = values.int("chunk")
    switch method.name {
    case "random": settings.selection = .none
    case "fitness": settings.selection = .fitness
    case "nsga2": settings.selection = .noveltyAndFitness
    case "nslc": settings.selection = .localCompetition
    case "taxons", "stax":
      settings.selection =
        PopulationSearch<P>.Selection(rawValue: values.string("selection")) ?? .noveltyOrSurprise
    default: settings.selection = .novelty
    }
    if method.name == "random" { return settings }
    settings.offspring = values.int("offspring")
    settings.sigma = values.double("sigma")
    settings.archived = values.int("archived")
    if method.name == "fitness" {
      settings.ties = PopulationSearch<P>.Ties(rawValue: values.string("ties")) ?? .offspring
      return settings
    }
    settings.neighbours = values.int("neighbours")
    settings.archivesBest = values.string("archive") == "best"
    settings.whitens = values.bool("whiten")
    if method.needsViews {
      settings.learned = .init(codeWidth: values.int("code_width"), isTrained: values.bool("train"))
    }
    if method.name == "serene" || method.name == "stax" {
      settings.emitters = EmitterSettings(
        population: values.int("emitter_population"), trial: values.int("emitter_trial"),
        sigmaCap: values.double("sigma_cap"), window: values.optionalInt("stagnation_window"),
        cap: values.optionalInt("emitter_cap"), archived: values.int("archived"),
        confirmations: values.int("confirmations"))
    }
    return settings
  }
}
