import Foundation
import Rewards
import Worlds

/// What an expert saw and did, episode after episode: no reward in it.
public struct ExpertEpisodes: Sendable, Equatable {
  public let observationWidth, actionWidth: Int
  /// Steps x width.
  public private(set) var observations: [Float] = []
  public private(set) var actions: [Float] = []
  /// The index behind the last step of each episode.
  public private(set) var ends: [Int] = []

  public init(observationWidth: Int, actionWidth: Int) {
    self.observationWidth = observationWidth
    self.actionWidth = actionWidth
  }

  public var count: Int { actions.count / actionWidth }
  public var episodes: Int { ends.count }

  /// Adds one step.
  public mutating func append(
    observation: some Collection<Float>, action: some Collection<Float>, ends end: Bool
  ) {
    precondition(
      observation.count == observationWidth && action.count == actionWidth, "a step of these widths")
    observations += observation
    actions += action
    if end { ends.append(count) }
  }

  /// Ends the episode, where steps are left over.
  public mutating func close() {
    if (ends.last ?? 0) < count { ends.append(count) }
  }

  /// The steps cut into windows that never cross an episode's end; an episode's last window may be shorter.
  /// - Parameter length: Nil: whole episodes.
  public func windows(of length: Int?) -> [Range<Int>] {
    var (windows, start): ([Range<Int>], Int) = ([], 0)
    for end in ends {
      while start < end {
        let next = length.map { min(start + $0, end) } ?? end
        windows.append(start..<next)
        start = next
      }
    }
    return windows
  }

  /// Reads `{"observation": [..., ...], "action": 2, "done": false}`, a step a line, in the order of time; an
  /// observation or action of one number may stand without its list. The file's end ends an episode.
  /// - Throws: `FileError`, `JSONLError` for broken lines, `DemonstrationError` for steps that are none of the world.
  public init(jsonl path: String, world: any World) throws {
    self.init(observationWidth: world.observationWidth, actionWidth: world.actionWidth)
    let (observations, actions) = (world.observationSpace(of: 0), world.actionSpace(of: 0))
    try JSONLReader(path: path).forEachLine { line in
      let row: JSONObject
      do throws(JSONError) { row = try JSONParser().parseObject(line.bytes) } catch {
        throw JSONLError(line: line.number, lineOffset: line.offset, error)
      }
      guard case .bool(let done)? = row["done"] else {
        throw DemonstrationError(
          line: line.number, "\"done\" must be true or false, found \(row["done"]?.summary ?? "nothing")")
      }
      append(
        observation: try Self.numbers(row, "observation", observations, mustLieInside: false, line.number),
        action: try Self.numbers(row, "action", actions, mustLieInside: true, line.number), ends: done)
    }
    close()
    if count == 0 { throw DemonstrationError(line: 0, "there is no step in it") }
  }

  private static func numbers(
    _ row: JSONObject, _ key: String, _ space: Space, mustLieInside: Bool, _ line: Int
  ) throws(DemonstrationError) -> [Float] {
    let value = row[key] ?? .null
    let items: [JSONValue] = if case .array(let list) = value { list } else { [value] }
    var numbers: [Float] = []
    for item in items {
      switch item {
      case .integer(let number): numbers.append(Float(number))
      case .number(let number) where number.isFinite: numbers.append(Float(number))
      default:
        throw DemonstrationError(
          line: line, "\"\(key)\" must be a number or a list of numbers, found \(item.summary)")
      }
    }
    guard numbers.count == space.width else {
      throw DemonstrationError(
        line: line, "\"\(key)\" has \(numbers.count) numbers; this world's has \(space.width)")
    }
    if mustLieInside || space.isDiscrete, !space.contains(numbers) {
      throw DemonstrationError(
        line: line, "\"\(key)\" is \(numbers), which is none of the world's (\(space))")
    }
    return numbers
  }
}
