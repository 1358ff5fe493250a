import Rewards

/// One run of a recipe: what was asked for, and what came out.
public struct Reproduction: Sendable {
  public var paper: Paper
  public var recipe: any Recipe
  public var seed: UInt64
  public var scale: Scale
  /// The fault that was built in on purpose; nil for the method as published.
  public var fault: Fault?
  public var result: RecipeResult
  /// How long the run took.
  public var seconds: Double

  public init(
    paper: Paper, recipe: any Recipe, seed: UInt64 = 1, scale: Scale = .quick, fault: Fault? = nil,
    result: RecipeResult, seconds: Double
  ) {
    self.paper = paper
    self.recipe = recipe
    self.seed = seed
    self.scale = scale
    self.fault = fault
    self.result = result
    self.seconds = seconds
  }

  /// The command that gives the same numbers again.
  public var command: String {
    let base = "laurel reproduce \(paper.slug) --scale \(scale.rawValue) --seed \(seed)"
    return fault.map { base + " --fault \($0.name)" } ?? base
  }

  /// The name of the folder that holds the page: no two different commands share one.
  public var folderName: String { Self.folderName(paper.slug, scale, seed, fault) }

  static func folderName(_ slug: String, _ scale: Scale, _ seed: UInt64, _ fault: Fault?) -> String {
    let base = "\(slug)-\(scale.rawValue)-seed\(seed)"
    return fault.map { base + "-\($0.name)" } ?? base
  }

  /// Whether the claim holds, in a sentence.
  public var verdict: String {
    let met = result.checks.count(where: \.holds)
    let count = "\(met) of \(result.checks.count) condition\(result.checks.count == 1 ? "" : "s") met"
    let holds = result.holds
    if result.checks.isEmpty { return "The claim does not hold: the run judged no condition." }
    guard let fault else { return "The claim \(holds ? "holds" : "does not hold"): \(count)." }
    return holds
      ? "With the fault \(fault.name) the claim still holds (\(count)): the verdict does not notice the fault."
      : "With the fault \(fault.name) the claim fails, as it must: \(count)."
  }

  /// The result as `laurel reproduce --json` writes it.
  public var json: JSONValue {
    result.json(
      of: recipe, RecipeContext(seed: seed, scale: scale, fault: fault?.name), seconds: seconds)
  }
}

/// What somebody wants to run, found on the shelf.
public struct ReproductionRequest: Sendable {
  public let paper: Paper
  public let recipe: any Recipe
  public let scale: Scale
  public let seed: UInt64
  public let fault: Fault?

  /// - Parameters:
  ///   - name: a slug, a number ("55", "08") or an arXiv number.
  ///   - scale: nil for the recipe's quickest.
  ///   - fault: the name of one of the recipe's faults.
  public init(
    _ name: String, scale: String? = nil, seed: UInt64 = 1, fault: String? = nil, on shelf: Shelf
  ) throws(ReproductionError) {
    guard let row = shelf.row(name) else {
      throw .unknownSystem(name, nearest: shelf.nearest(to: name))
    }
    guard let recipe = row.recipe else { throw .noRecipe(row.paper) }
    if let scale {
      guard let known = Scale(rawValue: scale) else { throw .unknownScale(scale) }
      guard recipe.scales.contains(known) else {
        throw .missingScale(known, slug: recipe.slug, has: recipe.scales)
      }
      self.scale = known
    } else {
      guard let first = recipe.scales.first else {
        throw .missingScale(.quick, slug: recipe.slug, has: [])
      }
      self.scale = first
    }
    self.fault = recipe.faults.first { $0.name == fault }
    if let fault, self.fault == nil {
      throw .unknownFault(fault, slug: recipe.slug, has: recipe.faults)
    }
    paper = row.paper
    self.recipe = recipe
    self.seed = seed
  }

  /// See ``Reproduction/folderName``.
  public var folderName: String { Reproduction.folderName(paper.slug, scale, seed, fault) }

  /// Runs the recipe.
  /// - Throws: What the recipe throws, `RecipeCancelled` when it was stopped.
  public func run(
    threads: Int = 1, progress: @escaping @Sendable (Double, String) -> Void = { _, _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Reproduction {
    let clock = ContinuousClock()
    let began = clock.now
    let result = try recipe.run(
      RecipeContext(
        seed: seed, scale: scale, threads: threads, fault: fault?.name, progress: progress,
        isCancelled: isCancelled))
    return Reproduction(
      paper: paper, recipe: recipe, seed: seed, scale: scale, fault: fault, result: result,
      seconds: (clock.now - began) / .seconds(1))
  }
}

/// Why a reproduction cannot be run, with the remedy.
public enum ReproductionError: Error, Equatable, CustomStringConvertible {
  case unknownSystem(String, nearest: String?)
  case noRecipe(Paper)
  case unknownScale(String)
  case missingScale(Scale, slug: String, has: [Scale])
  case unknownFault(String, slug: String, has: [Fault])

  public var description: String {
    switch self {
    case .unknownSystem(let name, let nearest):
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
      return "no system is called '\(name)'\(hint) (laurel reproduce --list names all)"
    case .noRecipe(let paper):
      return
        "there is no recipe for \(paper.name) ('\(paper.slug)') yet; laurel reproduce --list says which there are"
    case .unknownScale(let name):
      return "'\(name)' is no scale: give \(Self.list(Scale.allCases.map(\.rawValue)))"
    case .missingScale(let scale, let slug, let has):
      let rest = has.isEmpty ? "at no scale" : "at \(Self.list(has.map(\.rawValue)))"
      return "\(slug) does not run at scale '\(scale.rawValue)': it runs \(rest)"
    case .unknownFault(let name, let slug, let has):
      if has.isEmpty { return "\(slug) has no faults, so it has none called '\(name)'" }
      let faults = has.map { "  \($0.name): \($0.help)" }.joined(separator: "\n")
      return "\(slug) has no fault '\(name)'; its faults are\n\(faults)"
    }
  }

  private static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}
