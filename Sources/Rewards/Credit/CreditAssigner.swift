/// Divides the score of a finished response among its parts (SCAR, arXiv 2505.20417): a part is worth what the
/// reward gains, on average over the other parts being there or not, when it is there.
public struct CreditAssigner: Sendable {
  /// The credit of one response.
  public struct Result: Sendable {
    public var units: TextUnits
    public var credits: UnitCredits
    public var computation: CreditPlan.Computation
  }

  public let specification: RewardSpecification
  public var unit: TextUnit
  public var blank: TextBlank
  public var method: CreditMethod
  /// Random orders, where sampling is asked for or needed.
  public var orders: Int
  public var state: RunState

  /// - Throws: `CreditError` when a part of the specification compares samples with each other: the parts of one
  ///   response would be normalised against each other.
  public init(
    _ specification: RewardSpecification, unit: TextUnit = .span, blank: TextBlank = .space,
    method: CreditMethod = .shapley, orders: Int = 200, state: RunState = RunState()
  ) throws(CreditError) {
    if let part = specification.comparingPart { throw .comparesSamples(part) }
    self.specification = specification
    self.unit = unit
    self.blank = blank
    self.method = method
    self.orders = orders
    self.state = state
  }

  /// What must be scored to divide one response's score.
  struct Question: Sendable {
    var units: TextUnits
    var plan: CreditPlan
    var samples: [Sample]
  }

  func question(_ sample: Sample, seed: UInt64) -> Question {
    let units = TextUnits(sample.completion, by: unit)
    var random = SeededGenerator(seed: seed)
    let plan = CreditPlan(
      method, players: units.count, groups: units.groups, orders: orders, random: &random)
    let whole = max(1, sample.completion.count)
    let samples = plan.coalitions.map { coalition in
      var part = sample
      part.completion = units.text(keeping: coalition, blank: blank)
      // Only the whole was ever tokenised: a part has the tokens of its share of the characters.
      part.completionTokens = sample.completionTokens.map { tokens in
        let kept = units.units.indices.filter(coalition.contains).reduce(0) {
          $0 + units.units[$1].text.count
        }
        return blank == .space ? tokens : (tokens * kept + whole / 2) / whole
      }
      return part
    }
    return Question(units: units, plan: plan, samples: samples)
  }

  /// The credits of each sample, in order; a sample of which a part cannot be scored has none, with the reason.
  ///
  /// - Parameter seeds: One for each sample, for sampling.
  /// - Throws: `ScoringError` for a failure under `on_failure: stop`; `sample` is then the response's index.
  public func credits(
    of samples: [Sample], seeds: [UInt64]
  ) async throws -> [Swift.Result<Result, CreditError>] {
    let questions = zip(samples, seeds).map { question($0, seed: $1) }
    let table: RewardTable
    do {
      table = try await specification.score(questions.flatMap(\.samples), state: state)
    } catch var error as ScoringError {
      var (index, left) = (0, error.sample)
      while index < questions.count - 1, left >= questions[index].samples.count {
        left -= questions[index].samples.count
        index += 1
      }
      error.sample = index
      throw error
    }
    var start = 0
    return questions.map { question in
      let rows = start..<start + question.samples.count
      start = rows.upperBound
      var values: [Double] = []
      for row in rows {
        guard let total = table.totals[row], total.isFinite else {
          return .failure(
            .unscored(text: question.samples[row - rows.lowerBound].completion, table.reason(row)))
        }
        values.append(total)
      }
      return .success(
        Result(
          units: question.units, credits: question.plan.credits(values),
          computation: question.plan.computation))
    }
  }
}

/// Why a response has no credits.
public enum CreditError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A part of the specification compares samples.
  case comparesSamples(String)
  /// The reward gave no number for a part of the response.
  case unscored(text: String, String)

  public var description: String {
    switch self {
    case .comparesSamples(let part):
      "\(part) compares samples with each other, so the parts of one response would be compared: leave it out, or "
        + "divide the reward without it"
    case .unscored(let text, let reason):
      "the reward gave no number for \(JSONValue.string(text).summary), a part of the response: \(reason)"
    }
  }
}

extension RewardSpecification {
  /// The first part whose number for a sample depends on the others of its batch; nil when there is none.
  var comparingPart: String? {
    for entry in entries {
      if let group = entry.reward as? RewardGroup {
        if let inner = group.specification.comparingPart { return "\(entry.name): \(inner)" }
      } else if entry.reward.readsGroups {
        return "reward \"\(entry.name)\""
      }
      if let shaper = entry.shapers.first(where: { $0.part.readsGroups }) {
        return "shape: \(shaper.kind) of reward \"\(entry.name)\""
      }
    }
    return combiner.part.readsGroups ? "combine: \(combiner.kind)" : nil
  }
}

extension RewardTable {
  /// Why a row has no total.
  func reason(_ row: Int) -> String {
    let own = messages.filter { $0.sample == row }.map { "\($0.reward): \($0.text)" }
    if !own.isEmpty { return own.joined(separator: "; ") }
    for (index, name) in names.enumerated() where self[row, index] == nil {
      return "\(name): \(outcomes[row * names.count + index])"
    }
    return "no reward applies"
  }
}
