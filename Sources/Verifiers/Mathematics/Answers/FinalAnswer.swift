import Foundation

/// Finds the final answer of a completion, as a careful reader would, and refuses what is no single answer.
///
/// The last box decides; without one, what stands in `<answer>`, then behind the last `####`, then behind the last "answer is" or
/// "answer:", then the last formula or number of the last sentence that has one. An answer that is denied ("not 42"),
/// hedged ("maybe 42"), taken back, or given several times over in different boxes is refused, with the reason.
struct FinalAnswer {
  /// How boxes are treated.
  enum Boxes: String, Sendable, CaseIterable {
    /// Without a box there is no answer.
    case required
    /// A box decides where there is one.
    case preferred
  }

  /// What was found.
  enum Finding: Equatable {
    case answer(String)
    /// Several boxes, or answer tags, with different contents, in order.
    case several([String])
    case refused(String, extracted: String?)
  }

  /// Longest completion whose whole text is searched for boxes; of longer ones, the end.
  static let maxBytes = 1 << 20
  /// Completions with more boxes give no answer.
  static let maxBoxes = 50
  /// How much of the end is searched for an answer outside of boxes, and how much of its last line is read.
  static let maxTail = 8_000
  static let maxLine = 1_000

  static func find(in completion: String, boxes rule: Boxes) -> Finding {
    var text = Substring(completion)
    if text.utf8.count > maxBytes { text = text.suffix(maxBytes / 4) }
    if let end = text.range(of: "</think>", options: .backwards) { text = text[end.upperBound...] }
    let boxes = AnswerText.boxes(in: text)
    if boxes.count > maxBoxes { return .refused("there are \(boxes.count) boxes", extracted: nil) }
    if let last = boxes.last {
      guard let last else { return .refused("the braces of the last box do not close", extracted: nil) }
      return boxed(boxes.compactMap { $0 }, last, in: text)
    }
    if rule == .required { return .refused("there is no box", extracted: nil) }
    return tagged(end(of: text)) ?? unboxed(end(of: text))
  }

  private static func end(of text: Substring) -> Substring {
    text.utf8.count > maxTail ? text.suffix(maxTail) : text
  }

  private static func boxed(_ boxes: [AnswerText.Box], _ last: AnswerText.Box, in text: Substring) -> Finding
  {
    let contents = boxes.map { AnswerText.bare(String($0.content)) }
    let answer = contents[contents.count - 1]
    if answer.isEmpty { return .refused("the box is empty", extracted: "") }
    if let reason = objection(before: text[..<last.range.lowerBound], after: text[last.range.upperBound...]) {
      return .refused(reason, extracted: answer)
    }
    // A second thought behind the box.
    if let (phrase, _) = phrased(end(of: text[last.range.upperBound...])),
      MathText.spelling(phrase) != MathText.spelling(answer)
    {
      return .refused("another answer follows the box", extracted: answer)
    }
    let distinct = distinct(contents)
    return distinct.count > 1 ? .several(distinct) : .answer(answer)
  }

  /// The texts that are spelled differently.
  private static func distinct(_ texts: [String]) -> [String] {
    var distinct: [String] = []
    for text in texts
    where !distinct.contains(where: { MathText.spelling($0) == MathText.spelling(text) }) {
      distinct.append(text)
    }
    return distinct
  }

  /// What stands between `<answer>` and `</answer>`; nil when there is no such place.
  private static func tagged(_ text: Substring) -> Finding? {
    var contents: [Substring] = []
    var rest = text
    while let open = rest.range(of: "<answer>", options: .caseInsensitive),
      let close = rest[open.upperBound...].range(of: "</answer>", options: .caseInsensitive)
    {
      contents.append(rest[open.upperBound..<close.lowerBound])
      rest = rest[close.upperBound...]
    }
    guard let last = contents.last else { return nil }
    if contents.count > maxBoxes { return .refused("there are \(contents.count) answers", extracted: nil) }
    let distinct = distinct(contents.map { AnswerText.bare(String($0)) })
    if distinct.count > 1 { return .several(distinct) }
    let answer = String(last)
    if let reason = objection(before: "", after: rest) { return .refused(reason, extracted: answer) }
    if let (phrase, _) = phrased(rest), MathText.spelling(phrase) != MathText.spelling(answer) {
      return .refused("another answer follows the tag", extracted: answer)
    }
    return unboxed(last)
  }

  private static func unboxed(_ text: Substring) -> Finding {
    if let mark = text.range(of: "####", options: .backwards) {
      let line = text[mark.upperBound...].prefix { $0 != "\n" }
      let answer = AnswerText.trimmed(line)
      return checked(answer, before: "", after: "")
    }
    if let (answer, context) = phrased(text) {
      return checked(answer, before: context.before, after: context.after)
    }
    return lastFormula(text)
  }

  private static func checked(_ answer: String, before: Substring, after: Substring) -> Finding {
    if answer.isEmpty { return .refused("there is no answer", extracted: nil) }
    if let reason = objection(before: before, after: after) ?? objection(inside: answer) {
      return .refused(reason, extracted: answer)
    }
    return .answer(answer)
  }

  // MARK: Objections

  private static let denials = [
    "not", "never", "isn't", "isn’t", "neither", "wasn't", "cannot", "can't", "don't", "doesn't", "aren't",
  ]
  private static let hedges = [
    "maybe", "perhaps", "possibly", "probably", "might", "could", "either", "unsure", "guess", "likely",
    "alternatively",
  ]

  private static func words(_ text: Substring) -> [String] {
    text.lowercased().split { !($0.isLetter || $0 == "'" || $0 == "’") }.map(String.init)
  }

  /// Why an answer with these words around it is none: the clause before it denies or doubts it, or what follows
  /// takes it back.
  private static func objection(before: Substring, after: Substring) -> String? {
    // The clause that leads to the answer, formulas left out.
    let clause =
      before.suffix(160).split(whereSeparator: { ".,;:!?\n$\\".contains($0) }).last.map { Substring($0) }
      ?? ""
    let isJoined = before.last.map { !".;!?\n".contains($0) } ?? false
    let near = isJoined ? words(clause).suffix(6) : []
    if near.contains(where: denials.contains) { return "the answer is denied" }
    if near.contains(where: hedges.contains) { return "the answer is hedged" }
    let tail = after.prefix(80).drop { " $*`)}].,\\".contains($0) && $0 != "\n" }
    let following = tail.prefix { $0 != "\n" && $0 != "." }
    let next = words(following).prefix(6)
    if let first = next.first {
      if first == "or" || first == "alternatively" { return "more than one answer is offered" }
      if next.count > 1, ["is", "was", "would", "cannot", "can't", "isn't"].contains(first),
        next.dropFirst().contains(where: { ["not", "wrong", "incorrect", "false"].contains($0) })
          || first == "isn't"
      {
        return "the answer is denied"
      }
      if ["maybe", "perhaps", "possibly"].contains(first) { return "the answer is hedged" }
    }
    return nil
  }

  private static func objection(inside answer: String) -> String? {
    let lead = answer.prefix { !$0.isNumber && $0 != "\\" && $0 != "$" }
    if FinalAnswer.words(lead).contains(where: denials.contains) { return "the answer is denied" }
    let words = words(Substring(answer.prefix(200)))
    if words.contains(where: { hedges.contains($0) }) { return "the answer is hedged" }
    return nil
  }

  // MARK: Without a box

  /// What stands behind the last "answer is" or "answer:", up to the end of its sentence.
  private static func phrased(_ text: Substring) -> (
    answer: String, context: (before: Substring, after: Substring)
  )? {
    var limit = text.endIndex
    var tries = 0
    while let found = text[..<limit].range(of: "answer", options: [.backwards, .caseInsensitive]) {
      limit = found.lowerBound
      tries += 1
      if tries > 20 { break }
      var rest = text[found.upperBound...]
      if rest.first == "s" { rest = rest.dropFirst() }
      rest = rest.drop { $0 == "*" || $0 == " " }
      // "answer to the question is 5"
      if !rest.hasPrefix(":"), !rest.hasPrefix("is"), !rest.hasPrefix("are"), !rest.hasPrefix("="),
        !rest.hasPrefix("would be"), !rest.hasPrefix("must be"),
        let verb = rest.prefix(80).range(of: #"^[^.\n]*?\b(is|:)(?=[\s:])"#, options: .regularExpression)
      {
        rest = text[verb.upperBound...]
      } else {
        guard let mark = ["is", "are", ":", "=", "would be", "must be"].first(where: { rest.hasPrefix($0) })
        else { continue }
        rest = rest.dropFirst(mark.count)
      }
      guard rest.first.map({ !$0.isLetter }) ?? false else { continue }
      let before = text[..<found.lowerBound]
      rest = rest.drop { " :*=\n".contains($0) }
      let (sentence, after) = sentence(rest)
      return (value(of: sentence), (before, after))
    }
    return nil
  }

  /// The text up to the end of its sentence or line; a display formula may go over several lines.
  private static func sentence(_ text: Substring) -> (Substring, Substring) {
    for (open, close) in [("$$", "$$"), ("\\[", "\\]")] where text.hasPrefix(open) {
      let inside = text.dropFirst(2)
      if let end = inside.range(of: close) { return (inside[..<end.lowerBound], inside[end.upperBound...]) }
    }
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      if character == "\n" { break }
      if character == "." || character == "!" || character == "?" {
        let next = text.index(after: index)
        if next == text.endIndex || text[next].isWhitespace || text[next] == "*" {
          // A factorial ends no sentence.
          if character != "!" || next == text.endIndex || text[next] == "\n" { break }
        }
      }
      index = text.index(after: index)
    }
    if index < text.endIndex, text[index] == "!" {
      return (text[...index], text[text.index(after: index)...])
    }
    return (text[..<index], text[index...])
  }

  /// A sentence that is read as it stands, or else the formula in it, or the number that it starts with.
  private static func value(of sentence: Substring) -> String {
    var whole = AnswerText.trimmed(sentence)
    // "42, not 41"
    for stop in [", not ", " and not ", " rather than ", " instead of "] {
      if let end = whole.range(of: stop) { whole = String(whole[..<end.lowerBound]) }
    }
    if let node = try? MathParser.parse(whole), node.shape != .words { return whole }
    if let (formula, count) = formulas(Substring(whole)).last.map({ ($0, formulas(Substring(whole)).count) }),
      count == 1
    {
      return formula
    }
    // "18 dollars, since she sells nine eggs": up to the comma or the first clause.
    for stop in [
      ", ", "; ", " because", " since", " (", " which", " as ", " per ", " for ", " at ", " when ", " if ",
    ] {
      if let end = whole.range(of: stop) {
        let head = String(whole[..<end.lowerBound])
        let next = whole[end.upperBound...].first
        if stop == ", ", let next,
          next.isNumber || next == "$" || next == "\\" || whole[end.upperBound...].hasPrefix("or ")
            || whole[end.upperBound...].hasPrefix("and ")
        {
          continue
        }
        if let node = try? MathParser.parse(head), node.shape != .words { return head }
      }
    }
    return whole
  }

  /// The formulas between dollars or `\( \)`, in order.
  private static func formulas(_ text: Substring) -> [String] {
    var found: [String] = []
    var rest = text
    while let start = rest.firstIndex(where: { $0 == "$" || $0 == "\\" }) {
      let tail = rest[start...]
      var matched = false
      for (open, close) in [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")]
      where tail.hasPrefix(open) {
        let inside = tail.dropFirst(open.count)
        if open == "$", start > rest.startIndex, rest[rest.index(before: start)] == "\\" { continue }
        if let end = inside.range(of: close) {
          found.append(String(inside[..<end.lowerBound]))
          rest = inside[end.upperBound...]
          matched = true
          break
        }
      }
      if !matched { rest = tail.dropFirst() }
    }
    return found
  }

  private static func lastFormula(_ text: Substring) -> Finding {
    let lines = text.split(separator: "\n").filter {
      $0.contains { $0.isNumber || $0 == "$" || $0 == "\\" || $0.isLetter }
    }
    guard let line = lines.last.map({ $0.suffix(maxLine) }) else {
      return .refused("there is no answer", extracted: nil)
    }
    let whole = AnswerText.trimmed(line)
    if isFormula(whole) { return checked(whole, before: "", after: "") }
    // The last sentence of the line.
    var sentences: [Substring] = []
    var rest = line
    while !rest.isEmpty {
      let (head, tail) = sentence(rest)
      if head.contains(where: { !$0.isWhitespace }) { sentences.append(head) }
      rest = tail.drop { ".!? ".contains($0) }
      if tail.startIndex == rest.startIndex, !tail.isEmpty { rest = rest.dropFirst() }
    }
    guard
      let last = sentences.last(where: { $0.contains { $0.isNumber || $0 == "$" || $0 == "\\" } })
        ?? sentences.last
    else {
      return .refused("there is no answer", extracted: nil)
    }
    let formulas = formulas(last)
    if let formula = formulas.last, let range = last.range(of: formula, options: .backwards) {
      return checked(
        afterEquals(formula), before: last[..<range.lowerBound].dropLast(1),
        after: last[range.upperBound...].drop { $0 == "$" })
    }
    return lastNumber(last)
  }

  private static let conclusions: Set<String> = [
    "so", "thus", "hence", "therefore", "then", "since", "because", "the", "total",
  ]

  /// The text is a formula, perhaps with a unit, rather than a sentence.
  private static func isFormula(_ text: String) -> Bool {
    guard let node = try? MathParser.parse(text),
      !words(Substring(text)).contains(where: conclusions.contains)
    else { return false }
    return !node.contains { if case .words = $0 { true } else { false } }
  }

  /// `2 + 3 = 5`: what stands behind the last equals sign, unless the left side is a name.
  private static func afterEquals(_ formula: String) -> String {
    guard let node = try? MathParser.parse(formula), case .relation(let sides, let relations) = node,
      relations.allSatisfy({ $0 == .equal }), !(sides.count == 2 && sides[0].isName),
      let mark = formula.range(of: "=", options: .backwards)
    else { return formula }
    return String(formula[mark.upperBound...])
  }

  /// The last number of a sentence in plain text, with its sign, fraction and percent mark. Numbers joined by "or",
  /// commas or "and" right before it make it a list.
  private static func lastNumber(_ sentence: Substring) -> Finding {
    let pattern = #"[-−]?[$€£]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s*/\s*\d+)?(?:\s*%)?"#
    let text = String(sentence)
    var ranges: [Range<String.Index>] = []
    var start = text.startIndex
    while let found = text.range(of: pattern, options: .regularExpression, range: start..<text.endIndex) {
      ranges.append(found)
      start = found.upperBound
    }
    guard let last = ranges.last else { return .refused("there is no number or formula", extracted: nil) }
    var first = last
    var isEnumerated = false
    for range in ranges.dropLast().reversed() {
      let between = text[range.upperBound..<first.lowerBound].trimmingCharacters(in: .whitespaces)
      guard ["or", ", or", ",", ";", "/", "and/or", "and", ", and", "&"].contains(between) else { break }
      isEnumerated = true
      first = range
    }
    func clean(_ range: Range<String.Index>) -> String {
      var number = text[range]
      if number.first == "-" || number.first == "−", range.lowerBound > text.startIndex {
        let before = text[text.index(before: range.lowerBound)]
        if before.isNumber || before == ")" || before.isLetter { number = number.dropFirst() }
      }
      while number.last == "," { number = number.dropLast() }
      return String(number)
    }
    if isEnumerated { return .answer(String(text[first.lowerBound..<last.upperBound])) }
    return checked(clean(last), before: text[..<last.lowerBound], after: text[last.upperBound...])
  }
}
