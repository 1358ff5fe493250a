extension RewardSpecification {
  /// The specification with every default written out; reading it gives the same specification. Rewards made
  /// in code appear as comments.
  public var resolvedYAML: String {
    var lines = ["rewards:"]
    for entry in entries {
      guard let kind = entry.kind else {
        lines.append("  # \(entry.name): made in code")
        continue
      }
      lines.append("  - name: \(JSONValue.string(entry.name).flowYAML)")
      lines.append("    \(kind): \(JSONValue.object(entry.parameters?.values ?? JSONObject()).flowYAML)")
      lines.append("    weight: \(JSONValue.number(entry.weight).flowYAML)")
      lines.append("    timeout: \(JSONValue.number(entry.timeout).flowYAML)")
      switch entry.onFailure {
      case .leaveOut: lines.append("    on_failure: leave_out")
      case .stop: lines.append("    on_failure: stop")
      case .penalty(let penalty):
        lines.append("    on_failure: penalty")
        lines.append("    penalty: \(JSONValue.number(penalty).flowYAML)")
      }
      if let condition = entry.condition {
        let threshold = JSONValue.number(condition.atLeast).flowYAML
        lines.append(
          "    only_if: {reward: \(JSONValue.string(condition.reward).flowYAML), at_least: \(threshold)}")
      }
      if !entry.shapers.isEmpty {
        lines.append("    shape:")
        for shaper in entry.shapers {
          lines.append("      - \(shaper.kind): \(JSONValue.object(shaper.parameters).flowYAML)")
        }
      }
    }
    lines.append("combine: {\(combiner.kind): \(JSONValue.object(combiner.parameters).flowYAML)}")
    lines.append("advantage: {\(estimator.kind): \(JSONValue.object(estimator.parameters).flowYAML)}")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension JSONValue {
  /// The value on one line of YAML (JSON with blanks, and numbers that read back to the same bits).
  var flowYAML: String {
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
