import Rewards

/// A question about a step whose answer is yes or no, as a file writes it: comparisons of a step's quantities with
/// numbers, joined by `and` and, more loosely, `or`:
///
///     next_observation[2] > 0.5 and abs(action[0]) <= 1 or terminated == 1
public struct StepIndicator: Sendable, Equatable {
  struct Comparison: Sendable, Equatable {
    var quantity: StepQuantity
    var isAbsolute: Bool
    var relation: Relation
    var number: Float
  }

  enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case unequal = "!="
    case above = ">"
    case below = "<"
  }

  /// Any of these lists, of which all must hold.
  private let alternatives: [[Comparison]]
  public let text: String

  /// - Throws: `ParameterError` that says which comparison cannot be read.
  public init(_ text: String, parameter: String = "cost") throws(ParameterError) {
    self.text = text
    var alternatives: [[Comparison]] = []
    var current: [Comparison] = []
    var words: [Substring] = []
    for word in text.split(whereSeparator: \.isWhitespace) + [Substring("or")] {
      if word != "and" && word != "or" {
        words.append(word)
        continue
      }
      current.append(try Self.comparison(words.joined(), parameter))
      words = []
      if word == "or" {
        alternatives.append(current)
        current = []
      }
    }
    self.alternatives = alternatives
  }

  private static func comparison(_ text: String, _ parameter: String) throws(ParameterError) -> Comparison {
    let wrong = ParameterError(
      parameter: parameter,
      expected:
        "comparisons such as next_observation[2] > 0.5, joined by and, or; on the left observation[n], "
        + "next_observation[n], action[n], reward, terminated, truncated or abs(...) of one, on the right a number",
      found: "\"\(text)\"")
    for relation in Relation.allCases {
      guard let place = text.firstRange(of: relation.rawValue) else { continue }
      var left = text[..<place.lowerBound]
      let isAbsolute = left.hasPrefix("abs(") && left.hasSuffix(")")
      if isAbsolute { left = left.dropFirst(4).dropLast() }
      guard let quantity = StepQuantity(left), let number = Float(text[place.upperBound...]), number.isFinite
      else { throw wrong }
      return Comparison(quantity: quantity, isAbsolute: isAbsolute, relation: relation, number: number)
    }
    throw wrong
  }

  /// The first quantity that steps of these widths do not have.
  func missing(observationWidth: Int, actionWidth: Int) -> StepQuantity? {
    alternatives.joined().map(\.quantity).first {
      !$0.isPart(ofObservation: observationWidth, action: actionWidth)
    }
  }

  public func holds(_ transition: ShapingTransition) -> Bool {
    alternatives.contains { $0.allSatisfy { $0.holds(transition) } }
  }
}

extension StepIndicator.Comparison {
  func holds(_ transition: ShapingTransition) -> Bool {
    let read = quantity.value(transition)
    let value = isAbsolute ? abs(read) : read
    return switch relation {
    case .atLeast: value >= number
    case .atMost: value <= number
    case .equal: value == number
    case .unequal: value != number
    case .above: value > number
    case .below: value < number
    }
  }
}
