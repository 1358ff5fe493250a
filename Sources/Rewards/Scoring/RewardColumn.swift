/// What one reward says about a batch, with what its shapers need beside the numbers.
struct RewardColumn: Sendable {
  /// One per sample.
  var scores: [Score]
  /// Per sample: the scores of its steps, where the reward gave them.
  var steps: [Int: [Double]] = [:]
  /// Per shaper that asks for references, and per sample: the scores of its reference responses.
  var references: [Int: [Int: [Double]]] = [:]
}

extension RewardEntry {
  /// The reward's column: abstained where `only_where` does not hold, failed where a shaper lacks what it needs.
  func column(of samples: [Sample], state: RunState) async throws -> RewardColumn {
    var column = RewardColumn(scores: [Score](repeating: .abstained(""), count: samples.count))
    var asked: [Int] = []
    for (index, sample) in samples.enumerated() {
      if let score = excluded(sample) { column.scores[index] = score } else { asked.append(index) }
    }
    let scores = try await scores(of: asked.map { samples[$0] }, state: state)
    for (index, score) in zip(asked, scores) {
      column.scores[index] = score
      if score.outcome.value != nil { column.steps[index] = score.steps }
    }
    for (index, shaper) in shapers.enumerated() {
      if shaper.part.readsSteps { requireSteps(&column, shaper.kind) }
      guard let source = shaper.part.references else { continue }
      column.references[index] = try await references(source, samples, state, &column)
    }
    return column
  }

  /// The score of a sample that the reward is not asked about.
  private func excluded(_ sample: Sample) -> Score? {
    guard let onlyWhere else { return nil }
    switch sample.columns[onlyWhere.column] {
    case nil, .null?: return .failed("the sample has no column \"\(onlyWhere.column)\"")
    case let value?:
      return value == onlyWhere.equals
        ? nil : .abstained("\(onlyWhere.column) is not \(onlyWhere.equals.jsonText)")
    }
  }

  private func requireSteps(_ column: inout RewardColumn, _ shaper: String) {
    for (index, score) in column.scores.enumerated()
    where score.outcome.value != nil && column.steps[index] == nil {
      column.scores[index] = .failed("\(shaper) needs the scores of steps, and this reward gives none")
    }
  }

  /// Scores the reference responses of every sample that has a number, each distinct one of a prompt once.
  private func references(
    _ source: ReferenceResponses, _ samples: [Sample], _ state: RunState, _ column: inout RewardColumn
  ) async throws -> [Int: [Double]] {
    struct Key: Hashable {
      var group: Int
      var prompt: String
      var text: String
      var reference: String?
    }
    var places: [Key: Int] = [:]
    var asked: [Sample] = []
    var wanted: [(sample: Int, places: [Int])] = []
    for (index, sample) in samples.enumerated() where column.scores[index].outcome.value != nil {
      let list = source.texts(of: sample).map { text in
        let key = Key(
          group: sample.group, prompt: sample.prompt, text: text, reference: sample.reference?.jsonText)
        if let place = places[key] { return place }
        var response = sample
        (response.completion, response.completionTokens, response.isTruncated) = (text, nil, false)
        places[key] = asked.count
        asked.append(response)
        return asked.count - 1
      }
      if list.isEmpty {
        column.scores[index] = .failed("the column \"\(source.column)\" holds no reference response")
      } else {
        wanted.append((index, list))
      }
    }
    let scores = try await scores(of: asked, state: state)
    var references: [Int: [Double]] = [:]
    for (index, places) in wanted {
      let values = places.compactMap { scores[$0].outcome.value }
      if values.count == places.count {
        references[index] = values
      } else {
        column.scores[index] = .failed("a reference response cannot be scored")
      }
    }
    return references
  }
}
