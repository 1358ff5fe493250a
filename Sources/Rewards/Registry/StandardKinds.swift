extension Registry {
  /// The shapers, combiners and advantage estimators of this module.
  mutating func registerStandardKinds() {
    registerStandardShapers()
    registerStandardCombiners()
    registerStandardAdvantages()
  }

  private mutating func registerStandardCombiners() {
    register(
      CombinerKind(
        name: "weighted_sum", help: "Adds the rewards, each times its weight.", make: { _ in WeightedSum() }))
    register(
      CombinerKind(name: "product", help: "Multiplies the rewards.", make: { _ in ProductOfRewards() }))
    register(
      CombinerKind(
        name: "weighted_mean", help: "The mean of the rewards present, each with its weight.",
        make: { _ in WeightedMean() }))
    register(
      CombinerKind(name: "minimum", help: "Takes the smallest reward.", make: { _ in MinimumOfRewards() }))
    register(
      CombinerKind(name: "maximum", help: "Takes the largest reward.", make: { _ in MaximumOfRewards() }))
    let threshold = Parameter("at_least", .number, default: .number(1), help: "the threshold")
    register(
      CombinerKind(
        name: "all_of", help: "1 when every reward reaches a threshold, else 0.", parameters: [threshold],
        make: { AllOf(atLeast: $0.double("at_least")) }))
    register(
      CombinerKind(
        name: "any_of", help: "1 when one reward reaches a threshold, else 0.", parameters: [threshold],
        make: { AnyOf(atLeast: $0.double("at_least")) }))
    register(
      CombinerKind(
        name: "hybrid",
        help: "A rule weighted by confidence, a model where the rule abstains, the rest added (2510.05283).",
        parameters: [
          Parameter("rule", .string, help: "the reward that checks", namesReward: true),
          Parameter("model", .string, help: "the reward that judges", namesReward: true),
          Parameter(
            "confidence", .string, default: .null, help: "the reward that says how far the rule is trusted",
            namesReward: true),
          Parameter(
            "blend", .bool, default: .bool(false), help: "the model fills what confidence takes from the rule"
          ),
          Parameter(
            "length", .string, default: .null,
            help:
              "the reward that counts length; it earns a penalty for answers shorter than the group's right ones",
            namesReward: true),
          Parameter(
            "length_penalty", .number, default: .number(0.5), range: 0...1e6, help: "the largest penalty"),
          Parameter(
            "length_tau", .number, default: .number(1), range: 1e-6...1e6,
            help: "share of the right answers' mean length below which it is paid"),
          Parameter(
            "length_kappa", .number, default: .null, range: 1e-6...1e6,
            help: "share of that length above which it is paid too"),
          Parameter(
            "length_median", .bool, default: .bool(false), help: "their median length in place of the mean"),
        ],
        make: { parameters in
          let length = try parameters.optionalString("length").map { reward in
            try LengthAspect(
              reward: reward, maximum: parameters.double("length_penalty"),
              tau: parameters.double("length_tau"), kappa: parameters.optionalDouble("length_kappa"),
              usesMedian: parameters.bool("length_median"))
          }
          return try Hybrid(
            rule: parameters.string("rule"), model: parameters.string("model"),
            confidence: parameters.optionalString("confidence"), blends: parameters.bool("blend"),
            length: length)
        }))
    register(
      CombinerKind(
        name: "lexicographic", help: "Ranks each group by the first reward, ties by the next, and so on.",
        parameters: [
          Parameter(
            "order", .strings, default: .array([]),
            help: "rewards from the most important on; empty means as listed", namesReward: true)
        ],
        make: { Lexicographic(order: $0.strings("order")) }))
    register(
      CombinerKind(
        name: "gate",
        help: "The weighted sum where one reward reaches a threshold, a fixed number elsewhere.",
        parameters: [
          Parameter("on", .string, help: "the reward that must be reached", namesReward: true),
          Parameter("at_least", .number, default: .number(1), help: "the threshold"),
          Parameter("otherwise", .number, default: .number(0), help: "the total of samples that do not pass"),
        ],
        make: {
          Gate(on: $0.string("on"), atLeast: $0.double("at_least"), otherwise: $0.double("otherwise"))
        }))
  }

  private mutating func registerStandardAdvantages() {
    let epsilon = Parameter(
      "epsilon", .number, default: .number(1e-4), range: 0...1, help: "added to standard deviations")
    register(
      AdvantageKind(
        name: "grpo", help: "Distance from the group's mean, in standard deviations.",
        parameters: [
          Parameter(
            "scale_rewards", .choice(RewardScale.allCases.map(\.rawValue)), default: .string("group"),
            help: "what the distance is divided by"), epsilon,
        ],
        make: {
          GroupRelativeAdvantage(
            scale: RewardScale(rawValue: $0.string("scale_rewards")) ?? .group, epsilon: $0.double("epsilon"))
        }))
    register(
      AdvantageKind(
        name: "dr_grpo", help: "Distance from the group's mean.",
        make: { _ in GroupRelativeAdvantage(scale: .none) }))
    register(
      AdvantageKind(
        name: "rloo", help: "Distance from the mean of the others in the group.",
        make: { _ in LeaveOneOutAdvantage() }))
    register(
      AdvantageKind(
        name: "reinforce_plus_plus", help: "Distance from the batch's mean, in standard deviations.",
        parameters: [
          Parameter("baseline", .bool, default: .bool(false), help: "remove the group's mean first"), epsilon,
        ],
        make: {
          ReinforcePlusPlusAdvantage(baseline: $0.bool("baseline"), epsilon: $0.double("epsilon"))
        }))
    register(
      AdvantageKind(
        name: "gdpo", help: "Normalises each reward in its group, adds, whitens over the batch.",
        parameters: [
          epsilon,
          Parameter(
            "whitening", .choice(BatchWhitening.allCases.map(\.rawValue)), default: .string("rollout"),
            help: "what the batch statistics are taken over"),
          Parameter("center_batch", .bool, default: .bool(true), help: "subtract the batch mean"),
          Parameter(
            "minimum_std", .number, default: .number(0), range: 0...Double.greatestFiniteMagnitude,
            help: "a floor under each group's standard deviation"),
        ],
        make: {
          DecoupledAdvantage(
            epsilon: $0.double("epsilon"),
            whitening: BatchWhitening(rawValue: $0.string("whitening")) ?? .rollout,
            centerBatch: $0.bool("center_batch"), minimumDeviation: $0.double("minimum_std"))
        }))
    register(
      AdvantageKind(
        name: "grpo_lambda", help: "GRPO with a length penalty for the groups that already get it right.",
        parameters: [
          Parameter(
            "fraction", .number, default: .number(0.2), range: 0...1, help: "share of groups penalised"),
          Parameter(
            "threshold", .number, default: .null, range: 0...1,
            help: "penalise every group of at least this accuracy instead"),
          Parameter("alpha", .number, default: .number(0.2), range: 0...1e6, help: "the largest penalty"),
          Parameter("correct", .string, help: "the reward that says what is correct", namesReward: true),
          Parameter("correct_at_least", .number, default: .number(1), help: "from where on it is correct"),
          epsilon,
        ],
        make: {
          LengthSwitchedAdvantage(
            selection: $0.optionalDouble("threshold").map { .threshold($0) }
              ?? .topFraction($0.double("fraction")),
            alpha: $0.double("alpha"), correct: $0.string("correct"),
            correctAtLeast: $0.double("correct_at_least"), epsilon: $0.double("epsilon"))
        }))
  }
}
