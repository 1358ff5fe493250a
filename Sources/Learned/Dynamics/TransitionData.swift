import Foundation
import Rewards

/// Transitions of one environment, from which its dynamics are learned.
public struct TransitionData: Sendable, Equatable {
  public let observationWidth, actionWidth: Int
  /// count x observation width.
  public private(set) var observations: [Float] = []
  /// count x action width.
  public private(set) var actions: [Float] = []
  /// count x observation width.
  public private(set) var nextObservations: [Float] = []
  /// What each transition paid; empty where that is not known.
  public private(set) var rewards: [Float] = []
  /// Whether the environment's rules ended the episode there; what follows is then worth nothing.
  public private(set) var terminated: [Bool] = []

  public var count: Int { actions.count / actionWidth }
  /// Whether it is known what the transitions paid.
  public var hasRewards: Bool { !rewards.isEmpty }

  /// The same transitions without what they paid.
  var withoutRewards: TransitionData {
    var other = self
    other.rewards = []
    return other
  }

  /// - Precondition: Both widths are at least 1.
  public init(observationWidth: Int, actionWidth: Int) {
    precondition(observationWidth >= 1 && actionWidth >= 1, "transitions of no width")
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
  }

  /// Adds one transition of finite numbers. What follows the end of an episode is no transition.
  /// - Parameter reward: Given for all transitions or for none.
  public mutating func append(
    _ observation: [Float], _ action: [Float], next: [Float], reward: Float? = nil,
    terminated isLast: Bool = false
  ) {
    precondition(
      observation.count == observationWidth && action.count == actionWidth && next.count == observationWidth,
      "a transition of \(observation.count), \(action.count) and \(next.count) numbers among those of "
        + "\(observationWidth) and \(actionWidth)")
    precondition(
      count == 0 || (reward != nil) == hasRewards, "rewards are given for all transitions or for none")
    observations += observation
    actions += action
    nextObservations += next
    if let reward { rewards.append(reward) }
    terminated.append(isLast)
  }

  /// Reads a JSONL file: one object a line with `observation` and `next_observation` (lists of numbers, all of one
  /// length) and `action` (a number or a list of numbers); a number `reward` in every line or in none, and where the
  /// rules ended the episode `terminated` true. Other fields are passed over.
  /// - Throws: `FileError`, `JSONLError` for a line that is no such object, `TransitionDataError` for a line whose
  ///   lengths differ from the first line's and for a file without transitions.
  public init(path: String) throws {
    let reader = try JSONLReader(path: path)
    var data: TransitionData?
    try reader.forEachLine { line in
      let object: JSONObject
      do throws(JSONError) {
        object = try JSONParser().parseObject(line.bytes)
      } catch {
        throw JSONLError(line: line.number, lineOffset: line.offset, error)
      }
      let observation = try Self.numbers("observation", object, line)
      let action = try Self.numbers("action", object, line, allowsOne: true)
      let next = try Self.numbers("next_observation", object, line)
      if data == nil { data = TransitionData(observationWidth: observation.count, actionWidth: action.count) }
      let (width, size) = (data!.observationWidth, data!.actionWidth)
      for (name, found, expected) in [
        ("observation", observation.count, width), ("next_observation", next.count, width),
        ("action", action.count, size),
      ] where found != expected {
        throw TransitionDataError(
          path: path, line: line.number, field: name, found: found, expected: expected)
      }
      let reward = try object["reward"].map { _ in try Self.numbers("reward", object, line, allowsOne: true) }
      if let reward, reward.count != 1 {
        throw TransitionDataError(
          path: path, line: line.number, field: "reward", found: reward.count, expected: 1)
      }
      guard data!.count == 0 || (reward != nil) == data!.hasRewards else {
        throw TransitionDataError(path: path, line: line.number, hasReward: reward != nil)
      }
      data!.append(
        observation, action, next: next, reward: reward?[0],
        terminated: try Self.flag("terminated", object, line))
    }
    guard let data else { throw TransitionDataError(path: path) }
    self = data
  }

  /// A flag that may be missing.
  private static func flag(_ name: String, _ object: JSONObject, _ line: JSONLLine) throws(JSONLError) -> Bool
  {
    guard let value = object[name] else { return false }
    guard case .bool(let flag) = value else {
      throw JSONLError(
        line: line.number, offset: line.offset,
        reason: .wrongType(field: name, expected: "true or false", found: value.summary))
    }
    return flag
  }

  private static func numbers(
    _ name: String, _ object: JSONObject, _ line: JSONLLine, allowsOne: Bool = false
  ) throws(JSONLError) -> [Float] {
    guard let value = object[name] else {
      throw JSONLError(
        line: line.number, offset: line.offset, reason: .missingField(name, present: object.keys))
    }
    func fail(_ found: String) -> JSONLError {
      JSONLError(
        line: line.number, offset: line.offset,
        reason: .wrongType(
          field: name, expected: allowsOne ? "a number or a list of numbers" : "a list of numbers",
          found: found))
    }
    func number(_ value: JSONValue) -> Float? {
      switch value {
      case .integer(let integer): Float(integer)
      case .number(let number): Float(number).isFinite ? Float(number) : nil
      default: nil
      }
    }
    if allowsOne, let one = number(value) { return [one] }
    guard case .array(let items) = value else { throw fail(value.summary) }
    guard !items.isEmpty else { throw fail("an empty list") }
    var numbers: [Float] = []
    for item in items {
      guard let one = number(item) else {
        let isLarge = item.double.map { !Float($0).isFinite } ?? false
        throw fail("a list with \(item.summary) in it" + (isLarge ? ", too large for single precision" : ""))
      }
      numbers.append(one)
    }
    return numbers
  }
}

/// A file of transitions that cannot be used as a whole.
public struct TransitionDataError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// Line number from 1; nil when the file holds no transition at all.
  public var line: Int?
  private var problem: String

  init(path: String) {
    self.path = path
    problem = "no transition; write lines with observation, action and next_observation"
  }

  init(path: String, line: Int, field: String, found: Int, expected: Int) {
    self.path = path
    self.line = line
    problem =
      "'\(field)' has \(found) numbers, \(expected) are expected after the first line; all lines must come from "
      + "one environment"
  }

  init(path: String, line: Int, hasReward: Bool) {
    self.path = path
    self.line = line
    problem =
      "'reward' is \(hasReward ? "here, but not in the lines before" : "missing, and the lines before have it"); give "
      + "every line one, or none"
  }

  public var description: String { path + (line.map { ", line \($0)" } ?? "") + ": \(problem)" }
}

/// Means and standard deviations of transitions: inputs (observation and action) and changes of the observation.
///
/// Models and dynamics rewards must share one normaliser: numbers of another are another language to them.
public struct TransitionNormalizer: Sendable, Equatable {
  public let observationWidth, actionWidth: Int
  /// One for each number of observation and action.
  public let inputMeans, inputDeviations: [Float]
  /// One for each number of the observation.
  public let changeMeans, changeDeviations: [Float]
  /// Of what transitions pay; nil where that is not known.
  public let rewardScale: RewardScale?

  /// The statistics of rewards.
  public struct RewardScale: Sendable, Equatable {
    public var mean, deviation: Float
    /// The lowest reward of the data.
    public var lowest: Float
  }

  public var inputWidth: Int { observationWidth + actionWidth }
  /// What a model predicts: the observation's changes, and the reward where it is known.
  public var outputWidth: Int { observationWidth + (rewardScale == nil ? 0 : 1) }

  /// A normaliser of known statistics.
  init(
    observationWidth: Int, actionWidth: Int, inputMeans: [Float], inputDeviations: [Float],
    changeMeans: [Float], changeDeviations: [Float], rewardScale: RewardScale? = nil
  ) {
    self.rewardScale = rewardScale
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
    self.inputMeans = inputMeans
    self.inputDeviations = inputDeviations
    self.changeMeans = changeMeans
    self.changeDeviations = changeDeviations
  }

  public init(_ data: TransitionData) {
    precondition(data.count > 0, "no transitions to normalise by")
    observationWidth = data.observationWidth
    actionWidth = data.actionWidth
    let (width, size, count) = (observationWidth, actionWidth, data.count)
    func statistics(_ value: (Int) -> Double) -> (Float, Float) {
      let mean = (0..<count).reduce(0.0) { $0 + value($1) } / Double(count)
      let square = (0..<count).reduce(0.0) { $0 + (value($1) - mean) * (value($1) - mean) } / Double(count)
      return (Float(mean), Float(square.squareRoot()) + 1e-6)
    }
    let inputs =
      (0..<width).map { place in statistics { Double(data.observations[$0 * width + place]) } }
      + (0..<size).map { place in statistics { Double(data.actions[$0 * size + place]) } }
    let changes = (0..<width).map { place in
      statistics { Double(data.nextObservations[$0 * width + place] - data.observations[$0 * width + place]) }
    }
    (inputMeans, inputDeviations) = (inputs.map(\.0), inputs.map(\.1))
    (changeMeans, changeDeviations) = (changes.map(\.0), changes.map(\.1))
    if let lowest = data.rewards.min() {
      let (mean, deviation) = statistics { Double(data.rewards[$0]) }
      rewardScale = RewardScale(mean: mean, deviation: deviation, lowest: lowest)
    } else {
      rewardScale = nil
    }
  }

  /// Writes the normalised input of one transition.
  func input(
    _ observation: UnsafePointer<Float>, _ action: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    for place in 0..<observationWidth {
      target[place] = (observation[place] - inputMeans[place]) / inputDeviations[place]
    }
    for place in observationWidth..<inputWidth {
      target[place] = (action[place - observationWidth] - inputMeans[place]) / inputDeviations[place]
    }
  }

  /// Normalised inputs and changes of all transitions, row by row.
  func rows(_ data: TransitionData) -> (inputs: [Float], changes: [Float]) {
    precondition(
      data.observationWidth == observationWidth && data.actionWidth == actionWidth,
      "transitions of another environment")
    var inputs = [Float](repeating: 0, count: data.count * inputWidth)
    var changes = [Float](repeating: 0, count: data.count * observationWidth)
    for row in 0..<data.count {
      data.observations.withUnsafeBufferPointer { observations in
        data.actions.withUnsafeBufferPointer { actions in
          inputs.withUnsafeMutableBufferPointer {
            input(
              observations.baseAddress! + row * observationWidth, actions.baseAddress! + row * actionWidth,
              into: $0.baseAddress! + row * inputWidth)
          }
        }
      }
      for place in 0..<observationWidth {
        let index = row * observationWidth + place
        let change = data.nextObservations[index] - data.observations[index]
        changes[index] = (change - changeMeans[place]) / changeDeviations[place]
      }
    }
    return (inputs, changes)
  }

  /// What a model is to predict of all transitions, normalised, row by row: `changes` of `rows(_:)`, each row with its
  /// reward behind it where rewards are known.
  func targets(_ data: TransitionData, changes: [Float]) -> [Float] {
    guard let rewardScale else { return changes }
    var targets: [Float] = []
    targets.reserveCapacity(data.count * outputWidth)
    for row in 0..<data.count {
      targets += changes[row * observationWidth..<(row + 1) * observationWidth]
      targets.append((data.rewards[row] - rewardScale.mean) / rewardScale.deviation)
    }
    return targets
  }
}
