import Foundation
import Rewards

/// One environment behind lines of JSON, for a parent process in another language: `laurel world pipe`.
///
/// The first line describes the world (`WorldKind.json(_:)`). Then every line asks and gets one line:
/// - `{"reset": {"seed": 7}}`, the seed may be absent: `{"observation": [[...]], "info": {}}`
/// - `{"step": [action, ...]}`: `{"observation": [[...]], "rewards": [...], "terminated": false, "truncated":
///   false, "info": {}}`
///
/// Observations and actions are lists with an item for each agent; where all agents see the same
/// (`shares_observation`), the list of observations has one item. A line that is refused gets `{"error": "..."}`
/// and changes nothing. The end of the input ends it.
public struct EnvironmentPipe {
  private let environment: any Environment
  private let reader: ActionReader
  private let hello: JSONObject
  /// How many agents' observations are written.
  private let shown: Int

  /// - Throws: `ParameterError` (see `WorldKind.world(_:)`).
  public init(_ kind: WorldKind, _ given: JSONObject = JSONObject()) throws(ParameterError) {
    let world = try kind.world(given)
    environment = world.anyEnvironment()
    reader = ActionReader(environment)
    shown = world.sharesObservation ? 1 : world.agents
    hello = try kind.json(given)
  }

  /// The first line.
  public var greeting: [UInt8] {
    var writer = JSONWriter()
    writer.value(.object(hello))
    writer.bytes.append(0x0A)
    return writer.bytes
  }

  /// The answer to a line, with its newline.
  public func answer(to line: some Collection<UInt8>) -> [UInt8] {
    var writer = JSONWriter()
    do {
      let request = try JSONParser().parse(line)
      guard case .object(let object) = request, let key = object.keys.first,
        let value = object.values.first,
        object.count == 1, key == "reset" || key == "step"
      else {
        throw PipeError(#"expected {"reset": {"seed": 7}} or {"step": [action, ...]}"#)
      }
      if key == "reset" {
        let observation = environment.reset(seed: try Self.seed(of: value))
        writer.raw("{")
        observe(observation, &writer)
      } else {
        let transition = try environment.step(try reader.actions(value))
        writer.raw("{")
        observe(transition.observation, &writer)
        writer.raw(",\"rewards\":[")
        for (index, reward) in transition.rewards.enumerated() {
          if index > 0 { writer.bytes.append(0x2C) }
          writer.number(reward)
        }
        writer.raw("],\"terminated\":")
        writer.value(.bool(transition.terminated))
        writer.raw(",\"truncated\":")
        writer.value(.bool(transition.truncated))
      }
      writer.raw(",\"info\":")
      writer.value(.object(environment.info))
      writer.raw("}\n")
    } catch {
      writer.raw("{\"error\":")
      writer.string("\(error)")
      writer.raw("}\n")
    }
    return writer.bytes
  }

  private func observe(_ observation: [Float], _ writer: inout JSONWriter) {
    let width = observation.count / environment.agents
    writer.raw("\"observation\":[")
    for (index, value) in observation[..<(shown * width)].enumerated() {
      if index % width == 0 {
        writer.raw(index == 0 ? "[" : "],[")
      } else {
        writer.bytes.append(0x2C)
      }
      writer.number(Double(value))
    }
    writer.raw("]]")
  }

  private static func seed(of value: JSONValue) throws(PipeError) -> UInt64? {
    guard case .object(let object) = value else {
      throw PipeError(#"reset: expected {} or {"seed": 7}"#)
    }
    switch object["seed"] {
    case nil, .null: return nil
    case .integer(let seed) where seed >= 0: return UInt64(seed)
    case let other?:
      throw PipeError("seed: expected a whole number of at least 0, found \(other.summary)")
    }
  }

  /// Answers lines until the input ends or nobody reads the output.
  /// - Throws: `PipeError` when a line is longer than 16 MB.
  public func run(input: Int32 = 0, output: Int32 = 1) throws {
    guard Self.put(greeting, to: output) else { return }
    var waiting: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      waiting += chunk[..<count]
      var start = 0
      while let end = waiting[start...].firstIndex(of: 0x0A) {
        if end > start, !Self.put(answer(to: waiting[start..<end]), to: output) { return }
        start = end + 1
      }
      waiting.removeSubrange(..<start)
      if waiting.count > 16 << 20 { throw PipeError("a line is longer than 16 MB") }
    }
  }

  private static func put(_ bytes: [UInt8], to output: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// A line that the pipe does not understand.
public struct PipeError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
