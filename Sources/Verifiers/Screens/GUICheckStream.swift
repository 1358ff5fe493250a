import Rewards

/// Judges logged steps of a GUI agent by MagicGUI's evaluator and writes one JSON line for each good row, in order.
///
/// A row has `completion`, the agent's action as text, and `reference`, the logged one: an action as text, an object
/// with `action`, or a gesture with `touch` and `lift` ([x, y] in shares of the screen) and perhaps `duration`
/// (milliseconds). It may have `elements`, a list of [y, x, height, width] in shares of the screen, and `episode`
/// (text or an integer), whose steps stand in their order. Out come `line`, `format`, `type`, `exact`, `kind` and
/// `distance`.
public struct GUICheckStream: Sendable {
  public var candidates: GUIStepMatch.Candidates
  /// A plan may stand before the action.
  public var allowsPlan: Bool

  public init(candidates: GUIStepMatch.Candidates = .holding, allowsPlan: Bool = false) {
    self.candidates = candidates
    self.allowsPlan = allowsPlan
  }

  /// Judges the file at `path` (`-`: standard input).
  ///
  /// - Parameters:
  ///   - write: takes each line, with its line end.
  ///   - rejected: called for each bad line, in order.
  /// - Throws: ``JSONLFileError`` when the file cannot be read; what `write` throws.
  public func run(
    path: String, write: ([UInt8]) throws -> Void, rejected: (JSONLError) -> Void
  ) throws -> GUIMetrics {
    var metrics = GUIMetrics()
    try JSONLReader(path: path).forEachRow(
      { row, line in
        let completion = try FieldMapping.text("completion", of: row)
        let target = try Self.target(row)
        let text = allowsPlan ? GUIActionReward.withoutPlan(completion) : completion[...]
        let step = GUIAction(String(text)).map { GUIStep($0) }
        let match = GUIStepMatch(
          step, target: target, elements: try Self.elements(row), candidates: candidates)
        metrics.add(match, target: target.kind, episode: try Self.episode(row))
        var output = JSONWriter()
        output.value(
          .object(
            JSONObject([
              ("line", .integer(line)), ("format", .bool(match.hasFormat)),
              ("type", .bool(match.isTypeRight)),
              ("exact", .bool(match.isExact)), ("kind", .string(target.kind.rawValue)),
              ("distance", match.distance.map(JSONValue.number) ?? .null),
            ])))
        try write(output.bytes + [0x0A])
      }, rejected: rejected)
    return metrics
  }

  private static func target(_ row: JSONObject) throws(JSONLError.Reason) -> GUIStep {
    let expected =
      "an action as text, or an object with action, or with touch and lift, each [x, y] from 0 to 1"
    switch row["reference"] {
    case nil, .null?: throw .missingField("reference", present: row.keys)
    case .string(let text)?:
      if let action = GUIAction(text, allowsSpaces: true) { return GUIStep(action) }
    case .object(let object)?:
      if case .string(let text)? = object["action"], let action = GUIAction(text, allowsSpaces: true) {
        return GUIStep(action)
      }
      if let touch = place(object["touch"]), let lift = place(object["lift"]) {
        guard let given = object["duration"] else { return GUIStep(from: touch, to: lift) }
        guard let milliseconds = given.double, milliseconds >= 0 else {
          throw .wrongType(
            field: "reference.duration", expected: "milliseconds from 0 on", found: given.summary)
        }
        return GUIStep(from: touch, to: lift, milliseconds: milliseconds)
      }
    default: break
    }
    throw .wrongType(field: "reference", expected: expected, found: row["reference"]?.summary ?? "nothing")
  }

  private static func place(_ value: JSONValue?) -> GUIStep.Place? {
    guard case .array(let items)? = value, items.count == 2, let x = items[0].double, let y = items[1].double,
      0...1 ~= x, 0...1 ~= y
    else { return nil }
    return GUIStep.Place(x: x, y: y)
  }

  private static func elements(_ row: JSONObject) throws(JSONLError.Reason) -> [GUIStepMatch.Element] {
    let expected = "a list of [y, x, height, width] in shares of the screen"
    switch row["elements"] {
    case nil, .null?: return []
    case .array(let items)?:
      var elements: [GUIStepMatch.Element] = []
      for (index, item) in items.enumerated() {
        guard case .array(let list) = item, list.count == 4, case let numbers = list.compactMap(\.double),
          numbers.count == 4, numbers.allSatisfy({ 0...1 ~= $0 })
        else { throw .wrongType(field: "elements[\(index)]", expected: expected, found: item.summary) }
        elements.append(
          GUIStepMatch.Element(y: numbers[0], x: numbers[1], height: numbers[2], width: numbers[3]))
      }
      return elements
    case let value?: throw .wrongType(field: "elements", expected: expected, found: value.summary)
    }
  }

  private static func episode(_ row: JSONObject) throws(JSONLError.Reason) -> String? {
    switch row["episode"] {
    case nil, .null?: return nil
    case .string(let name)?: return name
    case .integer(let number)?: return String(number)
    case let value?: throw .wrongType(field: "episode", expected: "text or an integer", found: value.summary)
    }
  }
}
