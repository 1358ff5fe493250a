import Foundation
import Rewards

/// What several agents did in a world with finitely many states and actions, seen from outside: no reward in it.
public struct JointDemonstrations: Sendable, Equatable {
  /// The names of the states, by number.
  public private(set) var stateNames: [String]
  /// The names of each agent's actions, by number.
  public private(set) var actionNames: [[String]]
  /// By transition: the state, the agents' actions one after another, the next state, whether the episode ended.
  public private(set) var states: [Int] = []
  public private(set) var actions: [Int] = []
  public private(set) var nextStates: [Int] = []
  public private(set) var ends: [Bool] = []

  public var agents: Int { actionNames.count }
  public var count: Int { states.count }
  public var stateCount: Int { stateNames.count }
  /// How many actions each agent has.
  public var actionCounts: [Int] { actionNames.map(\.count) }

  /// No transitions yet, of a world whose states and actions are numbers from 0.
  public init(states: Int, actions: [Int]) {
    precondition(
      states >= 1 && !actions.isEmpty && actions.allSatisfy { $0 >= 1 }, "a world has states and actions")
    stateNames = (0..<states).map(String.init)
    actionNames = actions.map { (0..<$0).map(String.init) }
  }

  /// Adds one transition.
  /// - Precondition: All numbers are those of states and actions.
  public mutating func append(state: Int, actions joint: [Int], next: Int, ends end: Bool) {
    precondition(
      state >= 0 && state < stateCount && next >= 0 && next < stateCount && joint.count == agents
        && zip(joint, actionCounts).allSatisfy { $0 >= 0 && $0 < $1 },
      "a transition of states and actions that exist")
    states.append(state)
    actions += joint
    nextStates.append(next)
    ends.append(end)
  }

  /// Forgets the oldest transitions.
  mutating func keepLast(_ limit: Int) {
    let extra = count - limit
    guard extra > 0 else { return }
    states.removeFirst(extra)
    actions.removeFirst(extra * agents)
    nextStates.removeFirst(extra)
    ends.removeFirst(extra)
  }

  mutating func append(_ others: JointDemonstrations) {
    states += others.states
    actions += others.actions
    nextStates += others.nextStates
    ends += others.ends
  }

  /// Reads `{"state": ..., "actions": [..., ...], "next_state": ..., "done": false}`, a transition a line. States and
  /// actions are numbers or strings; they are numbered in the order in which they appear. The agents keep their
  /// order.
  /// - Throws: `FileError`, `JSONLError` for broken lines, `DemonstrationError` for demonstrations that do not fit.
  public init(jsonl path: String) throws {
    var reading = Reading()
    try JSONLReader(path: path).forEachLine { line in
      do {
        try reading.read(try JSONParser().parseObject(line.bytes), line: line.number)
      } catch let error as JSONError {
        throw JSONLError(line: line.number, lineOffset: line.offset, error)
      }
    }
    guard let agents = reading.agents else {
      throw DemonstrationError(line: 0, "there is no transition in it")
    }
    stateNames = reading.states.names
    actionNames = reading.actions[0..<agents].map(\.names)
    (states, actions) = (reading.rows.map(\.state), reading.rows.flatMap(\.actions))
    (nextStates, ends) = (reading.rows.map(\.next), reading.rows.map(\.end))
  }

  /// Names in the order in which they appear.
  private struct Numbering {
    var names: [String] = []
    var numbers: [String: Int] = [:]

    mutating func number(_ name: String) -> Int {
      if let number = numbers[name] { return number }
      numbers[name] = names.count
      names.append(name)
      return names.count - 1
    }
  }

  private struct Reading {
    var agents: Int?
    var states = Numbering()
    var actions: [Numbering] = []
    var rows: [(state: Int, actions: [Int], next: Int, end: Bool)] = []

    mutating func read(_ row: JSONObject, line: Int) throws(DemonstrationError) {
      let state = try name(row, "state", line)
      guard case .array(let list)? = row["actions"] else {
        throw DemonstrationError(
          line: line,
          "\"actions\" must be a list with one action for each agent, found \(found(row, "actions"))")
      }
      let agents = self.agents ?? list.count
      guard list.count == agents, agents > 0 else {
        throw DemonstrationError(
          line: line,
          "\(list.count) actions where the first line has \(agents): every agent's action is needed, in the same order"
        )
      }
      if self.agents == nil {
        self.agents = agents
        actions = Array(repeating: Numbering(), count: agents)
      }
      var joint: [Int] = []
      for (agent, value) in list.enumerated() {
        guard let name = Self.name(value) else {
          throw DemonstrationError(
            line: line, "agent \(agent)'s action must be a number or a string, found \(value.summary)")
        }
        joint.append(actions[agent].number(name))
      }
      let next = try name(row, "next_state", line)
      guard case .bool(let end)? = row["done"] else {
        throw DemonstrationError(
          line: line, "\"done\" must be true or false, found \(found(row, "done"))")
      }
      let (from, to) = (states.number(state), states.number(next))
      rows.append((from, joint, to, end))
    }

    private func name(_ row: JSONObject, _ key: String, _ line: Int) throws(DemonstrationError) -> String {
      guard let value = row[key], let name = Self.name(value) else {
        throw DemonstrationError(
          line: line, "\"\(key)\" must be a number or a string that names the state, found \(found(row, key))"
        )
      }
      return name
    }

    private func found(_ row: JSONObject, _ key: String) -> String { row[key]?.summary ?? "nothing" }

    private static func name(_ value: JSONValue) -> String? {
      switch value {
      case .integer(let number): String(number)
      case .string(let text): text
      default: nil
      }
    }
  }
}

/// A line of a demonstration file that does not fit.
public struct DemonstrationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 1; 0 for the whole file.
  public var line: Int
  public var message: String

  init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }

  public var description: String { line == 0 ? message : "line \(line): \(message)" }
}
