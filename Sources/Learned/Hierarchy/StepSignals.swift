import Control
import Foundation
import Rewards
import Worlds

/// What a hierarchy looks at in a step: a row of signals, computed from what rewards see of it.
public struct StepSignals: Sendable {
  public let width: Int
  /// Writes the signals of one lane.
  public let read:
    @Sendable (_ batch: TransitionBatch, _ lane: Int, _ target: UnsafeMutablePointer<Float>) -> Void

  /// - Parameter read: Writes `width` signals of one lane of a batch.
  public init(
    width: Int,
    read:
      @escaping @Sendable (_ batch: TransitionBatch, _ lane: Int, _ target: UnsafeMutablePointer<Float>) ->
      Void
  ) {
    self.width = width
    self.read = read
  }

  /// The signals of all lanes, row by row.
  public func callAsFunction(_ batch: TransitionBatch) -> [Float] {
    var rows = [Float](repeating: 0, count: batch.lanes * width)
    rows.withUnsafeMutableBufferPointer { rows in
      for lane in 0..<batch.lanes { read(batch, lane, rows.baseAddress! + lane * width) }
    }
    return rows
  }
}

/// A signal that a file can name: one or two numbers of the step and what is made of them.
public struct NamedSignal: Sendable, Equatable {
  public typealias Source = StepQuantity

  public enum Transform: String, Sendable, CaseIterable {
    /// The number itself, its distance from 0, its square.
    case value, absolute, square
    /// The length of the vector of the sources, and its square.
    case norm
    case squaredNorm = "squared_norm"
    /// The angle whose sine is the first source and whose cosine is the second, -pi to pi; and its square.
    case angle
    case squaredAngle = "squared_angle"
  }

  public var sources: [Source]
  public var transform: Transform

  public init(_ sources: [Source], _ transform: Transform = .value) {
    self.sources = sources
    self.transform = transform
  }

  func read(_ batch: TransitionBatch, _ lane: Int) -> Float {
    switch transform {
    case .value: return sources[0].value(batch, lane)
    case .absolute: return abs(sources[0].value(batch, lane))
    case .square:
      let value = sources[0].value(batch, lane)
      return value * value
    case .norm, .squaredNorm:
      var sum: Float = 0
      for source in sources {
        let value = source.value(batch, lane)
        sum += value * value
      }
      return transform == .norm ? sum.squareRoot() : sum
    case .angle, .squaredAngle:
      let angle = atan2(sources[0].value(batch, lane), sources[1].value(batch, lane))
      return transform == .angle ? angle : angle * angle
    }
  }
}

extension StepSignals {
  /// Signals that a file has named.
  public init(_ signals: [NamedSignal]) {
    self.init(width: signals.count) { batch, lane, target in
      for (place, signal) in signals.enumerated() { target[place] = signal.read(batch, lane) }
    }
  }
}

extension NamedSignal {
  /// Reads the list of signals of a file, most important first: mappings with `name`, `of` (a source or a list of
  /// them: observation[2], next_observation[0], action[0], reward, terminated), `transform` (value), `better` and
  /// `margin` (1).
  /// - Throws: `ParameterError` that says which entry is wrong and what was expected.
  public static func list(
    _ value: JSONValue, observationWidth: Int, actionWidth: Int
  ) throws(ParameterError) -> (signals: [NamedSignal], levels: [SignalLevel]) {
    guard case .array(let items) = value, !items.isEmpty else {
      throw ParameterError(
        parameter: "signals", expected: "a list of signals, the most important first", found: value.summary)
    }
    var signals: [NamedSignal] = []
    var levels: [SignalLevel] = []
    for (index, item) in items.enumerated() {
      let place = "signals[\(index)]"
      guard case .object(let object) = item else {
        throw ParameterError(
          parameter: place, expected: "a mapping with name, of, better", found: item.summary)
      }
      do throws(ParameterError) {
        let given = try Parameters(object, of: Self.parameters)
        let sources = try sources(given.json("of"), observationWidth, actionWidth)
        let transform = Transform(rawValue: given.string("transform"))!
        let needed = transform == .angle || transform == .squaredAngle ? 2 : 1
        let isVector = transform == .norm || transform == .squaredNorm
        guard isVector ? sources.count >= 1 : sources.count == needed else {
          throw ParameterError(
            parameter: "of", expected: needed == 2 ? "the sine and the cosine, in this order" : "one source",
            found: "\(sources.count) sources for transform \(transform.rawValue)")
        }
        signals.append(NamedSignal(sources, transform))
        levels.append(
          SignalLevel(
            given.string("name"), better: SignalLevel.Direction(rawValue: given.string("better"))!,
            marginMultiplier: given.double("margin")))
      } catch {
        throw ParameterError(
          parameter: "\(place).\(error.parameter)", error.message, suggestion: error.suggestion)
      }
    }
    return (signals, levels)
  }

  /// The keys of one signal in a file.
  public static let parameters = [
    Parameter("name", .string, help: "What reports call the signal."),
    Parameter(
      "of", .json,
      help:
        "Where it comes from: observation[2], next_observation[0], action[0], reward, terminated, truncated; or a list."
    ),
    Parameter(
      "transform", .choice(Transform.allCases.map(\.rawValue)), default: .string("value"),
      help: "What is made of the sources; angle takes a sine and a cosine."),
    Parameter(
      "better", .choice(SignalLevel.Direction.allCases.map(\.rawValue)), help: "Which values are better."),
    Parameter(
      "margin", .number, default: .number(1), range: 0...1e6,
      help: "A clear difference, in spreads of the signal; 0 for events."),
  ]

  private static func sources(
    _ value: JSONValue, _ observationWidth: Int, _ actionWidth: Int
  ) throws(ParameterError) -> [Source] {
    let items: [JSONValue] = if case .array(let list) = value { list } else { [value] }
    var sources: [Source] = []
    for item in items {
      guard case .string(let text) = item,
        let source = StepQuantity(text),
        source.isPart(ofObservation: observationWidth, action: actionWidth)
      else {
        throw ParameterError(
          parameter: "of",
          expected:
            "observation[0...\(observationWidth - 1)], next_observation[...], action[0...\(actionWidth - 1)], "
            + "reward, terminated or truncated", found: item.summary)
      }
      sources.append(source)
    }
    return sources
  }
}
