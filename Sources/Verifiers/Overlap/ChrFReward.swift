import Rewards

/// Character n-gram F-score of the completion against the nearest reference (chrF, Popovic 2015), the number of
/// sacrebleu 2.6 divided by 100; with ``wordOrder`` 2 it is chrF++ (Popovic 2017).
///
/// F_beta = (1 + beta^2) P R / (beta^2 P + R), where P and R are the mean precision and recall over the orders that
/// both texts are long enough for (with ``epsilonSmoothing``: the mean over all orders of each order's F).
///
/// - Range: [0, 1]. An empty completion scores 0.
/// - Any text can be scored, in linear time and memory. White space is ignored unless ``whitespace``.
/// - A reference that is absent or not text is `failed`.
public struct ChrFReward: PointwiseReward {
  public typealias Subject = Sample

  public let name: String
  public var maximum: Double? { 1 }
  /// The largest n of character n-grams.
  public let charOrder: Int
  /// The largest n of word n-grams; 0 for none.
  public let wordOrder: Int
  /// How many times recall matters as much as precision.
  public let beta: Double
  public let lowercase: Bool
  /// White space belongs to the character n-grams.
  public let whitespace: Bool
  /// Averages the F-score of every order, as the original chrF++ does, instead of precision and recall.
  public let epsilonSmoothing: Bool
  public let part: AnswerPart

  /// - Throws: `ParameterError` when an order is negative or above 16, both are 0, or beta is not in [0, 100].
  public init(
    name: String = "chrf", charOrder: Int = 6, wordOrder: Int = 0, beta: Double = 2, lowercase: Bool = false,
    whitespace: Bool = false, epsilonSmoothing: Bool = false, part: AnswerPart = .whole
  ) throws(ParameterError) {
    guard 0...16 ~= charOrder, 0...16 ~= wordOrder, charOrder + wordOrder > 0 else {
      throw ParameterError(
        parameter: "char_order",
        "expected orders from 0 to 16, not both 0; found \(charOrder) and \(wordOrder)")
    }
    guard 0...100 ~= beta else {
      throw ParameterError(parameter: "beta", expected: "a number from 0 to 100", found: "\(beta)")
    }
    self.name = name
    self.charOrder = charOrder
    self.wordOrder = wordOrder
    self.beta = beta
    self.lowercase = lowercase
    self.whitespace = whitespace
    self.epsilonSmoothing = epsilonSmoothing
    self.part = part
  }

  public func score(_ sample: Sample, state: RunState) -> Score {
    TextReferences.score(sample, part) { Score(similarity(of: $0, to: $1)) }
  }

  /// chrF in [0, 1]: the largest over the references.
  public func similarity(of hypothesis: String, to references: [String]) -> Double {
    var table = WordTable()
    let text = units(of: hypothesis, &table)
    return references.map { similarity(of: text, to: units(of: $0, &table)) }.max() ?? 0
  }

  private struct Units {
    var characters: [UInt32]
    var words: [UInt32] = []
  }

  private func units(of text: String, _ table: inout WordTable) -> Units {
    var text = lowercase ? UnicodeText.lowercased(text) : text
    return text.withUTF8 { bytes in
      var units = Units(characters: UnicodeText.scalars(of: bytes, keepsSpaces: whitespace))
      guard wordOrder > 0 else { return units }
      UnicodeText.forEachWord(in: bytes) { word in
        if UnicodeText.scalar(word, at: 0).length == word.count {
          units.words.append(table.number(of: word))
        } else if Self.isPunctuation(word[word.count - 1]) {
          units.words.append(table.number(of: UTF8Bytes(rebasing: word[..<(word.count - 1)])))
          units.words.append(table.number(of: UTF8Bytes(rebasing: word[(word.count - 1)...])))
        } else if Self.isPunctuation(word[0]) {
          units.words.append(table.number(of: UTF8Bytes(rebasing: word[..<1])))
          units.words.append(table.number(of: UTF8Bytes(rebasing: word[1...])))
        } else {
          units.words.append(table.number(of: word))
        }
      }
      return units
    }
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    0x21...0x7E ~= byte && !ASCII.isLetter(byte) && !ASCII.isDigit(byte)
  }

  private func similarity(of text: Units, to reference: Units) -> Double {
    var orders: [(text: Int, reference: Int, match: Int)] = []
    func add(_ text: [UInt32], _ reference: [UInt32], _ largest: Int) {
      let matches = GramMatches.clipped(text, in: [reference], orders: largest)
      for order in 0..<largest {
        let inReference = max(0, reference.count - order)
        orders.append((inReference == 0 ? 0 : max(0, text.count - order), inReference, matches[order]))
      }
    }
    add(text.characters, reference.characters, charOrder)
    add(text.words, reference.words, wordOrder)
    return min(1, epsilonSmoothing ? meanF(orders) : fOfMeans(orders))
  }

  private func meanF(_ orders: [(text: Int, reference: Int, match: Int)]) -> Double {
    let epsilon = 1e-16
    var sum = 0.0
    for order in orders {
      let precision = order.text > 0 ? Double(order.match) / Double(order.text) : epsilon
      let recall = order.reference > 0 ? Double(order.match) / Double(order.reference) : epsilon
      sum += f(precision, recall) ?? epsilon
    }
    return sum / Double(orders.count)
  }

  private func fOfMeans(_ orders: [(text: Int, reference: Int, match: Int)]) -> Double {
    var (precision, recall, count) = (0.0, 0.0, 0.0)
    for order in orders where order.text > 0 && order.reference > 0 {
      precision += Double(order.match) / Double(order.text)
      recall += Double(order.match) / Double(order.reference)
      count += 1
    }
    return count == 0 ? 0 : f(precision / count, recall / count) ?? 0
  }

  /// F_beta; nil where it is 0 / 0.
  private func f(_ precision: Double, _ recall: Double) -> Double? {
    let factor = beta * beta
    let denominator = factor * precision + recall
    return denominator > 0 ? (1 + factor) * precision * recall / denominator : nil
  }
}

extension RewardKind {
  static let chrf = RewardKind(
    name: "chrf",
    help: "chrF, or chrF++ with word_order 2, against the reference texts, from 0 to 1, as sacrebleu does.",
    parameters: [
      Parameter(
        "char_order", .integer, default: .integer(6), range: 0...16, help: "the largest character n-gram"),
      Parameter(
        "word_order", .integer, default: .integer(0), range: 0...16,
        help: "the largest word n-gram; 2 is chrF++"),
      Parameter(
        "beta", .number, default: .number(2), range: 0...100, help: "weight of recall against precision"),
      Parameter("lowercase", .bool, default: .bool(false), help: "capitals do not matter"),
      Parameter("whitespace", .bool, default: .bool(false), help: "white space counts as characters"),
      Parameter(
        "eps_smoothing", .bool, default: .bool(false), help: "average each order's F, as the first chrF++ did"
      ),
      AnswerPart.parameter,
    ],
    make: { name, parameters in
      try ChrFReward(
        name: name, charOrder: parameters.int("char_order"), wordOrder: parameters.int("word_order"),
        beta: parameters.double("beta"), lowercase: parameters.bool("lowercase"),
        whitespace: parameters.bool("whitespace"), epsilonSmoothing: parameters.bool("eps_smoothing"),
        part: parameters.answerPart())
    })
}
