import Rewards

/// 1 when the final answer of the completion equals the reference, decided exactly; else 0.
///
/// See ``MathVerifier`` for what counts as equal, and ``MathVerifier/judge(_:reference:prompt:requiresBox:)`` for
/// where the answer is looked for. An answer that is denied, hedged, or given several times over differently is
/// wrong, and so is one that cannot be read.
///
/// - A reference that is absent or cannot be read is `failed`: it never rewards anything and never counts as 0.
/// - An equality that the engine neither proves nor refutes is `abstained`, one that takes too long `timedOut`.
/// - Range: {0, 1}.
public struct MathReward: PointwiseReward {
  public typealias Subject = Sample

  /// Where the answer may stand.
  public enum Extraction: String, Sendable, CaseIterable {
    /// In the last box; a completion without a box is wrong.
    case boxed
    /// In the last box, else behind `####` or "the answer is", else in the last formula or number.
    case any
    /// The whole completion is the answer.
    case whole
  }

  public let name: String
  public var maximum: Double? { 1 }
  public let verifier: MathVerifier
  public let extraction: Extraction

  public init(name: String = "math", verifier: MathVerifier, extraction: Extraction = .any) {
    self.name = name
    self.verifier = verifier
    self.extraction = extraction
  }

  public func score(_ subject: Sample, state: RunState) -> Score {
    let reference: String
    switch subject.reference {
    case nil, .null?: return .failed("the sample has no reference answer")
    case .string(let text)?: reference = text
    case .integer(let value)?: reference = String(value)
    case .number(let value)?: reference = "\(value)"
    default: return .failed("the reference answer is neither text nor a number")
    }
    let judgement: MathVerifier.Judgement
    if extraction == .whole {
      judgement = verifier.judgeWhole(subject.completion, reference: reference, prompt: subject.prompt)
    } else {
      judgement = verifier.judge(
        subject.completion, reference: reference, prompt: subject.prompt, requiresBox: extraction == .boxed)
    }
    switch judgement.verdict {
    case .accepted: return Score(1)
    case .rejected: return Score(0)
    case .referenceUnparsable: return .failed(judgement.reason)
    case .undecided:
      return judgement.isOutOfTime
        ? Score(.timedOut(seconds: verifier.options.seconds)) : .abstained(judgement.reason)
    }
  }
}

extension RewardKind {
  static let math = RewardKind(
    name: "math",
    help: "1 when the final answer equals the reference in LaTeX or plain text, decided exactly, else 0.",
    parameters: [
      choice(
        "extraction", default: MathReward.Extraction.any,
        help: "where the answer stands: in the last box, anywhere by the usual marks, or the whole completion"
      ),
      choice(
        "percent", default: AnswerReward.Percent.either,
        help: "50% counts as 1/2 (fraction), 50 (stripped) or either"),
      Parameter(
        "tolerance", .number, default: .number(0), range: 0...1,
        help: "largest relative difference at which two constants are equal; 0 is exact"),
      Parameter(
        "time_limit", .number, default: .number(0.02), range: 0.001...60,
        help: "seconds for one check, then it counts as timed out"),
    ],
    make: { name, parameters in
      var options = MathOptions()
      options.percent = parameters.word("percent", or: .either)
      options.tolerance = parameters.double("tolerance")
      options.seconds = parameters.double("time_limit")
      return MathReward(
        name: name, verifier: try MathVerifier(options: options),
        extraction: parameters.word("extraction", or: .any))
    })
}
