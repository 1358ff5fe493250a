extension RewardSpecification {
  /// The specification with every default written out; reading it gives the same specification. Rewards made
  /// in code appear as comments.
  public var resolvedYAML: String {
    let lines =
      resolvedLines
      + ["advantage: {\(estimator.kind): \(JSONValue.object(estimator.parameters).flowYAML)}"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The rewards and how they are combined.
  fileprivate var resolvedLines: [String] {
    ["rewards:"] + entries.flatMap(\.resolvedLines).map { "  " + $0 }
      + ["combine: {\(combiner.kind): \(JSONValue.object(combiner.parameters).flowYAML)}"]
  }
}

extension RewardEntry {
  fileprivate var resolvedLines: [String] {
    var lines: [String] = []
    func put(_ key: String, _ value: JSONValue) { lines.append("\(key): \(value.flowYAML)") }
    put("name", .string(name))
    let group = reward as? RewardGroup
    if let group {
      lines += group.specification.resolvedLines
    } else if let kind {
      put(kind, .object(parameters?.values ?? JSONObject()))
    } else {
      return ["# \(name): made in code"]
    }
    put("weight", weightSchedule.map { .object($0.settings) } ?? .number(weight))
    if group == nil { put("timeout", .number(timeout)) }
    switch onFailure {
    case .leaveOut: put("on_failure", .string("leave_out"))
    case .stop: put("on_failure", .string("stop"))
    case .penalty(let penalty):
      put("on_failure", .string("penalty"))
      put("penalty", .number(penalty))
    }
    if let condition {
      put(
        "only_if",
        .object(
          JSONObject([("reward", .string(condition.reward)), ("at_least", .number(condition.atLeast))])))
    }
    if let onlyWhere {
      put(
        "only_where",
        .object(JSONObject([("column", .string(onlyWhere.column)), ("equals", onlyWhere.equals)])))
    }
    if !shapers.isEmpty {
      lines.append("shape:")
      lines += shapers.map { "  - \($0.kind): \(JSONValue.object($0.parameters).flowYAML)" }
    }
    return lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
  }
}

extension JSONValue {
  /// The value on one line of YAML (JSON with blanks, and numbers that read back to the same bits).
  package var flowYAML: String {
    switch self {
    case .number(let value) where !value.isFinite:
      value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf"
    case .null, .bool, .integer, .number, .string: jsonText
    case .array(let items): "[" + items.map(\.flowYAML).joined(separator: ", ") + "]"
    case .object(let object):
      "{"
        + zip(object.keys, object.values).map { "\(JSONValue.string($0).jsonText): \($1.flowYAML)" }
        .joined(separator: ", ") + "}"
    }
  }
}
