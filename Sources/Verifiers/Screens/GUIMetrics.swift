import Rewards

/// The figures that MagicGUI reports over logged steps: how many are of the right type, on the right place, wholly
/// right; and over episodes, how many succeed and how far they get.
public struct GUIMetrics: Sendable {
  /// Counts of one kind of step.
  public struct Counts: Sendable, Equatable {
    public var steps = 0
    public var typeRight = 0
    public var exact = 0
  }

  private struct Episode {
    var steps = 0
    /// Right steps before the first wrong one.
    var prefix = 0
    var isUnbroken = true
  }

  public private(set) var total = Counts()
  public private(set) var byKind: [GUIStep.Kind: Counts] = [:]
  public private(set) var legal = 0
  private var distances: [Double] = []
  private var episodes: [String: Episode] = [:]

  public init() {}

  /// Adds a step; the steps of an episode in their order.
  /// - Parameter episode: what it belongs to; nil: to none.
  public mutating func add(_ match: GUIStepMatch, target: GUIStep.Kind, episode: String? = nil) {
    func add(to counts: inout Counts) {
      counts.steps += 1
      counts.typeRight += match.isTypeRight ? 1 : 0
      counts.exact += match.isExact ? 1 : 0
    }
    add(to: &total)
    add(to: &byKind[target, default: Counts()])
    legal += match.hasFormat ? 1 : 0
    if let distance = match.distance { distances.append(distance) }
    guard let episode else { return }
    var own = episodes[episode, default: Episode()]
    own.steps += 1
    own.isUnbroken = own.isUnbroken && match.isExact
    if own.isUnbroken { own.prefix += 1 }
    episodes[episode] = own
  }

  /// Share of steps whose completion is one legal action; nil without steps.
  public var formatRate: Double? { share(legal, total.steps) }
  /// Type: share of steps of the right kind.
  public var typeAccuracy: Double? { share(total.typeRight, total.steps) }
  /// SR: share of steps that are wholly right.
  public var stepSuccess: Double? { share(total.exact, total.steps) }
  /// Grd: share of clicks and long presses that hit their place.
  public var grounding: Double? {
    let placed = GUIStep.Kind.allCases.filter(\.hasPlace).compactMap { byKind[$0] }
    return share(placed.reduce(0) { $0 + $1.exact }, placed.reduce(0) { $0 + $1.steps })
  }
  /// Share of episodes whose steps are all right; nil when no step belongs to one.
  public var episodeSuccess: Double? {
    share(episodes.values.count { $0.prefix == $0.steps }, episodes.count)
  }
  /// Mean share of an episode's steps before its first wrong one.
  public var goalProgress: Double? {
    guard !episodes.isEmpty else { return nil }
    return episodes.values.reduce(0) { $0 + Double($1.prefix) / Double($1.steps) } / Double(episodes.count)
  }
  /// Of the places that were hit or missed by steps of the right type, in thousandths of the screen.
  public var meanDistance: Double? {
    distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count)
  }
  public var medianDistance: Double? { distances.median }

  private func share(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  /// All figures; null where there is nothing to take them of.
  public var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    let kinds = GUIStep.Kind.allCases.compactMap { kind in byKind[kind].map { (kind, $0) } }
    return .object(
      JSONObject([
        ("steps", .integer(total.steps)), ("format", number(formatRate)), ("type", number(typeAccuracy)),
        ("grounding", number(grounding)), ("step_success", number(stepSuccess)),
        ("episodes", .integer(episodes.count)), ("episode_success", number(episodeSuccess)),
        ("goal_progress", number(goalProgress)), ("mean_distance", number(meanDistance)),
        ("median_distance", number(medianDistance)),
        (
          "kinds",
          .object(
            JSONObject(
              kinds.map { kind, counts in
                (
                  kind.rawValue,
                  .object(
                    JSONObject([
                      ("steps", .integer(counts.steps)),
                      ("type", number(share(counts.typeRight, counts.steps))),
                      ("exact", number(share(counts.exact, counts.steps))),
                    ]))
                )
              }))
        ),
      ]))
  }
}
