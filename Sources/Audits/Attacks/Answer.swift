import Foundation
import Rewards

/// What a reference answer is, as far as attacks need to know.
public enum Answer: Sendable, Equatable {
  /// A whole or decimal number or a fraction, as written.
  case number(String)
  case text(String)
  /// Calls of tools: JSON objects with a name and arguments.
  case calls([JSONValue])
  /// Any other structure, or a text as long as a whole completion; attacks work on the right completion then.
  case structure
  case none

  /// The most characters of an answer in words.
  static let maxTextLength = 200

  /// Reads a reference. Text behind `####` counts alone; text that is JSON counts as what it holds, and so do
  /// calls in `<tool_call>` tags.
  public init(_ reference: JSONValue?) {
    switch reference {
    case nil, .null?: self = .none
    case .integer(let value)?: self = .number(String(value))
    case .number(let value)?: self = .number("\(value)")
    case .bool(let value)?: self = .text("\(value)")
    case .array?, .object?: self = Self.structure(reference ?? .null)
    case .string(let text)?:
      let tail = text.range(of: "####", options: .backwards).map { String(text[$0.upperBound...]) } ?? text
      let plain = tail.trimmingCharacters(in: .whitespacesAndNewlines)
      if plain.isEmpty {
        self = .none
      } else if Self.isNumber(plain) {
        self = .number(plain)
      } else if let value = try? JSONValue(json: plain) {
        self = Self.structure(value)
      } else if plain.contains("<tool_call>") {
        let calls = JSONSpans(Self.withoutThought(plain).rest).values.filter { $0.callArguments != nil }
        self = calls.isEmpty ? .structure : .calls(calls)
      } else if plain.count > Self.maxTextLength || plain.contains("\n") {
        self = .structure
      } else {
        self = .text(plain)
      }
    }
  }

  private static func structure(_ value: JSONValue) -> Answer {
    let calls: [JSONValue]
    if case .array(let items) = value { calls = items } else { calls = [value] }
    let areCalls = calls.allSatisfy { $0.callArguments != nil }
    if areCalls, !calls.isEmpty { return .calls(calls) }
    if case .string(let text) = value { return .text(text) }
    return .structure
  }

  /// A text up to its last `</think>`, and what follows.
  static func withoutThought(_ text: String) -> (thought: String, rest: String) {
    guard let end = text.range(of: "</think>", options: .backwards) else { return ("", text) }
    return (String(text[..<end.upperBound]), String(text[end.upperBound...]))
  }

  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[-+−]?\d[\d,]*(\.\d+)?(\/\d+)?/) != nil
  }

  /// The answer as one text, when it is one.
  public var text: String? {
    switch self {
    case .number(let text), .text(let text): text
    case .calls, .structure, .none: nil
    }
  }

  /// True when `other` says the same: the same number, or the same letters without regard to case.
  func isSaid(by other: String) -> Bool {
    guard let text else { return false }
    let plain = other.trimmingCharacters(in: .whitespacesAndNewlines)
    if case .number = self, let a = Self.value(text), let b = Self.value(plain) { return a == b }
    return text.lowercased() == plain.lowercased()
  }

  static func value(_ text: String) -> Double? {
    let plain = text.replacingOccurrences(of: ",", with: "").replacingOccurrences(of: "−", with: "-")
    let parts = plain.split(separator: "/").map(String.init)
    guard let first = parts.first.flatMap(Double.init) else { return nil }
    if parts.count == 1 { return first }
    return parts.count == 2 ? Double(parts[1]).map { first / $0 } : nil
  }

  /// Answers next to this number: one more, one less, ten times as much; nothing for other answers.
  var neighbours: [String] {
    guard case .number(let text) = self else { return [] }
    if let slash = text.firstIndex(of: "/"), let top = Int(text[..<slash]) {
      return ["\(top + 1)\(text[slash...])", "\(top - 1)\(text[slash...])"]
    }
    let plain = text.replacingOccurrences(of: ",", with: "").replacingOccurrences(of: "−", with: "-")
    if let whole = Int(plain), abs(whole) < 1 << 50 {
      return ["\(whole + 1)", "\(whole - 1)", whole == 0 ? "10" : "\(whole * 10)"]
    }
    guard let value = Double(plain) else { return [] }
    return ["\(value + 1)", "\(value - 1)", "\(value * 10)"]
  }
}

extension JSONValue {
  /// The key that holds a call's arguments; nil when the value is no call.
  var callArguments: (key: String, values: JSONObject)? {
    guard case .object(let object) = self, case .string? = object["name"] else { return nil }
    for key in ["arguments", "parameters"] {
      if case .object(let values)? = object[key] { return (key, values) }
    }
    return nil
  }
}
