import Rewards

/// Bandits: one state, several arms.
public enum Bandits {
  static let kinds = [
    WorldKind(
      "bernoulli-bandit", family: "bandit",
      summary: "arms that pay 1 or 0, each with a probability of its own",
      parameters: [
        arms,
        Parameter(
          "means", .json, default: .null, help: "Each arm's probability; drawn from 0 to 1 without."
        ),
        .maxEpisodeSteps(100),
      ]
    ) { parameters throws(ParameterError) in
      Bandit(
        try payment(parameters, within: 0...1) {
          .bernoulli(arms: $0)
        } given: {
          .bernoulli(means: $0)
        },
        maximumSteps: parameters.maxEpisodeSteps)
    },
    WorldKind(
      "gaussian-bandit", family: "bandit",
      summary:
        "arms that pay normal numbers around means of their own (Sutton and Barto's testbed)",
      parameters: [
        arms,
        Parameter(
          "means", .json, default: .null, help: "Each arm's mean; standard normal without."),
        Parameter(
          "deviation", .number, default: .number(1), range: 0...1e6,
          help: "Of a payment from its mean."),
        .maxEpisodeSteps(1000),
      ]
    ) { parameters throws(ParameterError) in
      let deviation = parameters.double("deviation")
      return Bandit(
        try payment(parameters, within: -1e6...1e6) {
          .gaussian(arms: $0, deviation: deviation)
        } given: {
          .gaussian(means: $0, deviation: deviation)
        }, maximumSteps: parameters.maxEpisodeSteps)
    },
  ]

  private static let arms = Parameter(
    "arms", .integer, default: .integer(10), range: 1...10_000,
    help: "How many; `means` says it where given.")

  private static func payment(
    _ parameters: Parameters, within range: ClosedRange<Double>, drawn: (Int) -> Bandit.Payment,
    given: ([Double]) -> Bandit.Payment
  ) throws(ParameterError) -> Bandit.Payment {
    switch parameters.json("means") {
    case .null: return drawn(parameters.int("arms"))
    case let value:
      guard let means = value.numbers, !means.isEmpty, means.allSatisfy(range.contains) else {
        throw ParameterError(
          parameter: "means",
          expected: "a list of numbers from \(range.lowerBound) to \(range.upperBound)",
          found: value.summary)
      }
      return given(means)
    }
  }
}

extension JSONValue {
  /// The numbers of a list of numbers; nil for anything else.
  var numbers: [Double]? {
    guard case .array(let items) = self else { return nil }
    var numbers: [Double] = []
    for item in items {
      switch item {
      case .integer(let value): numbers.append(Double(value))
      case .number(let value) where value.isFinite: numbers.append(value)
      default: return nil
      }
    }
    return numbers
  }
}
