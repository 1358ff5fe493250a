import Foundation
import Yams

extension RewardSpecification {
  /// The keys of a file that belong to a specification.
  public static let keys = ["rewards", "combine", "advantage"]

  /// Reads a file that holds a specification and nothing else.
  /// - Throws: `SpecificationError` with line and column; `FileError` when the file cannot be read.
  public init(contentsOf path: String, registry: Registry) throws {
    let bytes = try FileError.contents(of: path)
    try self.init(yaml: Self.text(bytes, file: path), file: path, registry: registry)
  }

  private static func text(_ bytes: [UInt8], file: String) throws(SpecificationError) -> String {
    guard let wrong = bytes.withUnsafeBufferPointer(UTF8Check.firstInvalid) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    let before = bytes[..<wrong]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    throw SpecificationError(
      file: file, line: before.count { $0 == 0x0A } + 1, column: wrong - lineStart + 1, keyPath: "",
      message:
        "byte 0x\(String(bytes[wrong], radix: 16, uppercase: true)) is not UTF-8; save the file as UTF-8")
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
  static let settings = ["name", "weight", "timeout", "on_failure", "penalty", "only_if", "shape"]
  let registry: Registry

  func read(_ mapping: YAMLMapping) throws(SpecificationError) -> RewardSpecification {
    let place = try mapping.required("rewards")
    let items = try place.items("a list of rewards")
    if items.isEmpty { throw place.error("expected at least one reward") }
    var entries: [RewardEntry] = []
    var read: [(settings: [String: YAMLValue], values: YAMLMapping, kind: RewardKind)] = []
    for item in items {
      let entry = try entry(item)
      if entries.contains(where: { $0.name == entry.entry.name }) {
        throw (entry.settings["name"] ?? item).error(
          "two rewards are named \"\(entry.entry.name)\"; give one another name")
      }
      entries.append(entry.entry)
      read.append((entry.settings, entry.values, entry.kind))
    }
    let names = entries.map(\.name)
    for (index, part) in read.enumerated() {
      entries[index].condition = try condition(part.settings["only_if"], of: names[index], names: names)
      try checkNames(part.kind.parameters, in: part.values, names: names)
    }
    // A part that is not named is its default with its own defaults, as if it had been written.
    func named(_ key: String, default name: String) -> YAMLValue {
      mapping[key] ?? YAMLValue(Node(name), file: mapping.place.file, keyPath: key)
    }
    let combiner = try part(
      named("combine", default: "weighted_sum"), "combiner", registry.combinerKinds, names: names)
    let estimator = try part(
      named("advantage", default: "grpo"), "advantage estimator", registry.advantageKinds, names: names)
    if estimator.part.readsComponents {
      if let place = mapping["combine"], combiner.kind != "weighted_sum" {
        throw place.error(
          "\(estimator.kind) normalises each reward apart, so combine must be weighted_sum; use only_if instead"
        )
      }
    } else if !combiner.part.usesWeights {
      for (index, part) in read.enumerated() where entries[index].weight != 1 {
        throw (part.settings["weight"] ?? place).error("combine: \(combiner.kind) does not use weights")
      }
    }
    return RewardSpecification(entries, combiner: combiner, estimator: estimator)
  }

  private func entry(
    _ item: YAMLValue
  ) throws(SpecificationError) -> (
    entry: RewardEntry, settings: [String: YAMLValue], values: YAMLMapping, kind: RewardKind
  ) {
    var settings: [String: YAMLValue] = [:]
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
    let number = Parameter("", .number, range: -1e6...1e6, help: "")
    let name =
      try settings["name"].map { (value) throws(SpecificationError) in try value.string() } ?? kind.name
    let reward: any Reward<Sample>
    do { reward = try kind.make(name, parameters) } catch { throw makeError(error, place ?? item, values) }
    var entry = RewardEntry(reward, name: name, kind: kind.name, parameters: parameters)
    if let weight = settings["weight"] { entry.weight = try double(weight, number) }
    if let timeout = settings["timeout"] {
      entry.timeout = try double(timeout, Parameter("", .number, range: 0.001...1e6, help: ""))
    }
    entry.onFailure = try failureRule(settings)
    if let shape = settings["shape"] {
      for item in try shape.items("a list of shapers") {
        // A shaper sees one column only: it names no rewards.
        entry.shapers.append(try part(item, "shaper", registry.shaperKinds, names: []))
      }
    }
    return (entry, settings, values, kind)
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
