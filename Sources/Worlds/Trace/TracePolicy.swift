import Foundation
import Rewards

/// A fixed way to act, the same in every world, so that two implementations can be compared step by step.
///
/// All but `random` and `script` give each agent a fraction f of its action space: low + f (high - low) of a box,
/// choice min(n - 1, floor(f n)) of n discrete ones. Actions are 32-bit numbers.
public enum TracePolicy: Sendable, Equatable {
  /// f is `percent` / 100 always; written `constant-35`.
  case constant(percent: Double)
  /// f = 0.9 where floor(step / 5) + agent is even, else 0.1.
  case alternate
  /// f = min(1, step / 40).
  case ramp
  /// f = 0.7, but 0.05 for agent 0 from step 8.
  case oneDefects
  /// Uniform, from a generator with the trace's seed.
  case random
  /// The actions themselves, one list a step: one number for each agent (or all agents' vectors, agent after agent).
  case script([[Float]])

  public static let names = ["constant-F", "alternate", "ramp", "one-defects", "random"]

  /// Reads a policy's name, or else the JSON file of that path: a list of lists of actions.
  /// - Throws: `TraceError` when it is neither.
  public init(_ text: String) throws(TraceError) {
    switch text.lowercased() {
    case "alternate": self = .alternate
    case "ramp": self = .ramp
    case "one-defects": self = .oneDefects
    case "random": self = .random
    case let name where name.hasPrefix("constant-"):
      guard let percent = Double(name.dropFirst(9)), 0...100 ~= percent else {
        throw TraceError("policy \"\(text)\": after \"constant-\" a number from 0 to 100 is expected")
      }
      self = .constant(percent: percent)
    default:
      guard let data = FileManager.default.contents(atPath: text) else {
        let near = nearestName(to: text, in: Self.names).map { "; did you mean \($0)?" } ?? ""
        throw TraceError(
          "there is no policy and no file \"\(text)\"; policies are \(Self.names.joined(separator: ", "))\(near)"
        )
      }
      do {
        self = .script(try Self.script(try JSONParser().parse(data), file: text))
      } catch let error as JSONError {
        throw TraceError("\(text): \(error)")
      } catch {
        throw error as? TraceError ?? TraceError("\(text): \(error)")
      }
    }
  }

  private static func script(_ value: JSONValue, file: String) throws(TraceError) -> [[Float]] {
    guard case .array(let steps) = value else {
      throw TraceError("\(file): expected a list of lists of actions, found \(value.summary)")
    }
    var script: [[Float]] = []
    for (index, step) in steps.enumerated() {
      guard case .array(let items) = step else {
        throw TraceError("\(file), step \(index): expected a list of actions, found \(step.summary)")
      }
      var actions: [Float] = []
      for item in items {
        switch item {
        case .integer(let number): actions.append(Float(number))
        case .number(let number): actions.append(Float(number))
        default: throw TraceError("\(file), step \(index): expected numbers, found \(item.summary)")
        }
      }
      script.append(actions)
    }
    return script
  }

  /// f of an agent at a step (from 0); nil for `random` and `script`.
  public func fraction(step: Int, agent: Int) -> Double? {
    switch self {
    case .constant(let percent): percent / 100
    case .alternate: (step / 5 + agent).isMultiple(of: 2) ? 0.9 : 0.1
    case .ramp: min(1, Double(step) / 40)
    case .oneDefects: agent == 0 && step >= 8 ? 0.05 : 0.7
    case .random, .script: nil
    }
  }

  /// The policy's name as `init(_:)` reads it.
  public var name: String {
    switch self {
    case .constant(let percent):
      "constant-" + (Int(exactly: percent).map(String.init) ?? String(percent))
    case .alternate: "alternate"
    case .ramp: "ramp"
    case .oneDefects: "one-defects"
    case .random: "random"
    case .script: "script"
    }
  }
}

/// Why a trace cannot be made.
public struct TraceError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
