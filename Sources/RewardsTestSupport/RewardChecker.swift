import Rewards

/// A way in which a reward or an estimator breaks its protocol's promises.
public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

/// Checks the promises of `Reward` on some subjects and returns every one that is broken.
///
/// Checked: one score per subject, in order (a reversed batch gives reversed scores); a batch scores as its
/// subjects do one by one; the same batch scores the same twice; an empty batch gives no scores; no score is
/// NaN or infinite. With `broken`, a subject that cannot be scored: it has no number, and the others' scores
/// stay as they were.
///
/// - Parameter dependsOnBatch: the reward looks at whole groups, so that order and company may matter.
public func checkReward<Subject>(
  _ reward: some Reward<Subject>, on subjects: [Subject], broken: Subject? = nil,
  state: RunState = RunState(), dependsOnBatch: Bool = false
) async -> [Violation] {
  var violations: [Violation] = []
  func expect(_ holds: Bool, _ text: String) {
    if !holds { violations.append(Violation("\(reward.name): \(text)")) }
  }
  do {
    let scores = try await reward.score(subjects, state: state)
    expect(scores.count == subjects.count, "\(scores.count) scores for \(subjects.count) subjects")
    let none = try await reward.score([], state: state)
    expect(none.isEmpty, "an empty batch must give no scores")
    let again = try await reward.score(subjects, state: state)
    expect(again == scores, "the same batch scores differently twice")
    expect(scores.allSatisfy { $0.outcome.value?.isFinite ?? true }, "a score is not finite")
    if dependsOnBatch || scores.count != subjects.count { return violations }
    let reversed = try await reward.score(subjects.reversed(), state: state)
    expect(reversed == scores.reversed(), "the order of the scores is not the order of the subjects")
    for (index, subject) in subjects.enumerated() {
      let alone = try await reward.score([subject], state: state)
      expect(alone == [scores[index]], "subject \(index) scores differently alone")
    }
    if let broken {
      let middle = subjects.count / 2
      var mixed = subjects
      mixed.insert(broken, at: middle)
      var answers = try await reward.score(mixed, state: state)
      guard answers.count == mixed.count else {
        expect(false, "a broken subject changes the number of scores")
        return violations
      }
      let answer = answers.remove(at: middle)
      expect(answer.outcome.value == nil, "a broken subject has a score")
      expect(answers == scores, "a broken subject changes the scores of the others")
    }
  } catch {
    violations.append(Violation("\(reward.name): threw \(error)"))
  }
  return violations
}
