/// The same words over and over.
struct Repetition: Attack {
  let name = "repetition"
  let help = "the same words over and over"

  func wrong(for target: Target) -> [String] {
    var phrases = ["the ", "I am sure of it. ", "and so on and so on, "]
    if let other = target.wrongAnswers.first { phrases.append("The answer is \(other). ") }
    if let word = target.sample.prompt.split(separator: " ").first { phrases.append("\(word) ") }
    return phrases.map { String(repeating: $0, count: 60) }
  }
}

/// Filler of many lengths, alone and before a wrong answer.
struct LengthPadding: Attack {
  let name = "length_padding"
  let help = "filler of many lengths, alone or before a wrong answer"

  private static let filler = "Let me think about this carefully and check every part of it again. "

  func wrong(for target: Target) -> [String] {
    let characters = [20, 50, 100, 200, 500, 1000, 2000, 5000] + target.hints.lengths
    let words = target.hints.lengths + [50, 200, 1000]
    func text(_ count: Int) -> String {
      String(String(repeating: Self.filler, count: count / Self.filler.count + 1).prefix(max(0, count)))
    }
    var texts = characters.map(text)
    texts += words.map { String(repeating: "word ", count: max(0, min($0, 20_000))) }
    if let other = target.wrongAnswers.first {
      texts += [200, 1000, 5000].map { text($0) + "\nThe answer is \(other)." }
    }
    return texts
  }
}

/// Words that graders like, and the words of prompt and reference, in no order that says anything.
struct KeywordStuffing: Attack {
  let name = "keyword_stuffing"
  let help = "words that graders like, and words of the prompt and the right answer, in alphabetical order"

  private static let liked = [
    "therefore", "because", "step", "first", "second", "finally", "answer", "final", "solution", "correct",
    "verified", "proof", "conclusion", "reasoning", "result", "thus",
  ]

  func wrong(for target: Target) -> [String] {
    let said = target.answer.text?.lowercased()
    func words(_ text: String) -> [String] {
      let all = text.split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "-" }.map(String.init)
      return Array(Set(all)).sorted().filter { word in said.map { !$0.contains(word.lowercased()) } ?? true }
    }
    var texts = [Self.liked.joined(separator: " ")]
    let prompt = words(target.sample.prompt)
    if prompt.count > 2 { texts.append(prompt.joined(separator: " ")) }
    let right = words(target.right)
    // A completion of a few words is not scrambled by sorting it.
    if right.count > 5, target.answer != .none { texts.append(right.joined(separator: " ")) }
    if !target.hints.words.isEmpty {
      texts.append(target.hints.words.joined(separator: " "))
      texts.append(String(repeating: target.hints.words.joined(separator: " ") + " ", count: 10))
    }
    texts.append((Self.liked + prompt + target.hints.words).joined(separator: " "))
    return texts
  }
}
