import Rewards

/// Why an action that came as JSON was refused: what, where, and what was expected.
public struct ActionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `actions`, `actions[2]`, `actions[2][0]`.
  public var place: String
  public var message: String

  public var description: String { "\(place): \(message)" }
}

/// Reads the actions of all agents from JSON: a list with an item for each agent, a number for a choice or a list
/// of numbers for a vector. One agent's action may stand without the outer list.
public struct ActionReader: Sendable {
  private let spaces: [Space]

  public init(_ spaces: [Space]) { self.spaces = spaces }

  public init(_ environment: any Environment) {
    self.init((0..<environment.agents).map { environment.actionSpace(of: $0) })
  }

  public init(_ world: some World) {
    self.init((0..<world.agents).map { world.actionSpace(of: $0) })
  }

  /// The numbers as `Environment.step` takes them: agent after agent.
  public func actions(_ value: JSONValue) throws(ActionError) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(spaces.reduce(0) { $0 + $1.width })
    if spaces.count == 1, isBare(value) {
      try read(value, spaces[0], "actions", into: &numbers)
      return numbers
    }
    guard case .array(let items) = value, items.count == spaces.count else {
      let found =
        if case .array(let items) = value { "a list of \(items.count)" } else { value.summary }
      throw ActionError(
        place: "actions",
        message:
          "expected a list with one action for each of \(spaces.count) agents, found \(found)")
    }
    for (agent, item) in items.enumerated() {
      try read(item, spaces[agent], "actions[\(agent)]", into: &numbers)
    }
    return numbers
  }

  /// Whether the value is one agent's action and not a list of actions.
  private func isBare(_ value: JSONValue) -> Bool {
    guard case .array(let items) = value else { return true }
    if case .discrete = spaces[0] { return false }
    if case .array? = items.first { return false }
    return items.count != 1 || spaces[0].width == 1
  }

  private func read(
    _ value: JSONValue, _ space: Space, _ place: String, into numbers: inout [Float]
  ) throws(ActionError) {
    let start = numbers.count
    switch value {
    case .integer(let integer): numbers.append(Float(integer))
    case .number(let number): numbers.append(Float(number))
    case .array(let items):
      for (index, item) in items.enumerated() {
        switch item {
        case .integer(let integer): numbers.append(Float(integer))
        case .number(let number): numbers.append(Float(number))
        default:
          throw ActionError(
            place: "\(place)[\(index)]", message: "expected a number, found \(item.summary)")
        }
      }
    default:
      throw ActionError(
        place: place, message: "expected \(Self.form(of: space)), found \(value.summary)")
    }
    let given = numbers[start...]
    let isValid =
      switch space {
      case .discrete: space.contains(given)
      case .box: given.count == space.width && given.allSatisfy(\.isFinite)
      }
    if !isValid {
      throw ActionError(
        place: place, message: "expected \(Self.form(of: space)), found \(value.jsonText)")
    }
  }

  private static func form(of space: Space) -> String {
    switch space {
    case .discrete(1): "0, the only choice"
    case .discrete(let count): "a whole number from 0 to \(count - 1)"
    case .box(_, let high):
      high.count == 1 ? "a finite number" : "a list of \(high.count) finite numbers"
    }
  }
}
