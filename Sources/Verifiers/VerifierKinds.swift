import Rewards

extension Registry {
  /// Every kind that a specification can name: the combiners, shapers and estimators of `Rewards`, and the rewards
  /// of this room.
  public static var standard: Registry {
    var registry = Registry()
    for kind in verifierKinds { registry.register(kind) }
    return registry
  }
}

/// The rewards of this room.
public let verifierKinds: [RewardKind] = [
  RewardKind(
    name: "answer", help: "1 when the final answer equals the reference exactly, as a number or text",
    parameters: [
      Parameter(
        "order", .strings, default: .array(AnswerReward.Rule.allCases.map { .string($0.rawValue) }),
        help: "where to look, in order: boxed, hashes, phrase, last")
    ]
  ) { name, parameters in
    let rules = try parameters.strings("order").map { word in
      guard let rule = AnswerReward.Rule(rawValue: word) else {
        throw VerifierError(parameter: "order", "'\(word)' is none of boxed, hashes, phrase, last")
      }
      return rule
    }
    return try AnswerReward(name: name, order: rules)
  },
  RewardKind(
    name: "format", help: "1 when the whole completion is the given tags, each once and in order",
    parameters: [
      Parameter(
        "tags", .strings, default: .array([.string("think"), .string("answer")]), help: "the tags' names"),
      Parameter("prefilled", .bool, default: .bool(false), help: "the prompt already opened the first tag"),
      Parameter("allow_empty", .bool, default: .bool(false), help: "a tag may hold nothing"),
    ]
  ) { name, parameters in
    try FormatReward(
      name: name, tags: parameters.strings("tags"), isPrefilled: parameters.bool("prefilled"),
      allowsEmpty: parameters.bool("allow_empty"))
  },
  RewardKind(
    name: "keywords", help: "whether the completion contains given words",
    parameters: [
      Parameter("words", .strings, help: "what to look for"),
      Parameter(
        "mode", .choice(KeywordReward.Mode.allCases.map(\.rawValue)), default: .string("all"),
        help: "all, any or none of them, or the fraction found"),
      Parameter("case_sensitive", .bool, default: .bool(false), help: "tell upper from lower case"),
      Parameter("whole_words", .bool, default: .bool(false), help: "do not match inside longer words"),
    ]
  ) { name, parameters in
    try KeywordReward(
      name: name, words: parameters.strings("words"),
      mode: KeywordReward.Mode(rawValue: parameters.string("mode")) ?? .all,
      isCaseSensitive: parameters.bool("case_sensitive"), matchesWholeWords: parameters.bool("whole_words"))
  },
  RewardKind(
    name: "length", help: "how close the completion's length is to what is wanted",
    parameters: [
      Parameter(
        "mode", .choice(LengthReward.Mode.allCases.map(\.rawValue)), default: .string("target"),
        help: "target, cosine, or overlong (DAPO's soft penalty)"),
      Parameter(
        "unit", .choice(LengthReward.Unit.allCases.map(\.rawValue)), default: .string("tokens"),
        help: "what is counted"),
      Parameter("target", .number, range: 1...1e9, help: "the length wanted, or the limit"),
      Parameter("tolerance", .number, range: 1...1e9, help: "the width of the slope around it"),
    ]
  ) { name, parameters in
    try LengthReward(
      name: name, mode: LengthReward.Mode(rawValue: parameters.string("mode")) ?? .target,
      unit: LengthReward.Unit(rawValue: parameters.string("unit")) ?? .tokens,
      target: parameters.double("target"), tolerance: parameters.double("tolerance"))
  },
  RewardKind(
    name: "repetition", help: "a penalty for repeated word sequences, from max_penalty to 0",
    parameters: [
      Parameter("size", .integer, default: .integer(3), range: 1...64, help: "words of a sequence"),
      Parameter("max_penalty", .number, default: .number(-1), range: -1e6...0, help: "when all is repetition"),
    ]
  ) { name, parameters in
    try RepetitionReward(
      name: name, size: parameters.int("size"), maxPenalty: parameters.double("max_penalty"))
  },
  RewardKind(
    name: "tool_call", help: "ToolRL's agreement of tool calls with the reference's (arXiv 2504.13958)",
    parameters: [
      Parameter(
        "component", .choice(ToolCallReward.Component.allCases.map(\.rawValue)), default: .string("total"),
        help: "format, correctness, name, parameters, or format plus correctness"),
      Parameter(
        "style", .choice(ToolCallStyle.allCases.map(\.rawValue)), default: .string("toolrl"),
        help: "how calls are written"),
      Parameter(
        "granularity", .choice(ToolCallGranularity.allCases.map(\.rawValue)), default: .string("fine"),
        help: "how partial agreement counts"),
      Parameter(
        "schedule", .choice(ToolCallScale.Schedule.allCases.map(\.rawValue)), default: .string("constant"),
        help: "how the scales move over training"),
      Parameter(
        "length_bonus", .choice(ToolCallScale.LengthBonus.allCases.map(\.rawValue)), default: .string("off"),
        help: "a bonus for longer thinking"),
    ]
  ) { name, parameters in
    ToolCallReward(
      name: name, component: ToolCallReward.Component(rawValue: parameters.string("component")) ?? .total,
      style: ToolCallStyle(rawValue: parameters.string("style")) ?? .toolrl,
      granularity: ToolCallGranularity(rawValue: parameters.string("granularity")) ?? .fine,
      schedule: ToolCallScale.Schedule(rawValue: parameters.string("schedule")) ?? .constant,
      lengthBonus: ToolCallScale.LengthBonus(rawValue: parameters.string("length_bonus")) ?? .off)
  },
]
