import Foundation
import Yams

extension RewardSpecification {
  /// The keys of a file that belong to a specification; `tests` are for `laurel test` and read by nobody else.
  public static let keys = ["rewards", "combine", "advantage", "tests"]

  /// The keys that every reward of a specification takes beside its own parameters.
  public static let sharedKeys = SpecificationReader.settings

  /// Reads a file that holds a specification.
  /// - Parameter ignoring: Further keys that the file may have, for another reader (a run file's).
  /// - Throws: `SpecificationError` with line and column; `FileError` when the file cannot be read.
  public init(contentsOf path: String, registry: Registry, ignoring: [String] = []) throws {
    let mapping = try YAMLValue(contentsOf: path).mapping("a mapping with the key rewards")
    if mapping["rewards"] == nil || !mapping.entries.contains(where: { ignoring.contains($0.name) }) {
      try mapping.requireKeys(Self.keys)
    } else {
      try mapping.requireKeys(Self.keys + ignoring)
    }
    try self.init(mapping, registry: registry)
  }

  /// Reads a specification and nothing else.
  /// - Throws: `SpecificationError`.
  public init(yaml: String, file: String = "rewards.yaml", registry: Registry) throws(SpecificationError) {
    let place = try YAMLValue(yaml: yaml, file: file)
    let mapping = try place.mapping("a mapping with the key rewards")
    try mapping.requireKeys(Self.keys)
    try self.init(mapping, registry: registry)
  }

  /// Reads the part of a larger file that is a specification; other keys of the mapping are left alone.
  /// - Throws: `SpecificationError`.
  public init(node: Node, file: String, registry: Registry) throws(SpecificationError) {
    try self.init(YAMLValue(node, file: file).mapping(), registry: registry)
  }

  /// Reads `rewards`, `combine` and `advantage` of a mapping; its other keys are left alone.
  /// - Throws: `SpecificationError`.
  public init(_ mapping: YAMLMapping, registry: Registry) throws(SpecificationError) {
    try self = SpecificationReader(registry: registry).read(mapping)
  }
}

/// Builds a specification from YAML against a registry.
struct SpecificationReader {
  static let settings = [
    "name", "weight", "timeout", "on_failure", "penalty", "only_if", "only_where", "shape",
  ]
  /// How deep groups may nest.
  static let maxDepth = 16
  let registry: Registry

  /// An entry as it stands in the file.
  struct ReadEntry {
    var entry: RewardEntry
    var settings: [String: YAMLValue]
    /// The kind's parameters and the values given to them; none for a group.
    var declared: [Parameter] = []
    var values: YAMLMapping
  }

  func read(_ mapping: YAMLMapping) throws(SpecificationError) -> RewardSpecification {
    let (items, combiner) = try rewards(mapping, depth: 0)
    let entries = items.map(\.entry)
    let estimator = try part(
      named("advantage", default: "grpo", in: mapping), "advantage estimator", registry.advantageKinds,
      names: entries.map(\.name))
    if estimator.part.readsComponents {
      if let place = mapping["combine"], combiner.kind != "weighted_sum" {
        throw place.error(
          "\(estimator.kind) normalises each reward apart, so combine must be weighted_sum; use only_if instead"
        )
      }
    } else {
      try checkWeights(items, combiner, mapping)
    }
    return RewardSpecification(entries, combiner: combiner, estimator: estimator)
  }

  /// The entries of a mapping's `rewards`, and its `combine`.
  func rewards(
    _ mapping: YAMLMapping, depth: Int
  ) throws(SpecificationError) -> ([ReadEntry], NamedPart<any Combiner>) {
    let place = try mapping.required("rewards")
    if depth > Self.maxDepth { throw place.error("groups nest deeper than \(Self.maxDepth)") }
    let items = try place.items("a list of rewards")
    if items.isEmpty { throw place.error("expected at least one reward") }
    var read: [ReadEntry] = []
    for item in items {
      let entry = try entry(item, depth: depth)
      if read.contains(where: { $0.entry.name == entry.entry.name }) {
        throw (entry.settings["name"] ?? item).error(
          "two rewards are named \"\(entry.entry.name)\"; give one another name")
      }
      read.append(entry)
    }
    let names = read.map(\.entry.name)
    for index in read.indices {
      let part = read[index]
      read[index].entry.condition = try condition(
        part.settings["only_if"], of: names[index], names: names)
      try checkNames(part.declared, in: part.values, names: names)
    }
    let combiner = try part(
      named("combine", default: "weighted_sum", in: mapping), "combiner", registry.combinerKinds, names: names
    )
    return (read, combiner)
  }

  /// A part that is not named is its default with its own defaults, as if it had been written.
  private func named(_ key: String, default name: String, in mapping: YAMLMapping) -> YAMLValue {
    mapping[key] ?? YAMLValue(Node(name), file: mapping.place.file, keyPath: key)
  }

  /// A weight that the combiner would ignore is a mistake.
  func checkWeights(
    _ items: [ReadEntry], _ combiner: NamedPart<any Combiner>, _ mapping: YAMLMapping
  ) throws(SpecificationError) {
    if combiner.part.usesWeights { return }
    for item in items where item.entry.weight != 1 || item.entry.weightSchedule != nil {
      throw (item.settings["weight"] ?? mapping.place).error(
        "combine: \(combiner.kind) does not use weights")
    }
  }

  private func entry(_ item: YAMLValue, depth: Int) throws(SpecificationError) -> ReadEntry {
    var settings: [String: YAMLValue] = [:]
    if item.node.mapping != nil {
      let mapping = try item.mapping()
      if mapping["rewards"] != nil { return try group(mapping, depth: depth) }
    }
    let (kind, place) = try rewardKind(item, settings: &settings)
    let values =
      try place?.mapping("a mapping with the parameters of \(kind.name)") ?? YAMLMapping(item, entries: [])
    let own = kind.parameters.map(\.name)
    let shared = Self.settings.filter { !own.contains($0) }
    for entry in values.entries where shared.contains(entry.name) {
      if settings[entry.name] != nil { throw entry.key.error("\"\(entry.name)\" is given twice") }
      settings[entry.name] = entry.value
    }
    let parameters = try values.parameters(kind.parameters, ignoring: shared)
    let name =
      try settings["name"].map { (value) throws(SpecificationError) in try value.string() } ?? kind.name
    let reward: any Reward<Sample>
    do { reward = try kind.make(name, parameters) } catch { throw makeError(error, place ?? item, values) }
    var entry = RewardEntry(reward, name: name, kind: kind.name, parameters: parameters)
    try apply(settings, to: &entry)
    return ReadEntry(entry: entry, settings: settings, declared: kind.parameters, values: values)
  }

  /// An entry with a list of rewards of its own.
  private func group(_ mapping: YAMLMapping, depth: Int) throws(SpecificationError) -> ReadEntry {
    try mapping.requireKeys(["rewards", "combine"] + Self.settings.filter { $0 != "timeout" })
    let name = try mapping.required("name").string()
    let (items, combiner) = try rewards(mapping, depth: depth + 1)
    try checkWeights(items, combiner, mapping)
    var settings: [String: YAMLValue] = [:]
    for entry in mapping.entries where Self.settings.contains(entry.name) {
      settings[entry.name] = entry.value
    }
    var entry = RewardEntry(RewardGroup(name: name, items.map(\.entry), combiner: combiner))
    try apply(settings, to: &entry)
    return ReadEntry(
      entry: entry, settings: settings, values: YAMLMapping(mapping.place, entries: []))
  }

  /// The settings that every entry has, but for the condition, which needs all names.
  private func apply(_ settings: [String: YAMLValue], to entry: inout RewardEntry) throws(SpecificationError)
  {
    if let weight = settings["weight"] {
      if weight.node.mapping != nil {
        let schedule = try schedule(weight)
        (entry.weightSchedule, entry.weight) = (schedule, schedule.to)
      } else {
        entry.weight = try double(weight, Parameter("", .number, range: -1e6...1e6, help: ""))
      }
    }
    if let timeout = settings["timeout"] {
      entry.timeout = try double(timeout, Parameter("", .number, range: 0.001...1e6, help: ""))
    }
    entry.onFailure = try failureRule(settings)
    if let place = settings["only_where"] { entry.onlyWhere = try columnCondition(place) }
    if let shape = settings["shape"] {
      for (index, item) in try shape.items("a list of shapers").enumerated() {
        // A shaper sees one column only: it names no rewards.
        let shaper = try part(item, "shaper", registry.shaperKinds, names: [])
        if shaper.part.readsSteps, index > 0 {
          throw item.error("\(shaper.kind) reads the steps as scored, so it must be the first shaper")
        }
        entry.shapers.append(shaper)
      }
    }
  }

  private func schedule(_ place: YAMLValue) throws(SpecificationError) -> Schedule {
    let values = try place.mapping()
    let parameters = try values.parameters(Schedule.parameters)
    do { return try Schedule(parameters) } catch { throw makeError(error, place, values) }
  }

  private func columnCondition(_ place: YAMLValue) throws(SpecificationError) -> ColumnCondition {
    let parameters = try place.mapping().parameters([
      Parameter("column", .string, help: "a column of the data"),
      Parameter("equals", .json, default: .bool(true), help: "the value it must hold"),
    ])
    return ColumnCondition(column: parameters.string("column"), equals: parameters.json("equals"))
  }

  /// The kind an item names, the place of its parameters, and the settings beside it.
  private func rewardKind(
    _ item: YAMLValue, settings: inout [String: YAMLValue]
  ) throws(SpecificationError) -> (RewardKind, YAMLValue?) {
    if item.node.scalar != nil {
      let name = try item.string()
      guard let kind = registry.rewardKind(name) else {
        throw unknown("reward", name, registry.rewardKinds, item)
      }
      return (kind, nil)
    }
    var found: (RewardKind, YAMLValue)?
    for entry in try item.mapping("a reward: {kind: {parameters}}").entries {
      if let kind = registry.rewardKind(entry.name) {
        if let found {
          throw entry.key.error(
            "one reward per entry: \"\(found.0.name)\" is named already; start a new \"- \"")
        }
        found = (kind, entry.value)
      } else if Self.settings.contains(entry.name) {
        settings[entry.name] = entry.value
      } else if let setting = nearestName(to: entry.name, in: Self.settings),
        registry.nearestRewardKind(to: entry.name) == nil
      {
        throw entry.key.error("unknown key \"\(entry.name)\"", suggestion: setting)
      } else {
        throw unknown("reward", entry.name, registry.rewardKinds, entry.key)
      }
    }
    guard let found else { throw item.error("expected the name of a reward kind, found none") }
    return found
  }

  private func failureRule(_ settings: [String: YAMLValue]) throws(SpecificationError) -> FailureRule {
    let words = Parameter("", .choice(["leave_out", "penalty", "stop"]), help: "")
    guard let place = settings["on_failure"] else {
      if let penalty = settings["penalty"] { throw penalty.error("penalty needs on_failure: penalty") }
      return .leaveOut
    }
    let word = try place.value(of: words)
    if word == .string("penalty") {
      guard let penalty = settings["penalty"] else {
        throw place.error("on_failure: penalty needs the key \"penalty\", a number")
      }
      return .penalty(try double(penalty, Parameter("", .number, help: "")))
    }
    if let penalty = settings["penalty"] { throw penalty.error("penalty needs on_failure: penalty") }
    return word == .string("stop") ? .stop : .leaveOut
  }

  private func condition(
    _ place: YAMLValue?, of name: String, names: [String]
  ) throws(SpecificationError) -> RewardCondition? {
    guard let mapping = try place.map({ (value) throws(SpecificationError) in try value.mapping() }) else {
      return nil
    }
    let declared = [
      Parameter("reward", .string, help: "the reward that must be reached", namesReward: true),
      Parameter("at_least", .number, default: .number(1), help: "the threshold"),
    ]
    let parameters = try mapping.parameters(declared)
    try checkNames(declared, in: mapping, names: names)
    let other = parameters.string("reward")
    if other == name { throw mapping.place.error("a reward cannot be its own condition") }
    return RewardCondition(reward: other, atLeast: parameters.double("at_least"))
  }

  /// A part written as its name, or as a mapping from its name to its parameters.
  /// - Parameter names: the rewards that its parameters may name.
  private func part<Part>(
    _ place: YAMLValue, _ noun: String, _ kinds: [PartKind<Part>], names: [String]
  ) throws(SpecificationError) -> NamedPart<Part> {
    let name: String
    let key: YAMLValue
    let values: YAMLMapping
    if place.node.mapping != nil {
      let mapping = try place.mapping()
      guard let first = mapping.entries.first, mapping.entries.count == 1 else {
        throw place.error("expected one \(noun): a name, or {name: {parameters}}")
      }
      (name, key) = (first.name, first.key)
      guard kinds.contains(where: { $0.name == name }) else { throw unknown(noun, name, kinds, key) }
      values = try first.value.mapping("a mapping with the parameters of \(name)")
    } else {
      guard place.node.scalar != nil, !place.isNull else {
        throw place.error(expected: "one \(noun): a name, or {name: {parameters}}")
      }
      (name, key, values) = (try place.string(), place, YAMLMapping(place, entries: []))
    }
    guard let kind = kinds.first(where: { $0.name == name }) else { throw unknown(noun, name, kinds, key) }
    let parameters = try values.parameters(kind.parameters)
    try checkNames(kind.parameters, in: values, names: names)
    do {
      return NamedPart(kind: kind.name, parameters: parameters.values, part: try kind.make(parameters))
    } catch { throw makeError(error, place, values) }
  }

  /// Values that name rewards must name rewards of this file.
  private func checkNames(
    _ declared: [Parameter], in values: YAMLMapping, names: [String]
  ) throws(SpecificationError) {
    for parameter in declared where parameter.namesReward {
      guard let place = values[parameter.name] else { continue }
      let places = place.node.sequence == nil ? [place] : try place.items()
      for place in places where !place.isNull {
        let name = try place.string()
        if !names.contains(name) {
          throw place.error(
            "no reward is named \"\(name)\"; expected one of " + names.joined(separator: ", "),
            suggestion: nearestName(to: name, in: names))
        }
      }
    }
  }

  private func double(_ place: YAMLValue, _ parameter: Parameter) throws(SpecificationError) -> Double {
    guard case .number(let number) = try place.value(of: parameter) else {
      throw place.error(expected: parameter.expectation)
    }
    return number
  }

  private func unknown(
    _ noun: String, _ name: String, _ kinds: [some RegisteredKind], _ place: YAMLValue
  ) -> SpecificationError {
    let names = kinds.map(\.name)
    let list = names.isEmpty ? "none is registered" : "known: " + names.joined(separator: ", ")
    return place.error("unknown \(noun) \"\(name)\"; \(list)", suggestion: nearestName(to: name, in: names))
  }

  /// What a kind's `make` threw, at the parameter it complains about.
  private func makeError(_ error: any Error, _ place: YAMLValue, _ values: YAMLMapping) -> SpecificationError
  {
    guard let wrong = error as? ParameterError else { return place.error("\(error)") }
    return (values[wrong.parameter] ?? place).error(wrong.message, suggestion: wrong.suggestion)
  }
}
