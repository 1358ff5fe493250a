extension RewardEntry {
  /// Parts of a batch that are asked about at the same time after the whole batch had no answer.
  private static let width = 8

  /// One score per sample, whatever the reward does.
  ///
  /// A pointwise reward is asked sample by sample, and `timeout` holds for each. Any other is asked about the
  /// whole batch at once; when it throws or does not answer in time it is asked again about each sample alone,
  /// or about each group when it reads groups, so that only the guilty part has no number.
  ///
  /// A group scores itself, with the time limits and failure rules of the rewards inside.
  /// - Throws: `ScoringError` from a reward with `on_failure: stop` inside a group.
  func scores(of samples: [Sample], state: RunState) async throws -> [Score] {
    if let group = reward as? RewardGroup { return try await group.score(samples, state: state) }
    if let reward = reward as? any PointwiseReward<Sample> {
      return await scores(count: samples.count) { try reward.score(samples[$0], state: state) }
    }
    if stuck.isFull { return [Score](repeating: .notAsked(seconds: timeout), count: samples.count) }
    let parts =
      reward.readsGroups
      ? groupMembers(samples.map(\.group), included: { _ in true }) : samples.indices.map { [$0] }
    let whole = await answer(about: samples, state)
    if parts.count == 1 || !whole.isWorthAskingAgain { return whole.scores(count: samples.count, timeout) }
    return await scores(of: samples, in: parts, state)
  }

  /// Asks about `count` subjects one by one, each with the time limit.
  package func scores(count: Int, _ score: @escaping @Sendable (Int) throws -> Score) async -> [Score] {
    await SampleWatch(count: count, seconds: timeout, stuck: stuck, score).run()
  }

  /// Asks about each part apart, some at the same time. When several time out in a row the rest is not asked.
  private func scores(of samples: [Sample], in parts: [[Int]], _ state: RunState) async -> [Score] {
    var scores = [Score](repeating: .notAsked(seconds: timeout), count: samples.count)
    await withTaskGroup(of: (Int, Answer).self) { group in
      var started = 0
      var running = 0
      var timeOutsInARow = 0
      while true {
        while started < parts.count, running < Self.width, timeOutsInARow < StuckCalls.patience,
          !stuck.isFull,
          !Task.isCancelled
        {
          let part = started
          let members = parts[part].map { samples[$0] }
          group.addTask { (part, await answer(about: members, state)) }
          started += 1
          running += 1
        }
        guard let (part, answer) = await group.next() else { return }
        running -= 1
        if case .timedOut = answer { timeOutsInARow += 1 } else { timeOutsInARow = 0 }
        for (sample, score) in zip(parts[part], answer.scores(count: parts[part].count, timeout)) {
          scores[sample] = score
        }
      }
    }
    return scores
  }

  private func answer(about samples: [Sample], _ state: RunState) async -> Answer {
    let reward = reward
    return await withTimeLimit(seconds: timeout, stuck: stuck) {
      try await reward.score(samples, state: state)
    }
  }
}

/// What a reward that scores whole batches did about one.
private typealias Answer = LimitedResult<[Score]>

extension Answer {
  /// Whether some of the samples may be innocent of there being no scores.
  fileprivate var isWorthAskingAgain: Bool {
    switch self {
    case .finished: false
    case .threw(let error): !(error is CancellationError)
    case .timedOut: true
    }
  }

  /// One score per sample; values that were put into a score by hand are checked.
  fileprivate func scores(count: Int, _ timeout: Double) -> [Score] {
    let score: Score
    switch self {
    case .finished(let scores):
      if scores.count == count { return scores.map(\.checked) }
      score = .failed("the reward returned \(scores.count) scores for \(count) samples")
    case .threw(let error): score = .failed("\(error)")
    case .timedOut: score = Score(.timedOut(seconds: timeout))
    }
    return [Score](repeating: score, count: count)
  }
}
