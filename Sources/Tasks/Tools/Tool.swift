import Rewards

/// An invented tool: its parameters, and how people ask for it.
public struct Tool: Sendable {
  public var name: String
  public var parameters: [ToolParameter]
  /// Requests that need the first parameter only; `{}` stands for its value.
  var phrasings: [String]

  init(_ name: String, _ parameters: [ToolParameter], _ phrasings: [String]) {
    self.name = name
    self.parameters = parameters
    self.phrasings = phrasings
  }

  /// The tool as the prompt shows it, with its first `count` parameters: `set_timer(minutes: integer)`.
  func signature(parameters count: Int) -> String {
    let list = parameters.prefix(count).map { "\($0.name): \($0.kind.typeName)" }
    return "\(name)(\(list.joined(separator: ", ")))"
  }

  /// A request that states a value for each of the first `count` parameters, and the arguments it asks for.
  func request(parameters count: Int, _ random: inout SeededGenerator) -> (
    text: String, arguments: JSONObject
  ) {
    var arguments = JSONObject()
    var text = random.pick(phrasings)
    for (index, parameter) in parameters.prefix(count).enumerated() {
      let (value, words) = parameter.kind.draw(&random)
      arguments[parameter.name] = value
      if index == 0 {
        text = text.replacing("{}", with: words)
      } else {
        let end = text.removeLast()
        text += " " + parameter.clause.replacing("{}", with: words) + String(end)
      }
    }
    return (text, arguments)
  }
}

/// A parameter of a tool.
public struct ToolParameter: Sendable {
  public var name: String
  public var kind: Kind
  /// How a request states the value where the parameter is not the first: `for {} days`.
  var clause: String

  init(_ name: String, _ kind: Kind, _ clause: String = "") {
    self.name = name
    self.kind = kind
    self.clause = clause
  }

  /// The type of a parameter and the values that requests use.
  public enum Kind: Sendable {
    case text([String])
    case integer(ClosedRange<Int>)
    /// A number with one decimal, given in tenths.
    case tenths(ClosedRange<Int>)
    /// The words for true and for false.
    case flag(yes: String, no: String)
    /// One of a few words, which the signature lists.
    case choice([String])

    var typeName: String {
      switch self {
      case .text: "string"
      case .integer: "integer"
      case .tenths: "number"
      case .flag: "boolean"
      case .choice(let words): words.joined(separator: "|")
      }
    }

    /// A value, and the words by which a request states it.
    func draw(_ random: inout SeededGenerator) -> (value: JSONValue, words: String) {
      switch self {
      case .text(let list), .choice(let list):
        let word = random.pick(list)
        return (.string(word), word)
      case .integer(let range):
        let value = random.integer(in: range)
        return (.integer(value), String(value))
      case .tenths(let range):
        let drawn = random.integer(in: range)
        let value = drawn.isMultiple(of: 10) ? drawn + 5 : drawn
        return (.number(Double(value) / 10), "\(value / 10).\(value % 10)")
      case .flag(let yes, let no):
        let value = random.integer(in: 0...1) == 1
        return (.bool(value), value ? yes : no)
      }
    }
  }
}
