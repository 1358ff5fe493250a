import Rewards

extension MathVerifier {
  /// What came of judging a completion.
  public struct Judgement: Sendable, Equatable {
    public enum Verdict: String, Sendable {
      case accepted, rejected
      /// The reference is no answer that can be read: nothing can be said about the completion.
      case referenceUnparsable = "reference_unparsable"
      /// The limits were reached before it was decided.
      case undecided
    }
    public var verdict: Verdict
    /// The answer that was found in the completion.
    public var extracted: String?
    /// Why it was not accepted; empty where it was.
    public var reason: String
    public var isOutOfTime = false
  }

  /// Judges the final answer of a completion.
  ///
  /// A reference may be an answer, or a worked solution with a box or `####`. With a prompt that lists choices,
  /// the text of a choice is as good as its letter.
  public func judge(
    _ completion: String, reference: String, prompt: String = "", requiresBox: Bool = false
  ) -> Judgement {
    let wanted = MathAnswer(reference)
    return refusal(of: wanted)
      ?? withReferenceChecked(judgement(of: completion, wanted, prompt, requiresBox: requiresBox), wanted)
  }

  /// The reference is looked at once more where it did not accept: nothing equals a reference without a value.
  private func withReferenceChecked(_ judgement: Judgement, _ wanted: MathAnswer) -> Judgement {
    guard judgement.verdict == .rejected, lacksValue(wanted) else { return judgement }
    return Judgement(
      verdict: .referenceUnparsable, extracted: judgement.extracted, reason: "the reference has no value")
  }

  private func judgement(
    of completion: String, _ wanted: MathAnswer, _ prompt: String, requiresBox: Bool
  ) -> Judgement {
    switch FinalAnswer.find(in: completion, boxes: requiresBox ? .required : .preferred) {
    case .refused(let reason, let extracted):
      return Judgement(verdict: .rejected, extracted: extracted, reason: reason)
    case .several(let answers):
      // The parts of one answer may stand in boxes of their own.
      let all = answers.joined(separator: ", ")
      if case .success(.list(let items, _)) = wanted.reading, items.count == answers.count,
        compare(MathAnswer(all), wanted).verdict == .equal
      {
        return Judgement(verdict: .accepted, extracted: all, reason: "")
      }
      // One value in different spellings is one answer.
      let last = MathAnswer(answers[answers.count - 1])
      if answers.count <= 8,
        answers.dropLast().allSatisfy({ compare(MathAnswer($0), last).verdict == .equal })
      {
        return judgement(last, wanted, prompt)
      }
      return Judgement(
        verdict: .rejected, extracted: all, reason: "\(answers.count) different answers")
    case .answer(let answer):
      return judgement(MathAnswer(answer), wanted, prompt)
    }
  }

  /// Judges a completion that is the answer and nothing else.
  public func judgeWhole(_ completion: String, reference: String, prompt: String = "") -> Judgement {
    let wanted = MathAnswer(reference)
    return refusal(of: wanted)
      ?? withReferenceChecked(judgement(MathAnswer(completion), wanted, prompt), wanted)
  }

  /// A reference that is neither read nor running text says nothing.
  private func refusal(of wanted: MathAnswer) -> Judgement? {
    guard case .failure(let error) = wanted.reading, wanted.choice == nil,
      !MathText.isRunningText(wanted.text)
    else { return nil }
    return Judgement(verdict: .referenceUnparsable, reason: "the reference cannot be read: \(error)")
  }

  private func judgement(_ answer: MathAnswer, _ wanted: MathAnswer, _ prompt: String) -> Judgement {
    let result = compare(answer, wanted)
    var judgement = Judgement(
      verdict: .rejected, extracted: answer.text, reason: result.reason, isOutOfTime: result.isOutOfTime)
    switch result.verdict {
    case .equal:
      judgement.verdict = .accepted
      judgement.reason = ""
    case .undecided: judgement.verdict = .undecided
    case .different, .unparsable:
      if isText(answer, ofChoice: wanted, in: prompt) {
        judgement.verdict = .accepted
        judgement.reason = ""
      } else if case .success(.list(let items, _)) = answer.reading, items.count > 1, !wanted.isList {
        judgement.reason = "\(items.count) answers are offered"
      }
    }
    return judgement
  }

  /// `12` where the reference is `(B)` and the prompt says `(B) 12`.
  private func isText(_ answer: MathAnswer, ofChoice wanted: MathAnswer, in prompt: String) -> Bool {
    guard let choice = wanted.choice, choice.isAlone, answer.choice == nil, prompt.utf8.count < 20_000 else {
      return false
    }
    for mark in ["(\(choice.letter))", "\n\(choice.letter))", "\n\(choice.letter)."] {
      guard let range = prompt.ranges(of: mark).last else { continue }
      let line = prompt[range.upperBound...].prefix { $0 != "\n" }
      let text = line.ranges(of: "(").first.map { line[..<$0.lowerBound] } ?? line
      guard text.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
      return compare(answer, MathAnswer(String(text))).verdict == .equal
    }
    return false
  }
}

extension MathAnswer {
  var isList: Bool {
    guard case .success(let node) = reading else { return false }
    switch node.normalized {
    case .list, .set: return true
    default: return false
    }
  }
}
