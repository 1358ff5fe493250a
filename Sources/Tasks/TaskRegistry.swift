import Rewards

/// One option of a task, as a run file may set it.
public struct TaskParameter: Sendable {
  public var name: String
  /// The value when the file does not set it; `.null` where there is none.
  public var defaultValue: JSONValue
  public var help: String

  public init(_ name: String, _ defaultValue: JSONValue, _ help: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.help = help
  }
}

/// A task that run files can name.
public struct TaskKind: Sendable {
  public var name: String
  public var help: String
  public var parameters: [TaskParameter]
  /// Makes the task from options that hold every parameter.
  public var make: @Sendable (TaskOptions) throws -> any LanguageTask

  public init(
    name: String, help: String, parameters: [TaskParameter],
    make: @escaping @Sendable (TaskOptions) throws -> any LanguageTask
  ) {
    self.name = name
    self.help = help
    self.parameters = parameters
    self.make = make
  }
}

/// The options of one task, completed with the defaults.
public struct TaskOptions: Sendable {
  public let task: String
  private var values: [String: JSONValue] = [:]

  /// Throws when a given option is not one of the kind's parameters.
  public init(_ given: [String: JSONValue], for kind: TaskKind) throws {
    task = kind.name
    let names = kind.parameters.map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      throw TaskError(
        place: "task \(kind.name)", problem: "there is no option '\(name)'",
        remedy: TaskRegistry.choice(for: name, of: names))
    }
    for parameter in kind.parameters {
      values[parameter.name] = given[parameter.name] ?? parameter.defaultValue
    }
  }

  /// An integer option, checked against its range.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    if case .integer(let value) = values[name], range.contains(value) { return value }
    throw wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)")
  }

  /// A number option, checked against its range.
  public func number(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    switch values[name] {
    case .number(let value) where range.contains(value): return value
    case .integer(let value) where range.contains(Double(value)): return Double(value)
    default: throw wrong(name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  public func flag(_ name: String) throws -> Bool {
    if case .bool(let value) = values[name] { return value }
    throw wrong(name, "true or false")
  }

  /// A text option; nil when it is not set.
  public func text(_ name: String) throws -> String? {
    switch values[name] {
    case .string(let value) where !value.isEmpty: return value
    case .null, nil: return nil
    default: throw wrong(name, "a text that is not empty")
    }
  }

  /// An option that is one of a few words.
  public func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws -> Choice
  where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    if case .string(let word) = values[name] {
      if let choice = Choice(rawValue: word) { return choice }
      throw TaskError(
        place: "task \(task), option \(name)", problem: "found '\(word)'",
        remedy: TaskRegistry.choice(for: word, of: words))
    }
    throw wrong(name, "one of " + words.joined(separator: ", "))
  }

  private func wrong(_ name: String, _ expected: String) -> TaskError {
    TaskError(
      place: "task \(task), option \(name)", problem: "found \((values[name] ?? .null).jsonText)",
      remedy: "give \(expected)")
  }
}

/// Every task that a run file can name.
public enum TaskRegistry {
  public static let kinds: [TaskKind] = [
    ArithmeticTask.kind, CountdownTask.kind, ToolCallTask.kind, TaggedFormatTask.kind, JSONLTask.kind,
  ]

  /// The kind of that name; the error names the nearest one.
  public static func kind(named name: String) throws -> TaskKind {
    if let kind = kinds.first(where: { $0.name == name }) { return kind }
    throw TaskError(
      place: "task", problem: "there is no task '\(name)'", remedy: choice(for: name, of: kinds.map(\.name)))
  }

  /// Makes a task from its name and options.
  public static func make(_ name: String, options: [String: JSONValue] = [:]) throws -> any LanguageTask {
    let kind = try kind(named: name)
    return try kind.make(TaskOptions(options, for: kind))
  }

  static func choice(for name: String, of names: [String]) -> String {
    let list = names.isEmpty ? "it has none" : "valid are: " + names.joined(separator: ", ")
    guard let nearest = nearestName(to: name, in: names) else { return list }
    return "did you mean '\(nearest)'? (\(list))"
  }
}
