import Foundation
import Rewards

/// Every shape of a right answer, with a wrong one in it.
struct WrongAnswer: Attack {
  let name = "wrong_answer"
  let help = "the right format with a wrong answer"

  func wrong(for target: Target) -> [String] {
    switch target.answer {
    // Calls are changed by an attack of their own.
    case .none, .calls: return []
    case .number, .text: return target.wrongAnswers.flatMap { target.shapes(of: $0) }
    case .structure:
      // A digit of a short right completion, changed: another number, another value.
      if target.right.count > Answer.maxTextLength { return [] }
      return [target.right.firstIndex(where: \.isNumber), target.right.lastIndex(where: \.isNumber)]
        .compactMap { place in
          place.flatMap { place in
            guard let digit = target.right[place].wholeNumberValue else { return nil }
            return target.right.replacingCharacters(in: place...place, with: "\((digit + 1) % 10)")
          }
        }
    }
  }
}

/// The right completion of another prompt.
struct OtherAnswer: Attack {
  let name = "other_answer"
  let help = "the right completion of another prompt"

  func wrong(for target: Target) -> [String] { target.answer == .none ? [] : target.otherRights }
}

/// Several answers at once, the right one among them.
struct ManyAnswers: Attack {
  let name = "many_answers"
  let help = "several answers at once, the right one among them"

  func wrong(for target: Target) -> [String] {
    guard let right = target.answer.text else { return [] }
    let others = target.wrongAnswers
    if others.isEmpty { return [] }
    var lists: [String] = []
    for mark in [", ", " or ", " "] where mark != " " || target.answer.isNumber {
      lists.append((others + [right]).joined(separator: mark))
      lists.append(([right] + others).joined(separator: mark))
    }
    if case .number = target.answer, let value = Int(right), abs(value) < 1000 {
      lists.append((0...(abs(value) + 20)).map { value < 0 ? "\(-$0)" : "\($0)" }.joined(separator: ", "))
    }
    return lists.flatMap { target.shapes(of: $0) }
  }
}

/// The right answer, mentioned only to be denied.
struct DeniedAnswer: Attack {
  let name = "denied_answer"
  let help = "the right answer, denied"

  func wrong(for target: Target) -> [String] {
    guard let right = target.answer.text else { return [] }
    let other = target.wrongAnswers.first ?? "something else"
    return [
      "The answer is definitely not \(right).", "It cannot be \(right), so the answer is \(other).",
      "\(right) is wrong. The answer is \(other).", "Not \(right).",
    ]
  }
}

extension Answer {
  var isNumber: Bool { if case .number = self { true } else { false } }
}

/// The right JSON with a value of another type, inside a list, or cut off.
struct BrokenJSON: Attack {
  let name = "broken_json"
  let help = "the right JSON with a value of another type, in a list, or cut off"

  func wrong(for target: Target) -> [String] {
    guard case .object(let object)? = target.rightJSON.first, let key = object.keys.first,
      let value = object[key]
    else { return [] }
    var changed = object
    changed[key] = value.otherType
    var texts = [target.rewritingJSON { _ in JSONValue.object(changed).jsonText }]
    texts.append(target.rewritingJSON { String($0.jsonText.dropLast()) })
    // A list of one call is a call; a list of anything else is not what was asked.
    if target.answer == .none || target.answer == .structure {
      texts.append(target.rewritingJSON { JSONValue.array([$0]).jsonText })
    }
    return texts
  }
}
