import Foundation
import Rewards

/// What an attack may know about one sample: the prompt, the reference, a right completion, and the rewards' own
/// words, as a policy in training finds them out.
public struct Target: Sendable {
  public var sample: Sample
  public var answer: Answer
  /// The completion that earned the most among those that are right.
  public var right: String
  /// Right completions of other prompts with other references.
  public var otherRights: [String] = []
  /// Answers of other prompts that are not this one's.
  public var otherAnswers: [String] = []
  public var templates: [Template]
  public var hints: Hints

  /// Words and sizes that the specification itself mentions.
  public struct Hints: Sendable, Equatable {
    /// Words of `keywords` rewards.
    public var words: [String] = []
    /// Targets of `length` rewards.
    public var lengths: [Int] = []
    /// Tags of `format` rewards.
    public var tags: [[String]] = []

    public init(_ specification: RewardSpecification) {
      for entry in specification.entries {
        if let group = entry.reward as? RewardGroup {
          let inner = Hints(group.specification)
          words += inner.words
          lengths += inner.lengths
          tags += inner.tags
        }
        guard let parameters = entry.parameters else { continue }
        switch entry.kind {
        case "keywords": words += parameters.strings("words")
        case "length":
          if let target = parameters.optionalDouble("target") { lengths.append(Int(min(target, 20_000))) }
        case "format": tags.append(parameters.strings("tags"))
        default: break
        }
      }
    }
  }

  /// Up to three answers that are wrong: neighbours of a number, answers of other prompts, or the text reversed.
  public var wrongAnswers: [String] {
    var answers = answer.neighbours + otherAnswers
    if answers.isEmpty, let text = answer.text { answers = [String(text.reversed()), text + "x"] }
    return Array(answers.filter { !answer.isSaid(by: $0) }.prefix(3))
  }

  /// `answer` in every shape, and in the right completion in place of the right answer.
  public func shapes(of answer: String) -> [String] {
    templates.map { $0.filled(answer) } + (replacingAnswer(with: answer).map { [$0] } ?? [])
  }

  /// The JSON values of the right completion; those in its thoughts are left alone.
  var rightJSON: [JSONValue] { JSONSpans(Answer.withoutThought(right).rest).values }

  /// The right completion with its JSON values written anew.
  func rewritingJSON(_ write: (JSONValue) -> String) -> String {
    let (thought, rest) = Answer.withoutThought(right)
    return thought + JSONSpans(rest).text(write)
  }

  /// The right completion with another answer; nil when the right one does not stand in it.
  public func replacingAnswer(with other: String) -> String? {
    guard let text = answer.text, let range = right.range(of: text, options: .backwards) else { return nil }
    func touches(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber } ?? false
    }
    let before = range.lowerBound > right.startIndex ? right[right.index(before: range.lowerBound)] : nil
    let after = range.upperBound < right.endIndex ? right[range.upperBound] : nil
    if touches(before) || touches(after) { return nil }
    return right.replacingCharacters(in: range, with: other)
  }
}
