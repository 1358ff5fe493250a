/// A way to earn reward without doing the task, or a way to dress a right answer oddly.
///
/// An attack makes completions from what a policy could know of one sample. Completions of `wrong` must not be
/// answers that a person would accept; those of `fair` must say exactly what the right completion says.
public protocol Attack: Sendable {
  /// snake_case.
  var name: String { get }
  /// One line: what the attack does.
  var help: String { get }

  /// Completions that are wrong; empty when the attack does not apply to the sample.
  func wrong(for target: Target) -> [String]

  /// Right completions in other clothes; empty when the attack does not apply.
  func fair(for target: Target) -> [String]
}

extension Attack {
  public func wrong(for target: Target) -> [String] { [] }
  public func fair(for target: Target) -> [String] { [] }
}

/// Every attack, wrong ones first.
public enum Attacks {
  public static let all: [any Attack] = wrong + fair

  /// Attacks that must earn little.
  public static let wrong: [any Attack] = [
    EmptyOutput(), ConstantOutput(), EchoPrompt(), WrongAnswer(), OtherAnswer(), ManyAnswers(),
    DeniedAnswer(),
    FormatOnly(), BrokenJSON(), Repetition(), LengthPadding(), KeywordStuffing(), HiddenText(),
    JudgeInjection(), TestTampering(), ToolArguments(),
  ]

  /// Dressings that must earn what the right answer earns.
  public static let fair: [any Attack] = [
    WhiteSpace(), NumberForms(), LaTeXForms(), JSONOrder(), LetterCase(), UnicodeForms(),
  ]
}
