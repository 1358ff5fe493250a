/// Several rewards that count as one: each is asked once, a combiner makes the number, and the numbers of the
/// rewards inside are its parts (`name`, and `name.part` for the parts of theirs).
///
/// A sample that a reward inside leaves out is `failed`, or `timedOut`, with that reward's reason; one on which
/// all of them abstained is `abstained`.
public struct RewardGroup: Reward {
  public typealias Subject = Sample

  public let name: String
  /// The rewards inside, and how they become one number; its estimator plays no part.
  public let specification: RewardSpecification

  public var maximum: Double? { specification.maximum }
  public var readsGroups: Bool { true }

  public init(name: String, _ entries: [RewardEntry], combiner: NamedPart<any Combiner>) {
    self.name = name
    specification = RewardSpecification(entries, combiner: combiner)
  }

  /// - Throws: `ScoringError`, with the reward's name behind the group's, from a reward with `on_failure: stop`.
  public func score(_ batch: [Sample], state: RunState) async throws -> [Score] {
    let table: RewardTable
    do { table = try await specification.score(batch, state: state) } catch var error as ScoringError {
      error.reward = "\(name).\(error.reward)"
      throw error
    }
    return (0..<table.count).map { score(of: $0, in: table) }
  }

  private func score(of sample: Int, in table: RewardTable) -> Score {
    var parts: [String: Double] = [:]
    for (reward, inner) in table.names.enumerated() {
      parts[inner] = table.components[sample, reward]
      for (part, values) in table.parts[reward] { parts["\(inner).\(part)"] = values[sample] }
    }
    if let total = table.totals[sample] { return Score(total, parts: parts) }
    guard table.components.isLeftOut[sample] else { return Score(.abstained("every reward abstained")) }
    for (reward, entry) in specification.entries.enumerated() where entry.onFailure == .leaveOut {
      switch table.outcomes[sample * table.names.count + reward] {
      case .timedOut: return Score(.timedOut(seconds: entry.timeout), parts: parts)
      case .failed:
        let message = table.messages.first { $0.sample == sample && $0.reward == entry.name }
        return Score(.failed("\(entry.name): \(message?.text ?? "failed")"), parts: parts)
      case .scored, .abstained: continue
      }
    }
    return Score(.failed("left out"), parts: parts)
  }
}
