import Rewards

/// Registers every verifier of this module.
/// - Parameter openAnswers: what `mixed_task` compares open answers with; nil leaves them `failed`.
public func registerVerifiers(into registry: inout Registry, openAnswers: (any TextSimilarity)? = nil) {
  registry.register([
    .answer, .math, .code, .regex, .format, .keywords, .length, .repetition, .jsonSchema, .toolCall, .column,
    .bleu, .chrf, .rouge, .tokenF1, .exactMatch, .ranking, .boxes, .guiAction,
    .mixedTask(openAnswers: openAnswers), .screening, .slides,
  ])
}

extension Registry {
  /// The standard parts of `Rewards` and every verifier.
  public static var standard: Registry {
    var registry = Registry()
    registerVerifiers(into: &registry)
    return registry
  }
}

/// The words of a choice parameter, and its value once the parameter has been validated.
func choice<Word: RawRepresentable<String> & CaseIterable>(
  _ name: String, default word: Word, help: String
) -> Parameter {
  Parameter(name, .choice(Word.allCases.map(\.rawValue)), default: .string(word.rawValue), help: help)
}

extension Parameters {
  /// The case a validated choice names.
  func word<Word: RawRepresentable<String>>(_ name: String, or fallback: Word) -> Word {
    Word(rawValue: string(name)) ?? fallback
  }
}

extension RewardKind {
  static let answer = RewardKind(
    name: "answer", help: "1 when the final answer is exactly the reference's number, else 0.",
    parameters: [
      Parameter(
        "order", .strings, default: .array(AnswerReward.Rule.allCases.map { .string($0.rawValue) }),
        help: "where the answer is looked for, first match decides: boxed, hashes, phrase, last"),
      choice(
        "percent", default: AnswerReward.Percent.either,
        help: "50% counts as 1/2 (fraction), 50 (stripped) or either"),
    ],
    make: { name, parameters in
      var order: [AnswerReward.Rule] = []
      for word in parameters.strings("order") {
        guard let rule = AnswerReward.Rule(rawValue: word) else {
          let names = AnswerReward.Rule.allCases.map(\.rawValue)
          throw ParameterError(
            parameter: "order", expected: names.joined(separator: ", "), found: "\"\(word)\"",
            suggestion: nearestName(to: word, in: names))
        }
        order.append(rule)
      }
      return try AnswerReward(name: name, order: order, percent: parameters.word("percent", or: .either))
    })

  static let format = RewardKind(
    name: "format", help: "1 when the completion is exactly the tags, once each and in order, else 0.",
    parameters: [
      Parameter(
        "tags", .strings, default: .array([.string("think"), .string("answer")]), help: "the tags' names"),
      Parameter(
        "prefilled", .bool, default: .bool(false), help: "the prompt already holds the first opening tag"),
      Parameter("allow_empty", .bool, default: .bool(false), help: "a tag may hold only white space"),
    ],
    make: { name, parameters in
      try FormatReward(
        name: name, tags: parameters.strings("tags"), isPrefilled: parameters.bool("prefilled"),
        allowsEmpty: parameters.bool("allow_empty"))
    })

  static let regex = RewardKind(
    name: "regex", help: "1 when a regular expression matches the completion, else 0; never hangs.",
    parameters: [
      Parameter("pattern", .string, help: "the expression; look-around and back-references are refused"),
      Parameter("whole", .bool, default: .bool(false), help: "the whole completion must match"),
      Parameter("ignore_case", .bool, default: .bool(false), help: "ASCII letters match in either case"),
    ],
    make: { name, parameters in
      try RegexReward(
        name: name, pattern: parameters.string("pattern"), matchesWhole: parameters.bool("whole"),
        ignoresCase: parameters.bool("ignore_case"))
    })

  static let jsonSchema = RewardKind(
    name: "json_schema", help: "1 when the completion is JSON that a schema accepts, else 0.",
    parameters: [
      Parameter("schema", .json, help: "the schema; an unsupported keyword is an error"),
      Parameter("fenced", .bool, default: .bool(false), help: "the JSON stands in the last ```json fence"),
    ],
    make: { name, parameters in
      try JSONSchemaReward(name: name, schema: parameters.json("schema"), isFenced: parameters.bool("fenced"))
    })

  static let keywords = RewardKind(
    name: "keywords", help: "Whether the completion holds given words or phrases.",
    parameters: [
      Parameter("words", .strings, help: "the words"),
      choice("mode", default: KeywordReward.Mode.all, help: "what must occur; fraction gives the share"),
      Parameter("case_sensitive", .bool, default: .bool(false), help: "capitals matter"),
      Parameter("whole_words", .bool, default: .bool(false), help: "no letter or digit may touch a word"),
    ],
    make: { name, parameters in
      try KeywordReward(
        name: name, words: parameters.strings("words"), mode: parameters.word("mode", or: .all),
        isCaseSensitive: parameters.bool("case_sensitive"), matchesWholeWords: parameters.bool("whole_words"))
    })

  static let length = RewardKind(
    name: "length",
    help: "What the completion's length is worth: near a target, along a cosine, or not too long.",
    parameters: [
      choice(
        "mode", default: LengthReward.Mode.target,
        help: "target, cosine, DAPO's soft overlong penalty, or the bare count (for combiners)"),
      choice("unit", default: LengthReward.Unit.tokens, help: "what is counted"),
      Parameter(
        "target", .number, default: .null, range: 1...1e9,
        help: "the target, or the limit; every mode but count needs it"),
      Parameter(
        "tolerance", .number, default: .null, range: 1...1e9,
        help: "distance at which target reaches 0, or width of the overlong zone; the target when not given"),
      Parameter("start", .number, default: .number(1), help: "cosine: value at length 0"),
      Parameter("end", .number, default: .number(0.5), help: "cosine: value from the limit on"),
      Parameter(
        "by_correctness", .bool, default: .bool(false), help: "cosine: negative where `answer` is wrong"),
    ],
    make: { name, parameters in
      let mode: LengthReward.Mode = parameters.word("mode", or: .target)
      guard let target = parameters.optionalDouble("target") ?? (mode == .count ? 1 : nil) else {
        throw ParameterError(parameter: "target", "mode: \(mode.rawValue) needs a target")
      }
      return try LengthReward(
        name: name, mode: mode, unit: parameters.word("unit", or: .tokens), target: target,
        tolerance: parameters.optionalDouble("tolerance") ?? target,
        start: parameters.double("start"), end: parameters.double("end"),
        correctness: parameters.bool("by_correctness") ? AnswerReward() : nil)
    })

  static let repetition = RewardKind(
    name: "repetition", help: "A penalty for repeated word n-grams, from max_penalty to 0.",
    parameters: [
      Parameter("size", .integer, default: .integer(3), range: 1...64, help: "words in an n-gram"),
      Parameter(
        "max_penalty", .number, default: .number(-1), range: (-1e9)...0, help: "value where all is repetition"
      ),
    ],
    make: { name, parameters in
      try RepetitionReward(
        name: name, size: parameters.int("size"), maxPenalty: parameters.double("max_penalty"))
    })

  static let toolCall = RewardKind(
    name: "tool_call", help: "ToolRL's reward for tool calls: form, names, arguments against the reference.",
    parameters: [
      choice("component", default: ToolCallReward.Component.total, help: "the part that is the reward"),
      choice("style", default: ToolCallStyle.toolrl, help: "the grammar of the completion"),
      choice("granularity", default: ToolCallGranularity.fine, help: "how calls are compared"),
      choice(
        "schedule", default: ToolCallScale.Schedule.constant, help: "ranges of the parts over the steps"),
      choice(
        "length_bonus", default: ToolCallScale.LengthBonus.off, help: "bonus for words in the think block"),
    ],
    make: { name, parameters in
      ToolCallReward(
        name: name, component: parameters.word("component", or: .total),
        style: parameters.word("style", or: .toolrl), granularity: parameters.word("granularity", or: .fine),
        schedule: parameters.word("schedule", or: .constant),
        lengthBonus: parameters.word("length_bonus", or: .off))
    })
}
