import Rewards

/// One metric of one arm over seeds.
public struct Measurement: Sendable, Equatable {
  public var arm: String
  public var metric: String
  /// One value a seed.
  public var values: [Double]

  public init(_ arm: String, _ metric: String, _ values: [Double]) {
    self.arm = arm
    self.metric = metric
    self.values = values
  }

  public var mean: Double { values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count) }

  /// The standard error of the mean (unbiased variance); nil below two values.
  public var standardError: Double? {
    guard values.count > 1 else { return nil }
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
  }
}

/// One condition of the verdict: a number of this run against its threshold.
public struct Check: Sendable, Equatable {
  /// How the value must stand to the threshold.
  public enum Relation: String, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
  }

  /// What is compared, in words.
  public var text: String
  public var value: Double
  public var relation: Relation
  public var threshold: Double

  public init(_ text: String, _ value: Double, _ relation: Relation, _ threshold: Double) {
    self.text = text
    self.value = value
    self.relation = relation
    self.threshold = threshold
  }

  /// Whether the condition is met; never with NaN.
  public var holds: Bool {
    switch relation {
    case .atLeast: value >= threshold
    case .atMost: value <= threshold
    case .above: value > threshold
    case .below: value < threshold
    }
  }
}

/// What a recipe found.
public struct RecipeResult: Sendable {
  public var measurements: [Measurement]
  /// The claim holds when all of these do.
  public var checks: [Check]
  /// What else the run shows, for and against, a sentence each.
  public var findings: [String]
  public var plots: [Plot]

  public init(
    measurements: [Measurement], checks: [Check], findings: [String] = [], plots: [Plot] = []
  ) {
    self.measurements = measurements
    self.checks = checks
    self.findings = findings
    self.plots = plots
  }

  /// Whether every condition is met. A result without conditions proves nothing.
  public var holds: Bool { !checks.isEmpty && checks.allSatisfy(\.holds) }

  /// The metrics, in the order in which they are first named.
  public var metrics: [String] {
    var seen: Set<String> = []
    return measurements.map(\.metric).filter { seen.insert($0).inserted }
  }

  /// The measurement of that arm and metric.
  public func measurement(_ arm: String, _ metric: String) -> Measurement? {
    measurements.first { $0.arm == arm && $0.metric == metric }
  }

  /// The result as `laurel reproduce --json` writes it.
  public func json(of recipe: some Recipe, _ context: RecipeContext, seconds: Double) -> JSONValue {
    var object = JSONObject([
      ("slug", .string(recipe.slug)), ("scale", .string(context.scale.rawValue)),
      ("seed", .integer(Int(truncatingIfNeeded: context.seed))), ("holds", .bool(holds)),
      ("claim", .string(recipe.claim)), ("rule", .string(recipe.rule)),
      ("scaled_down", .string(recipe.scaledDown)), ("seconds", Self.number(seconds)),
    ])
    if let fault = context.fault { object["fault"] = .string(fault) }
    object["checks"] = .array(
      checks.map { check in
        .object(
          JSONObject([
            ("text", .string(check.text)), ("value", Self.number(check.value)),
            ("relation", .string(check.relation.rawValue)), ("threshold", Self.number(check.threshold)),
            ("holds", .bool(check.holds)),
          ]))
      })
    object["measurements"] = .array(
      measurements.map { one in
        .object(
          JSONObject([
            ("arm", .string(one.arm)), ("metric", .string(one.metric)), ("mean", Self.number(one.mean)),
            ("standard_error", one.standardError.map(Self.number) ?? .null),
            ("n", .integer(one.values.count)), ("values", .array(one.values.map(Self.number))),
          ]))
      })
    object["findings"] = .array(findings.map(JSONValue.string))
    object["plots"] = .array(plots.map(\.json))
    return .object(object)
  }

  /// JSON has no NaN or infinity: they become null.
  static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}
