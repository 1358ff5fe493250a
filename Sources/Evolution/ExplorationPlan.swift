import Rewards
import Worlds

/// What is searched, how, and for how long, as a file or a command's options say it:
///
///     problem:
///       world: {mountaincar-continuous: {}}   # or arm, or arm: {joints: 10}
///       observe: [0, 1]
///     method: {serene: {population: 50}}
///     budget: 20000
///     seed: 1
public struct ExplorationPlan: Sendable {
  public enum Subject: Sendable {
    case arm(ArmProblem)
    /// A world and the parameters that make a problem of it (`QualityDiversity.worldParameters`).
    case world(any World, JSONObject)
  }

  public let name: String
  public let subject: Subject
  /// "arm" or the world's name.
  public let subjectName: String
  public let method: QualityDiversity.Method
  /// The method's, defaults filled in.
  public let parameters: JSONObject
  /// Evaluations.
  public let budget: Int
  public let seed: UInt64
  /// The interval and the name of each number of the behaviour descriptor.
  public let descriptor: [(name: String, range: ClosedRange<Double>)]

  /// The keys beside `problem` and `method`.
  public static let settings = [
    Parameter("name", .string, default: .string("exploration"), help: "the run's name, and its folder's"),
    Parameter(
      "budget", .integer, default: .integer(20_000), range: 1...1e12, help: "evaluations, an episode each"),
    Parameter("seed", .integer, default: .integer(1), range: 0...1e15, help: "of everything random"),
  ]

  /// - Parameter yaml: The text of a plan; JSON is YAML too.
  /// - Throws: `SpecificationError` with file, line, column and key.
  public init(yaml: String, file: String) throws(SpecificationError) {
    try self.init(YAMLValue(yaml: yaml, file: file))
  }

  /// - Throws: `SpecificationError` with file, line, column and key.
  public init(_ root: YAMLValue) throws(SpecificationError) {
    let mapping = try root.mapping("a mapping with problem and method")
    let settings = try mapping.parameters(Self.settings, ignoring: ["problem", "method"])
    name = settings.string("name")
    if name.isEmpty || name.contains("/") || name.hasPrefix(".") {
      throw (mapping["name"] ?? root).error("expected a name without '/' that does not begin with '.'")
    }
    budget = settings.int("budget")
    seed = UInt64(settings.int("seed"))
    let problem = try mapping.required("problem")
    var choice = try YAMLValue(yaml: "serene", file: root.file)
    if let given = mapping["method"] { choice = given }
    (method, parameters) = try Self.method(choice)
    (subject, subjectName) = try Self.subject(problem, needsViews: method.needsViews)
    descriptor = try Self.descriptor(of: subject, problem)
    let population = parameters["population"].flatMap { if case .integer(let n) = $0 { n } else { nil } } ?? 1
    guard budget >= population else {
      throw (mapping["budget"] ?? root).error(
        "a budget of \(budget) evaluations is less than the population of \(population)")
    }
  }

  // MARK: Method

  private static func method(
    _ place: YAMLValue
  ) throws(SpecificationError) -> (QualityDiversity.Method, JSONObject) {
    let (name, settings) = try named(place, "a method's name, or the name with its parameters")
    let method: QualityDiversity.Method
    do { method = try QualityDiversity.method(name) } catch {
      throw place.error(error.message, suggestion: error.suggestion)
    }
    if let settings { return (method, try settings.parameters(method.parameters).values) }
    do { return (method, try Parameters(of: method.parameters).values) } catch {
      throw place.error("\(error)")
    }
  }

  /// `NAME` or `{NAME: {...}}`.
  private static func named(
    _ place: YAMLValue, _ expected: String
  ) throws(SpecificationError) -> (name: String, settings: YAMLMapping?) {
    if case .string(let name) = place.json { return (name, nil) }
    let mapping = try place.mapping(expected)
    guard let entry = mapping.entries.first, mapping.entries.count == 1 else {
      throw place.error(expected: expected)
    }
    return (entry.name, try entry.value.mapping("a mapping with parameters"))
  }

  // MARK: Problem

  private static func subject(
    _ place: YAMLValue, needsViews: Bool
  ) throws(SpecificationError) -> (Subject, String) {
    let expected = "arm, or a mapping with arm or world"
    if case .string(let name) = place.json {
      guard name == "arm" else {
        throw place.error(
          "there is no problem \"\(name)\"; expected \(expected)",
          suggestion: nearestName(to: name, in: ["arm"]))
      }
      return (.arm(try arm(nil, place, needsViews)), "arm")
    }
    let mapping = try place.mapping(expected)
    if let arm = mapping["arm"] {
      try mapping.requireKeys(["arm"])
      return (.arm(try self.arm(arm.mapping("a mapping with the arm's parameters"), arm, needsViews)), "arm")
    }
    guard let choice = mapping["world"] else { throw place.error(expected: expected) }
    let (name, settings) = try named(choice, "a world's name, or the name with its parameters")
    let world: any World
    do {
      var options = JSONObject()
      for entry in settings?.entries ?? [] { options[entry.name] = entry.value.json }
      world = try WorldRegistry.standard.world(name, options)
    } catch { throw choice.error(error.message, suggestion: error.suggestion) }
    let given = try mapping.parameters(QualityDiversity.worldParameters, ignoring: ["world"])
    return (.world(world, given.values), name)
  }

  private static func arm(
    _ mapping: YAMLMapping?, _ place: YAMLValue, _ needsViews: Bool
  ) throws(SpecificationError) -> ArmProblem {
    do {
      let given = try mapping?.parameters(ArmProblem.parameters).values ?? JSONObject()
      return try ArmProblem(given, imageSize: needsViews ? 32 : 0)
    } catch let error as SpecificationError {
      throw error
    } catch let error as ParameterError {
      throw (mapping?[error.parameter] ?? place).error(error.message, suggestion: error.suggestion)
    } catch {
      throw place.error("\(error)")
    }
  }

  private static func descriptor(
    of subject: Subject, _ place: YAMLValue
  ) throws(SpecificationError) -> [(name: String, range: ClosedRange<Double>)] {
    switch subject {
    case .arm(let arm): return Array(zip(["hand x", "hand y"], arm.descriptorRanges))
    case .world(let world, let given):
      func open<W: World>(_ world: W) throws(ParameterError) -> [(name: String, range: ClosedRange<Double>)] {
        let problem = try WorldProblem(world, given)
        return Array(zip(problem.descriptorNames, problem.descriptorRanges))
      }
      do { return try open(world) } catch {
        let key = (try? place.mapping())?[error.parameter] ?? place
        throw key.error("\(error.parameter): \(error.message)", suggestion: error.suggestion)
      }
    }
  }

  // MARK: Running

  /// Searches.
  /// - Parameter progress: Called with the share done now and then; returns false to stop the search, which then
  ///   gives what it has found.
  /// - Throws: `ParameterError` for parameters that do not go together, `SearchError` for a problem that misbehaves.
  public func run(progress: @escaping @Sendable (Double) -> Bool = { _ in true }) throws -> Exploration {
    switch subject {
    case .arm(let arm):
      try QualityDiversity.run(
        arm, method: method.name, parameters: parameters, budget: budget, seed: seed, keepsPartial: true,
        progress: progress)
    case .world(let world, let given):
      try QualityDiversity.run(
        world: world, problem: given, method: method.name, parameters: parameters, budget: budget, seed: seed,
        keepsPartial: true, progress: progress)
    }
  }
}

extension JSONObject {
  /// Lays options over a plan: a name replaces what the plan says, parameters alone are added to it.
  /// - Throws: `ParameterError` when parameters are given for what is not there.
  public mutating func override(
    problem: String?, _ problemValues: JSONObject, world worldValues: JSONObject, method: String?,
    _ methodValues: JSONObject
  ) throws(ParameterError) {
    if problem != nil || !problemValues.isEmpty || !worldValues.isEmpty {
      self["problem"] = try Self.problem(self["problem"], problem, problemValues, worldValues)
    }
    guard method != nil || !methodValues.isEmpty else { return }
    let (name, given) = Self.named(method.map(JSONValue.string) ?? self["method"]) ?? ("serene", JSONObject())
    self["method"] = .object(JSONObject([(name, .object(given.merged(with: methodValues)))]))
  }

  private static func problem(
    _ old: JSONValue?, _ name: String?, _ values: JSONObject, _ worldValues: JSONObject
  ) throws(ParameterError) -> JSONValue {
    var rest = JSONObject()
    if name == nil, case .object(let object) = old { rest = object }
    let isArm = name == "arm" || (name == nil && (old == .string("arm") || rest["arm"] != nil))
    if isArm {
      guard worldValues.isEmpty else {
        throw ParameterError(parameter: "world-set", "the arm is no world: use problem-set")
      }
      let given = rest["arm"].flatMap { if case .object(let object) = $0 { object } else { nil } }
      return .object(JSONObject([("arm", .object((given ?? JSONObject()).merged(with: values)))]))
    }
    guard let (world, given) = named(name.map(JSONValue.string) ?? rest["world"]) else {
      throw ParameterError(parameter: "problem", "parameters without a problem: name one, or give a file")
    }
    rest["world"] = .object(JSONObject([(world, .object(given.merged(with: worldValues)))]))
    return .object(rest.merged(with: values))
  }

  /// `NAME` or `{NAME: {...}}`.
  private static func named(_ value: JSONValue?) -> (String, JSONObject)? {
    switch value {
    case .string(let name): return (name, JSONObject())
    case .object(let object):
      guard let name = object.keys.first, object.count == 1 else { return nil }
      if case .object(let given)? = object[name] { return (name, given) }
      return (name, JSONObject())
    default: return nil
    }
  }

  private func merged(with other: JSONObject) -> JSONObject {
    var all = self
    for (key, value) in zip(other.keys, other.values) { all[key] = value }
    return all
  }
}
