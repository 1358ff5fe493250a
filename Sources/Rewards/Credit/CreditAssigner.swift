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
  struct Question {
    var sample: Sample
    var units: TextUnits
    var plan: CreditPlan
    var blank: TextBlank
    /// The scores of the first coalitions, so far.
    var values: [Double] = []
    var failure: CreditError?

    /// The sample with only a coalition's parts.
    func part(_ coalition: Coalition) -> Sample {
      var part = sample
      part.completion = units.text(keeping: coalition, blank: blank)
      if blank == .space { return part }
      // Only the whole was ever tokenised: a part has the tokens of its share of the characters.
      let whole = max(1, sample.completion.count)
      part.completionTokens = sample.completionTokens.map { tokens in
        let kept = units.units.indices.filter(coalition.contains).reduce(0) {
          $0 + units.units[$1].text.count
        }
        return (tokens * kept + whole / 2) / whole
      }
      return part
    }
  }

  func question(_ sample: Sample, seed: UInt64) -> Question {
    let units = TextUnits(sample.completion, by: unit)
    var random = SeededGenerator(seed: seed)
    let plan = CreditPlan(
      method, players: units.count, groups: units.groups, orders: orders, random: &random)
    return Question(sample: sample, units: units, plan: plan, blank: blank)
  }

  /// Texts that are scored together: long responses have hundreds of thousands, which are not all held at once.
  static let slice = 4096

  /// The credits of each sample, in order; a sample of which a part cannot be scored has none, with the reason.
  ///
  /// - Parameters:
  ///   - seeds: One for each sample, for sampling.
  ///   - report: Called after every few thousand texts with how many are scored, and of how many, for the responses
  ///     that are being divided.
  /// - Throws: `ScoringError` for a failure under `on_failure: stop`; `sample` is then the response's index.
  ///   `CancellationError`.
  public func credits(
    of samples: [Sample], seeds: [UInt64], scored report: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) async throws -> [Swift.Result<Result, CreditError>] {
    var results: [Swift.Result<Result, CreditError>] = []
    var pending: [Question] = []
    for (index, sample) in samples.enumerated() {
      pending.append(question(sample, seed: seeds[index]))
      let isLast = index == samples.count - 1
      guard isLast || pending.reduce(0, { $0 + $1.plan.coalitions.count }) >= Self.slice else { continue }
      try await score(&pending, from: results.count, report)
      results += pending.map(\.result)
      pending.removeAll()
    }
    return results
  }

  /// Scores every coalition of the questions, a slice at a time.
  private func score(
    _ questions: inout [Question], from first: Int, _ report: (_ done: Int, _ count: Int) -> Void
  ) async throws {
    let places = questions.indices.flatMap { question in
      questions[question].plan.coalitions.indices.map { (question: question, coalition: $0) }
    }
    for start in stride(from: 0, to: places.count, by: Self.slice) {
      try Task.checkCancellation()
      let part = places[start..<min(start + Self.slice, places.count)]
      let texts = part.map {
        questions[$0.question].part(questions[$0.question].plan.coalitions[$0.coalition])
      }
      let table: RewardTable
      do {
        table = try await specification.score(texts, state: state)
      } catch var error as ScoringError {
        error.sample = first + part[part.startIndex + error.sample].question
        throw error
      }
      for (row, place) in part.enumerated() where questions[place.question].failure == nil {
        if let total = table.totals[row], total.isFinite {
          questions[place.question].values.append(total)
        } else {
          questions[place.question].failure = .unscored(text: texts[row].completion, table.reason(row))
        }
      }
      report(start + part.count, places.count)
    }
  }
}

extension CreditAssigner.Question {
  /// The credits, once everything is scored.
  fileprivate var result: Result<CreditAssigner.Result, CreditError> {
    if let failure { return .failure(failure) }
    return .success(
      CreditAssigner.Result(units: units, credits: plan.credits(values), computation: plan.computation))
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
