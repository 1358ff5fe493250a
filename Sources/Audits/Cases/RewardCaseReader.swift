import Foundation
import Rewards
import Verifiers

/// A specification with the tests that stand beside it.
///
/// Tests are a list under `tests` in the specification's own file, in `NAME.tests.yaml` beside `NAME.yaml`, or in
/// both:
///
///     tests:
///       - name: a boxed answer is right
///         prompt: What is 6 x 7?
///         completion: '\boxed{42}'
///         reference: 42
///         expect: {total: 1.5, format: {at_least: 0.5}, accuracy.answer: 1}
///         tolerance: 0.001
///       - name: an answer beats a guess, a guess beats silence
///         reference: 42
///         samples:
///           answer: '\boxed{42}'
///           guess: '\boxed{41}'
///           silence: ''
///         order: [answer, guess, silence]
///
/// | key | meaning |
/// |---|---|
/// | `name` | unique, required |
/// | `prompt`, `completion`, `reference`, `columns`, `completion_tokens`, `is_truncated` | the sample |
/// | `expect` | a number for the total; or a mapping from `total`, a reward or `reward.part` to an expectation |
/// | `order` | names of `samples` from the best to the worst |
/// | `of` | what the order compares; default `total` |
/// | `samples` | name: completion, or name: fields that differ from the case's |
/// | `tolerance` | default 1e-6; under `order` the least distance |
/// | `step`, `max_steps` | where the run stands, for schedules; default 0 |
///
/// An expectation is a number, `{at_least, at_most}`, or `none`, `abstained`, `failed` or `timed_out`. Rewards are
/// compared as they scored, before shapers; the total is the specification's.
public struct RewardSuite: Sendable {
  public var file: String
  public var specification: RewardSpecification
  public var cases: [RewardCase]

  /// - Parameter ignoring: Further keys that the file may have, for another reader (a run file's).
  /// - Throws: `SpecificationError` with line and column; `FileError` when the file cannot be read.
  public init(contentsOf path: String, registry: Registry, ignoring: [String] = []) throws {
    file = path
    let root = try YAMLValue(contentsOf: path).mapping("a mapping with the key rewards")
    try root.requireKeys(RewardSpecification.keys + ignoring)
    let specification = try RewardSpecification(root, registry: registry)
    self.specification = specification
    let reader = RewardCaseReader(specification: specification)
    var cases = try root["tests"].map { try reader.cases($0) } ?? []
    let beside = Self.testsFile(for: path)
    if FileManager.default.fileExists(atPath: beside) {
      let mapping = try YAMLValue(contentsOf: beside).mapping("a mapping with the key tests")
      try mapping.requireKeys(["tests"])
      cases += try reader.cases(mapping.required("tests"), after: cases)
    }
    self.cases = cases
  }

  /// Reads a specification with a `tests` section.
  /// - Throws: `SpecificationError`.
  public init(yaml: String, file: String = "rewards.yaml", registry: Registry) throws {
    self.file = file
    let root = try YAMLValue(yaml: yaml, file: file).mapping("a mapping with the key rewards")
    try root.requireKeys(RewardSpecification.keys)
    let specification = try RewardSpecification(root, registry: registry)
    self.specification = specification
    cases = try root["tests"].map { try RewardCaseReader(specification: specification).cases($0) } ?? []
  }

  /// `rewards.yaml` has its tests in `rewards.tests.yaml`.
  public static func testsFile(for path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let name = url.pathExtension.isEmpty ? "yaml" : url.pathExtension
    return url.deletingPathExtension().relativePath + ".tests." + name
  }
}

/// Reads cases and checks the names in them against a specification.
struct RewardCaseReader {
  static let sampleKeys = [
    "prompt", "completion", "reference", "columns", "completion_tokens", "is_truncated",
  ]
  static let keys =
    ["name"] + sampleKeys + ["expect", "order", "of", "samples", "tolerance", "step", "max_steps"]
  static let mapping = FieldMapping(
    completion: ["completion"], prompt: ["prompt"], reference: ["reference"], group: [])

  let specification: RewardSpecification

  func cases(_ place: YAMLValue, after earlier: [RewardCase] = []) throws(SpecificationError) -> [RewardCase]
  {
    var names = Set(earlier.map(\.name))
    var cases: [RewardCase] = []
    for item in try place.items("a list of tests") {
      let one = try read(item)
      if !names.insert(one.name).inserted {
        throw item.error("two tests are named \"\(one.name)\"; give one another name")
      }
      cases.append(one)
    }
    return cases
  }

  private func read(_ place: YAMLValue) throws(SpecificationError) -> RewardCase {
    let mapping = try place.mapping("a test: name, completion, expect")
    try mapping.requireKeys(Self.keys)
    let step = try mapping.int("step", default: 0, in: 0...1_000_000_000)
    var one = RewardCase(
      name: try mapping.required("name").string(), line: place.node.mark?.line ?? 1, samples: [],
      sampleNames: [], checks: [], order: [], orderTarget: RewardCase.total,
      tolerance: try mapping.double("tolerance", default: 1e-6, in: 0...1e9),
      state: RunState(step: step, maxSteps: try mapping.int("max_steps", default: 0, in: 0...1_000_000_000)))
    let fields = Self.fields(mapping)
    if let order = mapping["order"] {
      if let expect = mapping["expect"] { throw expect.error("a test has expect or order, not both") }
      try readOrder(order, mapping, fields, &one)
    } else {
      guard let expect = mapping["expect"] else {
        throw place.error("expected one of the keys expect, order")
      }
      for key in ["of", "samples"] {
        if let stray = mapping[key] { throw stray.error("\(key) needs order") }
      }
      one.samples = [try sample(fields, at: place)]
      one.checks = try checks(expect)
    }
    return one
  }

  private static func fields(_ mapping: YAMLMapping) -> JSONObject {
    var fields = JSONObject()
    for key in sampleKeys { fields[key] = mapping[key]?.json }
    return fields
  }

  private func sample(_ fields: JSONObject, at place: YAMLValue) throws(SpecificationError) -> Sample {
    var row = JSONObject()
    if let columns = fields["columns"] {
      guard case .object(let object) = columns else {
        throw place.error("columns: expected a mapping, found \(columns.summary)")
      }
      row = object
    }
    for (key, value) in zip(fields.keys, fields.values) where key != "columns" { row[key] = value }
    do throws(JSONLError.Reason) {
      return try Self.mapping.sample(from: row)
    } catch {
      throw place.error(JSONLError(line: 0, offset: 0, reason: error).explanation)
    }
  }

  private func readOrder(
    _ order: YAMLValue, _ mapping: YAMLMapping, _ fields: JSONObject, _ one: inout RewardCase
  ) throws(SpecificationError) {
    let samples = try mapping.required("samples").mapping("a mapping from names to completions")
    for entry in samples.entries {
      var own = fields
      if entry.value.node.mapping != nil {
        let given = try entry.value.mapping()
        try given.requireKeys(Self.sampleKeys)
        for (key, value) in zip(Self.fields(given).keys, Self.fields(given).values) { own[key] = value }
      } else {
        own["completion"] = .string(try entry.value.string())
      }
      one.sampleNames.append(entry.name)
      one.samples.append(try sample(own, at: entry.value))
    }
    for item in try order.items("a list of sample names, from the best to the worst") {
      let name = try item.string()
      guard let index = one.sampleNames.firstIndex(of: name) else {
        throw item.error(
          "no sample is named \"\(name)\"; expected one of " + one.sampleNames.joined(separator: ", "),
          suggestion: nearestName(to: name, in: one.sampleNames))
      }
      if one.order.contains(index) { throw item.error("\"\(name)\" is in the order twice") }
      one.order.append(index)
    }
    if one.order.count < 2 { throw order.error("an order needs at least two samples") }
    if let of = mapping["of"] { one.orderTarget = try target(of.string(), at: of) }
    for index in one.samples.indices { one.samples[index].group = 0 }
  }

  private func checks(_ place: YAMLValue) throws(SpecificationError) -> [RewardCase.Check] {
    if place.node.mapping == nil {
      return [RewardCase.Check(target: RewardCase.total, expectation: try expectation(place))]
    }
    let entries = try place.mapping().entries
    if entries.isEmpty { throw place.error("expected at least one number") }
    var checks: [RewardCase.Check] = []
    for entry in entries {
      checks.append(
        RewardCase.Check(
          target: try target(entry.name, at: entry.key), expectation: try expectation(entry.value)))
    }
    return checks
  }

  private func target(_ name: String, at place: YAMLValue) throws(SpecificationError) -> String {
    let known = [RewardCase.total] + specification.names
    if known.contains(name) || specification.names.contains(where: { name.hasPrefix($0 + ".") }) {
      return name
    }
    throw place.error(
      "no reward is named \"\(name)\"; expected one of " + known.joined(separator: ", "),
      suggestion: nearestName(to: name, in: known))
  }

  private func expectation(_ place: YAMLValue) throws(SpecificationError) -> RewardCase.Expectation {
    if place.node.mapping != nil {
      let range = try place.mapping()
      try range.requireKeys(["at_least", "at_most"])
      let bound = Parameter("", .number, help: "")
      func number(_ key: String) throws(SpecificationError) -> Double? {
        guard let value = range[key] else { return nil }
        if case .number(let number) = try value.value(of: bound) { return number }
        return nil
      }
      let (low, high) = (try number("at_least"), try number("at_most"))
      if low == nil, high == nil { throw place.error("expected at_least, at_most or both") }
      if let low, let high, low > high { throw place.error("at_least is above at_most") }
      return .range(low: low, high: high)
    }
    switch place.json {
    case .integer(let value): return .number(Double(value))
    case .number(let value) where value.isFinite: return .number(value)
    case .string("none"): return .noNumber(nil)
    case .string("abstained"): return .noNumber(.abstained)
    case .string("failed"): return .noNumber(.failed)
    case .string("timed_out"): return .noNumber(.timedOut)
    default:
      throw place.error(expected: "a number, {at_least, at_most}, none, abstained, failed or timed_out")
    }
  }
}
